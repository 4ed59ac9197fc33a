import { strict as assert } from 'node:assert';
import { almosMkh } from '../../../../simulator/kernels/almos-mkh/kernel.ts';
import { m1 } from '../../../support/almos-machine.ts';

describe('ALMOS-MKH: the JSON state', () => {
  it('names clusters by their cxy, as the specification does', () => {
    const { m } = m1(11);
    const state = almosMkh.on({ machine: m.machine, kernelState: m.state }).objects() as Record<
      string,
      Record<string, unknown>[]
    >;
    const column = (type: string, field: string): unknown[] => (state[type] ?? []).map((object) => object[field]);
    assert.deepEqual(column('process', 'cxy'), [0x00, 0x10]);
    assert.deepEqual(column('process', 'ref_cxy'), [0x00, 0x00]);
    assert.deepEqual(column('thread', 'cxy'), [0x00, 0x10]);
    assert.deepEqual(column('vmm', 'id'), ['0x00000001@0x00', '0x00000001@0x10']);
    assert.deepEqual(column('ppm', 'id'), [0x00, 0x01, 0x10, 0x11]);
    assert.deepEqual(column('mapper', 'cxy'), [0x01]);
    const [first] = state.rpc ?? [];
    assert.deepEqual([first?.name, first?.client, first?.server], ['MAPPER_MOVE_BUFFER', 0x00, 0x01]);
    const create = state.rpc?.find(({ name }) => name === 'THREAD_USER_CREATE');
    assert.deepEqual([create?.client, create?.server], [0x00, 0x10]);
  });

  it('has every field of vmm_t', () => {
    const { m } = m1(11);
    const [vmm] = almosMkh.on({ machine: m.machine, kernelState: m.state }).objects().vmm as Record<string, unknown>[];
    assert.deepEqual(
      [
        vmm?.kent_vpn_base,
        vmm?.args_vpn_base,
        vmm?.envs_vpn_base,
        vmm?.heap_vpn_base,
        vmm?.code_vpn_base,
        vmm?.data_vpn_base,
      ],
      [4, 8, 0xc, 0x2000, 0x400, 0x402],
    );
  });
});

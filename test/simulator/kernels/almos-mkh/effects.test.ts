// What single steps do that no scenario shows.
import { strict as assert } from 'node:assert';
import { isIpiPending } from '../../../../simulator/hardware/interrupt-controller.ts';
import { coreIndex } from '../../../../simulator/hardware/machine-config.ts';
import { sys_exec } from '../../../../simulator/kernels/almos-mkh/processes/exec.ts';
import { almosMkh } from '../../../../simulator/kernels/almos-mkh/kernel.ts';
import { kernelFunctionOf } from '../../../support/kernel-functions.ts';
import { AlmosMachine, M1_PROGRAM, mainOf } from '../../../support/almos-machine.ts';

const call = kernelFunctionOf(almosMkh);

describe('almos-mkh: what single steps do', () => {
  it('process_make_exec 7: the thread goes on at the entry point of its new program', () => {
    const m = new AlmosMachine();
    const main = mainOf(m.createProcess('P', 0x00));
    m.createProcess('other', 0x00, { ...M1_PROGRAM, entry: 0x40_1000 } as typeof M1_PROGRAM);
    assert.equal(main.pc, 0x40_0000);
    assert.equal(
      m.run(main, (here) => sys_exec(here, { path: '/bin/other' })),
      undefined,
    );
    assert.equal(main.pc, 0x40_1000);
  });

  it('rpc_thread_func 1: the interrupt of a request is acknowledged by the server’s core', () => {
    const m = new AlmosMachine();
    const main = mainOf(m.createProcess('P', 0x00));
    const server = coreIndex(m.machine.config, m.at(0x11), 0);
    let isRaised = false;
    m.engine.yieldAt = 0;
    m.start(main, main.cluster, (here) => call(here, 'rpc_pmem_get_pages_client', { cxy: m.at(0x11), order: 0 }));
    while (m.engine.advance().kind !== 'idle') isRaised ||= isIpiPending(m.machine, server);
    assert.deepEqual([isRaised, isIpiPending(m.machine, server)], [true, false]);
  });
});

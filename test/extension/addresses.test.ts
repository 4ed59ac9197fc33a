import { strict as assert } from 'node:assert';
import type { DebugProtocol } from '@vscode/debugprotocol';
import { addressOf } from '../../extension/panels/address-text.ts';
import { DapClient } from './support/dap-client.ts';

const text = `kernel vm-region
process p { code 1 page  data 0 pages }
as p {
  let o = vm_object_create(name: "k", size: 0x1000, prot: 3)
  let k = vm_region_create(parent: none, name: "kr", offset: 0xFFFF800000000000, region_len: 0x1000, prot: 3)
  let _m = vm_region_map_object(region: k, region_offset: 0, object: o, object_offset: 0, length: 0x1000, prot: 3)
  vm_region_demand_map(region: k, addr: 0xFFFF800000000000, flags: 2)
  write(0xFFFF800000000000, 77, as: kernel)
  let base = vm_region_get_base_address(k)
  print base
}`;
const lastLine = 10;

describe('64-bit addresses in the debugger', () => {
  let client: DapClient;

  beforeEach(async () => {
    client = new DapClient();
    const file = client.file(text);
    const stop = await client.launchToStop(file, {}, () =>
      client.request('setBreakpoints', { source: { path: file }, breakpoints: [{ line: lastLine }] }),
    );
    await client.move('continue', stop.threadId ?? 0);
  });
  afterEach(() => {
    client.dispose();
  });

  it('reads memory of the kernel half by its sign-extended address, and nothing of its twin', async () => {
    const body = await client.request<NonNullable<DebugProtocol.ReadMemoryResponse['body']>>('readMemory', {
      memoryReference: '0xffff800000000000',
      count: 4,
    });
    assert.equal(body.address, '0xffff800000000000');
    assert.deepEqual([...Buffer.from(body.data ?? '', 'base64')], [77, 0, 0, 0]);
    const below = await client.request<NonNullable<DebugProtocol.ReadMemoryResponse['body']>>('readMemory', {
      memoryReference: '0x7ffffffffffc',
      count: 8,
    });
    assert.deepEqual([below.data, below.unreadableBytes], ['', 8]);
  });

  it('shows values and arguments in 64 bits', async () => {
    assert.match(await client.evaluate('base'), /0xffff800000000000/);
  });
});

describe('addresses that a panel is asked to show', () => {
  it('are the machine’s number of what people write', () => {
    assert.equal(addressOf('0xffff800000000000 = 18446603336221196288', 48), 2 ** 47);
    assert.equal(addressOf('0xffffffc000000000', 39), 2 ** 38);
    assert.equal(addressOf('4198400', 32), 0x40_1000);
    assert.equal(addressOf('0x800000000000', 48), null);
    assert.equal(addressOf('0x100000000', 32), null);
    assert.equal(addressOf('none', 48), null);
  });
});

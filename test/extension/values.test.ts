import { strict as assert } from 'node:assert';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { DapClient } from './support/dap-client.ts';

const example = path.join(import.meta.dirname, '..', '..', 'examples', 'cow-fork.walk');
const firstCheck =
  1 +
  readFileSync(example, 'utf8')
    .split('\n')
    .findIndex((line) => line.includes('expect pte(buf).cow'));

describe('values as the debugger shows them', () => {
  let client: DapClient;

  beforeEach(async () => {
    client = new DapClient();
    const stop = await client.launchToStop(example, {}, () =>
      client.request('setBreakpoints', { source: { path: example }, breakpoints: [{ line: firstCheck }] }),
    );
    await client.move('continue', stop.threadId ?? 0);
  });
  afterEach(() => {
    client.dispose();
  });

  it('shows frames as page tables do, and counts as counts', async () => {
    assert.equal(await client.evaluate('original'), '0x103 = 259');
    assert.equal(await client.evaluate('pte(buf).ppn'), '0x103 = 259');
    assert.equal(await client.evaluate('12'), '12');
    assert.equal(await client.evaluate('child'), 'process child (pid 0x100001)');
  });

  it('shows in a record what is true and what is not zero in hexadecimal', async () => {
    assert.match(
      await client.evaluate('pte(buf)'),
      /^\{ present, readable, .*cow, .*ppn: 0x103, cluster: \(0,0\), raw: 0x[0-9a-f]+ \}$/,
    );
    assert.match(await client.evaluate('pte(buf + 4096)'), /^\{ not present, /);
    assert.match(
      await client.evaluate('region(buf)'),
      /^\{ start: 0x2000000, end: 0x2010000, length: 0x10000, prot: rw, /,
    );
    assert.equal(await client.evaluate('[1, original, "a"]'), '[1, 0x103, "a"]');
  });

  it('tells the objects of a list apart', async () => {
    const { variablesReference } = await client.request<{ variablesReference: number }>('evaluate', {
      expression: 'shell.vmm.vsegs_root',
      context: 'watch',
    });
    const values = (await client.variables(variablesReference)).map(({ value }) => value);
    assert.equal(new Set(values).size, values.length);
    assert.equal(values[0], 'vseg { type: 0, min: 0x4000, max: 0x8000 }');
  });

  it('shows page numbers and flags in hexadecimal, however small', async () => {
    assert.equal(await client.evaluate('shell.vmm.envs_vpn_base'), '0xc = 12');
    assert.match(await client.evaluate('shell.vmm.vsegs_root[0].flags'), /^0x[0-9a-f]+ = \d+$/);
  });
});

import { strict as assert } from 'node:assert';
import type { DebugProtocol } from '@vscode/debugprotocol';
import { wholeKernels } from '../../simulator/kernels/registry.ts';
import { DapClient } from './support/dap-client.ts';

function scenarioOn(kernel: string): string {
  return `kernel ${kernel}
process app { code 1 page  data 0 pages }
as app {
    let buf = mmap(2 pages, rw)
    write(buf, 1)
    munmap(buf, 2 pages)
    write(buf, 2)
}
`;
}

describe('the record of an exception', () => {
  let client: DapClient;

  beforeEach(() => {
    client = new DapClient();
  });
  afterEach(() => {
    client.dispose();
  });

  async function recordAt(threadId?: number): Promise<string[]> {
    const info = await client.request<DebugProtocol.ExceptionInfoResponse['body']>('exceptionInfo', { threadId });
    return (info.details?.stackTrace ?? '').split('\n');
  }

  for (const { name } of wholeKernels) {
    it(`${name}: names the access, the entries on the way, the region, the kernel path and the line that unmapped it`, async () => {
      const stop = await client.launchToStop(client.file(scenarioOn(name)), {}, () =>
        client.request('setExceptionBreakpoints', {
          filters: [],
          filterOptions: [{ filterId: 'page-fault', condition: 'access == "write"' }, { filterId: 'segv' }],
        }),
      );
      const fault = await client.move('continue', stop.threadId ?? 0);
      const rows = await recordAt(fault.threadId);
      const row = (key: string, from = rows): string => from.find((one) => one.startsWith(`${key}: `)) ?? '';
      assert.match(row('address'), /^address: 0x[0-9a-f]+$/);
      assert.equal(row('access'), 'access: write');
      // The entries are those that the access met, not those that the kernel has made since.
      const entries = rows.filter((one) => one.startsWith('entry of '));
      assert.ok(entries.length > 0, rows.join('\n'));
      assert.match(entries.at(-1) ?? '', /^entry of \w+: 0x[0-9a-f]+ at 0x[0-9a-f]+, not present$/);
      assert.match(row('region'), /^region: .*\[0x[0-9a-f_]+, 0x[0-9a-f_]+\), rw$/);
      assert.match(row('kernel path'), /^kernel path: \w+/);
      assert.equal(row('last change'), 'last change: mapped by line 4');
      const refused = await client.move('continue', fault.threadId ?? 0);
      const refusal = await recordAt(refused.threadId);
      assert.equal(row('region', refusal), 'region: none');
      assert.equal(row('last change', refusal), 'last change: unmapped by line 6');
      // The same record is told when it is reached backwards.
      await client.move('stepBack', refused.threadId ?? 0);
      const again = await client.move('continue', refused.threadId ?? 0);
      assert.deepEqual(await recordAt(again.threadId), refusal);
    });
  }
});

import { strict as assert } from 'node:assert';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { DapClient } from './support/dap-client.ts';

const folder = fileURLToPath(new URL('../../examples/recordings/', import.meta.url));
const source = path.join(folder, 'matrix.c');

interface Told {
  readonly lines: readonly {
    readonly file: string;
    readonly line: number;
    readonly visits: number;
    readonly counts: Readonly<Record<string, number>>;
    readonly text: string;
  }[];
}

describe('what the lines of a recorded program cost', () => {
  it('is told at the first stop, of the whole run, and leaves the session where it is', async () => {
    const client = new DapClient();
    try {
      const { threadId } = await client.launchToStop(path.join(folder, 'matrix.walkrec'), {});
      const before = await client.stack(threadId ?? 0);
      const { lines } = await client.request<Told>('pagewalk/lines');
      const text = readFileSync(source, 'utf8').split('\n');
      const at = (words: string): Told['lines'][number] | undefined => {
        const line = text.findIndex((one) => one.includes(words)) + 1;
        return lines.find((one) => one.file === source && one.line === line);
      };
      const store = at('= row;');
      // Eight pages are touched first there; a child then writes to two that it shares with its parent.
      assert.deepEqual([store?.visits, store?.counts['page-fault'], store?.counts['page-copy']], [40, 8, 2]);
      assert.match(store?.text ?? '', /^8 faults, 2 copies, \d+ TLB misses/);
      const last = at('return sum != 56;');
      assert.deepEqual([last?.visits, last?.counts['page-fault']], [1, undefined]);
      assert.deepEqual(await client.stack(threadId ?? 0), before);
    } finally {
      client.dispose();
    }
  });
});

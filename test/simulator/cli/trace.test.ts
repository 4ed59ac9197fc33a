import { strict as assert } from 'node:assert';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { RunState } from '../../../simulator/inspect/state-json.ts';
import { parseCsv } from '../../../simulator/cli/csv.ts';
import { Folder, pagewalk } from './pagewalk.ts';

const body = `process a { code 1 page data 0 }
as a {
  let m = mmap(3 pages, rw)
  touch(m, 3 pages, w)
  expect read(8) fails SEGV
}
`;

interface ChromeEvent {
  readonly name: string;
  readonly args: { readonly id: number; readonly cause: number };
}

describe('pagewalk run --trace', () => {
  const kernels = ['almos-mkh', 'vm-region', 'haiku', 'lunaix'];
  const folder = new Folder(
    Object.fromEntries(kernels.map((kernel) => [`${kernel}.walk`, `kernel ${kernel}\n${body}`])),
  );
  after(() => {
    folder.remove();
  });
  const run = (...args: string[]) => pagewalk(['run', ...args], { cwd: folder.path });
  const read = (name: string): string => readFileSync(path.join(folder.path, name), 'utf8');

  function countOf(names: readonly string[]): Map<string, number> {
    const counts = new Map<string, number>();
    for (const name of names) counts.set(name, (counts.get(name) ?? 0) + 1);
    return counts;
  }

  for (const kernel of kernels) {
    it(`${kernel}: tells every event that is counted, with a cause that was told before it`, async () => {
      const { stdout } = await run(`${kernel}.walk`, '--json', '--trace', `${kernel}.json`);
      const { counters } = JSON.parse(stdout) as RunState;
      const { traceEvents } = JSON.parse(read(`${kernel}.json`)) as { traceEvents: ChromeEvent[] };
      const counts = countOf(traceEvents.map(({ name }) => name));
      for (const [name, count] of Object.entries(counters)) assert.equal(counts.get(name) ?? 0, count, name);
      const ids = new Set<number>();
      for (const { name, args } of traceEvents) {
        assert.ok(args.cause === -1 || ids.has(args.cause), `${name} ${String(args.id)}`);
        ids.add(args.id);
      }
      assert.ok(traceEvents.length > 20);
    });
  }

  it('writes CSV where the name says so, with the same events', async () => {
    await run('almos-mkh.walk', '--trace', 'same.json');
    await run('almos-mkh.walk', '--trace', 'out.csv');
    const { traceEvents } = JSON.parse(read('same.json')) as { traceEvents: ChromeEvent[] };
    const [header, ...rows] = parseCsv(read('out.csv'));
    assert.equal(header?.[1], 'name');
    assert.deepEqual(
      rows.map((row) => row[1]),
      traceEvents.map(({ name }) => name),
    );
  });

  it('is never written over the scenario, and refused where it cannot be', async () => {
    const over = await run('almos-mkh.walk', '--trace', 'almos-mkh.walk');
    assert.equal(over.code, 2);
    assert.match(over.stderr, /would be overwritten/);
    assert.match(read('almos-mkh.walk'), /^kernel almos-mkh/);
    const nowhere = await run('almos-mkh.walk', '--trace', 'no/such/folder/out.json');
    assert.equal(nowhere.code, 2);
  });
});

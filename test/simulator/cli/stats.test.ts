import { strict as assert } from 'node:assert';
import { parseCsv } from '../../../simulator/cli/csv.ts';
import type { Metrics } from '../../../simulator/inspect/metrics/metrics.ts';
import { Folder, pagewalk } from './pagewalk.ts';

describe('pagewalk stats', () => {
  const folder = new Folder({
    'fork.walk': `kernel lunaix
process p { code 1 page  data 1 page }
as p {
    let a = mmap(8 pages, rw)
    touch(a, 8 pages, w)
    let child = fork()
    touch(a, 2 pages, w)
    expect read(0) fails SEGV
}
`,
    'file.walk': `kernel lunaix
file "/f" { size 4 pages }
process p { code 1 page  data 1 page }
as p {
    let a = mmap(4 pages, r, kind: file, file: "/f")
    touch(a, 4 pages, r)
}
`,
    'fails.walk': 'expect 1 == 2\n',
  });
  after(() => {
    folder.remove();
  });

  async function metrics(file: string): Promise<Metrics> {
    const { code, stdout } = await pagewalk(['stats', file, '--json'], { cwd: folder.path });
    assert.equal(code, 0);
    return JSON.parse(stdout) as Metrics;
  }

  it('counts faults by cause, with the cycles from trap to outcome', async () => {
    const { faults, accesses, tlb, counters } = await metrics('fork.walk');
    assert.deepEqual(faults.byCause, { minor: 8, major: 0, cow: 2, refused: 1 });
    assert.equal(faults.total, 11);
    // The refused read never happened.
    assert.equal(accesses.total, 8 + 2);
    assert.equal(tlb.misses, counters['tlb-miss']);
    const { minor, cow, major } = faults.latency;
    assert.ok(minor !== null && minor.count === 8 && minor.p50 > 0 && minor.max >= minor.p99 && minor.p99 >= minor.p50);
    // A copy reads and writes a whole page on top.
    assert.ok(cow !== null && cow.p50 > minor.p50);
    assert.equal(major, null);
  });

  it('tells the memory of processes as smaps does', async () => {
    const { processes } = await metrics('fork.walk');
    const [parent, child] = processes;
    assert.ok(parent !== undefined && child !== undefined);
    // Two pages were copied; six are shared by two.
    assert.equal(parent.rss - parent.uss, child.rss - child.uss);
    assert.equal(parent.pss, parent.uss + (parent.rss - parent.uss) / 2);
    assert.ok(parent.uss >= 2 * 4096 && parent.vsz >= parent.rss);
  });

  it('tells how free memory is broken up', async () => {
    const { memory } = await metrics('fork.walk');
    const { freeBlocks, unusable } = memory.fragmentation;
    assert.equal(unusable[0], 0);
    assert.ok(unusable.every((share, order) => share <= 1 && share >= (unusable[order - 1] ?? 0)));
    // Lunaix has no blocks: every free frame is in one run, which holds at least as many frames as its order says.
    const least = freeBlocks.reduce((sum, blocks, order) => sum + blocks * 2 ** order, 0);
    assert.ok(least > 0 && least <= memory.free, `${String(least)} of ${String(memory.free)}`);
  });

  it('knows faults that read a file', async () => {
    const { faults } = await metrics('file.walk');
    assert.equal(faults.byCause.major, 4);
  });

  it('prints text and CSV with the same figures', async () => {
    const csv = await pagewalk(['stats', 'fork.walk', '--csv'], { cwd: folder.path });
    const [header, ...rows] = parseCsv(csv.stdout);
    assert.deepEqual(header, ['metric', 'value']);
    assert.equal(new Map(rows as [string, string][]).get('faults.byCause.cow'), '2');
    const text = await pagewalk(['stats', 'fork.walk'], { cwd: folder.path });
    assert.match(text.stdout, /^faults\n {2}total +11\n[^]*byCause\.cow +2\n/m);
  });

  it('ends as the run does', async () => {
    assert.equal((await pagewalk(['stats', 'fails.walk'], { cwd: folder.path })).code, 1);
    assert.equal((await pagewalk(['stats', 'missing.walk'], { cwd: folder.path })).code, 2);
  });
});

import { strict as assert } from 'node:assert';
import { readFileSync, writeFileSync } from 'node:fs';
import { parseCsv } from '../../../../simulator/cli/csv.ts';
import { Folder, pagewalk } from '../pagewalk.ts';

describe('pagewalk sweep', () => {
  const folder = new Folder({
    'reach.walk': `process p { code 1 page  data 1 page }
as p {
    let a = mmap(16 pages, rw)
    touch(a, 16 pages, w)
    repeat 3 { touch(a, 16 pages, r) }
}
`,
    'named.walk': 'kernel haiku\nprint 1\n',
    'fails.walk': 'expect count("access") == 1\n',
    'other.csv': 'a,b\n1,2\n',
  });
  after(() => {
    folder.remove();
  });

  const run = (...args: string[]) => pagewalk(['sweep', ...args], { cwd: folder.path });

  it('makes a run for every combination, and prints a table in their order', async () => {
    const { code, stdout } = await run('reach.walk', '--vary', 'tlb.sets=1,4', '--vary', 'tlb.ways=1,8', '--jobs', '2');
    assert.equal(code, 0);
    const [header = [], ...rows] = parseCsv(stdout);
    const column = (name: string): string[] => rows.map((row) => row[header.indexOf(name)] ?? '');
    assert.deepEqual(header.slice(0, 5), ['tlb.sets', 'tlb.ways', 'job', 'code', 'problem']);
    assert.deepEqual(column('tlb.sets'), ['1', '1', '4', '4']);
    assert.deepEqual(column('tlb.ways'), ['1', '8', '1', '8']);
    // 16 pages fit into 4 x 8 entries alone: there the three rounds of reading only hit.
    const hits = column('tlb.hits').map(Number);
    assert.ok((hits[3] as number) >= (hits[0] as number) + 48, hits.join(' '));
    assert.equal(new Set(column('job')).size, 4);
  });

  it('gives the same rows whatever the number of workers', async () => {
    const vary = ['--vary', 'kernel=almos-mkh,vm-region,haiku,lunaix', '--json'];
    const [one, two] = await Promise.all([
      run('reach.walk', ...vary, '--jobs', '1'),
      run('reach.walk', ...vary, '--jobs', '3'),
    ]);
    assert.equal(one.stdout, two.stdout);
    const { runs } = JSON.parse(one.stdout) as { runs: { kernel: string; code: number }[] };
    assert.deepEqual(
      runs.map(({ kernel, code }) => [kernel, code]),
      [
        ['almos-mkh', 0],
        ['vm-region', 0],
        ['haiku', 0],
        ['lunaix', 0],
      ],
    );
  });

  it('goes on where an earlier sweep was interrupted', async () => {
    const args = ['reach.walk', '--vary', 'tlb.ways=1..3', '--table', 'table.csv'];
    assert.equal((await run(...args)).code, 0);
    const whole = readFileSync(folder.at('table.csv'), 'utf8');
    // The last line was cut in the middle; the first is marked to see that it is not made again.
    const lines = whole.split('\n').slice(0, 4);
    const marked = (lines[1] ?? '').replace(/^1,/, '1,').replace(/,almos-mkh,\d+,/, ',almos-mkh,424242,');
    writeFileSync(folder.at('table.csv'), [lines[0], marked, lines[2], (lines[3] ?? '').slice(0, 60)].join('\n'));
    const again = await run(...args);
    assert.match(again.stderr, /2 of 3 runs are in table\.csv already/);
    const rows = readFileSync(folder.at('table.csv'), 'utf8').split('\n');
    assert.match(rows[1] ?? '', /424242/);
    assert.equal(rows[3], whole.split('\n')[3]);
  });

  it('makes one run of it, for those who spread runs over computers', async () => {
    const { stdout } = await run('reach.walk', '--vary', 'tlb.ways=1..3', '--only', '2');
    assert.equal(parseCsv(stdout)[1]?.[0], '3');
    assert.equal((await run('reach.walk', '--vary', 'tlb.ways=1..3', '--only', '3')).code, 2);
  });

  it('prints a job array for Slurm', async () => {
    const { code, stdout } = await run('reach.walk', '--vary', 'tlb.ways=1..3', '--export', 'slurm');
    assert.equal(code, 0);
    assert.match(
      stdout,
      /^#!\/bin\/bash\n[^]*#SBATCH --array=0-2\n[^]*\npagewalk sweep reach\.walk --vary tlb\.ways=1\.\.3 --jobs 1 --only/,
    );
  });

  it('tells runs that fail or are refused, makes the others, and ends with 1', async () => {
    const { code, stdout, stderr } = await run('fails.walk', '--vary', 'memory=128KiB,16MiB');
    assert.equal(code, 1);
    assert.match(stderr, /memory=128KiB: fails\.walk:1:1: error WALK222: /);
    assert.match(stderr, /memory=16MiB: fails\.walk:1:8: error WALK2\d\d: /);
    assert.equal(parseCsv(stdout).length, 3);
  });

  it('refuses what the file settles itself, what is no table, and the scenario as the table', async () => {
    const cases = [
      [['named.walk', '--vary', 'kernel=haiku,lunaix'], /the file itself names the kernel/],
      [['reach.walk', '--vary', 'cores=1', '--table', 'other.csv'], /is not a table of a sweep/],
      [['reach.walk', '--vary', 'cores=1', '--table', 'reach.walk'], /input of this run/],
      [['reach.walk'], /required option/],
    ] as const;
    for (const [args, message] of cases) {
      const { code, stderr } = await run(...args);
      assert.equal(code, 2, args.join(' '));
      assert.match(stderr, message);
    }
  });
});

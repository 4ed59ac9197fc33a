import { strict as assert } from 'node:assert';
import type { RunState } from '../../../simulator/inspect/state-json.ts';
import { examples, Folder, pagewalk } from './pagewalk.ts';

const process = 'kernel almos-mkh\nprocess a { code 1 page data 1 page }\n';

const files = {
  'good.walk': `${process}as a {\n  let m = mmap(1 page, rw)\n  write(m, 41)\n  print read(m)\n  expect read(m) == 41\n}\n`,
  'bad.walk': `${process}print "before"\nas a {\n  expect 1 == 2\n}\nprint "after"\n`,
  'segv.walk': `${process}as a {\n  read(0x10)\n}\n`,
  'unnamed.walk': 'process a { code 1 page data 1 page }\nas a {\n  read(0)\n}\n',
  'panic.walk': `${process}as a { expect read(0x10) kills SEGV }\n`,
  'syntax.walk': 'kernel almos-mkh\nlet = 3\n',
  'unknown.walk': 'kernel almos-mkh\nlet x = mmapp(1)\n',
  'machine.walk': 'machine tsar { memory 1MiB }\nkernel almos-mkh\n',
  'warning.walk': 'kernel almos-mkh\nlet unused = 3\n',
  'tests.walk':
    `${process}print "common"\nlet one = 1\nexpect one == 1\n` +
    'test "passes" { print "first" expect one == 1 }\ntest "fails" { print "second"\n expect one == 2 }\n',
  'nobody.walk': 'process a { code 1 page data 0 pages }\nas a { print cycles() }\n',
  'named.walk': 'machine tsar\nkernel almos-mkh\n',
  'loop.walk': 'kernel almos-mkh\nrepeat 1000 { expect 1 == 1 }\n',
  'files.walk': 'kernel almos-mkh\nfile "f" { from "deep/content.bin" }\nprint "read"\n',
  'deep/content.bin': 'bytes',
  'lost.walk': 'kernel almos-mkh\nfile "f" { from "nowhere.bin" }\n',
};

describe('pagewalk run', () => {
  const folder = new Folder(files);
  after(() => {
    folder.remove();
  });
  const run = (...args: string[]) => pagewalk(['run', ...args], { cwd: folder.path });
  const state = async (...args: string[]): Promise<RunState> =>
    JSON.parse((await run(...args, '--json')).stdout) as RunState;

  it('prints on standard output, says on which kernel, and ends with 0', async () => {
    assert.deepEqual(await run('good.walk'), {
      code: 0,
      stdout: '41\n',
      stderr: 'pagewalk: good.walk runs on almos-mkh\n',
    });
  });

  it('reports a failed expectation on standard error, goes on, and ends with 1', async () => {
    const { code, stdout, stderr } = await run('bad.walk');
    assert.equal(code, 1);
    assert.equal(stdout, 'before\nafter\n');
    assert.match(stderr, /^bad\.walk:5:10: error WALK201: expected 1 == 2\n$/m);
  });

  it('ends with 1 when the program dies, with 0 when that was expected', async () => {
    const died = await run('segv.walk');
    assert.equal(died.code, 1);
    assert.match(died.stderr, /^segv\.walk:4:3: error WALK202: /m);
    assert.deepEqual(await run('panic.walk'), {
      code: 0,
      stdout: '',
      stderr: 'pagewalk: panic.walk runs on almos-mkh\n',
    });
  });

  it('names the kernel in whose words a finding is told, where the file does not', async () => {
    const { code, stderr } = await run('unnamed.walk');
    assert.equal(code, 1);
    const finding = stderr.split('\n').find((line) => line.startsWith('unnamed.walk:3:3: error WALK202: ')) ?? '';
    assert.match(finding, /: SEGV \(EINVAL\): read at 0x0: [^:]+ \(on almos-mkh, the default kernel\)$/);
    const chosen = await run('unnamed.walk', '--kernel', 'lunaix');
    assert.match(chosen.stderr, /WALK202: SEGV/);
    assert.doesNotMatch(chosen.stderr, /default/);
  });

  it('refuses wrong text, wrong names and a machine that is too small with 2 and the place', async () => {
    const syntax = await run('syntax.walk');
    assert.equal(syntax.code, 2);
    assert.match(syntax.stderr, /^syntax\.walk:2:\d+: error WALK1\d\d: /);
    const unknown = await run('unknown.walk');
    assert.equal(unknown.code, 2);
    assert.match(unknown.stderr, /^unknown\.walk:2:9: error WALK1\d\d: .*Did you mean `mmap`\?/m);
    const machine = await run('machine.walk');
    assert.equal(machine.code, 2);
    assert.match(machine.stderr, /^machine\.walk:1:\d+: error WALK\d\d\d: .*1MiB|MiB/);
  });

  it('prints warnings and ends with 0', async () => {
    const { code, stderr } = await run('warning.walk');
    assert.equal(code, 0);
    assert.match(stderr, /^warning\.walk:2:5: warning WALK1\d\d: /m);
  });

  it('runs the tests of the file after its common part, which prints once', async () => {
    const { code, stdout, stderr } = await run('tests.walk');
    assert.equal(code, 1);
    assert.equal(stdout, 'common\nfirst\nsecond\n');
    assert.match(stderr, /^tests\.walk:8:9: error WALK201: [^\n]+\n$/m);
    const { tests, ok, prints, expectations } = await state('tests.walk');
    assert.equal(ok, false);
    assert.deepEqual(
      tests.map((test) => [test.name, test.ok, typeof test.message]),
      [
        ['passes', true, 'undefined'],
        ['fails', false, 'string'],
      ],
    );
    assert.deepEqual(prints, ['common', 'first', 'second']);
    assert.deepEqual(expectations, { passed: 2, failed: 1 });
  });

  it('prints one JSON object and nothing else with --json', async () => {
    const { code, stdout, stderr } = await run('bad.walk', '--json');
    assert.equal(code, 1);
    assert.equal(stdout.trimEnd().split('\n').length, 1);
    const parsed = JSON.parse(stdout) as RunState;
    assert.equal(parsed.ok, false);
    assert.deepEqual(parsed.prints, ['before', 'after']);
    assert.deepEqual(parsed.diagnostics[0]?.file, 'bad.walk');
    assert.match(stderr, /WALK201/);
  });

  it('tells a finding that repeats in a loop once', async () => {
    folder.write('rounds.walk', 'kernel almos-mkh\nfor i in 0..1000 { expect i < 3 }\n');
    const { stdout, stderr } = await run('rounds.walk', '--json');
    const { diagnostics, expectations } = JSON.parse(stdout) as RunState;
    const message = 'expected i < 3, but i is 3 (first at i = 3, 996 more)';
    assert.deepEqual(
      diagnostics.map((one) => one.message),
      [message],
    );
    assert.deepEqual(expectations, { passed: 3, failed: 997 });
    assert.equal(stderr.split(message).length, 2);
  });

  it('prints a JSON object also for what cannot run', async () => {
    for (const file of ['syntax.walk', 'missing.walk', 'machine.walk', 'lost.walk']) {
      const { code, stdout } = await run(file, '--json');
      assert.equal(code, 2, file);
      const parsed = JSON.parse(stdout) as RunState;
      assert.equal(parsed.ok, false);
      assert.equal(parsed.diagnostics[0]?.file, file);
    }
  });

  it('stops before the first statement at or after --until', async () => {
    const stopped = await state('good.walk', '--until', '6');
    assert.deepEqual(stopped.prints, []);
    assert.equal(stopped.counters['page-fault'], 1);
    const before = await state('good.walk', '--until', '5');
    assert.equal(before.counters['page-fault'], 0);
    const whole = await state('good.walk', '--until', '99');
    assert.deepEqual(whole.prints, ['41']);
  });

  it('stops inside the test that --until names', async () => {
    const { prints, tests } = await state('tests.walk', '--until', '8');
    assert.deepEqual(prints, ['common', 'second']);
    assert.deepEqual(tests, []);
  });

  it('lists frames with --frames', async () => {
    assert.equal((await state('good.walk')).frames, undefined);
    assert.equal((await state('good.walk', '--frames')).frames?.length, 4 * 4096);
    const refused = await run('good.walk', '--json', '--frames', '--listed-frames', '100');
    assert.equal(refused.code, 2);
    assert.match(refused.stderr, /16,384 frames, and --frames lists at most 100: .*--listed-frames/);
  });

  it('prints the kernel’s display of living processes with --dump', async () => {
    const { stdout } = await run('good.walk', '--dump');
    assert.match(stdout, /^41\n/);
    assert.match(stdout, /CODE/);
    const { prints } = await state('good.walk', '--dump');
    assert.equal(prints.length, 2);
    assert.equal(`${prints.join('\n')}\n`, stdout);
  });

  it('takes the kernel from --kernel where the file names none, else the default one', async () => {
    assert.equal((await run('nobody.walk', '--kernel', 'almos-mkh')).code, 0);
    assert.equal((await run('nobody.walk')).code, 0);
    assert.equal((await state('nobody.walk')).kernel, 'almos-mkh');
  });

  it('refuses an unknown kernel and names the nearest', async () => {
    const { code, stderr, stdout } = await run('nobody.walk', '--kernel', 'almos-mhk');
    assert.deepEqual([code, stdout], [2, '']);
    assert.match(stderr, /almos-mhk.*Did you mean almos-mkh\? Kernels: /);
  });

  it('takes the machine from --machine, and refuses one that the kernel cannot run on', async () => {
    assert.equal((await state('nobody.walk', '--machine', 'tsar')).machine.preset, 'tsar');
    const { code, stderr } = await run('nobody.walk', '--machine', 'i386');
    assert.equal(code, 2);
    assert.match(stderr, /^nobody\.walk:1:1: error WALK222: almos-mkh does not run on i386; use /m);
    assert.equal((await run('nobody.walk', '--machine', 'vax')).code, 2);
    const unused = await run('named.walk', '--machine', 'i386');
    assert.equal(unused.code, 0);
    assert.match(unused.stderr, /^named\.walk:1:1: warning WALK222: .*--machine i386 is not used\n$/m);
  });

  it('bounds a run by --steps and --statements', async () => {
    const { code, stderr } = await run('loop.walk', '--statements', '100');
    assert.equal(code, 1);
    assert.match(stderr, /error WALK220: .*100/);
    assert.match((await run('loop.walk', '--steps', '50')).stderr, /error WALK220: .*50/);
    assert.equal((await run('loop.walk')).code, 0);
  });

  it('gives the same state for the same seed', async () => {
    const file = `${examples}/explore-race.walk`;
    const [first, second] = await Promise.all([run(file, '--json', '--seed', '7'), run(file, '--json', '--seed', '7')]);
    assert.equal(first.stdout, second.stdout);
    assert.equal((await run(file, '--seed', '-1')).code, 2);
  });

  it('reads files beside the scenario', async () => {
    assert.equal((await run('files.walk')).stdout, 'read\n');
    assert.equal((await pagewalk(['run', folder.at('files.walk')], { cwd: examples })).stdout, 'read\n');
    const { code, stderr } = await run('lost.walk');
    assert.equal(code, 2);
    assert.match(stderr, /^lost\.walk:\d+:\d+: error WALK226: "nowhere\.bin" .*there is no such file/m);
  });
});

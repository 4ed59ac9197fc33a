import { strict as assert } from 'node:assert';
import { symlinkSync } from 'node:fs';
import { reporters } from '../../../simulator/cli/test/reporters/reporters.ts';
import { Folder, pagewalk } from './pagewalk.ts';

interface Report {
  readonly version: number;
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
  readonly files: readonly {
    readonly file: string;
    readonly tests: readonly {
      readonly name: string;
      readonly ok: boolean;
      readonly message?: string;
      readonly line?: number;
    }[];
  }[];
}

describe('pagewalk test', () => {
  const folder = new Folder({
    'suite/two.walk':
      'kernel almos-mkh\nlet one = 1\ntest "holds" { expect one == 1 print "unseen" }\ntest "<breaks> & \\"quotes\\"" {\n  expect one == 2\n}\n',
    'suite/deep/one.walk': 'kernel almos-mkh\nexpect 2 > 1\n',
    'suite/notes.txt': 'no scenario',
    'suite/.hidden/x.walk': 'kernel almos-mkh\nexpect 1 == 2\n',
    'common.walk': 'kernel almos-mkh\nexpect 1 == 2\ntest "a" { }\ntest "b" { }\n',
    'several.walk':
      'kernels haiku, lunaix\nprocess p { code 1 page data 1 page }\ntest "both" { expect p.alive }\ntest "one" on lunaix { expect p.data == 0 }\n',
    'worth.walk':
      'kernel haiku\ntest "first" points 3 { expect 1 == 1 }\ntest "second" on haiku points 0x2 { expect 1 == 2 }\ntest "third" { }\n',
    'broken.walk': 'kernel\n',
    'empty/readme': '',
  });
  after(() => {
    folder.remove();
  });
  const test = (...args: string[]) => pagewalk(['test', ...args], { cwd: folder.path });
  /** Without the times, which no test can know. */
  const json = async (...args: string[]): Promise<Report> =>
    JSON.parse((await test(...args, '--reporter', 'json')).stdout, (key, value: unknown) =>
      key === 'seconds' ? undefined : value,
    ) as Report;

  it('takes files and folders, and a file without tests as one test', async () => {
    assert.deepEqual(await json('suite'), {
      version: 1,
      passed: 2,
      failed: 1,
      skipped: 0,
      files: [
        { file: 'suite/deep/one.walk', tests: [{ name: 'one.walk', ok: true }] },
        {
          file: 'suite/two.walk',
          tests: [
            { name: 'holds', ok: true },
            {
              name: '<breaks> & "quotes"',
              ok: false,
              message: 'expected one == 2, but one is 1',
              code: 'WALK201',
              line: 5,
            },
          ],
        },
      ],
    });
  });

  it('runs every test on every kernel that the file names, or on the one that is asked for', async () => {
    const names = async (...args: string[]): Promise<readonly (readonly [string, boolean])[]> =>
      (await json('several.walk', ...args)).files.flatMap(({ tests }) =>
        tests.map(({ name, ok }) => [name, ok] as const),
      );
    assert.deepEqual(await names(), [
      ['both [haiku]', true],
      ['both [lunaix]', true],
      ['one [lunaix]', false],
    ]);
    assert.equal((await json('several.walk')).skipped, 1);
    assert.deepEqual(await names('--kernel', 'haiku'), [['both', true]]);
  });

  it('ends with 0, 1 or 2, the worst of all files', async () => {
    assert.equal((await test('suite/deep')).code, 0);
    assert.equal((await test('suite')).code, 1);
    assert.equal((await test('broken.walk', 'suite/deep')).code, 2);
    assert.equal((await test('broken.walk', 'suite')).code, 2);
  });

  it('writes for people by default, and diagnostics on standard error', async () => {
    const { stdout, stderr } = await test('suite/two.walk', 'suite/deep/one.walk');
    assert.equal(
      stdout,
      [
        'suite/two.walk on almos-mkh',
        '  ✓ holds',
        '  ✗ <breaks> & "quotes"',
        '      line 5: expected one == 2, but one is 1',
        '',
        'suite/deep/one.walk on almos-mkh',
        '  ✓ one.walk',
        '',
        '2 passed, 1 failed',
        '',
      ].join('\n'),
    );
    assert.equal(stderr, 'suite/two.walk:5:10: error WALK201: expected one == 2, but one is 1\n');
  });

  it('fails every test for a failure in the common part, at that line', async () => {
    const { files, failed } = await json('common.walk');
    assert.equal(failed, 2);
    assert.deepEqual(
      files[0]?.tests.map(({ name, line }) => [name, line]),
      [
        ['a', 2],
        ['b', 2],
      ],
    );
  });

  it('counts a file that cannot run as a failed test', async () => {
    const { files, failed, passed } = await json('broken.walk', 'missing.walk', 'suite/deep');
    assert.deepEqual([failed, passed], [2, 1]);
    assert.deepEqual(
      files.map(({ tests }) => tests.map(({ name, ok }) => [name, ok])),
      [[['broken.walk', false]], [['missing.walk', false]], [['one.walk', true]]],
    );
  });

  it('refuses a folder without scenarios, and tests the others', async () => {
    const { code, stderr, stdout } = await test('empty', 'suite/deep');
    assert.equal(code, 2);
    assert.match(stderr, /no \.walk file in this folder/);
    assert.match(stdout, /^1 passed, 1 failed$/m);
  });

  it('takes every file of a folder that is a scenario by its name, links and special files included', async () => {
    const odd = new Folder({ 'a/UP.WALK': 'kernel haiku\nexpect 1 == 1\n', 'target.walk': 'kernel haiku\n' });
    try {
      symlinkSync('../target.walk', odd.at('a/link.walk'));
      symlinkSync('gone.walk', odd.at('a/dangling.walk'));
      await odd.pipe('a/pipe.walk');
      const { code, stdout, stderr } = await pagewalk(['test', 'a'], { cwd: odd.path });
      assert.equal(code, 2);
      assert.match(stdout, /^a\/UP\.WALK on haiku\n {2}✓ UP\.WALK$/m);
      assert.match(stdout, /^a\/link\.walk on haiku\n {2}✓/m);
      assert.match(stdout, /^2 passed, 2 failed$/m);
      assert.match(
        stderr,
        /^a\/dangling\.walk:1:1: error WALK226: it is a symbolic link to gone\.walk, which does not exist$/m,
      );
      assert.match(stderr, /^a\/pipe\.walk:1:1: error WALK226: it is a named pipe; only regular files are read$/m);
    } finally {
      odd.remove();
    }
  });

  it('says on which kernel a file ran, and where that is the default', async () => {
    const plain = new Folder({ 'plain.walk': 'expect 1 == 1\n' });
    try {
      assert.match(
        (await pagewalk(['test', 'plain.walk'], { cwd: plain.path })).stdout,
        /^plain\.walk on almos-mkh \(the default\)$/m,
      );
      const chosen = await pagewalk(['test', 'plain.walk', '--kernel', 'haiku'], { cwd: plain.path });
      assert.match(chosen.stdout, /^plain\.walk on haiku$/m);
      const run = await pagewalk(['run', 'plain.walk', '--json'], { cwd: plain.path });
      assert.equal(run.stderr, 'pagewalk: plain.walk runs on almos-mkh (the default)\n');
      assert.equal((JSON.parse(run.stdout) as { kernel: string }).kernel, 'almos-mkh');
    } finally {
      plain.remove();
    }
  });

  it('runs a file without a kernel on each that is asked for, and checks it there', async () => {
    const own = new Folder({ 'own.walk': 'test "a" { expect LUNAIX_ONLY == 1 }\n', 'any.walk': 'test "a" { }\n' });
    try {
      const { stdout } = await pagewalk(['test', 'any.walk', '--kernel', 'lunaix,haiku'], { cwd: own.path });
      assert.match(stdout, /^any\.walk on lunaix, haiku\n {2}✓ a \[lunaix\]\n {2}✓ a \[haiku\]$/m);
      const twice = await pagewalk(['test', 'any.walk', '--kernel', 'haiku,haiku'], { cwd: own.path });
      assert.equal(twice.code, 2);
      assert.match(twice.stderr, /haiku is named twice/);
      assert.equal((await pagewalk(['test', 'own.walk', '--kernel', 'haiku,lunaix'], { cwd: own.path })).code, 2);
    } finally {
      own.remove();
    }
    const { files } = await json('several.walk', '--kernel', 'lunaix,vm-region');
    assert.deepEqual(
      files[0]?.tests.map(({ name, ok }) => [name, ok]),
      [
        ['both', true],
        ['one', false],
      ],
    );
  });

  it('runs only tests with a text in their names, and refuses one that none has', async () => {
    const names = async (...args: string[]) =>
      (await json('suite', 'worth.walk', ...args)).files.flatMap(({ tests }) => tests.map(({ name }) => name));
    assert.deepEqual(await names('--filter', 'HOLDS'), ['holds']);
    assert.deepEqual(await names('--filter', 'one.walk'), ['one.walk']);
    assert.equal((await json('worth.walk', '--filter', 'first')).skipped, 2);
    const { stdout } = await test('suite', 'worth.walk', '--filter', 'holds');
    assert.equal(stdout, 'suite/two.walk on almos-mkh\n  ✓ holds\n\n1 passed, 0 failed\n');
    const none = await test('suite', '--filter', 'nothing like it');
    assert.equal(none.code, 2);
    assert.match(none.stderr, /no test has "nothing like it" in its name/);
  });

  it('tests several files at the same time, with the same results in the same order', async () => {
    const args = ['suite', 'worth.walk', 'missing.walk', 'common.walk', 'broken.walk'];
    const [alone, together] = [await test(...args), await test(...args, '--jobs', '3')];
    assert.equal(together.stdout, alone.stdout);
    assert.equal(together.stderr, alone.stderr);
    assert.equal(together.code, 2);
  });

  it('reads standard input where the file is called -', async () => {
    const given = await pagewalk(['test', '-'], { input: 'kernel haiku\ntest "given" { expect 1 == 2 }\n' });
    assert.equal(given.code, 1);
    assert.match(given.stdout, /^- on haiku\n {2}✗ given\n {6}line 2: /);
    assert.match(given.stderr, /^-:2:23: error WALK201: /);
    const long = await pagewalk(['check', '-', '--scenario-size', '1KiB'], { input: ' '.repeat(2000) });
    assert.equal(long.code, 2);
    assert.match(long.stderr, /scenario/);
  });

  it('counts points', async () => {
    const { stdout } = await test('worth.walk');
    assert.match(stdout, /^ {2}✓ first \(3 points\)$/m);
    assert.match(stdout, /^ {2}✗ second \(0 of 2 points\)$/m);
    assert.match(stdout, /^ {2}✓ third\n\n3 of 5 points\n2 passed, 1 failed\n$/m);
    const report = (await json('worth.walk')) as Report & { points: unknown };
    assert.deepEqual(report.points, { earned: 3, of: 5 });
  });

  it('tells which lines ran, and which numbered steps of the kernel', async () => {
    const text = `kernel almos-mkh
process p { code 1 page  data 1 page }
thread q of p
def twice(x) {
    return x * 2
}
as p {
    let a = mmap(2 pages, rw)
    if twice(2) == 5 {
        print "never"
        print "nor this"
    } else if a > 0 {
        write(a, 1)
    }
    on haiku {
        print "nor on this kernel"
    }
}
parallel seed 1 {
    as p { read(a) }
    as q {
        for i in 0..2 {
            read(a)
        }
    }
}
explore up to 4 {
    as p { read(a) }
    as q {
        read(a)
    }
}
`;
    const own = new Folder({ 'some.walk': text, 'less.walk': 'kernel almos-mkh\nprint 1\n' });
    try {
      const { stdout } = await pagewalk(['test', '--coverage', '.'], { cwd: own.path });
      assert.match(
        stdout,
        /✓ some\.walk\n {2}13 of 16 lines ran; not: 10-11, 16\n {2}(\d+) of (\d+) numbered steps of almos-mkh/,
      );
      assert.match(stdout, /✓ less\.walk\n {2}1 of 1 lines ran\n {2}0 of \d+ numbered steps/);
      const report = await pagewalk(['test', '--coverage', 'some.walk', '--reporter', 'json'], { cwd: own.path });
      const { files } = JSON.parse(report.stdout) as {
        files: { coverage: { lines: { line: number; count: number }[]; steps: { taken: string[] }[] } }[];
      };
      const { lines = [], steps = [] } = files[0]?.coverage ?? {};
      assert.equal(lines.find(({ line }) => line === 10)?.count, 0);
      assert.equal(lines.find(({ line }) => line === 23)?.count, 2);
      assert.ok(steps[0]?.taken.includes('vmm_create_vseg 1'), steps[0]?.taken.join(', '));
    } finally {
      own.remove();
    }
  });

  it('writes results for Gradescope', async () => {
    const graded = async (file: string): Promise<unknown> => {
      const { stdout } = await test(file, '--reporter', 'gradescope');
      return JSON.parse(stdout, (key, value: unknown) => (key === 'execution_time' ? typeof value : value));
    };
    const result = (name: string, score: number, worth: number, output = '') => ({
      name,
      status: output === '' ? 'passed' : 'failed',
      score,
      max_score: worth,
      output,
      output_format: 'text',
    });
    assert.deepEqual(await graded('worth.walk'), {
      output: '2 passed, 1 failed',
      output_format: 'text',
      execution_time: 'number',
      score: 3,
      tests: [
        result('first', 3, 3),
        result('second', 0, 2, 'worth.walk:3: WALK201: expected 1 == 2'),
        result('third', 0, 0),
      ],
    });
    // Where no test says what it is worth, each is worth one point.
    assert.deepEqual(await graded('suite/deep/one.walk'), {
      output: '1 passed, 0 failed',
      output_format: 'text',
      execution_time: 'number',
      score: 1,
      tests: [result('one.walk', 1, 1)],
    });
    const several = await test('suite', '--reporter', 'gradescope');
    assert.equal(several.code, 2);
    assert.equal(several.stdout, '');
    assert.match(several.stderr, /--reporter gradescope takes one file, and here are 2/);
  });

  it('speaks TAP', async () => {
    const { stdout } = await test('suite/two.walk', '--reporter', 'tap');
    assert.equal(
      stdout,
      [
        'TAP version 14',
        '1..2',
        '# suite/two.walk on almos-mkh',
        'ok 1 - suite/two.walk: holds',
        'not ok 2 - suite/two.walk: <breaks> & "quotes"',
        '  ---',
        '  message: "expected one == 2, but one is 1"',
        '  at: "suite/two.walk:5"',
        '  ...',
        '',
      ].join('\n'),
    );
  });

  it('speaks JUnit', async () => {
    const { stdout } = await test('suite/two.walk', '--reporter', 'junit');
    assert.match(
      stdout,
      /^<\?xml version="1\.0" encoding="UTF-8"\?>\n<testsuites name="pagewalk" tests="2" failures="1"/,
    );
    assert.match(stdout, /<property name="kernel" value="almos-mkh"\/>/);
    assert.match(stdout, /<testcase name="holds" classname="suite\/two\.walk" time="\d+\.\d{3}"\/>/);
    assert.match(stdout, /<testcase name="&lt;breaks&gt; &amp; &quot;quotes&quot;"/);
    assert.match(stdout, /<failure type="WALK201" message="expected one == 2, but one is 1">suite\/two\.walk:5: /);
  });
});

describe('reporters', () => {
  const failed = {
    name: 'a # b \\ c\nd',
    ok: false,
    message: 'line\n\u0001 "x" \ud800',
    code: 'WALK201',
    line: 3,
    seconds: 0.25,
    diagnostics: [],
    isRefused: false,
  };
  const results = [{ file: 'f.walk', kernel: null, tests: [failed], skipped: 0 }];

  it('keep TAP’s directives and lines apart from names', () => {
    const text = reporters.tap.end(results);
    assert.match(text, /^not ok 1 - f\.walk: a \\# b \\\\ c d$/m);
    assert.match(text, /^ {2}message: "line\\n\\u0001 \\"x\\" \\ud800"$/m);
  });

  it('write nothing into XML that it cannot hold', () => {
    const text = reporters.junit.end(results);
    assert.match(text, /message="line&#10;\ufffd &quot;x&quot; \ufffd"/);
    assert.doesNotMatch(text.replaceAll('\n', ''), /[\p{Cc}\p{Cs}]/u);
  });

  it('indent messages of several lines', () => {
    assert.match(reporters.spec.file(results[0] as (typeof results)[0], 1), /line 3: line\n {6}\S/);
  });

  it('agree that nothing was run', () => {
    assert.equal(reporters.tap.end([]), 'TAP version 14\n1..0\n');
    assert.equal(reporters.json.end([]), '{"version":1,"passed":0,"failed":0,"skipped":0,"files":[]}\n');
  });
});

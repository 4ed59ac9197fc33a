import { strict as assert } from 'node:assert';
import { examples, Folder, pagewalk } from './pagewalk.ts';

interface Checked {
  readonly version: number;
  readonly ok: boolean;
  readonly files: readonly {
    readonly file: string;
    readonly ok: boolean;
    readonly diagnostics: readonly { readonly code: string; readonly line: number }[];
  }[];
}

describe('pagewalk check', () => {
  const folder = new Folder({
    'good.walk': 'kernel almos-mkh\nprint 1\n',
    'fails.walk': 'kernel almos-mkh\nexpect 1 == 2\n',
    'warns.walk': 'kernel almos-mkh\nlet unused = 1\n',
    'bad.walk': 'kernel almos-mkh\nprint nothing\nprint nowhere\n',
    'small.walk': 'process a { code 0 pages data 0 pages }\n',
    'lost.walk': 'kernel almos-mkh\nreplay "gone"\n',
  });
  after(() => {
    folder.remove();
  });
  const check = (...args: string[]) => pagewalk(['check', ...args], { cwd: folder.path });

  it('runs nothing: a file that would fail is well', async () => {
    assert.deepEqual(await check('good.walk', 'fails.walk'), { code: 0, stdout: '', stderr: '' });
  });

  it('says all that is wrong in all files, and ends with 2', async () => {
    const { code, stdout, stderr } = await check('warns.walk', 'bad.walk', 'good.walk');
    assert.deepEqual([code, stdout], [2, '']);
    const lines = stderr.trimEnd().split('\n');
    assert.deepEqual(
      lines.map((line) => /^(\S+): (\w+) WALK1\d\d: /.exec(line)?.slice(1)),
      [
        ['warns.walk:2:5', 'warning'],
        ['bad.walk:2:7', 'error'],
        ['bad.walk:3:7', 'error'],
      ],
    );
  });

  it('ends with 0 where there are only warnings', async () => {
    assert.equal((await check('warns.walk')).code, 0);
  });

  it('gives one JSON object', async () => {
    const { code, stdout } = await check('good.walk', 'bad.walk', 'missing.walk', '--json');
    assert.equal(code, 2);
    const { version, ok, files } = JSON.parse(stdout) as Checked;
    assert.deepEqual([version, ok], [1, false]);
    assert.deepEqual(
      files.map(({ file, ok: isWell, diagnostics }) => [file, isWell, diagnostics.length]),
      [
        ['good.walk', true, 0],
        ['bad.walk', false, 2],
        ['missing.walk', false, 1],
      ],
    );
    assert.equal(files[1]?.diagnostics[0]?.line, 2);
  });

  it('checks a machine from outside, and files that are named', async () => {
    assert.match((await check('small.walk', '--machine', 'i386')).stderr, /^small\.walk:1:1: error WALK/);
    const lost = await check('lost.walk');
    assert.equal(lost.code, 2);
    assert.match(lost.stderr, /gone/);
  });

  it('finds nothing wrong with the examples', async () => {
    const names = ['cow-fork.walk', 'recorded-program.walk', 'explore-race.walk', 'recordings/cow_fork'];
    const { code, stderr } = await pagewalk(['check', ...names], { cwd: examples });
    assert.deepEqual([code, stderr], [0, '']);
  });
});

/** The time and the memory of this computer end every run, whatever it is at. No test asserts how long anything takes. */
import { strict as assert } from 'node:assert';
import { Folder, pagewalk } from './pagewalk.ts';

const kernels = ['almos-mkh', 'vm-region', 'haiku', 'lunaix'] as const;
const endless = '1000000000';
const process = 'process p { code 1 page data 2 pages }\n';

/** Files that would run for hours, each by something else. */
const files: Readonly<Record<string, { readonly text: string }>> = {
  'explore.walk': {
    text: `kernel lunaix\n${process}thread q of p\nas p { let m = mmap(64 pages, rw) }\nexplore up to 17179869184 {
    as p { touch(m, 64 pages, w) }
    as q { touch(m, 64 pages, w) }
}`,
  },
  'rounds.walk': { text: `${process}as p {\n    repeat ${endless} { }\n}` },
  'statements.walk': { text: `${process}as p {\n    repeat ${endless} {\n print 1 } }` },
  'one-statement.walk': {
    text: `kernel lunaix\nmachine i386 { memory 256MiB }\n${process}as p { let m = mmap(128MiB, rw)
repeat ${endless} {\nscan(m, 128MiB, w, 1) } }`,
  },
  'forks.walk': {
    text: `kernel lunaix\n${process}as p { repeat ${endless} {\nlet c = fork()  as c { exit() }  wait() } }`,
  },
  'interleaved.walk': {
    text: `kernel lunaix\n${process}thread q of p\nparallel {\nas p { repeat ${endless} { write(p.data, 1) } }
as q { repeat ${endless} { write(p.data, 2) } } }`,
  },
};
for (const kernel of kernels)
  Object.assign(files, {
    [`regions-${kernel}.walk`]: {
      text: `kernel ${kernel}\n${process}as p { repeat ${endless} {\nlet m = mmap(1 page, rw)  write(m, 1)  munmap(m, 1 page) } }`,
    },
  });

/** By file, the places and texts of what was found there. */
function foundIn(stderr: string, name: string): { line: number; text: string }[] {
  return stderr.split('\n').flatMap((row) => {
    const match = /([^/]+\.walk):(\d+):\d+: error (.*)$/.exec(row);
    return match?.[1] === name ? [{ line: Number(match[2]), text: match[3] ?? '' }] : [];
  });
}

describe('pagewalk: bounds of this computer', () => {
  it('end whatever would go on, and name the time', async () => {
    const folder = new Folder(Object.fromEntries(Object.entries(files).map(([name, { text }]) => [name, text])));
    const { code, stdout, stderr } = await pagewalk(['test', '--seconds', '0.6', '--statements', endless, folder.path]);
    assert.equal(code, 1, stdout + stderr);
    for (const [name, { text }] of Object.entries(files)) {
      const found = foundIn(stdout + stderr, name);
      assert.equal(found.length, 1, `${name}: ${stdout}${stderr}`);
      assert.match(
        found[0]?.text ?? '',
        /^WALK220: simulation stopped after 0\.6 seconds; .*--seconds, or pagewalk\.bounds\.seconds/,
      );
      // Where depends on the computer: on a slow one the time is up before the loop begins.
      const lines = text.split('\n').length;
      const line = found[0]?.line ?? 0;
      assert.ok(line >= 1 && line <= lines, `${name}: line ${String(line)}`);
    }
  });

  it('count the time to read the file: the first statement is told where none ran', async () => {
    const folder = new Folder({ 'many.walk': 'print 1\n'.repeat(2000) });
    const { code, stderr } = await pagewalk(['run', '--seconds', '0.000001', `${folder.path}/many.walk`]);
    assert.equal(code, 1);
    assert.deepEqual(
      foundIn(stderr, 'many.walk').map(({ line, text }) => [line, text.split(' ')[0]]),
      [[1, 'WALK220:']],
    );
  });

  const growing: Readonly<Record<string, string>> = {
    prints: 'repeat 1000000000 { print "abcdefghijklmnopqrstuvwxyz" }',
    lists: `repeat 1000000000 { ${['1', 'a', 'b', 'c', 'd']
      .map((item, index) => `let ${'abcde'.charAt(index)} = [${Array<string>(8).fill(item).join(', ')}]`)
      .join('  ')}  print e }`,
    forks: `${process}as p { repeat 1000000000 { let c = fork() } }`,
    regions: `${process}as p { repeat 1000000000 { let m = mmap(1 page, rw) } }`,
  };
  for (const [what, text] of Object.entries(growing)) {
    it(`end a loop of ${what} at the bound on memory`, async () => {
      const folder = new Folder({ 'grow.walk': `kernel vm-region\nmachine x86-64 { memory 256MiB }\n${text}` });
      const unbounded = ['--output', '1000000000', '--output-size', '8GiB', '--statements', '1000000000'];
      const file = `${folder.path}/grow.walk`;
      const { code, stderr } = await pagewalk(['run', '--host-memory', '64MiB', ...unbounded, file]);
      assert.equal(code, 1, stderr);
      assert.match(
        foundIn(stderr, 'grow.walk').map((found) => found.text)[0] ?? stderr,
        /^WALK220: simulation stopped at 64 MiB of this computer's memory; .*--host-memory, or pagewalk\.bounds\.hostMemory/,
      );
    });
  }
});

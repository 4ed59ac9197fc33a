import { strict as assert } from 'node:assert';
import { readFileSync, statSync } from 'node:fs';
import { Folder, shell } from './pagewalk.ts';

describe('output that cannot be written', () => {
  const folder = new Folder({
    'good.walk': 'kernel almos-mkh\nprint "one"\ntest "holds" { expect 1 == 1 }\n',
    'bad.walk': 'kernel almos-mkh\nexpect 1 == 2\n',
    'long.walk': 'kernel almos-mkh\nfor i in 0..400 { print "a line that fills the file it is written to" }\n',
    // More than a pipe holds (64 KiB): the program meets the closed pipe whatever reads first.
    'longer.walk': 'kernel almos-mkh\nfor i in 0..4000 { print "a line that fills the pipe it is written to" }\n',
  });
  after(() => {
    folder.remove();
  });

  const commands = [
    'run good.walk',
    'run good.walk --json',
    'check good.walk --json',
    'test good.walk',
    'test good.walk --reporter json',
    'compare good.walk --kernels almos-mkh --json',
    '--help',
  ];
  for (const command of commands) {
    it(`is exit code 2 with the reason: pagewalk ${command}`, async () => {
      const { code, stderr } = await shell(`pagewalk ${command} > /dev/full`, folder.path);
      assert.equal(code, 2, stderr);
      assert.match(stderr, /^pagewalk: cannot write to standard output: the disk is full$/m);
      assert.doesNotMatch(stderr, /bug|\n +at /);
    });
  }

  it('is exit code 2 for standard error as well', async () => {
    for (const command of ['run bad.walk', 'check missing.walk', 'rum', 'memory-image missing.walk -o image'])
      assert.equal((await shell(`pagewalk ${command} 2> /dev/full`, folder.path)).code, 2, command);
  });

  it('is exit code 2 where a file takes only the beginning', async () => {
    for (const command of ['run long.walk', 'run long.walk --json']) {
      const { code, stderr } = await shell(`ulimit -f 4; pagewalk ${command} > out`, folder.path);
      assert.equal(code, 2, stderr);
      assert.match(stderr, /^pagewalk: cannot write to standard output: the file would be larger than/m);
      assert.ok(statSync(folder.at('out')).size > 0);
    }
  });

  it('ends quietly where nobody reads it any more', async () => {
    const piped = await shell('pagewalk run longer.walk | head -n 1', folder.path);
    assert.deepEqual([piped.stdout.split('\n').length, piped.stderr], [2, '']);
    const closed = await shell('{ pagewalk run longer.walk; echo $? >&2; } | true', folder.path);
    assert.doesNotMatch(closed.stderr, /pagewalk|EPIPE|at /);
  });

  it('is complete where there is room', async () => {
    const { code } = await shell('pagewalk run long.walk --json > out', folder.path);
    assert.equal(code, 0);
    assert.equal((JSON.parse(readFileSync(folder.at('out'), 'utf8')) as { prints: unknown[] }).prints.length, 400);
  });
});

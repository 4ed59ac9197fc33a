import { strict as assert } from 'node:assert';
import { runText } from './statement-runner.ts';

const shell = 'process shell { code 1 pages data 1 pages }\n';

/** Diagnostics of a text whose expectations may fail, and how many were met. */
function findings(body: string): { passed: number; failed: number; said: string[] } {
  const { passed, failed, diagnostics } = runText(`${shell}as shell {\n${body}\n}`).script;
  return { passed, failed, said: diagnostics.map(({ code, message }) => `${code} ${message}`) };
}

describe('session: expectations', () => {
  it('met ones are counted and say nothing', () => {
    const found = findings(
      'let a = mmap(4096, rw)\nexpect read(a) == 0\nexpect read(4) fails SEGV\nexpect mmap(0, rw) fails EINVAL',
    );
    assert.deepEqual(found, { passed: 3, failed: 0, said: [] });
  });

  it('a false one gives both sides', () => {
    const { failed, said } = findings('let a = mmap(4096, rw)\nwrite(a, 42)\nexpect read(a) == 41');
    assert.equal(failed, 1);
    assert.deepEqual(said, ['WALK201 expected read(a) == 41, but read(a) is 42']);
  });

  it('both sides are named where neither is a literal, large values in hexadecimal too', () => {
    const { said } = findings('let a = mmap(4096, rw)\nexpect a == shell.pid');
    assert.deepEqual(said, ['WALK201 expected a == shell.pid, but a is 33554432 (0x2000000) and shell.pid is 1']);
  });

  it('of several conditions the false one is explained', () => {
    const { said } = findings('let a = mmap(4096, rw)\nexpect read(a) == 0 and read(a) == 5');
    assert.deepEqual(said, ['WALK201 expected read(a) == 0 and read(a) == 5, but read(a) is 0']);
  });

  it('a call in it runs once', () => {
    const { said } = findings('expect mmap(4096, rw) == 0\nexpect regions() == 99');
    assert.match(said[0] ?? '', /mmap\(4KiB, rw\) is 33554432|mmap\(4096, rw\) is 33554432/);
    assert.match(said[1] ?? '', /regions\(\) is 7/);
  });

  it('the run goes on behind a failed one', () => {
    assert.deepEqual(findings('expect 1 == 2\nexpect 2 == 3\nexpect 3 == 3').failed, 2);
  });

  it('a call that succeeds instead of failing, or fails otherwise', () => {
    const { said } = findings('let a = mmap(4096, rw)\nexpect read(a) fails SEGV\nexpect read(8) fails OOM');
    assert.match(said[0] ?? '', /^WALK206 expected read\(a\) to fail with SEGV, but it succeeded/);
    assert.match(said[1] ?? '', /^WALK207 expected read\(8\) to fail with OOM, but it failed with SEGV/);
  });

  it('kills that do not kill', () => {
    const { said } = findings('let a = mmap(4096, rw)\nexpect write(a, 1) kills');
    assert.match(said[0] ?? '', /^WALK206 .*it succeeded and the process lives on/);
  });

  it('the kernel’s own name of a reason matches that reason only', () => {
    const found = findings('expect read(0x5000_0000) fails EINVAL\nexpect read(0x5000_0000) fails EACCES');
    assert.equal(found.passed, 1);
    assert.match(found.said[0] ?? '', /^WALK207 .*fail with EACCES, but it failed with SEGV \(EINVAL\)/);
  });

  it('one error, in every kernel’s spelling', () => {
    const text = ['ENOMEM', 'NO_MEMORY', 'ERR_NO_MEMORY', 'OOM']
      .map((name) => `expect mmap(40GiB, rw) fails ${name}`)
      .join('\n');
    assert.deepEqual(findings(text), { passed: 4, failed: 0, said: [] });
  });

  it('NOT_SUPPORTED and the kernel’s own name for it', () => {
    const found = findings('expect mprotect(0x2000000, 4096, r) fails NOT_SUPPORTED\nexpect brk(0) fails ENOSYS');
    assert.deepEqual(found, { passed: 2, failed: 0, said: [] });
  });
});

import { strict as assert } from 'node:assert';
import { anon, call, finish, toy } from './tiny-recordings.ts';

function told(lines: readonly string[]): string[] {
  const harness = toy(lines);
  finish(harness);
  return harness.run.script.diagnostics.filter(({ code }) => code === 'WALK233').map(({ message }) => message);
}

const guarded = [anon('0x4801000', 1), call('mprotect', '0x4801000, 4096, 1', '0x0'), ' L 04801000,8'];

describe('signals that a recorded program handles', () => {
  it('are told at the access that was refused, where the program went on', () => {
    assert.deepEqual(told([...guarded, ' S 04801008,8', ' L 04801000,8']), [
      'signal: the store at 0x4801008 was refused where this was recorded; the program handled the signal and went on, at tiny.100.log:7',
    ]);
  });

  it('are counted where one run of accesses holds several', () => {
    const [message, ...others] = told([...guarded, ' S 04801008,8', ' L 04801000,8', ' M 04801010,8', ' L 04801000,8']);
    assert.match(message ?? '', /^signal: the store at 0x4801008 .*, and 1 more after it; the program handled/);
    assert.deepEqual(others, []);
  });

  it('are not told of an access that ended the program', () => {
    const killed = [
      '==100== Process terminating with default action of signal 11 (SIGSEGV)',
      '==100==  Bad permissions for mapped region at address 0x4801008',
    ];
    assert.deepEqual(told([...guarded, ' S 04801008,8', ...killed]), []);
  });

  it('are told where the program sets what happens, once for each signal', () => {
    const messages = told([
      call('rt_sigaction', '2, 0x1fff0003b0, 0x0, 8', '0x0'),
      call('rt_sigaction', '11, 0x0, 0x1fff0003b0, 8', '0x0'),
      call('rt_sigaction', '11, 0x1fff0003b0, 0x0, 8', '0x0'),
      call('rt_sigaction', '11, 0x1fff0003b0, 0x0, 8', '0x0'),
      call('rt_sigaction', '7, 0x1fff0003b0, 0x0, 8', '0x0'),
    ]);
    assert.deepEqual(
      messages.map((message) => /at (SIG\w+) here\..* neither performed nor counted, at (.*)$/.exec(message)?.slice(1)),
      [
        ['SIGSEGV', 'tiny.100.log:6'],
        ['SIGBUS', 'tiny.100.log:8'],
      ],
    );
  });

  it('are told where a handler returns, with how often', () => {
    const sigreturn = call('rt_sigreturn', '', '0x0');
    const [message, ...others] = told([sigreturn, ' L 00400000,8', sigreturn]);
    assert.match(message ?? '', /^rt_sigreturn: the program has handled a signal .*the first of 2 times/);
    assert.deepEqual(others, []);
  });
});

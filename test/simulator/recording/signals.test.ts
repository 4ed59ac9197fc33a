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

  describe('where the log tells of them', () => {
    const signal = (address: string): string[] => [
      '--100-- sync signal handler: signal=11, si_code=2, EIP=0x401000, eip=0x10, from kernel',
      `--100-- SIGSEGV: si_code=2 faultaddr=0x${address} tid=1 ESP=0x1fff000520 seg=0x4801000-0x4801fff`,
      '--100-- delivering signal 11 (SIGSEGV):2 to thread 1',
    ];

    function refusedBy(lines: readonly string[], abilities = {}): readonly (number | boolean)[] {
      const harness = toy(lines, abilities);
      finish(harness);
      return [harness.count('segv'), harness.state.refused, harness.process(0).exit === 0];
    }

    it('are refused here as well, and the program goes on', () => {
      assert.deepEqual(refusedBy([...guarded, ...signal('4801008'), ' L 04801000,8']), [1, 1, true]);
      const [message] = told([...guarded, ...signal('4801008'), ' L 04801000,8']);
      assert.match(
        message ?? '',
        /^signal: the write at 0x4801008 was refused; the program handled SIGSEGV and went on/,
      );
    });

    it('are reads or writes as the instruction is when it is tried again', () => {
      const none = [anon('0x4801000', 1, 0)];
      const again = call('mprotect', '0x4801000, 4096, 3', '0x0');
      const message = (access: string): string => told([...none, ...signal('4801008'), again, access])[0] ?? '';
      assert.match(message(' S 04801008,4'), /the write at 0x4801008/);
      assert.match(message(' L 04801008,4'), /the read at 0x4801008/);
    });

    it('are refused where nothing is mapped', () => {
      assert.deepEqual(refusedBy([...signal('10'), ' L 00400000,8']), [1, 1, true]);
      assert.deepEqual(refusedBy([...signal('7f0000000010'), ' L 00400000,8']), [1, 1, true]);
    });

    it('are counted once where the log has the access itself', () => {
      assert.deepEqual(refusedBy([...guarded, ' S 04801008,8', ...signal('4801008'), ' L 04801000,8']), [1, 1, true]);
    });

    it('are left out, and that is told, where this kernel would allow them', () => {
      assert.deepEqual(refusedBy([...guarded, ...signal('4801008'), ' L 04801000,8'], { mprotect: false }), [
        0,
        1,
        true,
      ]);
    });

    it('are no signals of a stack that grows', () => {
      assert.deepEqual(refusedBy([...signal('4801008').slice(0, 2), ' L 00400000,8']), [0, 0, true]);
    });
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

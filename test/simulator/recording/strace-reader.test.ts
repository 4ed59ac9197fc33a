import { strict as assert } from 'node:assert';
import fc from 'fast-check';
import { assembleRecording, type Recording } from '../../../simulator/recording/logs/recording.ts';
import { RecordingError } from '../../../simulator/recording/logs/recording-error.ts';
import { parseStraceCall } from '../../../simulator/recording/logs/strace-call.ts';
import { StraceReader } from '../../../simulator/recording/logs/strace-reader.ts';
import { standardBounds } from '../../../simulator/session/scenario/bounds.ts';
import { Harness } from './harness.ts';
import { callsOf, toyKernel } from './toy-kernel.ts';

function read(lines: readonly string[]): Recording {
  const reader = new StraceReader('x.strace', standardBounds);
  for (const line of lines) reader.read(line);
  const { logs, layouts } = reader.finish();
  return assembleRecording('x', logs, layouts);
}

const begin = [
  '10 execve("./prog", ["./prog"], 0x7ffce3a4ec40 /* 35 vars */) = 0',
  '10 brk(NULL)                         = 0x55780b314000',
];
const end = ['10 exit_group(0)                     = ?', '10 +++ exited with 0 +++'];

function performed(lines: readonly string[]): string[] {
  const harness = new Harness(read([...begin, ...lines, ...end]), { kernel: toyKernel() });
  harness.finish();
  return callsOf(harness.run.world.kernelState).filter((call) => !call.startsWith('exit x 0'));
}

describe('what strace wrote', () => {
  it('is calls with numbers instead of names', () => {
    const call = parseStraceCall(
      'mmap(0x7f00, 38279, PROT_READ|PROT_EXEC, MAP_PRIVATE|MAP_FIXED, 3</etc/a, b>, 0x26000) = 0x7f00',
    );
    assert.deepEqual(call?.args, ['0x7f00', '38279', '5', '18', '3', '0x26000']);
    assert.deepEqual(call?.paths, [[3, '/etc/a, b']]);
    assert.deepEqual(call?.result, { ok: true, value: 0x7f00 });
    assert.deepEqual(parseStraceCall('munmap(0x1, 2) = -1 EINVAL (Invalid argument)')?.result, {
      ok: false,
      value: 22,
    });
    assert.equal(parseStraceCall('exit_group(0)  = ?')?.result, null);
    assert.equal(parseStraceCall('hello world'), null);
  });

  it('is replayed as calls without accesses', () => {
    assert.deepEqual(
      performed([
        '10 mmap(NULL, 65536, PROT_READ|PROT_WRITE, MAP_PRIVATE|MAP_ANONYMOUS, -1, 0) = 0x7fc7b9df8000',
        '10 munmap(0x7fc7b9df9000, 4096)      = 0',
        '10 munmap(0x7fc7b9df9000, 1)         = -1 EINVAL (Invalid argument)',
        '10 brk(0x55780b335000)               = 0x55780b335000',
      ]),
      ['mmap anon 0x40000000+16 rw-', 'munmap 0x40001000+1', 'brk 0x20021000'],
    );
  });

  it('puts calls together that other lines interrupt, and knows children before their parents tell of them', () => {
    const recording = read([
      ...begin,
      '10 clone(child_stack=NULL, flags=CLONE_CHILD_CLEARTID|CLONE_CHILD_SETTID|SIGCHLD <unfinished ...>',
      '11 mmap(NULL, 4096, PROT_READ, MAP_PRIVATE|MAP_ANONYMOUS, -1, 0) = 0x7fc7b9df8000',
      '11 exit_group(3 <unfinished ...>',
      '10 <... clone resumed>, child_tidptr=0x7fc7b9e08a10) = 11',
      '10 wait4(-1,  <unfinished ...>',
      '11 <... exit_group resumed>)         = ?',
      '11 +++ exited with 3 +++',
      '10 <... wait4 resumed>NULL, 0, NULL) = 11',
      ...end,
    ]);
    assert.deepEqual(
      recording.processes.map(({ pid, parentPid, command, exitCode }) => [pid, parentPid, command, exitCode]),
      [
        [10, null, './prog', 0],
        [11, 10, './prog', 3],
      ],
    );
    const harness = new Harness(recording, { kernel: toyKernel() });
    const titles = harness.finish().map(({ title }) => title);
    assert.ok(titles.indexOf('exit_group') < titles.lastIndexOf('wait4'), titles.join());
  });

  it('tells threads from processes, and what an exec begins anew', () => {
    const recording = read([
      ...begin,
      '10 clone3({flags=CLONE_VM|CLONE_FS|CLONE_THREAD, stack=0x7f, stack_size=0x7fff80} => {parent_tid=[12]}, 88) = 12',
      '12 mmap(NULL, 4096, PROT_READ, MAP_PRIVATE|MAP_ANONYMOUS, -1, 0) = 0x7fc7b9df8000',
      '12 exit(0) = ?',
      '12 +++ exited with 0 +++',
      '10 execve("/bin/true", ["true"], 0x7ffc /* 1 var */) = 0',
      '10 brk(NULL) = 0x1000000',
      ...end,
    ]);
    assert.equal(recording.processes.length, 1);
    assert.equal(recording.processes[0]?.command, '/bin/true');
    assert.deepEqual(recording.processes[0].events.map((event) => ('name' in event ? event.name : event.kind)), ['brk', 'exit_group']); // prettier-ignore
    assert.equal(recording.layouts[0]?.heap?.start, 0x1000000);
  });

  it('is refused, or read, whatever it is', () => {
    assert.throws(() => read(['int main(void)']), /x\.strace:1: this is no line of strace -f/);
    assert.throws(() => read([]), /empty/);
    const piece = fc.constantFrom('10 ', '11 ', 'mmap(', 'clone(', ', ', ') = 0x10', ') = -1 EINVAL', '<... clone resumed>', '<unfinished ...>', 'CLONE_THREAD', '+++ exited with 0 +++', '--- SIGSEGV {si_addr=NULL} ---', '"', '{', '\n'); // prettier-ignore
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 25 }), (pieces) => {
        try {
          read(pieces.join('').split('\n'));
        } catch (error) {
          assert.ok(error instanceof RecordingError, error instanceof Error ? error.stack : String(error));
        }
      }),
      { seed: 21, numRuns: 500 },
    );
  });
});

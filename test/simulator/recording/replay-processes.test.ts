import { strict as assert } from 'node:assert';
import type { Kernel } from '../../../simulator/kernels/bound-kernel.ts';
import { LackeyParser } from '../../../simulator/recording/logs/lackey-parser.ts';
import type { Layout } from '../../../simulator/recording/logs/layout-parser.ts';
import { assembleRecording } from '../../../simulator/recording/logs/recording.ts';
import { Harness } from './harness.ts';
import { loadExample, logOf } from './recordings.ts';
import { callsOf, toyKernel } from './toy-kernel.ts';
import { layoutFor, recordingOf, rights, toy } from './tiny-recordings.ts';

describe('processes and threads of a recording', () => {
  it('turns a child with a program of its own into that program, and lets the parent of a vfork wait for it', () => {
    const fork =
      'SYSCALL[100,1](58) sys_fork ( )   fork: process 100 created child 101 --> [pre-success] Success(0x65) ';
    const recording = recordingOf([fork, 'I  00401000,4'], { 101: ['I  00401010,4', ' S 00402000,8'] }, [
      layoutFor(100),
      layoutFor(101),
    ]);
    const harness = new Harness(recording, { kernel: toyKernel(), settings: { order: 'parent-first' } });
    const titles = harness.finish().map(({ title, range }) => `${range.file.split('.')[1] as string} ${title}`);
    assert.deepEqual(titles, [
      '100 start ./tiny',
      '100 lay out memory',
      '100 fork',
      '101 exec ./tiny',
      '101 accesses',
      '101 exit_group',
      '100 accesses',
      '100 exit_group',
    ]);
    assert.deepEqual(callsOf(harness.run.world.kernelState), [
      'fork tiny.fork1',
      'exec',
      'exit tiny.fork1 0',
      'exit tiny 0',
    ]);
    assert.deepEqual([harness.addressOf(0, 0x400000), harness.addressOf(1, 0x400000)], [0x400000, 0x200000]);
  });

  it('runs threads on cores of their own by the switches of the log', () => {
    const clone = 'SYSCALL[100,1](56) sys_clone ( 3d0f00, 0x4900000, 0x1, 0x2, 0x3 ) --> [pre-success] Success(0x66) ';
    const lines = [
      clone,
      'I  00401000,4',
      '--100--   SCHED[2]:  acquired lock (x)',
      'I  00401004,4',
      'SYSCALL[100,2](60) sys_exit ( 0 ) --> [pre-success] Success(0x0) ',
      '--100--   SCHED[1]:  acquired lock (x)',
      'I  00401008,4',
    ];
    const harness = toy(lines);
    const who = harness
      .finish()
      .filter(({ title }) => title === 'accesses')
      .map(({ thread }) => thread?.name);
    assert.deepEqual(who, ['tiny', 'tiny.2', 'tiny']);
    assert.deepEqual(callsOf(harness.run.world.kernelState), ['thread tiny.2', 'thread_exit tiny.2', 'exit tiny 0']);
  });

  it('ends a process by its signal', () => {
    const parser = new LackeyParser('tiny.100.log');
    parser.push(
      logOf(
        [
          'I  00401000,4',
          '==100== Process terminating with default action of signal 11 (SIGSEGV)',
          '==100==  Access not within mapped region at address 0x0',
        ],
        { exit: false },
      ),
    );
    const harness = new Harness(assembleRecording('tiny', [parser.finish()], [layoutFor(100)]), {
      kernel: toyKernel(),
    });
    harness.finish();
    assert.equal(harness.process(0).exit, 139);
  });

  it('maps what a loader put beside the program only if it is used', () => {
    const linker: Layout['rows'] = [
      { kind: 'anon', start: 0x5000000, end: 0x5002000, ...rights, write: true, offset: 0, path: null, line: 3 },
    ];
    const run = (line: string): string[] => {
      const harness = new Harness(recordingOf([line], {}, [layoutFor(100, linker)]), { kernel: toyKernel() });
      harness.finish();
      return callsOf(harness.run.world.kernelState);
    };
    assert.deepEqual(run(' S 05001000,8'), ['mmap anon 0x40000000+2 rw-', 'exit tiny 0']);
    assert.deepEqual(run(' S 00402000,8'), ['exit tiny 0']);
  });

  it('runs the five real recordings on a kernel with everything, with nothing but what no kernel has', () => {
    const kernel: Kernel = toyKernel();
    for (const name of ['cow_fork', 'guard_page', 'mmap_split', 'private_file', 'shared_anon']) {
      const harness = new Harness(loadExample(name), { kernel });
      harness.finish();
      const { emulated } = harness.run.script;
      assert.deepEqual(
        emulated.map(({ call, how }) => [call, how.replace(/\d+ KiB.*/, '')]),
        [['mmap', 'the ']],
        name,
      );
      assert.equal(harness.count('segv'), 0);
    }
  });
});

import { strict as assert } from 'node:assert';
import type { Layout } from '../../../simulator/recording/logs/layout-parser.ts';
import { LackeyParser } from '../../../simulator/recording/logs/lackey-parser.ts';
import type { ProcessLog } from '../../../simulator/recording/logs/process-log.ts';
import { assembleRecording } from '../../../simulator/recording/logs/recording.ts';
import type { ReplaySettings } from '../../../simulator/recording/order/replay-state.ts';
import { Harness } from './harness.ts';
import { loadExample, logOf } from './recordings.ts';
import { toyKernel } from './toy-kernel.ts';

const layout: Layout = {
  file: 'p.layout.txt',
  pid: 100,
  rows: [
    {
      kind: 'file',
      start: 0x400000,
      end: 0x402000,
      read: true,
      write: false,
      execute: true,
      offset: 0,
      path: '/p',
      line: 1,
    },
  ],
  stack: { start: 0x1ff0000000, end: 0x1fff001000 },
  heap: null,
};

/** What Valgrind tells of its lock around a call that may block. */
function waited(pid: number, waker: string): string[] {
  return [
    `--${String(pid)}--   SCHED[1]: releasing lock (VG_(client_syscall)[async]) -> VgTs_WaitSys`,
    `--${String(pid)}--   SCHED[1]:  acquired lock (${waker})`,
  ];
}

/** A process's life in a few words; `a3` is three accesses, the others are calls. */
function linesOf(pid: number, words: readonly string[]): string[] {
  return words.flatMap((word) => {
    const [name = '', argument = '0', other = '1'] = word.split(' ');
    if (/^a\d+$/.test(name)) return Array.from({ length: Number(name.slice(1)) }, () => 'I  00401000,4');
    const issue = (text: string, result: string): string[] => [
      `SYSCALL[${String(pid)},1](0) sys_${text} --> [async] ... `,
      ...waited(pid, 'VG_(client_syscall)[async]'),
      `SYSCALL[${String(pid)},1](0) ... [async] --> Success(${result}) `,
    ];
    const plain = (text: string, result = '0x0'): string[] => [
      `SYSCALL[${String(pid)},1](0) sys_${text} --> [pre-success] Success(${result}) `,
    ];
    switch (name) {
      case 'fork':
        return [
          `SYSCALL[${String(pid)},1](57) sys_fork ( )   fork: process ${String(pid)} created child ${argument} --> [pre-success] Success(0x${Number(argument).toString(16)}) `,
        ];
      case 'wait':
        return issue(`wait4 ( ${argument}, 0x0, 0, 0x0 )`, `0x${Number(argument).toString(16)}`);
      case 'poll':
        return issue(`poll ( 0x10, 1, ${argument} )`, '0x1');
      case 'write!':
        return plain(`write ( ${argument}, 0x10, 1 )`);
      case 'interrupted':
        return [
          `SYSCALL[${String(pid)},1](61) sys_wait4 ( 4294967295, 0x0, 0, 0x0 ) --> [async] ... `,
          ...waited(pid, 'async_signalhandler'),
        ];
      case 'pipe':
        return plain('pipe2 ( 0x10, 0x0 )');
      case 'close':
        return plain(`close ( ${argument} )`);
      case 'open':
        return plain('openat ( 4294967196, 0x10(/data), 0 )', `0x${argument}`);
      case 'sleep':
        return issue('clock_nanosleep( 0, 0, 0x10, 0x0 )', '0x0');
      default:
        return issue(`${name} ( ${argument}, 0x10, 8 )`, `0x${other}`);
    }
  });
}

type Lives = Readonly<Record<number, readonly string[]>>;

/** Which process ran what, in order; starts and ends left out, adjacent accesses of one process counted together. */
function orderOf(lives: Lives, settings: Partial<ReplaySettings> = {}): string[] {
  const logs: ProcessLog[] = Object.entries(lives).map(([pid, words]) => {
    const parser = new LackeyParser(`p.${pid}.log`);
    parser.push(logOf(linesOf(Number(pid), words), { pid: Number(pid) }));
    return parser.finish();
  });
  const harness = new Harness(assembleRecording('p', logs, [layout]), { kernel: toyKernel(), settings });
  const order: string[] = [];
  for (;;) {
    const before = harness.state.performed;
    const step = harness.step();
    if (step === null) return order;
    const pid = step.range.file.split('.')[1] as string;
    if (/^(start|lay out|thread)/.test(step.title)) continue;
    order.push(
      step.title === 'accesses'
        ? `${pid} a${String(harness.state.performed - before)}`
        : `${pid} ${step.title === 'exit_group' ? 'exit' : step.title}`,
    );
  }
}

describe('interleaving of recorded processes', () => {
  const family: Lives = { 100: ['a1', 'fork 101', 'a2', 'wait 101', 'a3'], 101: ['a4'] };

  it('runs the child first after a fork, by default', () => {
    assert.deepEqual(orderOf(family), [
      '100 a1',
      '100 fork',
      '101 a4',
      '101 exit',
      '100 a2',
      '100 wait4',
      '100 wait4',
      '100 a3',
      '100 exit',
    ]);
  });

  it('runs the parent first until it waits for its child', () => {
    assert.deepEqual(orderOf(family, { order: 'parent-first' }), [
      '100 a1',
      '100 fork',
      '100 a2',
      '100 wait4',
      '101 a4',
      '101 exit',
      '100 wait4',
      '100 a3',
      '100 exit',
    ]);
  });

  it('gives turns of N accesses in round-robin', () => {
    const lives: Lives = { 100: ['fork 101', 'a5', 'wait 101'], 101: ['a4'] };
    assert.deepEqual(orderOf(lives, { order: 'round-robin', quantum: 2 }), [
      '100 fork',
      '100 a2',
      '101 a2',
      '100 a2',
      '101 a2',
      '100 a1',
      '100 wait4',
      '101 exit',
      '100 wait4',
      '100 exit',
    ]);
  });

  it('lets a blocked read go on when another has written, but not to the terminal', () => {
    const lives = (descriptor: number): Lives => ({
      100: ['fork 101', 'a1', `write! ${String(descriptor)}`, 'sleep', 'a2'],
      101: ['read 4', 'a3'],
    });
    assert.deepEqual(orderOf(lives(5)), [
      '100 fork',
      '101 read',
      '100 a1',
      '100 write',
      '100 clock_nanosleep',
      '101 read',
      '101 a3',
      '101 exit',
      '100 clock_nanosleep',
      '100 a2',
      '100 exit',
    ]);
    assert.deepEqual(orderOf(lives(1)), [
      '100 fork',
      '101 read',
      '100 a1',
      '100 write',
      '100 clock_nanosleep',
      '100 clock_nanosleep',
      '100 a2',
      '100 exit',
      '101 read',
      '101 a3',
      '101 exit',
    ]);
  });

  it('ends sleepers first when nobody can run, then the others in the order in which they blocked', () => {
    const lives: Lives = {
      100: ['fork 101', 'fork 102', 'read 3', 'a1'],
      101: ['openat 0', 'a2'],
      102: ['sleep', 'a3'],
    };
    assert.deepEqual(orderOf(lives), [
      '100 fork',
      '101 openat',
      '100 fork',
      '102 clock_nanosleep',
      '100 read',
      '102 clock_nanosleep',
      '102 a3',
      '102 exit',
      '101 openat',
      '101 a2',
      '101 exit',
      '100 read',
      '100 a1',
      '100 exit',
    ]);
  });

  it('counts a poll with a timeout as a sleep, one without as waiting for data', () => {
    const lives = (timeout: number): Lives => ({
      100: ['fork 101', 'openat 0', 'a1'],
      101: [`poll ${String(timeout)}`, 'a2'],
    });
    assert.deepEqual(orderOf(lives(100)).slice(3, 5), ['101 poll', '101 a2']);
    assert.deepEqual(orderOf(lives(4294967295)).slice(3, 5), ['101 poll', '101 a2']);
    const swapped = (timeout: number): Lives => ({
      100: ['fork 101', 'poll ' + String(timeout), 'a1'],
      101: ['openat 0', 'a2'],
    });
    assert.deepEqual(orderOf(swapped(100)).slice(3, 5), ['100 poll', '100 a1']);
    assert.deepEqual(orderOf(swapped(4294967295)).slice(3, 5), ['101 openat', '101 a2']);
  });

  it('never lets a wait4 pass before the end of its child, even when all are blocked', () => {
    const lives: Lives = { 100: ['fork 101', 'wait 101', 'a1'], 101: ['write 1', 'a2'] };
    for (const order of ['child-first', 'parent-first'] as const) {
      const ran = orderOf(lives, { order });
      assert.ok(ran.indexOf('101 exit') < ran.lastIndexOf('100 wait4'), ran.join(', '));
    }
  });

  describe('over three generations', () => {
    const lives: Lives = {
      100: ['fork 101', 'sleep', 'a1', 'write 5', 'wait 101', 'a2'],
      101: ['fork 102', 'wait 102', 'a3'],
      102: ['a4', 'read 4', 'a5'],
    };

    for (const order of ['child-first', 'parent-first', 'round-robin'] as const)
      it(`goes on with a call only after what it waited for, ${order}`, () => {
        const ran = orderOf(lives, { order });
        const last = (step: string): number => ran.lastIndexOf(step);
        assert.ok(ran.indexOf('100 write') < last('102 read'), ran.join(', '));
        assert.ok(last('102 exit') < last('101 wait4'), ran.join(', '));
        assert.ok(last('101 exit') < last('100 wait4'), ran.join(', '));
      });
  });

  describe('through pipes', () => {
    it('lets a read go on when its own pipe has what it read, not any other', () => {
      const lives: Lives = {
        100: ['pipe', 'pipe', 'fork 101', 'fork 102', 'sleep', 'write 4', 'a1', 'wait 101', 'wait 102'],
        101: ['read 5', 'a2'],
        102: ['read 3', 'a3', 'write 6'],
      };
      for (const order of ['child-first', 'parent-first', 'round-robin'] as const) {
        const ran = orderOf(lives, { order });
        assert.ok(ran.indexOf('102 write') < ran.lastIndexOf('101 read'), ran.join(', '));
        assert.ok(ran.indexOf('100 write') < ran.lastIndexOf('102 read'), ran.join(', '));
      }
    });

    it('lets a read of nothing go on when nobody can write any more', () => {
      const lives: Lives = {
        100: ['pipe', 'fork 101', 'close 4', 'fork 102', 'a1', 'wait 102', 'wait 101'],
        101: ['close 3', 'sleep', 'write 4 8', 'a2'],
        102: ['read 3 8', 'a3', 'read 3 0', 'a4'],
      };
      const ran = orderOf(lives, { order: 'parent-first' });
      assert.ok(ran.indexOf('101 exit') < ran.indexOf('102 a4'), ran.join(', '));
      assert.ok(ran.indexOf('102 a3') < ran.indexOf('101 a2'), ran.join(', '));
    });

    it('finds the descriptors where some were open from the start', () => {
      const lives: Lives = {
        100: ['open 5', 'pipe', 'pipe', 'fork 101', 'fork 102', 'sleep', 'write 7', 'a1', 'wait 101', 'wait 102'],
        101: ['read 8', 'a2'],
        102: ['read 6', 'a3', 'write 9'],
      };
      const ran = orderOf(lives);
      assert.ok(ran.indexOf('102 write') < ran.lastIndexOf('101 read'), ran.join(', '));
    });
  });

  it('takes a signal that interrupts a wait for the end of a child', () => {
    const lives: Lives = { 100: ['fork 101', 'interrupted', 'a1', 'wait 101', 'a2'], 101: ['sleep', 'a3'] };
    for (const order of ['child-first', 'parent-first'] as const) {
      const ran = orderOf(lives, { order });
      assert.ok(ran.indexOf('101 exit') < ran.indexOf('100 a1'), ran.join(', '));
    }
  });

  it('makes the same choices every time, and puts them into a state of plain data', () => {
    for (const order of ['child-first', 'parent-first', 'round-robin'] as const) {
      const run = (): string[] => {
        const harness = new Harness(loadExample('cow_fork'), {
          kernel: toyKernel(),
          settings: { order, quantum: 100 },
        });
        assert.equal(harness.state.settings.order, order);
        return harness.finish().map(({ range, title }) => `${range.file}:${String(range.line)} ${title}`);
      };
      assert.deepEqual(run(), run());
    }
  });

  it('keeps the real order of the programs that it comes with, under each setting', () => {
    for (const order of ['child-first', 'parent-first', 'round-robin'] as const) {
      const steps = new Harness(loadExample('cow_fork'), { kernel: toyKernel(), settings: { order } }).finish();
      const at = (pid: number, line: number): number =>
        steps.findIndex(({ range }) => range.file.includes(String(pid)) && range.line >= line);
      assert.ok(at(24106, 450) < at(24105, 46288), 'the child reads from the pipe before the parent writes');
      assert.ok(at(24105, 46288) < at(24106, 451), 'the read ends after the write');
      assert.ok(at(24106, 475) < at(24105, 46313), 'wait4 ends after the child');
    }
  });
});

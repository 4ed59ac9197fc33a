import { strict as assert } from 'node:assert';
import type { Kernel } from '../../../simulator/kernels/kernel.ts';
import { LackeyParser } from '../../../simulator/recording/lackey-parser.ts';
import type { Layout } from '../../../simulator/recording/layout-parser.ts';
import { assembleRecording, type Recording } from '../../../simulator/recording/recording.ts';
import { ScenarioFailure } from '../../../simulator/session/scenario-failure.ts';
import { Harness, type ReplayOptions } from './harness.ts';
import { loadExample, logOf } from './recordings.ts';
import { callsOf, type ToyAbilities, toyKernel } from './toy-kernel.ts';

const rights = { read: true, write: false, execute: false };
const rows: Layout['rows'] = [
  { kind: 'file', start: 0x400000, end: 0x402000, ...rights, execute: true, offset: 0, path: '/tiny', line: 1 },
  { kind: 'file', start: 0x402000, end: 0x403000, ...rights, write: true, offset: 0x2000, path: '/tiny', line: 2 },
];
const layoutFor = (pid: number, extra: Layout['rows'] = []): Layout => ({
  file: 'tiny.layout.txt',
  pid,
  rows: [...rows, ...extra],
  stack: { start: 0x1ff0000000, end: 0x1fff001000 },
  heap: { start: 0x4000000, end: 0x4800000 },
});

function recordingOf(
  lines: readonly string[],
  children: Readonly<Record<number, readonly string[]>> = {},
  layouts: readonly Layout[] = [layoutFor(100)],
): Recording {
  const parse = (pid: number, parent: number, content: readonly string[]): ReturnType<LackeyParser['finish']> => {
    const parser = new LackeyParser(`tiny.${String(pid)}.log`);
    parser.push(logOf(content, { pid, parent }));
    return parser.finish();
  };
  const logs = Object.entries(children).map(([pid, content]) => parse(Number(pid), 100, content));
  return assembleRecording('tiny', [parse(100, 1, lines), ...logs], layouts);
}

function toy(
  lines: readonly string[],
  abilities: ToyAbilities = {},
  settings: ReplayOptions['settings'] = {},
): Harness {
  return new Harness(recordingOf(lines), { kernel: toyKernel(abilities), settings });
}

interface Outcome {
  readonly calls: string[];
  readonly emulated: { readonly call: string; readonly line?: number; readonly how: string }[];
}

function finish(harness: Harness): Outcome {
  harness.finish();
  return {
    calls: callsOf(harness.run.world.kernelState).filter((call) => call !== 'exit tiny 0'),
    emulated: [...harness.run.script.emulated],
  };
}

const call = (name: string, args: string, result: string, pid = 100): string =>
  `SYSCALL[${String(pid)},1](0) sys_${name} ( ${args} ) --> [pre-success] Success(${result}) `;
const mmap = (address: string, length: number, prot: number, flags: number, result: string, fd = 4294967295): string =>
  call('mmap', `${address}, ${String(length)}, ${String(prot)}, ${String(flags)}, ${String(fd)}, 0`, result);
const anon = (at: string, pages: number, prot = 3): string => mmap('0x0', pages * 4096, prot, 34, at);
/** Lines of the header before the first line of a test. */
const H = 3;

describe('replayed calls on a kernel that has them', () => {
  it('maps, protects, grows the heap and unmaps at the kernel’s own places', () => {
    const { calls, emulated } = finish(
      toy([
        anon('0x4801000', 4),
        ' S 04801008,8',
        call('mprotect', '0x4802000, 4096, 1', '0x0'),
        call('brk', '0x0', '0x4000000'),
        call('brk', '0x4001800', '0x4001800'),
        ' S 04001000,8',
        call('munmap', '0x4801000, 8192', '0x0'),
      ]),
    );
    assert.deepEqual(calls, [
      'mmap anon 0x40000000+4 rw-',
      'mprotect 0x40001000+1 r--',
      'brk 0x20002000',
      'munmap 0x40000000+1',
      'munmap 0x40001000+1',
    ]);
    assert.deepEqual(emulated, []);
  });

  it('performs an access that the recorded machine refused where this one refuses it too, and the program lives on', () => {
    const harness = toy([
      anon('0x4801000', 1),
      call('mprotect', '0x4801000, 4096, 1', '0x0'),
      ' L 04801000,8',
      ' S 04801000,8',
      ' L 04801000,8',
    ]);
    const { emulated } = finish(harness);
    assert.deepEqual([harness.count('segv'), harness.state.refused, harness.state.performed], [1, 1, 2]);
    assert.deepEqual(emulated, []);
    assert.equal(harness.process(0).exit, 0);
  });

  it('maps a private file as one, named as it was opened, and only calls about memory reach the kernel', () => {
    const open = call('openat', '4294967196, 0x10(/etc/data), 0, 0', '0x4');
    const { calls } = finish(toy([open, mmap('0x0', 8192, 1, 2, '0x4801000', 4), call('getpid', '', '0x64')]));
    assert.deepEqual(calls, ['mmap file 0x40000000+2 r--']);
  });
});

describe('what a kernel lacks is emulated', () => {
  const cases: readonly {
    name: string;
    lines: readonly string[];
    abilities: ToyAbilities;
    calls: readonly string[];
    emulated: readonly [string, number, RegExp][];
  }[] = [
    {
      name: 'mprotect: skipped, mapped with every right that will be needed',
      lines: [
        anon('0x4801000', 2, 1),
        call('mprotect', '0x4801000, 4096, 3', '0x0'),
        ' S 04801000,8',
        call('mprotect', '0x4801000, 4096, 1', '0x0'),
      ],
      abilities: { mprotect: false },
      calls: ['mmap anon 0x40000000+2 rw-'],
      emulated: [
        ['mmap', 1, /mapped rw-: later calls of mprotect give these rights \(toy: rights are for ever\)/],
        ['mprotect', 2, /skipped: the pages have kept rw- all along/],
        ['mprotect', 4, /skipped: the pages keep rw- instead of r--/],
      ],
    },
    {
      name: 'mremap: a new mapping, resident pages copied, the old one removed',
      lines: [
        anon('0x4801000', 3),
        ' S 04802000,8',
        call('mremap', '0x4801000, 12288, 20480, 1', '0x4901000'),
        ' L 04902000,8',
        ' S 04905000,8',
      ],
      abilities: {},
      calls: ['mmap anon 0x40000000+3 rw-', 'mmap anon 0x40004000+5 rw-', 'munmap 0x40000000+3'],
      emulated: [
        [
          'mremap',
          3,
          /a new mapping of 20 KiB; the resident pages are read and written over one by one, the old mapping is removed \(toy: the toy never moves memory\)/,
        ],
      ],
    },
    {
      name: 'mremap in place, growing: the same',
      lines: [
        anon('0x4801000', 1),
        ' S 04801000,8',
        call('mremap', '0x4801000, 4096, 8192, 1', '0x4801000'),
        ' L 04801000,8',
        ' S 04802000,8',
      ],
      abilities: {},
      calls: ['mmap anon 0x40000000+1 rw-', 'mmap anon 0x40002000+2 rw-', 'munmap 0x40000000+1'],
      emulated: [['mremap', 3, /a new mapping of 8 KiB/]],
    },
    {
      name: 'mremap that shrinks: the tail is unmapped',
      lines: [anon('0x4801000', 3), call('mremap', '0x4801000, 12288, 4096, 1', '0x4801000'), ' S 04801000,8'],
      abilities: {},
      calls: ['mmap anon 0x40000000+3 rw-', 'munmap 0x40001000+2'],
      emulated: [['mremap', 2, /the tail is unmapped/]],
    },
    {
      name: 'madvise DONTNEED: unmapped and mapped again',
      lines: [
        anon('0x4801000', 3),
        ' S 04802000,8',
        call('madvise', '0x4802000, 4096, 4', '0x0'),
        ' L 04802000,8',
        ' L 04803000,8',
        call('madvise', '0x0, 0, 1003', '0x0'),
      ],
      abilities: {},
      calls: ['mmap anon 0x40000000+3 rw-', 'munmap 0x40001000+1', 'mmap anon 0x40004000+1 rw-'],
      emulated: [['madvise', 3, /unmapped and mapped again \(toy: the toy keeps all pages\)/]],
    },
    {
      name: 'madvise DONTNEED where no part can be removed: skipped',
      lines: [anon('0x4801000', 3), call('madvise', '0x4802000, 4096, 4', '0x0'), ' L 04802000,8'],
      abilities: { cutsFail: true },
      calls: ['mmap anon 0x40000000+3 rw-'],
      emulated: [
        ['madvise', 2, /unmapped and mapped again/],
        ['madvise', 2, /cannot remove these 4 KiB alone: they stay mapped/],
      ],
    },
    {
      name: 'brk: the whole extent that is ever reached is one mapping, made at the first growth',
      lines: [
        call('brk', '0x0', '0x4000000'),
        call('brk', '0x4000d00', '0x4000d00'),
        ' S 04000000,8',
        call('brk', '0x4021d00', '0x4021d00'),
        call('brk', '0x4022000', '0x4022000'),
        ' S 04021ff8,8',
      ],
      abilities: { brk: false },
      calls: ['mmap anon 0x40000000+34 rw-'],
      emulated: [
        ['brk', 2, /one anonymous mapping of 136 KiB, all that the heap ever reaches \(toy: there is no heap\)/],
        ['brk', 4, /inside the mapping that stands for the whole heap/],
      ],
    },
    {
      name: 'private file mapping: an anonymous one',
      lines: [
        call('openat', '4294967196, 0x10(/etc/data), 0, 0', '0x4'),
        mmap('0x0', 8192, 1, 2, '0x4801000', 4),
        ' L 04801000,8',
      ],
      abilities: { privateFiles: false },
      calls: ['mmap anon 0x40000000+2 r--'],
      emulated: [['mmap', 2, /an anonymous mapping stands for the private one of \/etc\/data.*\(toy: EPRIVATE\)/]],
    },
    {
      name: 'MAP_FIXED over a mapping: the overlap is unmapped first',
      lines: [anon('0x4801000', 4), mmap('0x4802000', 8192, 3, 50, '0x4802000'), ' S 04802000,8', ' S 04804000,8'],
      abilities: {},
      calls: ['mmap anon 0x40000000+4 rw-', 'munmap 0x40001000+2', 'mmap anon 0x40005000+2 rw-'],
      emulated: [['mmap', 2, /the 8 KiB of mappings that it covers are unmapped first/]],
    },
    {
      name: 'a kernel that cannot cut: separate regions from the start',
      lines: [
        anon('0x4801000', 6),
        ' S 04802000,8',
        call('munmap', '0x4802000, 8192', '0x0'),
        mmap('0x4805000', 4096, 3, 50, '0x4805000'),
        ' S 04805000,8',
      ],
      abilities: { cuts: false },
      calls: [
        'mmap anon 0x40000000+1 rw-',
        'mmap anon 0x40002000+2 rw-',
        'mmap anon 0x40005000+1 rw-',
        'mmap anon 0x40007000+1 rw-',
        'mmap anon 0x40009000+1 rw-',
        'munmap 0x40002000+2',
        'munmap 0x40007000+1',
        'mmap anon 0x4000b000+1 rw-',
      ],
      emulated: [
        ['mmap', 1, /laid out as 5 regions, because later calls cut it \(toy: regions are whole\)/],
        ['mmap', 4, /unmapped first/],
      ],
    },
    {
      name: 'a kernel that turns out not to cut: the part stays, and is never used again',
      lines: [anon('0x4801000', 3), call('munmap', '0x4802000, 4096', '0x0'), ' S 04801000,8', ' S 04803000,8'],
      abilities: { cutsFail: true },
      calls: ['mmap anon 0x40000000+3 rw-'],
      emulated: [['munmap', 2, /they stay mapped and are never used again \(toy: EWHOLE\)/]],
    },
    {
      name: 'a mapping without rights: addresses are kept free, and mapped with the first right',
      lines: [anon('0x4801000', 4, 0), call('mprotect', '0x4802000, 8192, 3', '0x0'), ' S 04803000,8'],
      abilities: { noRights: false },
      calls: ['mmap anon 0x40000000+2 rw-'],
      emulated: [
        ['mmap', 1, /its addresses are kept free, and nothing is mapped \(toy: EINVAL\)/],
        ['mprotect', 2, /8 KiB of addresses that were kept free are mapped now/],
      ],
    },
    {
      name: 'an access that the recorded machine refused is not performed where this one would allow it',
      lines: [
        anon('0x4801000', 1),
        call('mprotect', '0x4801000, 4096, 0', '0x0'),
        ' S 04801000,8',
        ' L 04801008,8',
        ' L 05000000,4',
        'I  00401000,4',
      ],
      abilities: { mprotect: false },
      calls: ['mmap anon 0x40000000+1 rw-'],
      emulated: [
        ['mprotect', 2, /skipped/],
        [
          'access',
          3,
          /3 accesses that the program’s own machine refused, the first at 0x4801000, not performed either/,
        ],
      ],
    },
    {
      name: 'a System V segment: a shared mapping of a file of its own',
      lines: [
        call('shmget', '0, 5000, 950', '0x7'),
        call('shmat', '7, 0x0, 0', '0x4801000'),
        ' S 04802000,8',
        call('shmdt', '0x4801000', '0x0'),
      ],
      abilities: {},
      calls: ['mmap shared 0x40000000+2 rw-', 'munmap 0x40000000+2'],
      emulated: [['shmat', 2, /a shared mapping of a file stands for the segment/]],
    },
  ];

  for (const { name, lines, abilities, calls, emulated } of cases) {
    it(name, () => {
      const harness = toy(lines, abilities);
      const outcome = finish(harness);
      assert.deepEqual(outcome.calls, calls);
      assert.deepEqual(
        outcome.emulated.map((one) => [one.call, (one.line ?? 0) - H]),
        emulated.map(([what, line]) => [what, line]),
      );
      emulated.forEach(([, , how], index) => {
        assert.match(outcome.emulated[index]?.how ?? '', how);
      });
      const marks = harness.run.script.diagnostics.map(({ code, range }) => [code, range.file, range.line - H]);
      assert.deepEqual(
        marks,
        emulated.map(([, line]) => ['WALK231', 'tiny.100.log', line]),
      );
      assert.equal(harness.count('emulated'), emulated.length, 'each is marked in the timeline');
      assert.equal(harness.count('segv'), 0);
    });

    it(`${name.split(':')[0] as string} with --strict: stops there with line, call and the kernel’s reason`, () => {
      const [what, line] = emulated[0] as [string, number, RegExp];
      assert.throws(
        () => toy(lines, abilities, { strict: true }).finish(),
        (error) => {
          assert.ok(error instanceof ScenarioFailure, String(error));
          assert.deepEqual([error.code, error.range.file, error.range.line - H], ['WALK221', 'tiny.100.log', line]);
          assert.match(
            error.message,
            new RegExp(`^tiny\\.100\\.log:${String(line + H)}: ${what}: .*\\(toy\\); without --strict: `),
          );
          return true;
        },
      );
    });
  }

  it('copies what the resident pages hold', () => {
    const harness = toy([
      anon('0x4801000', 2),
      ' S 04801000,8',
      call('mremap', '0x4801000, 8192, 8192, 3, 0x4901000', '0x4901000'),
    ]);
    harness.finish();
    // 512 loads and 512 stores for the one resident page, beside the recorded store.
    assert.equal(harness.count('access'), 1 + 1024);
  });

  it('counts refused accesses and performs the others', () => {
    const harness = toy([anon('0x4801000', 1), ' S 04801000,8', ' L 05000000,4', ' L 04801000,8'], { mprotect: false });
    harness.finish();
    assert.deepEqual([harness.state.performed, harness.state.refused, harness.count('access')], [2, 1, 2]);
  });
});

describe('a recording that does not fit', () => {
  function failure(body: () => void): ScenarioFailure {
    try {
      body();
    } catch (error) {
      assert.ok(error instanceof ScenarioFailure, String(error));
      return error;
    }
    throw new Error('nothing failed');
  }

  it('says which region is too large, with sizes and a remedy', () => {
    const failed = failure(() => toy([anon('0x4801000', 1 << 19)]).finish());
    assert.equal(failed.code, 'WALK204');
    assert.match(
      failed.message,
      /tiny\.100\.log:4: mmap of 2048 MiB does not fit: toy answers EFULL on 1 cluster of 32 MiB, \d+ frames free; give the machine more memory/,
    );
  });

  it('says how much of the stack is used, and how much there is', () => {
    const failed = failure(() => toy([' S 1ffefff000,8'], { stackPages: 1 }).finish());
    assert.match(failed.message, /the program touches 8 KiB of stack, and toy gives it 4 KiB/);
    toy([' S 1ffefff000,8'], { stackPages: 2 }).finish();
  });

  it('says at which access memory ran out, after the kernel has killed the process', () => {
    const harness = toy(
      [
        anon('0x4801000', 40),
        ...Array.from({ length: 40 }, (_, page) => ` S ${(0x4801000 + page * 4096).toString(16).padStart(8, '0')},8`),
      ],
      { frames: 40 },
    );
    const failed = failure(() => harness.finish());
    assert.match(
      failed.message,
      /tiny\.100\.log:\d+: the recorded access to 0x400\w+ found no memory: EFULL.*give the machine more memory/,
    );
    assert.ok(failed.range.line > 4 && failed.range.line < 45);
    assert.deepEqual(callsOf(harness.run.world.kernelState).slice(-1), ['kill tiny']);
    assert.deepEqual([harness.count('segv'), harness.count('oom')], [1, 1]);
  });

  it('says that a kernel has no fork', () => {
    const lines = [
      'SYSCALL[100,1](57) sys_fork ( )   fork: process 100 created child 101 --> [pre-success] Success(0x65) ',
    ];
    const recording = recordingOf(lines, { 101: ['I  00401000,4'] });
    assert.match(
      failure(() => new Harness(recording, { kernel: toyKernel({ fork: false }) }).finish()).message,
      /tiny\.100\.log:4: fork: the toy has no children; nothing can stand for it/,
    );
  });
});

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

import { strict as assert } from 'node:assert';
import { ScenarioFailure } from '../../../simulator/session/scenario/scenario-failure.ts';
import { type ToyAbilities } from './toy-kernel.ts';
import { H, anon, call, finish, mmap, toy } from './tiny-recordings.ts';

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
      name: 'a break that never goes down: what the heap has stays, and is used again',
      lines: [
        call('brk', '0x0', '0x4000000'),
        call('brk', '0x4003000', '0x4003000'),
        ' S 04002000,8',
        call('brk', '0x4001000', '0x4001000'),
        ' L 04002000,8',
        call('brk', '0x4004000', '0x4004000'),
        ' S 04002000,8',
        ' S 04003000,8',
      ],
      abilities: { brkDown: false, mprotect: false },
      calls: ['brk 0x20003000', 'brk 0x20004000'],
      emulated: [
        ['brk', 4, /8 KiB stay in the heap, and the program does not use them \(toy: ENEVER\)/],
        ['access', 5, /an access that the program’s own machine refused/],
      ],
    },
    {
      name: 'a break that cannot grow further: a mapping is the rest of the heap',
      lines: [
        call('brk', '0x0', '0x4000000'),
        call('brk', '0x4001000', '0x4001000'),
        call('brk', '0x4004000', '0x4004000'),
        ' S 04000000,8',
        ' S 04003000,8',
        call('brk', '0x4006000', '0x4006000'),
        ' S 04005ff8,8',
        call('brk', '0x4002000', '0x4002000'),
        call('brk', '0x4006000', '0x4006000'),
        ' S 04005ff8,8',
      ],
      abilities: { heapPages: 2 },
      calls: ['brk 0x20001000', 'mmap anon 0x40000000+5 rw-'],
      emulated: [
        ['brk', 3, /the break stays, and an anonymous mapping of 20 KiB is the rest of all .* \(toy: EWAY\)/],
        ['brk', 8, /16 KiB stay in the heap/],
      ],
    },
    {
      name: 'a stack that is larger than the kernel’s: its deep end is a mapping',
      lines: [' S 1ffeffe000,8', ' S 1ffeff0000,8', ' S 1fff000ff8,8'],
      abilities: { stackPages: 5 },
      calls: ['mmap anon 0x40000000+13 rw-'],
      emulated: [
        [
          'start',
          -2,
          /the deepest 52 KiB of the 68 KiB of stack .* an anonymous mapping \(toy: its stack has 16 KiB\)/,
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
      harness.run.machine.trace.on = true;
      const outcome = finish(harness);
      assert.deepEqual(outcome.calls, calls);
      assert.deepEqual(
        outcome.emulated.map((one) => [one.call, (one.line ?? 0) - H]),
        emulated.map(([what, line]) => [what, line]),
      );
      emulated.forEach(([, , how], index) => {
        assert.match(outcome.emulated[index]?.how ?? '', how);
      });
      const findings = harness.run.script.diagnostics.filter(({ code }) => code === 'WALK231');
      const marks = findings.map(({ code, range }) => [code, range.file, range.line - H]);
      assert.deepEqual(
        marks,
        emulated.map(([, line]) => ['WALK231', 'tiny.100.log', line]),
      );
      const told = harness.run.machine.trace.events.filter(({ name: event }) => event === 'emulated');
      assert.equal(told.length, emulated.length, 'each is marked in the timeline');
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

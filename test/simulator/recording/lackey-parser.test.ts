import { strict as assert } from 'node:assert';
import fc from 'fast-check';
import { accessAt, AccessKind, formatAccess } from '../../../simulator/recording/logs/access-columns.ts';
import { LackeyParser } from '../../../simulator/recording/logs/lackey-parser.ts';
import {
  type CallEvent,
  lineOfAccess,
  numberArgument,
  type ProcessLog,
  textArgument,
} from '../../../simulator/recording/logs/process-log.ts';
import { standardBounds } from '../../../simulator/session/scenario/bounds.ts';
import { RecordingError } from '../../../simulator/recording/logs/recording-error.ts';
import { loadExample, logOf, recordingNames, textOf } from './recordings.ts';

const header = 3;

function parse(bytes: Uint8Array, pieces: readonly number[] = []): ProcessLog {
  const parser = new LackeyParser('tiny.100.log');
  let at = 0;
  for (const piece of pieces) {
    parser.push(bytes.slice(at, at + piece));
    at += piece;
  }
  parser.push(bytes.slice(at));
  return parser.finish();
}

function calls(log: ProcessLog): CallEvent[] {
  return log.events.filter((event) => event.kind === 'call');
}

/** The obvious way, line by line with the published expression: what the quick one is compared with. */
function naive(bytes: Uint8Array): { line: number; kind: string; address: bigint; size: number }[] {
  const lines = new TextDecoder().decode(bytes).split('\n');
  return lines.flatMap((text, index) => {
    const match = /^(I {2}| [LSM] )([0-9a-f]{8,16}),(\d+)$/.exec(text);
    return match === null
      ? []
      : [
          {
            line: index + 1,
            kind: (match[1] as string).trim(),
            address: BigInt(`0x${match[2] as string}`),
            size: Number(match[3]),
          },
        ];
  });
}

function quick(log: ProcessLog): ReturnType<typeof naive> {
  return Array.from({ length: log.accesses.length }, (_, index) => {
    const { kind, address, size } = accessAt(log.accesses, index);
    const signed = BigInt(address) >= 1n << 47n ? BigInt(address) | 0xffff_0000_0000_0000n : BigInt(address);
    return { line: lineOfAccess(log, index), kind: 'ILSM'[kind] as string, address: signed, size };
  });
}

function refuses(bytes: Uint8Array, place: { line: number; byte?: number }, reason: RegExp): void {
  assert.throws(
    () => parse(bytes),
    (error) => {
      assert.ok(error instanceof RecordingError, String(error));
      assert.equal(error.place.file, 'tiny.100.log');
      assert.equal(error.place.line, place.line, error.message);
      if (place.byte !== undefined) assert.equal(error.place.byte, place.byte, error.message);
      assert.match(error.message, reason);
      return true;
    },
  );
}

describe('lackey parser: accesses', () => {
  it('reads the four kinds with their sizes and lines', () => {
    const log = parse(logOf(['I  00401827,5', ' S 1fff0004f8,8', ' L 04022de8,16', ' M 0421c7cc,4']));
    assert.deepEqual(
      Array.from({ length: 4 }, (_, index) => accessAt(log.accesses, index)),
      [
        { kind: AccessKind.fetch, address: 0x401827, size: 5 },
        { kind: AccessKind.store, address: 0x1fff0004f8, size: 8 },
        { kind: AccessKind.load, address: 0x4022de8, size: 16 },
        { kind: AccessKind.modify, address: 0x421c7cc, size: 4 },
      ],
    );
    assert.deepEqual(log.counts, { fetches: 1, loads: 1, stores: 1, modifies: 1 });
    assert.equal(lineOfAccess(log, 0), header + 1);
    assert.equal(lineOfAccess(log, 3), header + 4);
  });

  it('keeps the kernel half of the address space exact', () => {
    const log = parse(logOf([' L ffffffffff600000,8']));
    assert.equal(accessAt(log.accesses, 0).address, 0xffff_ff60_0000);
    assert.equal(formatAccess(accessAt(log.accesses, 0)), ' L ffffffffff600000,8');
  });

  it('agrees with a plain regular expression on random logs cut at random places', () => {
    const line = fc.oneof(
      fc
        .record({
          kind: fc.constantFrom('I  ', ' L ', ' S ', ' M '),
          address: fc.bigInt(0n, (1n << 47n) - 1n),
          size: fc.integer({ min: 1, max: 16383 }),
        })
        .map(({ kind, address, size }) => `${kind}${address.toString(16).padStart(8, '0')},${String(size)}`),
      fc.constantFrom(
        '==100== ',
        '--100--   SCHED[2]:  acquired lock (x)',
        'SYSCALL[100,1](12) sys_brk ( 0x0 ) --> [pre-success] Success(0x4000000) ',
        '',
      ),
    );
    fc.assert(
      fc.property(
        fc.array(line, { maxLength: 60 }),
        fc.array(fc.integer({ min: 0, max: 90 }), { maxLength: 30 }),
        (lines, pieces) => {
          const bytes = logOf(lines);
          const log = parse(bytes, pieces);
          assert.deepEqual(quick(log), naive(bytes));
          assert.equal(log.bytes, bytes.length);
        },
      ),
      { seed: 407, numRuns: 300 },
    );
  });

  it('agrees with it on every line of a real recording, and writes its accesses back', () => {
    const bytes = textOf('guard_page.24184.log');
    const log = parse(bytes);
    const written = Array.from({ length: log.accesses.length }, (_, index) =>
      formatAccess(accessAt(log.accesses, index)),
    );
    const lines = new TextDecoder().decode(bytes).split('\n');
    assert.deepEqual(
      written,
      lines.filter((line) => /^(I {2}| [LSM] )[0-9a-f]/.test(line)),
    );
    assert.deepEqual(quick(log), naive(bytes));
  });

  for (const name of recordingNames) {
    it(`counts as many fetches in ${name} as lackey says it executed`, () => {
      const log = loadExample(name).processes[0] as ProcessLog;
      const said = /guest instrs: +([\d,]+)$/m.exec(new TextDecoder().decode(textOf(log.file)))?.[1];
      assert.equal(log.counts.fetches, Number(said?.replaceAll(',', '')));
      assert.equal(log.exitCode, 0);
    });
  }
});

describe('lackey parser: calls', () => {
  it('reads arguments, strings in brackets and results', () => {
    const [mmap, readlink, gettime] = calls(
      parse(
        logOf([
          'SYSCALL[100,1](9) sys_mmap ( 0x0, 8192, 3, 34, 4294967295, 0 ) --> [pre-success] Success(0x4835000) ',
          'SYSCALL[100,1](89) sys_readlink ( 0x48f0b8(/proc/self/a,(b)), 0x1ffefff590, 4096 ) --> [pre-fail] Failure(0x2) ',
          'SYSCALL[100,1](228) sys_clock_gettime( 1, 0x1ffefff4e0 )[sync] --> Success(0x0) ',
        ]),
      ),
    ) as [CallEvent, CallEvent, CallEvent];
    assert.deepEqual([mmap.name, mmap.number, mmap.args], ['mmap', 9, ['0x0', '8192', '3', '34', '4294967295', '0']]);
    assert.deepEqual(mmap.result, { ok: true, value: 0x4835000 });
    assert.equal(textArgument(readlink, 0), '/proc/self/a,(b)');
    assert.equal(numberArgument(readlink, 2), 4096);
    assert.deepEqual(readlink.result, { ok: false, value: 2 });
    assert.deepEqual([gettime.name, gettime.args.length, gettime.blocks], ['clock_gettime', 2, false]);
  });

  it('pairs a blocked call with its completion by thread, with accesses of another thread between', () => {
    const log = parse(
      logOf([
        'SYSCALL[100,1](28) sys_madvise ( 0x4a2b000, 16384, 4 ) --> [async] ... ',
        '--100--   SCHED[2]:  acquired lock (VG_(scheduler))',
        'I  00401827,5',
        'SYSCALL[100,2](0) sys_read ( 0, 0x10, 1 ) --> [async] ... ',
        'SYSCALL[100,1](28) ... [async] --> Success(0x0) ',
        'SYSCALL[100,2](0) ... [async] --> Success(0x1) ',
      ]),
    );
    const [madvise, read] = calls(log) as [CallEvent, CallEvent];
    assert.ok(madvise.blocks && read.blocks);
    assert.equal(log.events[madvise.completion as number]?.line, header + 5);
    assert.equal(log.events[read.completion as number]?.line, header + 6);
    assert.deepEqual(read.result, { ok: true, value: 1 });
    assert.deepEqual(log.events[1], { kind: 'switch', tid: 2, line: header + 2, at: 0 });
  });

  it('takes a result on a line of its own for the last open call', () => {
    const [, missing, clone] = calls(
      parse(
        logOf([
          'SYSCALL[100,1](12) sys_brk ( 0x0 ) --> [pre-success] Success(0x4000000) ',
          'SYSCALL[100,1](334) unimplemented (by the kernel) syscall: 334! (ni_syscall)',
          ' --> [pre-fail] Failure(0x26) ',
          'SYSCALL[100,1](56) sys_clone ( 1200011, 0x0, 0x0, 0x4000650, 0x0 )   clone(fork): process 100 created child 101',
          ' --> [pre-success] Success(0x65) ',
        ]),
      ),
    ) as [CallEvent, CallEvent, CallEvent];
    assert.deepEqual([missing.name, missing.result], ['call 334', { ok: false, value: 0x26 }]);
    assert.deepEqual([clone.child, clone.args[0], clone.result], [101, '1200011', { ok: true, value: 101 }]);
  });

  it('takes the result at the beginning of a child for nothing', () => {
    const log = parse(
      logOf([
        ' --> [pre-success] Success(0x0) ',
        'I  00401827,5',
        'SYSCALL[100,1](58) sys_fork ( )   fork: process 100 created child 104 --> [pre-success] Success(0x68) ',
      ]),
    );
    const [fork] = calls(log) as [CallEvent];
    assert.deepEqual([fork.name, fork.args, fork.child, fork.result], ['fork', [], 104, { ok: true, value: 104 }]);
  });

  it('takes glued lines apart', () => {
    const log = parse(
      logOf([
        'SYSCALL[100,1](12) sys_brk ( 0x4000 )  --> [pre-success] Success(0x4000)   SCHED[3]:  acquired lock (a)SYSCALL[100,3](11) sys_munmap ( 0x1000, 4096 )[sync] --> Success(0x0) ',
      ]),
    );
    assert.deepEqual(
      log.events.map((event) => event.kind),
      ['call', 'switch', 'call', 'call'],
    );
    const [brk, munmap] = calls(log) as [CallEvent, CallEvent];
    assert.deepEqual([brk.result, munmap.tid, munmap.result], [{ ok: true, value: 0x4000 }, 3, { ok: true, value: 0 }]);
  });

  it('reads the end by a signal, with the address', () => {
    const log = parse(
      logOf(
        [
          'I  00401827,5',
          '==100== ',
          '==100== Process terminating with default action of signal 11 (SIGSEGV)',
          '==100==  Access not within mapped region at address 0x10',
        ],
        { exit: false },
      ),
    );
    assert.deepEqual(log.events, [
      { kind: 'killed', signal: 11, name: 'SIGSEGV', address: 0x10, line: header + 3, at: 1 },
    ]);
    assert.equal(log.exitCode, null);
  });
});

describe('lackey parser: damaged input', () => {
  it('names file, line and byte of a malformed access', () => {
    const good = logOf(['I  00401827,5'], { exit: false });
    for (const bad of [
      'I  0401827,5',
      ' S 1fff0004f8,',
      ' S 1fff0004f8,8 ',
      ' L 0401a827;5',
      'I  00401827123456789,1',
      ' M 00401827,0',
      ' L 00401827,16384',
      ' L 8000000000000000,1',
      ' S 0040182g,1',
    ]) {
      refuses(
        new TextEncoder().encode(`${new TextDecoder().decode(good)}${bad}\n`),
        { line: header + 2, byte: good.length },
        /malformed access/,
      );
    }
  });

  it('says where a log was cut off: inside a line, or between two', () => {
    const whole = logOf(['I  00401827,5', ' S 1fff0004f8,8']);
    const inside = logOf(['I  00401827,5'], { exit: false }).length - 4;
    refuses(whole.slice(0, inside), { line: header + 1, byte: inside }, /ends in the middle of a line \(“I {2}004018/);
    refuses(logOf(['I  00401827,5'], { exit: false }), { line: header + 1 }, /ends before its program does/);
  });

  it('refuses what is not a Lackey log, several processes in one file, endless lines, and too many accesses', () => {
    refuses(new Uint8Array(0), { line: 0 }, /empty/);
    refuses(new TextEncoder().encode('int main(void)\n'), { line: 1, byte: 0 }, /not a Lackey log/);
    refuses(
      logOf(['SYSCALL[101,1](12) sys_brk ( 0x0 ) --> [pre-success] Success(0x4000000) ']),
      { line: header + 1 },
      /several processes wrote one file/,
    );
    refuses(logOf(['x'.repeat(70_000)]), { line: header + 1 }, /more than 65536 bytes/);
    const three = (line: string): Uint8Array => logOf(Array.from({ length: 3 }, () => line));
    const few = { ...standardBounds, recordedAccesses: 2, recordedLines: header + 2 };
    assert.throws(() => {
      new LackeyParser('tiny.100.log', few).push(three('I  00401827,5'));
    }, /more than 2 accesses; .*--recorded-accesses/);
    assert.throws(() => {
      new LackeyParser('tiny.100.log', few).push(three('==100== '));
    }, /more than 5 lines that are no accesses; .*--recorded-lines/);
  });

  it('never hangs or throws anything but its own error on random bytes', () => {
    const piece = fc.oneof(
      fc.constantFrom(
        'I  ',
        ' S ',
        '0040',
        ',',
        '\n',
        'SYSCALL[100,1](9) ',
        '--> [async] ...',
        ' --> Success(0x1)',
        '==100== ',
        '\0',
        'ÿ',
      ),
      fc.string({ maxLength: 5 }),
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 40 }), (texts) => {
        const bytes = new TextEncoder().encode(`==100== Lackey\n${texts.join('')}`);
        try {
          parse(bytes, [7, 30]);
        } catch (error) {
          assert.ok(error instanceof RecordingError, String(error));
        }
      }),
      { seed: 3, numRuns: 500 },
    );
  });
});

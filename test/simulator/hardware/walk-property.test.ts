import { strict as assert } from 'node:assert';
import fc from 'fast-check';
import { createBatch, pushAccess } from '../../../simulator/hardware/access-batch.ts';
import { cycles, setPageTableRoot, setWriteProtect } from '../../../simulator/hardware/core.ts';
import { presetNames, type Preset } from '../../../simulator/hardware/machine-config.ts';
import { memoryEquals } from '../../../simulator/hardware/memory-snapshot.ts';
import type { Access, Machine } from '../../../simulator/hardware/machine.ts';
import { accessBatch, translate } from '../../../simulator/hardware/mmu.ts';
import { inspectWalk } from '../../../simulator/hardware/page-table-walker.ts';
import { readFrame32, zeroFrame } from '../../../simulator/hardware/physical-memory.ts';
import { flushTlb } from '../../../simulator/hardware/tlb.ts';
import { countOf } from '../../../simulator/hardware/counters.ts';
import { machineOf, setEntry32, setEntry64 } from './tables.ts';

/**
 * Random tables, read by the walker and by an independent few lines for each architecture, over bigint words.
 * Tables stand in frames 0x10..0x17, so that random pointers hit tables often.
 */
type Kind = Preset;
const kinds: readonly Kind[] = presetNames;
const FIRST = 0x10;
const TABLES = 8;

interface Expected {
  readonly pa: number;
  readonly status: 'ok' | 'absent' | 'rights' | 'reserved' | 'bus';
}

const word = (machine: Machine, address: number): bigint =>
  address < 4096 * 4096 ? BigInt(readFrame32(machine, Math.floor(address / 4096), address % 4096)) : 0n;
const quad = (machine: Machine, address: number): bigint =>
  word(machine, address) | (word(machine, address + 4) << 32n);
const inMemory = (pa: bigint): boolean => pa < 4096n * 4096n;

function naiveTsar(machine: Machine, va: bigint, access: Access, user: boolean): Expected {
  const first = word(machine, FIRST * 4096 + Number(va >> 21n) * 4);
  if (first >> 31n === 0n) return { pa: -1, status: 'absent' };
  let attributes = first;
  let pa = ((first & 0x7ffffn) << 21n) | (va & 0x1fffffn);
  if (((first >> 30n) & 1n) === 1n) {
    const table = (first & 0xfffffffn) << 12n;
    if (!inMemory(table)) return { pa: -1, status: 'bus' };
    const place = Number(table) + Number((va >> 12n) & 511n) * 8;
    attributes = word(machine, place);
    if (attributes >> 31n === 0n) return { pa: -1, status: 'absent' };
    pa = ((word(machine, place + 4) & 0xfffffffn) << 12n) | (va & 0xfffn);
  }
  const needs = (user ? 1n << 24n : 0n) | (access === 2 ? 1n << 25n : 0n) | (access === 1 ? 1n << 26n : 0n);
  if ((attributes & needs) !== needs) return { pa: -1, status: 'rights' };
  return inMemory(pa) ? { pa: Number(pa), status: 'ok' } : { pa: -1, status: 'bus' };
}

function naiveX86(
  machine: Machine,
  kind: 'i386' | 'x86-64',
  va: bigint,
  access: Access,
  user: boolean,
  wp: boolean,
): Expected {
  const is64 = kind === 'x86-64';
  let table = BigInt(FIRST) << 12n;
  let rights = 7n;
  let noExecute = false;
  for (let shift = is64 ? 39n : 22n; ; shift -= is64 ? 9n : 10n) {
    const place = Number(table) + Number((va >> shift) & (is64 ? 511n : 1023n)) * (is64 ? 8 : 4);
    const entry = is64 ? quad(machine, place) : word(machine, place);
    if ((entry & 1n) === 0n) return { pa: -1, status: 'absent' };
    const isBig = shift > 12n && shift < 39n && ((entry >> 7n) & 1n) === 1n;
    const address = entry & 0x000f_ffff_ffff_f000n;
    const isReserved =
      (is64 && ((entry >> 48n) & 15n) !== 0n) || (shift === 39n && ((entry >> 7n) & 1n) === 1n) ||
      (isBig && (address & ((1n << shift) - 1n) & ~0x1000n) !== 0n); // prettier-ignore
    if (isReserved) return { pa: -1, status: 'reserved' };
    rights &= entry;
    noExecute ||= is64 && entry >> 63n === 1n;
    if (isBig || shift === 12n) {
      const offset = (1n << shift) - 1n;
      const pa = (address & ~offset) | (va & offset);
      const denied =
        (user && (rights & 4n) === 0n) ||
        (access === 2 && noExecute) ||
        (access === 1 && (rights & 2n) === 0n && (user || wp));
      if (denied) return { pa: -1, status: 'rights' };
      return inMemory(pa) ? { pa: Number(pa), status: 'ok' } : { pa: -1, status: 'bus' };
    }
    if (!inMemory(address)) return { pa: -1, status: 'bus' };
    table = address;
  }
}

/** The manual's algorithm in its own order (privileged architecture, "Virtual Address Translation Process"), SUM set, MXR clear. */
function naiveSv39(machine: Machine, va: bigint, access: Access, user: boolean): Expected {
  let a = BigInt(FIRST) << 12n;
  for (let i = 2n; ; i--) {
    const pte = quad(machine, Number(a) + Number((va >> (12n + 9n * i)) & 511n) * 8);
    const [v, r, w, x, u] = [0n, 1n, 2n, 3n, 4n].map((bit) => ((pte >> bit) & 1n) === 1n);
    if (!v) return { pa: -1, status: 'absent' };
    if ((!r && w) || pte >> 54n !== 0n) return { pa: -1, status: 'reserved' };
    const ppn = (pte >> 10n) & 0xfff_ffff_ffffn;
    if (!r && !x) {
      if (i === 0n || (pte & 0xd0n) !== 0n) return { pa: -1, status: 'reserved' };
      a = ppn << 12n;
      if (!inMemory(a)) return { pa: -1, status: 'bus' };
      continue;
    }
    const offset = (1n << (9n * i)) - 1n;
    if ((ppn & offset) !== 0n) return { pa: -1, status: 'reserved' };
    const isAllowed = { 0: r, 1: w, 2: x }[access] && (user ? u : !(u && access === 2));
    if (!isAllowed) return { pa: -1, status: 'rights' };
    const pa = ((ppn | ((va >> 12n) & offset)) << 12n) | (va & 0xfffn);
    return inMemory(pa) ? { pa: Number(pa), status: 'ok' } : { pa: -1, status: 'bus' };
  }
}

/** Mostly pointers and pages with rights; now and then anything at all. */
function sv39Entry(target: number, bits: number): bigint {
  const flags = BigInt(bits & 0xff);
  const strange = bits >>> 10 === 31 ? 1n << BigInt(54 + (bits % 10)) : 0n;
  const frame = BigInt(target) << 10n;
  if (bits % 5 < 3) return strange | frame | (flags & 0x20n) | 1n;
  return strange | frame | (bits % 5 === 3 ? flags | 3n : flags);
}

function randomTables(
  kind: Kind,
  entries: readonly { table: number; index: number; target: number; bits: number }[],
): Machine {
  const machine = machineOf(kind, { mesh: { width: 1, height: 1 }, memoryBytes: 4096 * 4096 });
  for (let frame = FIRST; frame < FIRST + TABLES; frame++) zeroFrame(machine, frame);
  for (const { table, index, target, bits } of entries) {
    const frame = FIRST + table;
    if (kind === 'tsar') {
      const attributes = ((bits << 22) | (bits % 8 === 0 ? 0 : 0x8000_0000)) >>> 0;
      // Both readings of a table frame: words of PT1, and attribute and frame words of PT2.
      setEntry32(
        machine,
        frame,
        2 * (index % 512),
        (attributes | (target % 2 === 0 ? FIRST + (target % TABLES) : target)) >>> 0,
      );
      setEntry32(machine, frame, 2 * (index % 512) + 1, ((attributes & 0xc000_0000) | target) >>> 0);
    } else if (kind === 'i386') {
      setEntry32(machine, frame, index, (target * 4096 + (bits & 0x1ff)) >>> 0);
    } else if (kind === 'rv64') {
      setEntry64(machine, frame, index % 512, sv39Entry(target, bits));
    } else {
      const high = (bits & 0x200) !== 0 ? 1n << 63n : 0n;
      const strange = bits >>> 10 === 31 ? 1n << 50n : 0n;
      setEntry64(machine, frame, index % 512, (BigInt(target) << 12n) | BigInt(bits & 0x1ff) | high | strange);
    }
  }
  setPageTableRoot(machine, 0, FIRST);
  return machine;
}

const indices = [0, 1, 2, 3, 510, 511];
const entry = fc.record({
  table: fc.nat(TABLES - 1),
  index: fc.constantFrom(...indices),
  target: fc.oneof({ weight: 5, arbitrary: fc.integer({ min: FIRST, max: FIRST + TABLES - 1 }) }, { weight: 1, arbitrary: fc.nat(8191) }, { weight: 1, arbitrary: fc.constantFrom(0, 0x200, 0x400) }),
  bits: fc.oneof({ weight: 3, arbitrary: fc.nat(0x7fff).map((bits) => (bits | 7) & ~0x80) }, { weight: 1, arbitrary: fc.nat(0x7fff) }),
}); // prettier-ignore
const access = fc.record({
  parts: fc.tuple(...[0, 1, 2, 3].map(() => fc.constantFrom(...indices))),
  offset: fc.nat(4095),
  access: fc.constantFrom<Access>(0, 1, 2),
  user: fc.boolean(),
});

function addressOf(kind: Kind, parts: readonly number[], offset: number): number {
  const [a, b, c, d] = parts as [number, number, number, number];
  if (kind === 'x86-64') return a * 2 ** 39 + b * 2 ** 30 + c * 2 ** 21 + d * 4096 + offset;
  if (kind === 'rv64') return a * 2 ** 30 + b * 2 ** 21 + c * 4096 + offset;
  return kind === 'tsar' ? a * 2 ** 21 + b * 4096 + offset : a * 2 ** 22 + b * 4096 + offset;
}

function naive(machine: Machine, kind: Kind, va: number, want: Access, user: boolean, wp: boolean): Expected {
  if (kind === 'tsar') return naiveTsar(machine, BigInt(va), want, user);
  if (kind === 'rv64') return naiveSv39(machine, BigInt(va), want, user);
  return naiveX86(machine, kind, BigInt(va), want, user, wp);
}

for (const kind of kinds) {
  describe(`random tables: ${kind}`, () => {
    it('every access ends as in a naive walk, with a cold and with a warm TLB', () => {
      const seen: Record<string, number> = {};
      const property = fc.property(fc.array(entry, { minLength: 20, maxLength: 60 }), fc.array(access, { minLength: 10, maxLength: 30 }), fc.boolean(), (entries, accesses, wp) => {
        const machine = randomTables(kind, entries);
        setWriteProtect(machine, 0, wp);
        for (const { parts, offset, access: want, user } of accesses) {
          const va = addressOf(kind, parts, offset);
          const expected = naive(machine, kind, va, want, user, wp);
          seen[expected.status] = (seen[expected.status] ?? 0) + 1;
          for (const pass of ['cold', 'warm']) {
            if (pass === 'cold') flushTlb(machine, 0, false);
            assert.equal(translate(machine, 0, va, want, user), expected.pa, `${pass}: ${va.toString(16)}`);
            if (expected.pa < 0) assert.equal(machine.fault.kind, expected.status);
          }
        }
      }); // prettier-ignore
      fc.assert(property, { numRuns: 150, seed: 20 });
      for (const status of kind === 'tsar'
        ? ['ok', 'absent', 'rights', 'bus']
        : ['ok', 'absent', 'rights', 'bus', 'reserved']) {
        assert.ok((seen[status] ?? 0) > 5, `${status} occurred ${seen[status] ?? 0} times`);
      }
    });

    it('inspection sees the frame that an access reaches', () => {
      const property = fc.property(fc.array(entry, { minLength: 30, maxLength: 60 }), fc.array(access, { minLength: 10 }), (entries, accesses) => {
        const machine = randomTables(kind, entries);
        for (const { parts, offset, access: want, user } of accesses) {
          const va = addressOf(kind, parts, offset);
          const pa = translate(machine, 0, va, want, user);
          if (pa < 0) continue;
          const view = inspectWalk(machine, FIRST, va).at(-1);
          assert.equal(view?.ppn, Math.floor(pa / 4096));
          assert.deepEqual([view?.present, view?.accessed], [true, true]);
          if (want === 1) assert.equal(view?.dirty, true);
        }
      }); // prettier-ignore
      fc.assert(property, { numRuns: 60, seed: 21 });
    });

    it('a batch has the effects of single accesses, listened to or not', () => {
      const size = fc.constantFrom(1, 2, 4, 8, 255);
      const item = fc.tuple(access, size, fc.nat(3));
      const property = fc.property(fc.array(entry, { minLength: 40, maxLength: 60 }), fc.array(item, { minLength: 20, maxLength: 60 }), (entries, items) => {
        const batch = createBatch(400);
        for (const [{ parts, offset, access: want, user }, bytes, repeats] of items) {
          for (let i = 0; i <= repeats; i++) pushAccess(batch, addressOf(kind, parts, offset), want, user, bytes);
        }
        const quick = randomTables(kind, entries);
        const slow = randomTables(kind, entries);
        slow.trace.on = true;
        const stops = [quick, slow].map((machine) => {
          const refused: number[] = [];
          for (let at = 0; ; at++) {
            at = accessBatch(machine, 0, batch, at, batch.length);
            if (at === batch.length) return refused;
            refused.push(at, machine.fault.code, machine.fault.va);
          }
        });
        assert.deepEqual(stops[0], stops[1]);
        assert.equal(memoryEquals(quick.memory, slow.memory), true, 'memory, TLBs and clocks');
        assert.equal(cycles(quick, 0), cycles(slow, 0));
        for (const name of ['access', 'tlb-hit', 'tlb-miss', 'page-walk']) {
          assert.equal(countOf(quick, name), countOf(slow, name), name);
          assert.equal(slow.trace.events.filter((event) => event.name === name).length, countOf(slow, name));
        }
        assert.equal(quick.trace.sequence, slow.trace.sequence);
      }); // prettier-ignore
      fc.assert(property, { numRuns: 100, seed: 22 });
    });
  });
}

describe('batch', () => {
  it('counts an access across a page as two, and restarts it as a whole', () => {
    const machine = randomTables('i386', [
      { table: 0, index: 0, target: FIRST + 1, bits: 7 },
      { table: 1, index: 0, target: 0x200, bits: 7 },
    ]);
    const batch = createBatch(3);
    assert.equal(pushAccess(batch, 0xffe, 0, true, 2), true);
    assert.equal(pushAccess(batch, 0xffe, 0, true, 4), true);
    assert.equal(pushAccess(batch, 0, 0, true, 4), true);
    assert.equal(pushAccess(batch, 0, 0, true, 4), false);
    assert.equal(accessBatch(machine, 0, batch, 0, 3), 1);
    assert.deepEqual([machine.fault.va, countOf(machine, 'access')], [0x1000, 1]);
    setEntry32(machine, FIRST + 1, 1, 0x20_1007);
    assert.equal(accessBatch(machine, 0, batch, 1, 3), 3);
    assert.equal(countOf(machine, 'access'), 4);
  });
});

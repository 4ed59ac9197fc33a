import { strict as assert } from 'node:assert';
import { cycles, setPageTableRoot } from '../../../simulator/hardware/core.ts';
import type { Machine } from '../../../simulator/hardware/machine.ts';
import { translate } from '../../../simulator/hardware/mmu.ts';
import { zeroFrame } from '../../../simulator/hardware/physical-memory.ts';
import { flushTlb, invalidateCoherent, invalidateTlb, listTlb, lookupTlb } from '../../../simulator/hardware/tlb.ts';
import { countOf } from '../../../simulator/hardware/counters.ts';
import { fetch, machineOf, mapTsar, read, refusal, setPt1, tsarRoot } from './tables.ts';

const DATA = 0x8d00_0000;
const GLOBAL_CODE = 0x8b80_0000;

/** Pages 0..511 mapped to frames 0x200 and up. */
function machineWithPages(word0 = DATA, changes = {}): Machine {
  const machine = machineOf('tsar', changes);
  tsarRoot(machine);
  for (let page = 0; page < 512; page++) mapTsar(machine, 0x100, 0x102, page, word0, 0x200 + page);
  return machine;
}

const touch = (machine: Machine, page: number, core = 0): number => translate(machine, core, page * 4096, read, true);
const holds = (machine: Machine, page: number, core = 0): boolean => lookupTlb(machine, core, page, false) !== null;

describe('TLB: placement and replacement (ALMOS-MKH 10.6)', () => {
  it('holds 64 pages, 8 of each set, by the low three bits of the page', () => {
    const machine = machineWithPages();
    for (let page = 0; page < 64; page++) touch(machine, page);
    assert.equal(listTlb(machine, 0, false).length, 64);
    touch(machine, 64); // set 0
    assert.equal(holds(machine, 0), false);
    for (let page = 1; page <= 64; page++) assert.equal(holds(machine, page), true, `page ${page}`);
  });
  it('gives up the least recently used way', () => {
    const machine = machineWithPages();
    const set5 = [5, 13, 21, 29, 37, 45, 53, 61];
    for (const page of set5) touch(machine, page);
    touch(machine, 5);
    touch(machine, 13);
    touch(machine, 69);
    assert.deepEqual(
      set5.filter((page) => !holds(machine, page)),
      [21],
    );
    touch(machine, 5);
    touch(machine, 77);
    assert.deepEqual(
      set5.filter((page) => !holds(machine, page)),
      [21, 29],
    );
  });
  it('fills an invalid way before it gives one up', () => {
    const machine = machineWithPages();
    for (let page = 0; page < 64; page += 8) touch(machine, page);
    invalidateTlb(machine, 0, 24);
    touch(machine, 64);
    assert.deepEqual(
      [0, 8, 16, 24, 32, 64].filter((page) => !holds(machine, page)),
      [24],
    );
  });
  it('keeps fetches and data apart', () => {
    const machine = machineWithPages(GLOBAL_CODE | 0x0400_0000);
    translate(machine, 0, 0, fetch, true);
    assert.equal(holds(machine, 0), false);
    assert.notEqual(lookupTlb(machine, 0, 0, true), null);
  });
  it('follows another geometry', () => {
    const machine = machineWithPages(DATA, { tlb: { sets: 2, ways: 1 } });
    touch(machine, 0);
    touch(machine, 1);
    touch(machine, 2);
    assert.deepEqual(
      [0, 1, 2].map((page) => holds(machine, page)),
      [false, true, true],
    );
  });
  it('holds a big page in one entry, in the set of va[23:21]', () => {
    const machine = machineWithPages();
    setPt1(machine, 0x100, 1, 0x8d00_0001);
    touch(machine, 512 + 7);
    for (let page = 512; page < 1024; page++) touch(machine, page);
    assert.equal(countOf(machine, 'tlb-miss'), 1);
    assert.equal(countOf(machine, 'tlb-hit'), 512);
    assert.deepEqual(
      listTlb(machine, 0, false).map((entry) => [entry.vpn, entry.ppn, entry.pages]),
      [[512, 0x200, 512]],
    );
  });
  it('big pages compete with small ones for the ways of a set', () => {
    const machine = machineWithPages();
    for (let big = 1; big <= 8; big++) setPt1(machine, 0x100, big * 8, 0x8d00_0000 + 1);
    for (let big = 1; big <= 8; big++) touch(machine, big * 8 * 512); // all in set 0
    touch(machine, 0);
    assert.equal(holds(machine, 8 * 512 + 5), false);
    assert.equal(holds(machine, 16 * 512 + 5), true);
  });
  it('does not cache faults', () => {
    const machine = machineWithPages(0);
    refusal(machine, 0x1000, read);
    assert.equal(listTlb(machine, 0, false).length, 0);
  });
  it('stays exact when its clock wraps', () => {
    const machine = machineWithPages(DATA, { tlb: { sets: 1, ways: 2 } });
    const clockWord = machine.memory.map.coresWord + 11;
    machine.memory.i32[clockWord] = 0x7fff_fffe;
    touch(machine, 1);
    touch(machine, 2);
    touch(machine, 1);
    touch(machine, 3);
    assert.deepEqual(
      [1, 2, 3].map((page) => holds(machine, page)),
      [true, false, true],
    );
  });
});

describe('TLB: flushes', () => {
  it('case 71: a PTPR write keeps global entries only', () => {
    const machine = machineWithPages();
    for (let page = 4; page < 8; page++) mapTsar(machine, 0x100, 0x102, page, GLOBAL_CODE, page);
    for (let page = 0; page < 16; page++) touch(machine, page);
    setPageTableRoot(machine, 0, 0x100);
    assert.deepEqual(
      listTlb(machine, 0, false)
        .map((entry) => entry.vpn)
        .sort(),
      [4, 5, 6, 7],
    );
    const before = countOf(machine, 'tlb-hit');
    touch(machine, 5);
    assert.equal(countOf(machine, 'tlb-hit'), before + 1);
  });
  it('a full flush leaves nothing, of either TLB', () => {
    const machine = machineWithPages(GLOBAL_CODE);
    touch(machine, 1);
    translate(machine, 0, 0x1000, fetch, true);
    flushTlb(machine, 0, false);
    assert.equal(listTlb(machine, 0, false).length + listTlb(machine, 0, true).length, 0);
  });
  it('big global pages survive and are found', () => {
    const machine = machineWithPages();
    setPt1(machine, 0x100, 1, 0x8d80_0001);
    touch(machine, 600);
    touch(machine, 3);
    flushTlb(machine, 0, true);
    assert.equal(holds(machine, 700), true);
    assert.equal(holds(machine, 3), false);
  });
  it('global pages of every size survive side by side, in whatever order their sets are', () => {
    for (const small of [0, 7]) {
      const machine = machineWithPages(GLOBAL_CODE);
      // A big page lies in the set of its own number: set 3.
      setPt1(machine, 0x100, 3, 0x8d80_0001);
      touch(machine, 3 * 512);
      touch(machine, small);
      flushTlb(machine, 0, true);
      assert.deepEqual([holds(machine, 3 * 512 + 5), holds(machine, small)], [true, true], `page ${String(small)}`);
    }
  });
  it('invalidating a page drops it from both TLBs, global or big as it may be', () => {
    const machine = machineWithPages(GLOBAL_CODE);
    setPt1(machine, 0x100, 1, 0x8f80_0001);
    translate(machine, 0, 0x20_0000, fetch, true);
    touch(machine, 512);
    touch(machine, 1);
    invalidateTlb(machine, 0, 900);
    invalidateTlb(machine, 0, 1);
    assert.equal(listTlb(machine, 0, false).length + listTlb(machine, 0, true).length, 0);
  });
  it('counts one tlb-flush for each instruction', () => {
    const machine = machineWithPages();
    const before = countOf(machine, 'tlb-flush');
    flushTlb(machine, 0, true);
    invalidateTlb(machine, 2, 7);
    assert.equal(countOf(machine, 'tlb-flush') - before, 2);
    assert.equal(countOf(machine, 'tlb-flush', { cluster: 1 }), 1, 'at the cluster of the core');
  });
});

describe('TLB: hardware coherence of TSAR', () => {
  it('a write to an entry reaches every core that runs the table, and no other', () => {
    const machine = machineWithPages();
    zeroFrame(machine, 0x110);
    zeroFrame(machine, 0x111);
    for (const core of [0, 1, 5]) setPageTableRoot(machine, core, 0x100);
    setPageTableRoot(machine, 3, 0x110);
    setPt1(machine, 0x110, 0, 0xc000_0102);
    for (const core of [0, 3, 5]) touch(machine, 9, core);
    assert.deepEqual(invalidateCoherent(machine, 0x100, 9), [0, 5]);
    assert.deepEqual(
      [0, 3, 5].map((core) => holds(machine, 9, core)),
      [false, true, false],
    );
    assert.deepEqual(invalidateCoherent(machine, 0x100, 9), []);
  });
  it('leaves the other pages alone and costs nothing', () => {
    const machine = machineWithPages();
    touch(machine, 1);
    touch(machine, 9);
    const clock = cycles(machine, 0);
    invalidateCoherent(machine, 0x100, 9);
    assert.equal(holds(machine, 1), true);
    assert.equal(cycles(machine, 0), clock);
  });
});

import { strict as assert } from 'node:assert';
import { badAddress, setPageTableRoot, setWriteProtect, writeProtect } from '../../../simulator/hardware/core.ts';
import type { Machine } from '../../../simulator/hardware/machine.ts';
import { translate } from '../../../simulator/hardware/mmu.ts';
import { inspectEntry, inspectWalk } from '../../../simulator/hardware/page-table-walker.ts';
import { readFrame32, zeroFrame } from '../../../simulator/hardware/physical-memory.ts';
import { invalidateTlb, lookupTlb } from '../../../simulator/hardware/tlb.ts';
import { entry64, fetch, machineOf, read, refusal, setEntry32, setEntry64, write } from './tables.ts';

/** PD in frame 0x100, PT for index 0x300 in 0x101, 4 MiB page at index 0x301. */
function machine32(): Machine {
  const machine = machineOf('i386');
  for (const frame of [0x100, 0x101, 0x103]) zeroFrame(machine, frame);
  setEntry32(machine, 0x100, 0x300, 0x10_1007);
  setEntry32(machine, 0x100, 0x301, 0x0080_0087);
  setEntry32(machine, 0x101, 1, 0x12_0007); // writable
  setEntry32(machine, 0x101, 2, 0x12_1005); // read-only
  setEntry32(machine, 0x101, 3, 0x12_2000); // absent
  setEntry32(machine, 0x101, 4, 0x12_3003); // supervisor
  setPageTableRoot(machine, 0, 0x100);
  return machine;
}

describe('x86-32: walk', () => {
  it('translates small and 4 MiB pages', () => {
    const machine = machine32();
    assert.equal(translate(machine, 0, 0xc000_1abc, read, true), 0x12_0abc);
    assert.equal(translate(machine, 0, 0xc040_3456, read, true), 0x80_3456);
    assert.equal(inspectEntry(machine, 0x100, 0xc040_3456)?.big, true);
    assert.equal(inspectEntry(machine, 0x100, 0xc040_3456)?.ppn, 0x803);
  });
  it('sets accessed in both levels, dirty in the leaf', () => {
    const machine = machine32();
    translate(machine, 0, 0xc000_1000, read, true);
    assert.equal(readFrame32(machine, 0x100, 0x300 * 4), 0x10_1027);
    assert.equal(readFrame32(machine, 0x101, 4), 0x12_0027);
    translate(machine, 0, 0xc000_1000, write, true);
    assert.equal(readFrame32(machine, 0x101, 4), 0x12_0067);
    translate(machine, 0, 0xc040_0000, write, true);
    assert.equal(readFrame32(machine, 0x100, 0x301 * 4), 0x0080_00e7);
  });
  it('has no execute right: every present page can be fetched', () => {
    assert.equal(translate(machine32(), 0, 0xc000_2000, fetch, true), 0x12_1000);
  });
  it('reaches itself through a self-mapped directory (Lunaix 3.2)', () => {
    const machine = machine32();
    setEntry32(machine, 0x100, 1023, 0x10_001b);
    assert.equal(translate(machine, 0, 0xffc0_0000 + (0xc000_1000 >>> 12) * 4, read, false), 0x10_1004);
    assert.equal(translate(machine, 0, 0xffff_f000 + 0x300 * 4, read, false), 0x10_0c00);
  });
});

describe('x86-32: error codes', () => {
  it('absent entries: W and U only', () => {
    const machine = machine32();
    assert.deepEqual(
      [read, write, fetch].map((access) => refusal(machine, 0xc000_3000, access)),
      [4, 6, 4],
    );
    assert.deepEqual(
      [read, write].map((access) => refusal(machine, 0xc000_3000, access, false)),
      [0, 2],
    );
    assert.equal(refusal(machine, 0x1000, write), 6);
    assert.deepEqual([machine.fault.level, machine.fault.kind, badAddress(machine, 0, false)], [1, 'absent', 0x1000]);
  });
  it('violations: P set', () => {
    const machine = machine32();
    assert.equal(refusal(machine, 0xc000_2000, write), 7);
    assert.equal(refusal(machine, 0xc000_4000, read), 5);
    assert.equal(refusal(machine, 0xc000_4000, write), 7);
    assert.equal(refusal(machine, 0xc000_4000, fetch), 5, 'no instruction bit without no-execute');
  });
  it('rights are the AND of both levels', () => {
    const machine = machine32();
    setEntry32(machine, 0x100, 0x302, 0x10_3005); // read-only table
    setEntry32(machine, 0x103, 0, 0x12_4007);
    assert.equal(refusal(machine, 0xc080_0000, write), 7);
    setEntry32(machine, 0x100, 0x302, 0x10_3003); // supervisor table
    assert.equal(refusal(machine, 0xc080_0000, read), 5);
    assert.equal(inspectEntry(machine, 0x100, 0xc080_0000)?.user, true);
    assert.equal(inspectEntry(machine, 0x100, 0xc080_0000)?.effective.user, false);
  });
  it('reserved bits of a 4 MiB entry: bit 3', () => {
    const machine = machine32();
    setEntry32(machine, 0x100, 0x301, 0x0080_2087);
    assert.equal(refusal(machine, 0xc040_0000, read), 13);
    assert.equal(machine.fault.kind, 'reserved');
  });
  it('CR0.WP: supervisor writes obey the write right only when it is set', () => {
    const machine = machine32();
    assert.equal(refusal(machine, 0xc000_2000, write, false), 3);
    assert.equal(writeProtect(machine, 0), true, 'on after reset');
    setWriteProtect(machine, 0, false);
    assert.equal(writeProtect(machine, 0), false);
    for (const warm of ['walk', 'first write through the TLB', 'TLB']) {
      assert.equal(translate(machine, 0, 0xc000_2008, write, false), 0x12_1008, warm);
    }
    assert.equal(readFrame32(machine, 0x101, 8), 0x12_1065);
    assert.equal(refusal(machine, 0xc000_2000, write, true), 7, 'users obey it always');
    translate(machine, 0, 0xc000_2000, read, true);
    setWriteProtect(machine, 0, true);
    assert.equal(refusal(machine, 0xc000_2000, write, false), 3);
  });
});

describe("x86: TLBs are the kernel's to invalidate", () => {
  it('a stale entry goes on translating until invalidated', () => {
    const machine = machine32();
    translate(machine, 0, 0xc000_1000, write, true);
    setEntry32(machine, 0x101, 1, 0);
    assert.equal(translate(machine, 0, 0xc000_1000, write, true), 0x12_0000);
    invalidateTlb(machine, 0, 0xc0001);
    assert.equal(refusal(machine, 0xc000_1000, write), 6);
  });
  it('a page fault drops the entry that caused it, so that the retry sees the table', () => {
    const machine = machine32();
    translate(machine, 0, 0xc000_2000, read, true);
    setEntry32(machine, 0x101, 2, 0x12_1007);
    assert.equal(refusal(machine, 0xc000_2000, write), 7);
    assert.equal(lookupTlb(machine, 0, 0xc0002, false), null);
    assert.equal(translate(machine, 0, 0xc000_2000, write, true), 0x12_1000);
  });
  it('the first write through a clean entry reads the table again', () => {
    const machine = machine32();
    translate(machine, 0, 0xc000_1000, read, true);
    setEntry32(machine, 0x101, 1, 0x12_0005);
    assert.equal(refusal(machine, 0xc000_1000, write), 7);
  });
  it('one TLB serves fetches and data', () => {
    const machine = machine32();
    translate(machine, 0, 0xc000_1000, fetch, true);
    assert.deepEqual(lookupTlb(machine, 0, 0xc0001, true), lookupTlb(machine, 0, 0xc0001, false));
    assert.notEqual(lookupTlb(machine, 0, 0xc0001, false), null);
  });
});

const P = 0x7f12_3456_7000; // PML4 0xFE, PDPT 0x48, PD 0x1A2, PT 0x167
const NX = 1n << 63n;

/** Tables in frames 0x100 (PML4) to 0x103 (PT); the page P at frame 0x120. */
function machine64(leaf = NX | 0x12_0007n): Machine {
  const machine = machineOf('x86-64');
  for (let frame = 0x100; frame < 0x108; frame++) zeroFrame(machine, frame);
  setEntry64(machine, 0x100, 0xfe, 0x10_1007n);
  setEntry64(machine, 0x101, 0x48, 0x10_2007n);
  setEntry64(machine, 0x102, 0x1a2, 0x10_3007n);
  setEntry64(machine, 0x103, 0x167, leaf);
  setPageTableRoot(machine, 0, 0x100);
  return machine;
}

describe('x86-64: walk', () => {
  it('splits an address as in the vm-region specification, section 3', () => {
    const machine = machine64();
    assert.equal(translate(machine, 0, P + 0xabc, read, true), 0x12_0abc);
    const places = inspectWalk(machine, 0x100, P).map((view) => [view.table, view.address]);
    assert.deepEqual(places, [
      ['PML4', 0x10_0000 + 0xfe * 8], ['PDPT', 0x10_1000 + 0x48 * 8], ['PD', 0x10_2000 + 0x1a2 * 8], ['PT', 0x10_3000 + 0x167 * 8],
    ]); // prettier-ignore
  });
  it('sets A in four levels, D in the leaf', () => {
    const machine = machine64();
    translate(machine, 0, P, write, true);
    assert.equal(entry64(machine, 0x100, 0xfe), 0x10_1027n);
    assert.equal(entry64(machine, 0x101, 0x48), 0x10_2027n);
    assert.equal(entry64(machine, 0x102, 0x1a2), 0x10_3027n);
    assert.equal(entry64(machine, 0x103, 0x167), NX | 0x12_0067n);
  });
  it('maps 2 MiB and 1 GiB', () => {
    const machine = machine64();
    setEntry64(machine, 0x102, 3, 0x60_0087n);
    setEntry64(machine, 0x101, 2, 0x87n);
    const base = 0xfe * 2 ** 39;
    assert.equal(translate(machine, 0, base + 0x48 * 2 ** 30 + 3 * 2 ** 21 + 0x1_2345, write, true), 0x61_2345);
    assert.equal(translate(machine, 0, base + 2 * 2 ** 30 + 0x34_5678, write, true), 0x34_5678);
    assert.equal(translate(machine, 0, base + 2 * 2 ** 30 + 0x34_5000, write, true), 0x34_5000, 'from the TLB');
    assert.equal(entry64(machine, 0x101, 2), 0xe7n);
    assert.equal(lookupTlb(machine, 0, (base + 2 * 2 ** 30) / 4096 + 99, false)?.pages, 2 ** 18);
    assert.equal(refusal(machine, base + 2 * 2 ** 30 + 0x100_0000, read), 0, 'beyond 16 MiB nothing answers');
    assert.equal(machine.fault.kind, 'bus');
  });
  it('keeps the kernel half exact', () => {
    const machine = machine64();
    setEntry64(machine, 0x100, 511, 0x10_4003n);
    setEntry64(machine, 0x104, 511, 0x10_5003n);
    setEntry64(machine, 0x105, 511, 0x10_6003n);
    setEntry64(machine, 0x106, 511, 0x12_1103n);
    assert.equal(translate(machine, 0, 2 ** 48 - 1, read, false), 0x12_1fff);
    assert.equal(lookupTlb(machine, 0, 2 ** 36 - 1, false)?.vpn, 2 ** 36 - 1);
    assert.equal(lookupTlb(machine, 0, 2 ** 36 - 1, false)?.global, true);
    assert.equal(lookupTlb(machine, 0, 2 ** 32 - 1, false), null, 'the high bits of the page number count');
  });
  it('reads frames beyond 2^32 pages: cluster (15,1) of a mesh', () => {
    const machine = machineOf('x86-64', { mesh: { width: 16, height: 2 } });
    for (const frame of [0x100, 0x101, 0x102, 0x103]) zeroFrame(machine, frame);
    setPageTableRoot(machine, 0, 0x100);
    setEntry64(machine, 0x100, 0, 0x10_1007n);
    setEntry64(machine, 0x101, 0, 0x10_2007n);
    setEntry64(machine, 0x102, 0, 0x10_3007n);
    setEntry64(machine, 0x103, 0, 0xf100_0004_2007n);
    assert.equal(translate(machine, 0, 0x123, read, true), 0xf100_0004_2123);
    assert.equal(translate(machine, 0, 0x123, read, true), 0xf100_0004_2123, 'from the TLB');
    assert.equal(lookupTlb(machine, 0, 0, false)?.ppn, 0xf_1000_0042);
  });
});

describe('x86-64: error codes', () => {
  it('absent at every level', () => {
    const machine = machine64();
    const cases: [number, number][] = [[0, 1], [P - 2 ** 30, 2], [P - 2 ** 21, 3], [P - 4096, 4]]; // prettier-ignore
    for (const [va, level] of cases) {
      assert.deepEqual(
        [read, write, fetch].map((access) => refusal(machine, va, access)),
        [4, 6, 0x14],
      );
      assert.equal(machine.fault.level, level);
    }
  });
  it('no-execute: the fetch bit', () => {
    assert.equal(refusal(machine64(), P, fetch), 0x15);
    assert.equal(refusal(machine64(), P, fetch, false), 0x11);
    const machine = machine64(0x12_0005n);
    assert.equal(translate(machine, 0, P, fetch, true), 0x12_0000);
    setEntry64(machine, 0x101, 0x48, NX | 0x10_2007n);
    invalidateTlb(machine, 0, P / 4096);
    assert.equal(refusal(machine, P, fetch), 0x15, 'no-execute of an upper level holds');
  });
  it('reserved bits: PS in the PML4, low frame bits of big pages, bits 51..48', () => {
    const machine = machine64();
    setEntry64(machine, 0x100, 1, 0x10_1087n);
    assert.equal(refusal(machine, 2 ** 39, read), 0x0d);
    setEntry64(machine, 0x102, 3, 0x60_2087n);
    assert.equal(refusal(machine, 0xfe * 2 ** 39 + 0x48 * 2 ** 30 + 3 * 2 ** 21, write), 0x0f);
    setEntry64(machine, 0x101, 2, 0x2000_0087n);
    assert.equal(refusal(machine, 0xfe * 2 ** 39 + 2 * 2 ** 30, read), 0x0d);
    assert.equal(refusal(machine64((1n << 48n) | 0x12_0007n), P, read), 0x0d);
    const walked = (address: number) => inspectWalk(machine, 0x100, address).map((view) => [view.level, view.reserved]);
    assert.deepEqual(walked(2 ** 39), [[1, true]], 'views end where the hardware does');
    assert.deepEqual(walked(P), [[1, false], [2, false], [3, false], [4, false]]); // prettier-ignore
  });
  it('an address that is not canonical is no page fault', () => {
    const machine = machine64();
    for (const va of [2 ** 48, -1, 0.5, Number.NaN]) {
      assert.equal(translate(machine, 0, va, read, true), -1);
      assert.equal(machine.fault.kind, 'address');
    }
  });
});

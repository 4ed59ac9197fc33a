// The checker of chapter 6: each invariant, with a state that breaks it.
import { strict as assert } from 'node:assert';
import { addFile } from '../../../../simulator/hardware/block-device.ts';
import { Access } from '../../../../simulator/hardware/machine.ts';
import { writeFrame32 } from '../../../../simulator/hardware/physical-memory.ts';
import type { MmapArgs } from '../../../../simulator/kernels/kernel.ts';
import { GUARD, KERNEL_EXEC, L1_MOUNT_1, REMOTE_WINDOW } from '../../../../simulator/kernels/lunaix/constants.ts';
import { lunaix } from '../../../../simulator/kernels/lunaix/kernel.ts';
import { frameOfEntry, l1Index, l2Index, readL1, readL2 } from '../../../../simulator/kernels/lunaix/tables.ts';
import type { LunaixState, MmRegion, Process, ProcMm } from '../../../../simulator/kernels/lunaix/state.ts';
import { KernelDriver } from '../../../support/kernel-driver.ts';

interface World {
  readonly driver: KernelDriver;
  readonly state: LunaixState;
  readonly process: Process;
  readonly mm: ProcMm;
  readonly root: number;
  /** A region of a file at AT, its first page resident and writable. */
  readonly region: MmRegion;
}

const AT = 0x3000_0000;
const request: MmapArgs = {
  length: 0x3000, protection: { read: true, write: true, execute: false }, kind: 'file', file: '/f', offset: 0, at: AT, hint: null,
  replace: false, cluster: null,
}; // prettier-ignore

function build(): World {
  const driver = new KernelDriver(lunaix, { config: { coresPerCluster: 2 } });
  addFile(driver.machine, { name: '/f', cluster: 0, size: 0x4000, contents: { kind: 'fill', byte: 7 } });
  const process = driver.createProcess('P') as Process;
  const thread = driver.mainOf(process);
  driver.run(thread, (here) => lunaix.operations.mmap(here, request));
  driver.tryAccess(thread, AT, Access.write);
  const { mm } = process;
  const region = mm?.regions.items[3];
  assert.ok(mm !== null && region !== undefined);
  return { driver, state: driver.state as LunaixState, process, mm, root: mm.vmroot / 4096, region };
}

/** A leaf word, behind the kernel's back. */
function writeLeaf({ driver, root }: World, va: number, word: (old: number) => number): void {
  const { machine } = driver;
  const table = frameOfEntry(readL1(machine, root, l1Index(va)));
  writeFrame32(machine, table, l2Index(va) * 4, word(readL2(machine, root, va)) >>> 0);
}

function writeRoot({ driver, root }: World, index: number, word: (old: number) => number): void {
  writeFrame32(driver.machine, root, index * 4, word(readL1(driver.machine, root, index)) >>> 0);
}

type Breach = readonly [invariant: string, what: string, damage: (world: World) => void];

const breaches: readonly Breach[] = [
  ['I1', 'two regions that overlap', ({ mm, region }) => { region.end = (mm.regions.items[4] as MmRegion).start + 0x1000; }],
  ['I1', 'regions out of order', ({ mm }) => { mm.regions.items.reverse(); }],
  ['I1', 'an empty region', ({ region }) => { region.end = region.start; }],
  ['I1', 'half a page', ({ region }) => { region.end -= 0x800; }],
  ['I1', 'a region below user space', ({ mm }) => { (mm.regions.items[0] as MmRegion).start = 0x1000; }],
  ['I1', 'a region beyond user space', ({ mm }) => { (mm.regions.items[4] as MmRegion).end = KERNEL_EXEC + 0x1000; }],
  ['I2', 'a region of another space', ({ region }) => { region.proc_vms = null; }],
  ['I2', 'a region in a list and in none', ({ state, region }) => { state.looseRegions.push(region); }],
  ['I2', 'a released region', ({ region }) => { region.freed = 'a test'; }],
  ['I3', 'a heap that is no region', ({ mm }) => { mm.regions.items.splice(2, 1); }],
  ['I3', 'a heap of another type', ({ mm, region }) => { mm.heap = region; }],
  ['I3', 'a heap without its index', ({ mm }) => { (mm.heap as MmRegion).index = null; }],
  ['I4', 'no self mapping', (world) => { writeRoot(world, 1023, () => 0); }],
  ['I5', 'a kernel entry of its own', (world) => { writeRoot(world, 900, () => 0x1003); }],
  ['I6', 'a present page in no region', ({ mm }) => { mm.regions.items.splice(3, 1); }],
  ['I6', 'a supervisor page of the user', (world) => { writeLeaf(world, AT, (old) => old & ~4); }],
  ['I6', 'a writable page of a read-only region', ({ region }) => { region.attr &= ~8; }],
  ['I6', 'a page beside the kernel stacks', (world) => { writeLeaf(world, 0x3f_0000, () => 0x40_0003); }],
  ['I6', 'a user page as kernel stack', (world) => { writeLeaf(world, 0x3f_f000, (old) => old | 4); }],
  ['I7', 'a reference too many', (world) => { const frame = frameOfEntry(readL2(world.driver.machine, world.root, AT)); world.state.pmm.ref_counts[frame] = 2; }],
  ['I7', 'a frame that nobody uses', ({ state }) => { state.pmm.ref_counts[4000] = 1; }],
  ['I7', 'a mapped frame that is free', (world) => { const frame = frameOfEntry(readL2(world.driver.machine, world.root, AT)); world.state.pmm.ref_counts[frame] = 0; }],
  ['I8', 'a shared frame that is writable', (world) => {
    const word = readL2(world.driver.machine, world.root, AT);
    writeLeaf(world, AT + 0x1000, () => word);
    world.state.pmm.ref_counts[frameOfEntry(word)] = 2;
  }],
  ['I10', 'a guard inside a region', (world) => { writeLeaf(world, AT + 0x1000, () => GUARD); }],
  ['I10', 'a guard below no kernel stack', (world) => { writeLeaf(world, 0x3f_0000, () => GUARD); }],
  ['I11', 'a mount that is left', (world) => { writeRoot(world, L1_MOUNT_1, () => world.mm.vmroot + 0x1b); }],
  ['I11', 'a window page that is left', (world) => {
    const table = frameOfEntry(readL1(world.driver.machine, world.state.kernelRoot, l1Index(REMOTE_WINDOW)));
    writeFrame32(world.driver.machine, table, l2Index(REMOTE_WINDOW) * 4, 0x40_0003);
  }],
  ['I11', 'a lock that nobody gives back', ({ state }) => { state.klock.core = 0; }],
  ['I12', 'a file with a reference too many', ({ region }) => { if (region.mfile !== null) region.mfile.ref_count += 1; }],
  ['I13', 'a reserved entry in no region', (world) => { writeLeaf(world, AT + 0x10_0000, () => 6); }],
  ['I16', 'a TLB entry whose page is gone', (world) => { writeLeaf(world, AT, () => 6); }],
  ['I16', 'a TLB entry that writes more', (world) => { writeLeaf(world, AT, (old) => old & ~2); }],
  ['I16', 'a TLB entry of another frame', (world) => { writeLeaf(world, AT, (old) => old + 0x1000); }],
]; // prettier-ignore

describe('lunaix: the invariants are checked', () => {
  it('a whole state breaks none', () => {
    const { driver } = build();
    assert.deepEqual(driver.bound.invariants(), []);
  });

  for (const [invariant, what, damage] of breaches) {
    it(`${invariant}: ${what}`, () => {
      const world = build();
      damage(world);
      const found = world.driver.bound.invariants().map((violation) => violation.invariant);
      assert.ok(found.includes(invariant), `found ${found.join(', ') || 'nothing'}`);
    });
  }

  it('I16: the instruction TLB as well', () => {
    const world = build();
    const { driver, process } = world;
    driver.tryAccess(driver.mainOf(process), process.codeStart, Access.fetch);
    assert.deepEqual(driver.bound.invariants(), []);
    writeLeaf(world, process.codeStart, (old) => old + 0x1000);
    const found = driver.bound.invariants().map(({ invariant }) => invariant);
    assert.ok(found.includes('I16'), found.join(', '));
  });
});

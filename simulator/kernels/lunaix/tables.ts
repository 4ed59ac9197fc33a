import { pageTableRoot } from '../../hardware/core.ts';
import { coreCount } from '../../hardware/machine-config.ts';
import type { Machine } from '../../hardware/machine.ts';
import { readFrame32, writeFrame32, zeroFrame } from '../../hardware/physical-memory.ts';
import { tellTable } from '../../hardware/table-events.ts';
import { invalidateTlb } from '../../hardware/tlb.ts';
import { emit, EventKind } from '../../hardware/trace-event.ts';
import { vpnOf } from '../../hardware/word.ts';
import { Own } from './events.ts';
import { panic } from './kpanic.ts';
import {
  KERNEL_EXEC,
  L1_MOUNT_1,
  L1_SELF,
  PAGE_SIZE,
  PTE_A,
  PTE_D,
  PTE_P,
  VMS_MOUNT_1,
  VMS_SELF,
} from './constants.ts';
import { currentThread, u32, type Here, type LunaixState, type ProcMm, type Thread } from './state.ts';

/**
 * Page tables as Lunaix reaches them: through a mount point. VMS_SELF shows the tables of the space that runs on this
 * core, VMS_MOUNT_1 those of the space that is mounted there. The words lie in physical memory; the virtual address
 * that the kernel would use for each (3.2) is in the event.
 */

export function l1Index(va: number): number {
  return Math.floor(va / 0x40_0000);
}

export function l2Index(va: number): number {
  return Math.floor(va / 0x1000) % 1024;
}

/** PTE of va, as an address of the mounting space: `m | (va >> 12) * 4`. */
export function pteAddress(mnt: number, va: number): number {
  return mnt + Math.floor(va / 0x1000) * 4;
}

/** L1 entry of va, as an address of the mounting space. */
export function pdeAddress(mnt: number, va: number): number {
  return mnt + 0x3f_f000 + l1Index(va) * 4;
}

export function frameOfEntry(entry: number): number {
  return entry >>> 12;
}

/** The running thread's L1 table; the kernel's own where there is none, or its process has ended. */
function rootOf({ kernelRoot }: LunaixState, thread: Thread | null): number {
  const vmroot = thread?.process.state === 'running' ? (thread.process.mm?.vmroot ?? 0) : 0;
  return vmroot === 0 ? kernelRoot : frameOfEntry(vmroot);
}

/** Frame of the L1 table that a mount point shows. */
export function mountedRoot(here: Here, mnt: number): number {
  const own = rootOf(here.kernel, currentThread(here));
  if (mnt === VMS_SELF) return own;
  if (mnt !== VMS_MOUNT_1) return panic(here, `0x${mnt.toString(16)} is no mount point`);
  const entry = readFrame32(here.machine, own, L1_MOUNT_1 * 4);
  if ((entry & PTE_P) === 0) panic(here, `page fault on kernel: nothing is mounted at 0x${mnt.toString(16)}`);
  return frameOfEntry(entry);
}

/** A call that edits the tables of one space for the regions of another can only come from a scenario. */
export function noteForeign(here: Here, mnt: number, mm: ProcMm | null | undefined): void {
  if (mm?.vmroot !== mountedRoot(here, mnt) * PAGE_SIZE) here.kernel.held.foreign.add(here.info.name);
}

/** An L1 entry as it is, without a trace: for views, checks and decisions that no kernel code makes. */
export function readL1(machine: Machine, root: number, index: number): number {
  return readFrame32(machine, root, index * 4);
}

/** 0 where there is no table. Without a trace, as readL1. */
export function readL2(machine: Machine, root: number, va: number): number {
  const l1 = readL1(machine, root, l1Index(va));
  return (l1 & PTE_P) === 0 ? 0 : readFrame32(machine, frameOfEntry(l1), l2Index(va) * 4);
}

/** An L1 entry as the kernel reads it through a mount point: the L1 table's window is the page of L1[1023]. */
export function loadL1(here: Here, mnt: number, root: number, index: number): number {
  useWindow(here, mnt, root, L1_SELF, PTE_A);
  return readL1(here.machine, root, index);
}

/** A leaf entry as the kernel reads it through a mount point; 0 where there is no table. */
export function loadL2(here: Here, mnt: number, root: number, va: number): number {
  useWindow(here, mnt, root, l1Index(va), PTE_A);
  return readL2(here.machine, root, va);
}

/**
 * What the MMU leaves behind when the kernel reaches a table of `root` through a mount point: the mount's own L1 entry is
 * used as a directory entry, L1[index] of `root` **as the PTE** of the window's page (R2). `bits`: A, or A and D.
 */
function useWindow(here: Here, mnt: number, root: number, index: number, bits: number): void {
  const { machine, kernel } = here;
  const mounting = mnt === VMS_SELF ? root : rootOf(kernel, currentThread(here));
  setBits(machine, mounting, l1Index(mnt), PTE_A);
  setBits(machine, root, index, bits);
}

function setBits(machine: Machine, table: number, place: number, bits: number): void {
  const word = readFrame32(machine, table, place * 4);
  if ((word & PTE_P) !== 0 && (word & bits) !== bits) writeFrame32(machine, table, place * 4, u32(word | bits));
}

/** What the MMU leaves behind when the kernel reads or writes a page by its virtual address in the space of `root`. */
export function touchPage(machine: Machine, root: number, va: number, bits: number): void {
  const l1 = readL1(machine, root, l1Index(va));
  if ((l1 & PTE_P) === 0) return;
  setBits(machine, root, l1Index(va), PTE_A);
  setBits(machine, frameOfEntry(l1), l2Index(va), bits);
}

export function writeL1(here: Here, mnt: number, root: number, index: number, value: number): void {
  const old = readL1(here.machine, root, index);
  useWindow(here, mnt, root, L1_SELF, PTE_A | PTE_D);
  writeFrame32(here.machine, root, index * 4, u32(value));
  recordWrite(here, root, 1, index, old, value, mnt + 0x3f_f000 + index * 4);
}

/** Zeroes an L2 table through its window. */
export function zeroTable(here: Here, mnt: number, root: number, index: number): void {
  zeroFrame(here.machine, frameOfEntry(readL1(here.machine, root, index)));
  useWindow(here, mnt, root, index, PTE_A | PTE_D);
}

/** Writes a leaf entry whose table exists. */
export function writeL2(here: Here, mnt: number, root: number, va: number, value: number): void {
  const table = frameOfEntry(readL1(here.machine, root, l1Index(va)));
  useWindow(here, mnt, root, l1Index(va), PTE_A | PTE_D);
  writeTableEntry(here, root, table, va, value, pteAddress(mnt, va));
}

function writeTableEntry(here: Here, root: number, table: number, va: number, value: number, via: number): void {
  const { machine } = here;
  const old = readFrame32(machine, table, l2Index(va) * 4);
  writeFrame32(machine, table, l2Index(va) * 4, u32(value));
  recordWrite(here, root, 2, l2Index(va), old, value, via);
  const isPresent = (value & PTE_P) !== 0;
  if (!isPresent && (old & PTE_P) === 0) return;
  const fields = machine.trace.on ? { vpn: vpnOf(va), pages: 1, root, before: BigInt(old >>> 0) } : null;
  if (isPresent) {
    const set = { ppn: frameOfEntry(value), after: BigInt(u32(value)) };
    emit(machine, EventKind.pteSet, here.cluster, fields && { ...fields, ...set });
  } else emit(machine, EventKind.pteClear, here.cluster, fields && { ...fields, ppn: frameOfEntry(old) });
}

/** A word of a table that is not yet anybody's, reached through a page mount; `place` is its index there. */
export function writeMounted(here: Here, slot: number, table: number, place: number, entry: MountedEntry): void {
  const { machine } = here;
  const { root, level, value } = entry;
  const old = readFrame32(machine, table, place * 4);
  writeFrame32(machine, table, place * 4, u32(value));
  if (u32(old) === u32(value)) return;
  recordWrite(here, root, level, place, old, value, slot + place * 4);
}

interface MountedEntry {
  readonly root: number;
  readonly level: number;
  readonly value: number;
}

function recordWrite(
  here: Here,
  root: number,
  level: number,
  index: number,
  old: number,
  value: number,
  via: number,
): void {
  const { machine } = here;
  emit(machine, Own['pte.write'], here.cluster, { space: root, level, index, old, new: u32(value), via });
}

/** Tells of a frame that becomes, or was, the L1 table of a space, or the L2 table of an address. */
export function tellTableOf(here: Here, name: 'table-alloc' | 'table-free', root: number, table: number, va = 0): void {
  const frame = { ppn: table, root, depth: table === root ? 1 : 2, vpn: vpnOf(va) };
  tellTable(here.machine, name, frame, () => (va >= KERNEL_EXEC ? 0 : processOf(here, root)));
}

function processOf({ kernel }: Here, root: number): number | null {
  return kernel.processes.find(({ mm }) => mm !== null && mm.vmroot === root * PAGE_SIZE)?.owner ?? null;
}

/** Drops a page from the TLB of every core that runs the space; of every core if it is the kernel's. */
export function flushPage(here: Here, root: number, va: number): void {
  const { machine } = here;
  for (let core = 0; core < coreCount(machine.config); core++) {
    if (va >= KERNEL_EXEC || pageTableRoot(machine, core) === root)
      invalidateTlb(machine, core, Math.floor(va / 0x1000));
  }
}

/** Drops a page from this core's TLB only. */
export function flushHere(here: Here, va: number): void {
  invalidateTlb(here.machine, here.core, Math.floor(va / 0x1000));
}

/** An entry without what the hardware sets on the way: A in the use as a directory entry, A and D in the use as a PTE. */
export function withoutUse(entry: number): number {
  return u32(entry & ~(PTE_A | PTE_D));
}

/** The slots that every space shares: kernel image, mounts' tables, VMAP; not the mount itself. */
export function isSharedSlot(index: number): boolean {
  return index >= l1Index(KERNEL_EXEC) && index < L1_SELF && index !== L1_MOUNT_1;
}

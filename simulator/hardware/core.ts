import type { Machine } from './machine.ts';
import {
  CoreWord,
  MmuMode,
  readCoreDouble,
  readCoreWord,
  writeCoreDouble,
  writeCoreWord,
  WRITE_PROTECT,
} from './core-registers.ts';
import { flushTlb } from './tlb.ts';
import type { Ppn, VirtualAddress } from './word.ts';

/** What software does with a core's registers. */

export { addCycles, cycles, NO_ROOT, setCycles } from './core-registers.ts';

/** First frame of the running page table, or NO_ROOT. */
export function pageTableRoot(machine: Machine, core: number): Ppn {
  return readCoreDouble(machine, core, CoreWord.rootF);
}

/** A write of MMU_PTPR or CR3: drops every TLB entry that is not global. */
export function setPageTableRoot(machine: Machine, core: number, root: Ppn): void {
  writeCoreDouble(machine, core, CoreWord.rootF, root);
  flushTlb(machine, core, true);
}

export function mmuMode(machine: Machine, core: number): number {
  return readCoreWord(machine, core, CoreWord.mode);
}

export function setMmuMode(machine: Machine, core: number, mode: number): void {
  writeCoreWord(machine, core, CoreWord.mode, mode & MmuMode.all);
}

/** CR0.WP: does the write right bind supervisor accesses too? */
export function writeProtect(machine: Machine, core: number): boolean {
  return (readCoreWord(machine, core, CoreWord.control) & WRITE_PROTECT) !== 0;
}

export function setWriteProtect(machine: Machine, core: number, on: boolean): void {
  const control = readCoreWord(machine, core, CoreWord.control);
  writeCoreWord(machine, core, CoreWord.control, on ? control | WRITE_PROTECT : control & ~WRITE_PROTECT);
}

/** Privilege of what runs on the core; for views, since every access says its own. */
export function isUserMode(machine: Machine, core: number): boolean {
  return readCoreWord(machine, core, CoreWord.isUserMode) !== 0;
}

export function setUserMode(machine: Machine, core: number, on: boolean): void {
  writeCoreWord(machine, core, CoreWord.isUserMode, on ? 1 : 0);
}

/** Counter owner of the process that the core runs; 0 is the kernel. */
export function owner(machine: Machine, core: number): number {
  return readCoreWord(machine, core, CoreWord.owner);
}

export function setOwner(machine: Machine, core: number, index: number): void {
  writeCoreWord(machine, core, CoreWord.owner, index);
}

/** CR2, or MMU_DBVAR and MMU_IBVAR: where the last fault of that kind was. */
export function badAddress(machine: Machine, core: number, fetch: boolean): VirtualAddress {
  return readCoreDouble(machine, core, fetch ? CoreWord.fetchBadAddressF : CoreWord.dataBadAddressF);
}

/** MMU_DETR or MMU_IETR; the page-fault error code on x86. */
export function exceptionCode(machine: Machine, core: number, fetch: boolean): number {
  return readCoreWord(machine, core, fetch ? CoreWord.fetchError : CoreWord.dataError);
}

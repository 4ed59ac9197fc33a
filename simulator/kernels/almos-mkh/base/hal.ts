/**
 * Chapter 10 names the generic page table (10.3, 10.4) and two machines that carry it: TSAR (10.2) and x86-64 (10.10).
 * The kernel sees attributes; which bits they are, how deep the tables go and what a fault reports is here.
 */
import type { Machine, MmuFault } from '../../../hardware/machine.ts';
import type { Ppn, Vpn } from '../../../hardware/word.ts';

/** One entry of a table walk over everything that is mapped. */
export interface MappedEntry {
  readonly vpn: Vpn;
  readonly attr: number;
  readonly ppn: Ppn;
}

/** A table, its depth, 1 being the root's, and the first page that it serves. */
export interface TablePlace {
  readonly ppn: Ppn;
  readonly depth: number;
  readonly vpn: Vpn;
}

export interface Hal {
  /** The root table takes 2^order frames. */
  readonly rootOrder: number;
  /** 5.1 step 9. */
  readonly mapsKentry: boolean;
  /** 10.6: the hardware drops what a table's change made wrong. Otherwise the kernel does, core by core (10.10). */
  readonly hasCoherentTlbs: boolean;
  /** Tables between the root and the entry of a small page, or of a big one, that do not exist yet. */
  missingTables(machine: Machine, root: Ppn, vpn: Vpn, big: boolean): number;
  isBigPage(machine: Machine, root: Ppn, vpn: Vpn): boolean;
  /** Attributes of the entry that maps the page; 0 if there is none. */
  readAttr(machine: Machine, root: Ppn, vpn: Vpn): number;
  /** Frame of the entry that maps the page: of a big page its first one. 0 if there is no entry. */
  readPpn(machine: Machine, root: Ppn, vpn: Vpn): Ppn;
  /** The words of that entry, as many as it has; none if there is no table for it. */
  readWords(machine: Machine, root: Ppn, vpn: Vpn): readonly number[];
  /** A small page's entry, whose tables exist; never valid with an old frame. */
  writeSmall(machine: Machine, root: Ppn, vpn: Vpn, attr: number, ppn: Ppn): void;
  writeSmallAttr(machine: Machine, root: Ppn, vpn: Vpn, attr: number): void;
  /** Sets or clears the LOCKED bit, where there is an entry to carry it. */
  markLocked(machine: Machine, root: Ppn, vpn: Vpn, locked: boolean): void;
  /** A page of 2 MiB; all tables above it exist. */
  writeBig(machine: Machine, root: Ppn, vpn: Vpn, attr: number, ppn: Ppn): void;
  clearBig(machine: Machine, root: Ppn, vpn: Vpn): void;
  /** Hangs a zeroed table into the first level that lacks one; its own depth, 1 being the root's. */
  writePointer(machine: Machine, root: Ppn, vpn: Vpn, table: Ppn): number;
  /** Every entry with a bit set, by ascending page; big pages once. */
  listEntries(machine: Machine, root: Ppn): MappedEntry[];
  /** Every table below the root, ascending by the pages that they serve, a table before those below it. */
  listTables(machine: Machine, root: Ppn): TablePlace[];
  /** COW, SWAP and LOCKED of a small page's entry. */
  softwareAttr(words: readonly number[]): number;
  /** The report of the MMU as one of 10.5's codes, without READ_FAULT. */
  exceptionOf(fault: MmuFault, attr: number): number;
}

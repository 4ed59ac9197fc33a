import type { Machine } from './machine.ts';
import { CORE_WORDS } from './linear-memory.ts';

/**
 * A core's registers, in the linear memory. 64-bit ones are floating point there, exact below 2^53.
 * Numbers are words (32 bits) of the core's block; `F` marks those that take two and begin on an even word.
 */
export const CoreWord = {
  clockF: 0,
  rootF: 2,
  /** Where the last data and the last fetch access faulted: MMU_DBVAR (CR2 on x86) and MMU_IBVAR. */
  dataBadAddressF: 4,
  fetchBadAddressF: 6,
  mode: 8,
  /** Bit 0: CR0.WP. */
  control: 9,
  owner: 10,
  /** Counts TLB uses; entries remember it for LRU. */
  tlbClock: 11,
  /** Bit k: the TLB may hold entries of page size k. */
  fetchSizes: 12,
  dataSizes: 13,
  dataExtension: 14,
  fetchExtension: 15,
  /** Exception codes: MMU_DETR and MMU_IETR. */
  dataError: 16,
  fetchError: 17,
  mailboxPending: 18,
  mailboxValue: 19,
  mailboxSender: 20,
  isUserMode: 21,
} as const;

/** MMU_MODE (ALMOS-MKH 10.5). On x86 the two TLB bits stand for CR0.PG. */
export const MmuMode = { fetchTlb: 8, dataTlb: 4, fetchCache: 2, dataCache: 1, all: 15 } as const;

/** The root of a core that runs no page table yet: every translation fails at the first table. */
export const NO_ROOT = -1;

/** The control register's CR0.WP. */
export const WRITE_PROTECT = 1;

/** Cores leave the boot loader with MMU and caches on, CR0.WP set, in kernel mode, without a page table. */
export function resetCores(machine: Machine): void {
  for (let core = 0; core < machine.memory.map.cores; core++) {
    machine.memory.f64[doubleOf(machine, core, CoreWord.rootF)] = NO_ROOT;
    machine.memory.i32[wordOf(machine, core, CoreWord.mode)] = MmuMode.all;
    machine.memory.i32[wordOf(machine, core, CoreWord.control)] = WRITE_PROTECT;
    machine.memory.i32[wordOf(machine, core, CoreWord.mailboxSender)] = -1;
  }
}

export function wordOf(machine: Machine, core: number, word: number): number {
  return machine.memory.map.coresWord + core * CORE_WORDS + word;
}

function doubleOf(machine: Machine, core: number, word: number): number {
  return wordOf(machine, core, word) >>> 1;
}

export function readCoreWord(machine: Machine, core: number, word: number): number {
  return machine.memory.i32[wordOf(machine, core, word)] as number;
}

export function writeCoreWord(machine: Machine, core: number, word: number, value: number): void {
  machine.memory.i32[wordOf(machine, core, word)] = value;
}

export function readCoreDouble(machine: Machine, core: number, word: number): number {
  return machine.memory.f64[doubleOf(machine, core, word)] as number;
}

export function writeCoreDouble(machine: Machine, core: number, word: number, value: number): void {
  machine.memory.f64[doubleOf(machine, core, word)] = value;
}

/** The core's clock, in cycles. */
export function cycles(machine: Machine, core: number): number {
  return machine.memory.f64[(machine.memory.map.coresWord + core * CORE_WORDS) >>> 1] as number;
}

export function addCycles(machine: Machine, core: number, count: number): void {
  const { f64, map } = machine.memory;
  const clock = (map.coresWord + core * CORE_WORDS) >>> 1;
  f64[clock] = (f64[clock] as number) + count;
}

export function setCycles(machine: Machine, core: number, clock: number): void {
  writeCoreDouble(machine, core, CoreWord.clockF, clock);
}

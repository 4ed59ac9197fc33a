import { CoreWord, readCoreDouble, readCoreWord, wordOf, writeCoreWord } from './core-registers.ts';
import { pagingFormat } from './layouts/formats.ts';
import { TLB_ENTRY_WORDS } from './linear-memory.ts';
import type { LinearMemory } from './linear-memory.ts';
import type { Machine } from './machine.ts';
import { clusterOfCore } from './machine-config.ts';
import { isRemoteFrame } from './physical-memory.ts';
import { TlbKey } from './tlb-key.ts';
import { emit, EventKind } from './trace-event.ts';
import type { Ppn, Vpn } from './word.ts';
import { TWO_32 } from './word.ts';

/** First word of the core's TLB for this kind of access. */
export function tlbWord(memory: LinearMemory, core: number, fetch: boolean): number {
  const { map } = memory;
  return map.tlbsWord + core * map.tlbWordsPerCore + (fetch ? 0 : map.dataTlbWord);
}

/** The register that remembers which page sizes the TLB may hold; a unified TLB uses the data one. */
function sizesRegister(memory: LinearMemory, fetch: boolean): number {
  return fetch && memory.map.dataTlbWord > 0 ? CoreWord.fetchSizes : CoreWord.dataSizes;
}

/** The entry's first word, or -1. Sizes from big to small; changes nothing. */
export function findTlbEntry(
  machine: Machine,
  core: number,
  fetch: boolean,
  pageLow: number,
  pageHigh: number,
): number {
  const { memory } = machine;
  const first = tlbWord(memory, core, fetch);
  const sizes = readCoreWord(machine, core, sizesRegister(memory, fetch));
  if (sizes > 1) {
    const { sizeShifts } = pagingFormat(machine.config.paging);
    for (let size = sizeShifts.length - 1; size > 0; size--) {
      if ((sizes & (1 << size)) === 0) continue;
      const tag = bigTag(pageLow, pageHigh, sizeShifts[size] as number);
      const entry = findInSet(memory, first, tag, TlbKey.valid | (size << TlbKey.sizeShift));
      if (entry >= 0) return entry;
    }
  }
  return findInSet(memory, first, pageLow | 0, TlbKey.valid | (pageHigh << TlbKey.tagHighShift));
}

/** The page number in units of a big page; 36 - 9 bits at most, so it needs one word. */
function bigTag(pageLow: number, pageHigh: number, shift: number): number {
  return (pageLow >>> shift) | (pageHigh << (32 - shift));
}

function findInSet(memory: LinearMemory, first: number, tag: number, identity: number): number {
  const { i32, map } = memory;
  const set = first + (tag & (map.tlbSets - 1)) * map.tlbWays * TLB_ENTRY_WORDS;
  const end = set + map.tlbWays * TLB_ENTRY_WORDS;
  for (let entry = set; entry < end; entry += TLB_ENTRY_WORDS) {
    if (i32[entry] === tag && ((i32[entry + 1] as number) & TlbKey.identity) === identity) return entry;
  }
  return -1;
}

/** Makes the entry the core's most recently used one; if it is that already, nothing changes. */
export function touchTlbEntry(machine: Machine, core: number, entry: number): void {
  const { i32 } = machine.memory;
  const clock = wordOf(machine, core, CoreWord.tlbClock);
  const last = i32[clock] as number;
  if (i32[entry + 3] === last) return;
  i32[entry + 3] = i32[clock] = (last + 1) | 0;
}

/**
 * Puts a translation into its set: in the first invalid way, else in place of the least recently used one.
 * `frame` is the first frame of the (big) page, `rights` are bits of TlbKey.
 */
export function fillTlb(
  machine: Machine,
  core: number,
  fetch: boolean,
  pageLow: number,
  pageHigh: number,
  size: number,
  frame: Ppn,
  rights: number,
): number {
  const { memory } = machine;
  const shift = pagingFormat(machine.config.paging).sizeShifts[size] as number;
  const tag = size === 0 ? pageLow | 0 : bigTag(pageLow, pageHigh, shift);
  const tagHigh = size === 0 ? pageHigh << TlbKey.tagHighShift : 0;
  const entry = victim(machine, core, tlbWord(memory, core, fetch), tag);
  const { i32 } = memory;
  const isRemote = size === 0 && isRemoteFrame(machine, core, frame);
  i32[entry] = tag;
  i32[entry + 1] =
    TlbKey.valid |
    (size << TlbKey.sizeShift) |
    rights |
    (isRemote ? TlbKey.remote : 0) |
    tagHigh |
    (Math.floor(frame / TWO_32) << TlbKey.frameHighShift);
  i32[entry + 2] = frame | 0;
  const register = wordOf(machine, core, sizesRegister(memory, fetch));
  i32[register] = (i32[register] as number) | (1 << size);
  const clock = wordOf(machine, core, CoreWord.tlbClock);
  i32[entry + 3] = i32[clock] = ((i32[clock] as number) + 1) | 0;
  return entry;
}

function victim(machine: Machine, core: number, first: number, tag: number): number {
  const { i32, map } = machine.memory;
  const now = readCoreWord(machine, core, CoreWord.tlbClock);
  const set = first + (tag & (map.tlbSets - 1)) * map.tlbWays * TLB_ENTRY_WORDS;
  const end = set + map.tlbWays * TLB_ENTRY_WORDS;
  let oldest = set;
  let greatestAge = -1;
  for (let entry = set; entry < end; entry += TLB_ENTRY_WORDS) {
    if (((i32[entry + 1] as number) & TlbKey.valid) === 0) return entry;
    const age = (now - (i32[entry + 3] as number)) >>> 0;
    if (age > greatestAge) {
      greatestAge = age;
      oldest = entry;
    }
  }
  return oldest;
}

/** First frame of the entry's page. */
export function tlbFrame(memory: LinearMemory, entry: number): Ppn {
  const high = ((memory.i32[entry + 1] as number) >>> TlbKey.frameHighShift) & 0xff;
  return high * TWO_32 + (memory.u32[entry + 2] as number);
}

/** An instruction of the core: drops the page, of whatever size, from its own TLBs, global or not. */
export function invalidateTlb(machine: Machine, core: number, vpn: Vpn): void {
  dropFromCore(machine, core, vpn);
  emitFlush(machine, core, vpn, 1);
}

/** As `invalidateTlb`, of the fetch or the data TLB alone. */
export function invalidateOneTlb(machine: Machine, core: number, vpn: Vpn, fetch: boolean): void {
  dropFrom(machine, core, fetch, vpn >>> 0, Math.floor(vpn / TWO_32));
  emitFlush(machine, core, vpn, 1, fetch ? 'fetch' : 'data');
}

/** One event a core: `vpn` null is everything, global entries only where `global` says so. */
export function emitFlush(
  machine: Machine,
  core: number,
  vpn: Vpn | null,
  pages: number,
  side: 'both' | 'fetch' | 'data' = 'both',
  global = true,
): void {
  const cluster = clusterOfCore(machine.config, core);
  emit(machine, EventKind.tlbFlush, cluster, machine.trace.on ? { core, vpn, pages, side, global } : null);
}

/** Without an event: what a fault or the coherence hardware does. Says whether there was anything to drop. */
export function dropFromCore(machine: Machine, core: number, vpn: Vpn): boolean {
  const low = vpn >>> 0;
  const high = Math.floor(vpn / TWO_32);
  const dropped = dropFrom(machine, core, false, low, high);
  return machine.memory.map.dataTlbWord > 0 ? dropFrom(machine, core, true, low, high) || dropped : dropped;
}

function dropFrom(machine: Machine, core: number, fetch: boolean, pageLow: number, pageHigh: number): boolean {
  let dropped = false;
  for (;;) {
    const entry = findTlbEntry(machine, core, fetch, pageLow, pageHigh);
    if (entry < 0) return dropped;
    clearEntry(machine.memory, entry);
    dropped = true;
  }
}

/** Empties one entry. */
export function clearEntry(memory: LinearMemory, entry: number): void {
  memory.i32.fill(0, entry, entry + TLB_ENTRY_WORDS);
}

/** Empties the core's TLBs, of all entries or of those that are not global. */
export function flushTlb(machine: Machine, core: number, keepGlobal: boolean): void {
  flushOne(machine, core, false, keepGlobal);
  if (machine.memory.map.dataTlbWord > 0) flushOne(machine, core, true, keepGlobal);
  emitFlush(machine, core, null, 0, 'both', !keepGlobal);
}

function flushOne(machine: Machine, core: number, fetch: boolean, keepGlobal: boolean): void {
  const { memory } = machine;
  const first = tlbWord(memory, core, fetch);
  const end = first + memory.map.tlbSets * memory.map.tlbWays * TLB_ENTRY_WORDS;
  let sizes = 0;
  for (let entry = first; entry < end; entry += TLB_ENTRY_WORDS) {
    const key = memory.i32[entry + 1] as number;
    if ((key & TlbKey.valid) === 0) continue;
    if (keepGlobal && (key & TlbKey.global) !== 0) sizes |= 1 << ((key & TlbKey.sizeMask) >>> TlbKey.sizeShift);
    else clearEntry(memory, entry);
  }
  writeCoreWord(machine, core, sizesRegister(memory, fetch), sizes);
}

/**
 * TSAR's coherence hardware: a write to the entry of `vpn` drops it at once from the TLBs of all cores that run
 * this table, wherever they are (ALMOS-MKH 10.6). Returns those cores that had it.
 */
export function invalidateCoherent(machine: Machine, root: Ppn, vpn: Vpn): number[] {
  const cores: number[] = [];
  for (let core = 0; core < machine.memory.map.cores; core++) {
    if (readCoreDouble(machine, core, CoreWord.rootF) === root && dropFromCore(machine, core, vpn)) cores.push(core);
  }
  return cores;
}

/** What a TLB holds about a page, for people. */
export interface TlbEntryView {
  /** First page and frame of the entry's own page, which may be a big one that covers the page asked for. */
  readonly vpn: Vpn;
  readonly ppn: Ppn;
  readonly pages: number;
  readonly readable: boolean;
  readonly writable: boolean;
  readonly executable: boolean;
  readonly user: boolean;
  readonly global: boolean;
  readonly dirty: boolean;
  readonly lastUse: number;
}

/** The entry that would serve the page; changes nothing. */
export function lookupTlb(machine: Machine, core: number, vpn: Vpn, instruction: boolean): TlbEntryView | null {
  const entry = findTlbEntry(machine, core, instruction, vpn >>> 0, Math.floor(vpn / TWO_32));
  return entry < 0 ? null : viewOf(machine, entry);
}

/** All valid entries, set by set. */
export function listTlb(machine: Machine, core: number, instruction: boolean): TlbEntryView[] {
  const { memory } = machine;
  const first = tlbWord(memory, core, instruction);
  const views: TlbEntryView[] = [];
  for (let index = 0; index < memory.map.tlbSets * memory.map.tlbWays; index++) {
    const entry = first + index * TLB_ENTRY_WORDS;
    if (((memory.i32[entry + 1] as number) & TlbKey.valid) !== 0) views.push(viewOf(machine, entry));
  }
  return views;
}

function viewOf(machine: Machine, entry: number): TlbEntryView {
  const { memory } = machine;
  const key = memory.i32[entry + 1] as number;
  const pages =
    2 ** (pagingFormat(machine.config.paging).sizeShifts[(key & TlbKey.sizeMask) >>> TlbKey.sizeShift] as number);
  const tagHigh = (key >>> TlbKey.tagHighShift) & 15;
  return {
    vpn: (tagHigh * TWO_32 + (memory.u32[entry] as number)) * pages,
    ppn: tlbFrame(memory, entry),
    pages,
    readable: (key & TlbKey.readable) !== 0,
    writable: (key & TlbKey.writable) !== 0,
    executable: (key & TlbKey.executable) !== 0,
    user: (key & TlbKey.user) !== 0,
    global: (key & TlbKey.global) !== 0,
    dirty: (key & TlbKey.dirty) !== 0,
    lastUse: memory.u32[entry + 3] as number,
  };
}

/**
 * The page table on x86-64 (10.10): four levels of 512 entries of 64 bits, PML4, PDPT, PD and PT, read and written as
 * two words each. COW, SWAP and LOCKED stand in the bits that the architecture leaves to software.
 *
 *     vpn  35..27 26..18 17..9  8..0
 *          PML4   PDPT   PD     PT
 *
 * Nothing but mapping rights is kept in the tables above: those entries allow everything.
 */
import type { Machine, MmuFault } from '../../../hardware/machine.ts';
import { Access } from '../../../hardware/machine.ts';
import { isFrame, readFrame32, writeFrame32 } from '../../../hardware/physical-memory.ts';
import type { Ppn, Vpn } from '../../../hardware/word.ts';
import { Attr, MmuException } from './constants.ts';
import type { Hal, MappedEntry, TablePlace } from './hal.ts';

const P = 0x001;
const RW = 0x002;
const US = 0x004;
const PCD = 0x010;
const A = 0x020;
const D = 0x040;
const PS = 0x080;
const G = 0x100;
const COW = 0x200;
const SWAP = 0x400;
const LOCKED = 0x800;
/** In the second word. */
const NX = 0x8000_0000;
const LOW_FRAME_BITS = 20;
const FRAME_HIGH_MASK = 0xffff;

const ENTRIES = 512;
/** Pages that one entry serves, from the root down. */
const spans = [2 ** 27, 2 ** 18, 2 ** 9, 1] as const;
const PD_LEVEL = 2;
const PT_LEVEL = 3;

interface Entry {
  readonly low: number;
  readonly high: number;
}
const noEntry: Entry = { low: 0, high: 0 };

function offsetOf(vpn: Vpn, level: number): number {
  return (Math.floor(vpn / (spans[level] as number)) % ENTRIES) * 8;
}

/** A table that somebody scribbled over may point at nothing. */
function readAt(machine: Machine, table: Ppn, offset: number): Entry {
  if (!isFrame(machine, table)) return noEntry;
  return { low: readFrame32(machine, table, offset) >>> 0, high: readFrame32(machine, table, offset + 4) >>> 0 };
}

/** The word with the present bit last: no core ever sees a valid entry with half of a frame's number. */
function writeAt(machine: Machine, table: Ppn, offset: number, { low, high }: Entry): void {
  writeFrame32(machine, table, offset + 4, high);
  writeFrame32(machine, table, offset, low);
}

function frameOf({ low, high }: Entry): Ppn {
  return (high & FRAME_HIGH_MASK) * 2 ** LOW_FRAME_BITS + (low >>> 12);
}

function entryOf(ppn: Ppn, bits: number, noExecute: boolean): Entry {
  const low = ((ppn % 2 ** LOW_FRAME_BITS) << 12) | bits;
  return { low: low >>> 0, high: (Math.floor(ppn / 2 ** LOW_FRAME_BITS) | (noExecute ? NX : 0)) >>> 0 };
}

/** 10.3, software to hardware; READABLE is every present entry. */
function bitsOf(attr: number): number {
  let bits = 0;
  if (attr & Attr.MAPPED) bits |= P;
  if (attr & Attr.WRITABLE) bits |= RW;
  if (attr & Attr.USER) bits |= US;
  if (attr & Attr.MAPPED && !(attr & Attr.CACHABLE)) bits |= PCD;
  if (attr & Attr.ACCESSED) bits |= A;
  if (attr & Attr.DIRTY) bits |= D;
  if (attr & Attr.GLOBAL) bits |= G;
  if (attr & Attr.COW) bits |= COW;
  if (attr & Attr.SWAP) bits |= SWAP;
  if (attr & Attr.LOCKED) bits |= LOCKED;
  return bits;
}

function forbidsExecution(attr: number): boolean {
  return (attr & Attr.MAPPED) !== 0 && (attr & Attr.EXECUTABLE) === 0;
}

/** 10.3, hardware to software. */
function attrOfEntry({ low, high }: Entry, small: boolean): number {
  let attr = 0;
  if (low & P) {
    attr |= Attr.MAPPED | Attr.READABLE | (small ? Attr.SMALL : 0);
    if (!(low & PCD)) attr |= Attr.CACHABLE;
    if (!(high & NX)) attr |= Attr.EXECUTABLE;
  }
  if (low & RW) attr |= Attr.WRITABLE;
  if (low & US) attr |= Attr.USER;
  if (low & A) attr |= Attr.ACCESSED;
  if (low & D) attr |= Attr.DIRTY;
  if (low & G) attr |= Attr.GLOBAL;
  return small ? attr | softwareBits(low) : attr;
}

function softwareBits(low: number): number {
  return (low & COW ? Attr.COW : 0) | (low & SWAP ? Attr.SWAP : 0) | (low & LOCKED ? Attr.LOCKED : 0);
}

/** The deepest table on the way to the page, down to `last`; where a big page stands above it, its PD. */
function descend(machine: Machine, root: Ppn, vpn: Vpn, last: number): { table: Ppn; level: number } {
  let table = root;
  for (let level = 0; level < last; level++) {
    const entry = readAt(machine, table, offsetOf(vpn, level));
    if ((entry.low & P) === 0 || (entry.low & PS) !== 0) return { table, level };
    table = frameOf(entry);
  }
  return { table, level: last };
}

/** The PT that serves a page, or -1. */
function findPt(machine: Machine, root: Ppn, vpn: Vpn): Ppn {
  const { table, level } = descend(machine, root, vpn, PT_LEVEL);
  return level === PT_LEVEL ? table : -1;
}

/** The entry that maps the page; all zero if there is none. */
function find(machine: Machine, root: Ppn, vpn: Vpn): { entry: Entry; small: boolean } {
  const { table, level } = descend(machine, root, vpn, PT_LEVEL);
  if (level < PD_LEVEL) return { entry: noEntry, small: true };
  return { entry: readAt(machine, table, offsetOf(vpn, level)), small: level === PT_LEVEL };
}

function missingTables(machine: Machine, root: Ppn, vpn: Vpn, big: boolean): number {
  const last = big ? PD_LEVEL : PT_LEVEL;
  return last - descend(machine, root, vpn, last).level;
}

function isBigPage(machine: Machine, root: Ppn, vpn: Vpn): boolean {
  const { entry, small } = find(machine, root, vpn);
  return !small && (entry.low & P) !== 0;
}

function readAttr(machine: Machine, root: Ppn, vpn: Vpn): number {
  const { entry, small } = find(machine, root, vpn);
  return attrOfEntry(entry, small);
}

function readPpn(machine: Machine, root: Ppn, vpn: Vpn): Ppn {
  return frameOf(find(machine, root, vpn).entry);
}

function readWords(machine: Machine, root: Ppn, vpn: Vpn): readonly number[] {
  const { low, high } = find(machine, root, vpn).entry;
  return [low, high];
}

function writeSmall(machine: Machine, root: Ppn, vpn: Vpn, attr: number, ppn: Ppn): void {
  const table = findPt(machine, root, vpn);
  writeAt(machine, table, offsetOf(vpn, PT_LEVEL), entryOf(ppn, bitsOf(attr), forbidsExecution(attr)));
}

function writeSmallAttr(machine: Machine, root: Ppn, vpn: Vpn, attr: number): void {
  writeSmall(machine, root, vpn, attr, readPpn(machine, root, vpn));
}

function markLocked(machine: Machine, root: Ppn, vpn: Vpn, locked: boolean): void {
  const table = findPt(machine, root, vpn);
  if (table < 0) return;
  const offset = offsetOf(vpn, PT_LEVEL);
  const word = readFrame32(machine, table, offset) >>> 0;
  const marked = (locked ? word | LOCKED : word & ~LOCKED) >>> 0;
  if (marked !== word) writeFrame32(machine, table, offset, marked);
}

function writeBig(machine: Machine, root: Ppn, vpn: Vpn, attr: number, ppn: Ppn): void {
  const { table } = descend(machine, root, vpn, PD_LEVEL);
  const bits = bitsOf(attr & ~(Attr.COW | Attr.SWAP | Attr.LOCKED)) | PS;
  writeAt(machine, table, offsetOf(vpn, PD_LEVEL), entryOf(ppn - (ppn % ENTRIES), bits, forbidsExecution(attr)));
}

function clearBig(machine: Machine, root: Ppn, vpn: Vpn): void {
  const { table } = descend(machine, root, vpn, PD_LEVEL);
  writeAt(machine, table, offsetOf(vpn, PD_LEVEL), noEntry);
}

function writePointer(machine: Machine, root: Ppn, vpn: Vpn, table: Ppn): number {
  const above = descend(machine, root, vpn, PT_LEVEL);
  writeAt(machine, above.table, offsetOf(vpn, above.level), entryOf(table, P | RW | US, false));
  return above.level + 2;
}

function listEntries(machine: Machine, root: Ppn): MappedEntry[] {
  const entries: MappedEntry[] = [];
  collectEntries(machine, root, 0, 0, entries);
  return entries;
}

function collectEntries(machine: Machine, table: Ppn, level: number, first: Vpn, entries: MappedEntry[]): void {
  for (let index = 0; index < ENTRIES; index++) {
    const entry = readAt(machine, table, index * 8);
    if (entry.low === 0) continue;
    const vpn = first + index * (spans[level] as number);
    const isPointer = level < PT_LEVEL && (entry.low & PS) === 0;
    if (isPointer) collectEntries(machine, frameOf(entry), level + 1, vpn, entries);
    else entries.push({ vpn, attr: attrOfEntry(entry, level === PT_LEVEL), ppn: frameOf(entry) });
  }
}

function listTables(machine: Machine, root: Ppn): TablePlace[] {
  const tables: TablePlace[] = [];
  collectTables(machine, { ppn: root, depth: 1, vpn: 0 }, tables);
  return tables;
}

function collectTables(machine: Machine, { ppn, depth, vpn }: TablePlace, tables: TablePlace[]): void {
  for (let index = 0; index < ENTRIES && depth <= PT_LEVEL; index++) {
    const entry = readAt(machine, ppn, index * 8);
    if ((entry.low & P) === 0 || (entry.low & PS) !== 0) continue;
    const below = { ppn: frameOf(entry), depth: depth + 1, vpn: vpn + index * (spans[depth - 1] as number) };
    tables.push(below);
    collectTables(machine, below, tables);
  }
}

/** 10.10: P, W, U and I of the error code, and the entry, tell what 10.5's codes tell on TSAR. */
function exceptionOf({ kind, access, user }: MmuFault, attr: number): number {
  switch (kind) {
    case 'absent':
      return MmuException.PT2_UNMAPPED;
    case 'rights':
      if (user && (attr & Attr.USER) === 0) return MmuException.PRIVILEGE_VIOLATION;
      return access === Access.write ? MmuException.WRITE_VIOLATION : MmuException.EXEC_VIOLATION;
    case 'address':
      return MmuException.UNDEFINED_XTN;
    default:
      return MmuException.CACHE_ILLEGAL_ACCESS;
  }
}

export const x8664Hal: Hal = {
  rootOrder: 0,
  mapsKentry: false,
  hasCoherentTlbs: false,
  missingTables, isBigPage, readAttr, readPpn, readWords, writeSmall, writeSmallAttr, markLocked, writeBig, clearBig, writePointer,
  listEntries, listTables,
  softwareAttr: (words) => softwareBits(words[0] ?? 0),
  exceptionOf,
}; // prettier-ignore

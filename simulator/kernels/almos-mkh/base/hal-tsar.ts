/**
 * The page table as TSAR has it (10.2): PT1 is 2048 words in two frames, PT2 is 512 entries of two words. Only
 * this file knows; everybody else sees generic attributes (10.3) through hal.ts.
 *
 *     vpn  19......9 8.......0
 *          IX1       IX2
 */
import type { Machine, MmuFault } from '../../../hardware/machine.ts';
import { isFrame, readFrame32, writeFrame32 } from '../../../hardware/physical-memory.ts';
import type { Ppn, Vpn } from '../../../hardware/word.ts';
import { Attr, PT1_ENTRIES, PT2_ENTRIES, READ_FAULT } from './constants.ts';
import type { Hal, MappedEntry, TablePlace } from './hal.ts';

const V = 0x8000_0000;
const T = 0x4000_0000;
const L = 0x2000_0000;
const R = 0x1000_0000;
const C = 0x0800_0000;
const W = 0x0400_0000;
const X = 0x0200_0000;
const U = 0x0100_0000;
const G = 0x0080_0000;
const D = 0x0040_0000;
const COW = 0x01;
const SWAP = 0x04;
const LOCKED = 0x08;
const POINTER_MASK = 0x0fff_ffff;
const BIG_FRAME_MASK = 0x7_ffff;
const BIG_PAGE_SHIFT = 9;

/** 10.3, software to hardware. ACCESSED becomes L: set by software, it means the local initiator. */
export function tsarWord0(attr: number): number {
  let word = 0;
  if (attr & Attr.MAPPED) word |= V;
  if (attr & Attr.WRITABLE) word |= W;
  if (attr & Attr.EXECUTABLE) word |= X;
  if (attr & Attr.CACHABLE) word |= C;
  if (attr & Attr.USER) word |= U;
  if (attr & Attr.DIRTY) word |= D;
  if (attr & Attr.ACCESSED) word |= L;
  if (attr & Attr.GLOBAL) word |= G;
  if (attr & Attr.COW) word |= COW;
  if (attr & Attr.SWAP) word |= SWAP;
  if (attr & Attr.LOCKED) word |= LOCKED;
  return word >>> 0;
}

/** 10.3, hardware to software. `small`: the entry stands in a PT2. */
export function tsarAttr(word: number, small: boolean): number {
  let attr = 0;
  if (word & V) attr |= Attr.MAPPED | Attr.READABLE | (small ? Attr.SMALL : 0);
  if (word & W) attr |= Attr.WRITABLE;
  if (word & X) attr |= Attr.EXECUTABLE;
  if (word & C) attr |= Attr.CACHABLE;
  if (word & U) attr |= Attr.USER;
  if (word & D) attr |= Attr.DIRTY;
  if (word & (L | R)) attr |= Attr.ACCESSED;
  if (word & G) attr |= Attr.GLOBAL;
  if (small && word & COW) attr |= Attr.COW;
  if (small && word & SWAP) attr |= Attr.SWAP;
  if (small && word & LOCKED) attr |= Attr.LOCKED;
  return attr;
}

function pt1Word(machine: Machine, root: Ppn, ix1: number): number {
  return readFrame32(machine, root + (ix1 >>> 10), (ix1 & 1023) << 2);
}

function writePt1Word(machine: Machine, root: Ppn, ix1: number, word: number): void {
  writeFrame32(machine, root + (ix1 >>> 10), (ix1 & 1023) << 2, word);
}

/** The PT2 that serves a page, or -1. */
function findPt2(machine: Machine, root: Ppn, vpn: Vpn): Ppn {
  const word = pt1Word(machine, root, vpn >>> BIG_PAGE_SHIFT);
  return isPointer(machine, word) ? word & POINTER_MASK : -1;
}

/** A word that somebody scribbled over a table may point at nothing. */
function isPointer(machine: Machine, word: number): boolean {
  return (word & V) !== 0 && (word & T) !== 0 && isFrame(machine, word & POINTER_MASK);
}

function isBigPage(machine: Machine, root: Ppn, vpn: Vpn): boolean {
  const word = pt1Word(machine, root, vpn >>> BIG_PAGE_SHIFT);
  return (word & V) !== 0 && (word & T) === 0;
}

function readAttr(machine: Machine, root: Ppn, vpn: Vpn): number {
  const word = pt1Word(machine, root, vpn >>> BIG_PAGE_SHIFT);
  if ((word & V) === 0) return 0;
  if ((word & T) === 0) return tsarAttr(word, false);
  if (!isPointer(machine, word)) return 0;
  return tsarAttr(readFrame32(machine, word & POINTER_MASK, (vpn & 511) << 3), true);
}

function readPpn(machine: Machine, root: Ppn, vpn: Vpn): Ppn {
  const word = pt1Word(machine, root, vpn >>> BIG_PAGE_SHIFT);
  if ((word & V) === 0) return 0;
  if ((word & T) === 0) return (word & BIG_FRAME_MASK) << BIG_PAGE_SHIFT;
  if (!isPointer(machine, word)) return 0;
  return readFrame32(machine, word & POINTER_MASK, ((vpn & 511) << 3) + 4) & POINTER_MASK;
}

function readWords(machine: Machine, root: Ppn, vpn: Vpn): readonly number[] {
  const word = pt1Word(machine, root, vpn >>> BIG_PAGE_SHIFT);
  if (!isPointer(machine, word)) return [word];
  const offset = (vpn & 511) << 3;
  const pt2 = word & POINTER_MASK;
  return [readFrame32(machine, pt2, offset), readFrame32(machine, pt2, offset + 4)];
}

/** The page number first, then the attributes, so that no core ever sees a valid entry with an old frame. */
function writeSmall(machine: Machine, root: Ppn, vpn: Vpn, attr: number, ppn: Ppn): void {
  const pt2 = findPt2(machine, root, vpn);
  const offset = (vpn & 511) << 3;
  writeFrame32(machine, pt2, offset + 4, ppn);
  writeFrame32(machine, pt2, offset, tsarWord0(attr));
}

function writeSmallAttr(machine: Machine, root: Ppn, vpn: Vpn, attr: number): void {
  writeFrame32(machine, findPt2(machine, root, vpn), (vpn & 511) << 3, tsarWord0(attr));
}

function markLocked(machine: Machine, root: Ppn, vpn: Vpn, locked: boolean): void {
  const pt2 = findPt2(machine, root, vpn);
  if (pt2 < 0) return;
  const offset = (vpn & 511) << 3;
  const word = readFrame32(machine, pt2, offset);
  const marked = (locked ? word | LOCKED : word & ~LOCKED) >>> 0;
  if (marked !== word) writeFrame32(machine, pt2, offset, marked);
}

function writeBig(machine: Machine, root: Ppn, vpn: Vpn, attr: number, ppn: Ppn): void {
  const frame = (ppn >>> BIG_PAGE_SHIFT) & BIG_FRAME_MASK;
  const rights = tsarWord0(attr & ~(Attr.COW | Attr.SWAP | Attr.LOCKED));
  writePt1Word(machine, root, vpn >>> BIG_PAGE_SHIFT, (rights | frame) >>> 0);
}

function clearBig(machine: Machine, root: Ppn, vpn: Vpn): void {
  writePt1Word(machine, root, vpn >>> BIG_PAGE_SHIFT, 0);
}

function missingTables(machine: Machine, root: Ppn, vpn: Vpn, big: boolean): number {
  return big || findPt2(machine, root, vpn) >= 0 ? 0 : 1;
}

function writePointer(machine: Machine, root: Ppn, vpn: Vpn, pt2: Ppn): number {
  writePt1Word(machine, root, vpn >>> BIG_PAGE_SHIFT, (V | T | pt2) >>> 0);
  return 2;
}

function listEntries(machine: Machine, root: Ppn): MappedEntry[] {
  const entries: MappedEntry[] = [];
  for (let ix1 = 0; ix1 < PT1_ENTRIES; ix1++) {
    const word = pt1Word(machine, root, ix1);
    if ((word & V) === 0) continue;
    const vpn = ix1 << BIG_PAGE_SHIFT;
    if ((word & T) === 0) {
      entries.push({ vpn, attr: tsarAttr(word, false), ppn: (word & BIG_FRAME_MASK) << BIG_PAGE_SHIFT });
      continue;
    }
    if (isPointer(machine, word)) listPt2(machine, word & POINTER_MASK, vpn, entries);
  }
  return entries;
}

function listPt2(machine: Machine, pt2: Ppn, first: Vpn, entries: MappedEntry[]): void {
  for (let ix2 = 0; ix2 < PT2_ENTRIES; ix2++) {
    const word = readFrame32(machine, pt2, ix2 << 3);
    if (word === 0) continue;
    const ppn = readFrame32(machine, pt2, (ix2 << 3) + 4) & POINTER_MASK;
    entries.push({ vpn: first + ix2, attr: tsarAttr(word, true), ppn });
  }
}

function listTables(machine: Machine, root: Ppn): TablePlace[] {
  const tables: TablePlace[] = [];
  for (let ix1 = 0; ix1 < PT1_ENTRIES; ix1++) {
    const word = pt1Word(machine, root, ix1);
    if (isPointer(machine, word)) tables.push({ ppn: word & POINTER_MASK, depth: 2, vpn: ix1 << BIG_PAGE_SHIFT });
  }
  return tables;
}

/** 10.3: software bits of an entry as the hardware's layout shows it. */
function softwareAttr(words: readonly number[]): number {
  return tsarAttr(words[0] ?? 0, true) & (Attr.COW | Attr.SWAP | Attr.LOCKED);
}

/** 10.5: the code is the report. */
function exceptionOf({ code }: MmuFault): number {
  return code & ~READ_FAULT;
}

export const tsarHal: Hal = {
  rootOrder: 1,
  mapsKentry: true,
  hasCoherentTlbs: true,
  missingTables, isBigPage, readAttr, readPpn, readWords, writeSmall, writeSmallAttr, markLocked, writeBig, clearBig, writePointer,
  listEntries, listTables, softwareAttr, exceptionOf,
}; // prettier-ignore

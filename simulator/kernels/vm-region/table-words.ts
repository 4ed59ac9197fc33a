/** Chapter 3: page-table entries of x86-64 as words in physical memory, and the values that the kernel writes. */
import type { Machine } from '../../hardware/machine.ts';
import { entryAddress, readEntry, writeEntry } from '../../hardware/page-table-walker.ts';
import type { EntryWords } from '../../hardware/layouts/layout.ts';
import type { Ppn } from '../../hardware/word.ts';
import { KERNEL_START, VM_PROT_EXEC, VM_PROT_USER, VM_PROT_WRITE } from './constants.ts';

export const P = 0x001;
const RW = 0x002;
const US = 0x004;
const PCD = 0x010;
export const A = 0x020;
export const D = 0x040;
const G = 0x100;
/** In the second word. */
const NX = 0x8000_0000;
const FRAME_LOW = 2 ** 20;

export const LEAF = 4;
/** Pages that one entry of a level serves. */
export const spans = [0, 2 ** 27, 2 ** 18, 2 ** 9, 1] as const;

export function frameOf([low, high]: EntryWords): Ppn {
  return (high & 0xffff) * FRAME_LOW + (low >>> 12);
}

function entryOf(frame: Ppn, bits: number, noExecute: boolean): EntryWords {
  return [(((frame % FRAME_LOW) << 12) | bits) >>> 0, (Math.floor(frame / FRAME_LOW) | (noExecute ? NX : 0)) >>> 0];
}

/** A page with exactly these rights. */
export function leafEntry(va: number, frame: Ppn, prot: number, isPhysical: boolean): EntryWords {
  const bits =
    P |
    ((prot & VM_PROT_WRITE) !== 0 ? RW : 0) |
    ((prot & VM_PROT_USER) !== 0 ? US : 0) |
    (isPhysical ? PCD : 0) |
    (va >= KERNEL_START ? G : 0);
  return entryOf(frame, bits, (prot & VM_PROT_EXEC) === 0);
}

export function tableEntry(va: number, frame: Ppn): EntryWords {
  return entryOf(frame, P | RW | (va < KERNEL_START ? US : 0), false);
}

export function readAt(machine: Machine, table: Ppn, level: number, va: number): EntryWords {
  return readEntry(machine, entryAddress(machine, table, level, Math.floor(va / 4096)), level);
}

export function writeAt(machine: Machine, table: Ppn, level: number, va: number, words: EntryWords): void {
  writeEntry(machine, entryAddress(machine, table, level, Math.floor(va / 4096)), level, words);
}

/** The PT that serves an address, or -1. */
export function findPt(machine: Machine, root: Ppn, va: number): Ppn {
  let table = root;
  for (let level = 1; level < LEAF; level++) {
    const entry = readAt(machine, table, level, va);
    if ((entry[0] & P) === 0) return -1;
    table = frameOf(entry);
  }
  return table;
}

/** The leaf of an address; zeros where there is no table. */
export function readLeaf(machine: Machine, root: Ppn, va: number): EntryWords {
  const table = findPt(machine, root, va);
  return table < 0 ? [0, 0] : readAt(machine, table, LEAF, va);
}

/** What the MMU adds by itself is left aside. */
export function isSameLeaf(left: EntryWords, right: EntryWords): boolean {
  const added = A | D;
  return (left[0] & ~added) >>> 0 === (right[0] & ~added) >>> 0 && left[1] >>> 0 === right[1] >>> 0;
}

export interface Leaf {
  readonly va: number;
  readonly table: Ppn;
  readonly entry: EntryWords;
}

/** Present leaves of [start, end), ascending. Ranges without tables cost nothing. */
export function* leavesIn(machine: Machine, root: Ppn, start: number, end: number): Generator<Leaf> {
  yield* leavesOf(machine, root, 1, 0, start, end);
}

function* leavesOf(
  machine: Machine,
  table: Ppn,
  level: number,
  first: number,
  start: number,
  end: number,
): Generator<Leaf> {
  const span = (spans[level] as number) * 4096;
  const from = Math.max(0, Math.floor((start - first) / span));
  const to = Math.min(511, Math.ceil((end - first) / span) - 1);
  for (let index = from; index <= to; index++) {
    const va = first + index * span;
    const entry = readAt(machine, table, level, va);
    if ((entry[0] & P) === 0) continue;
    if (level === LEAF) yield { va, table, entry };
    else yield* leavesOf(machine, frameOf(entry), level + 1, va, start, end);
  }
}

/** A table, its level, and the first page that it serves. */
export interface TablePlace {
  readonly ppn: Ppn;
  readonly depth: number;
  readonly vpn: number;
}

/** Tables below the root that serve the user half, deepest first. */
export function tablesBelow(machine: Machine, root: Ppn): TablePlace[] {
  const tables: TablePlace[] = [];
  collectTables(machine, { ppn: root, depth: 1, vpn: 0 }, tables);
  return tables;
}

function collectTables(machine: Machine, { ppn, depth, vpn }: TablePlace, tables: TablePlace[]): void {
  if (depth === LEAF) return;
  const entries = depth === 1 ? 256 : 512;
  for (let index = 0; index < entries; index++) {
    const first = vpn + index * (spans[depth] as number);
    const entry = readAt(machine, ppn, depth, first * 4096);
    if ((entry[0] & P) === 0) continue;
    const below = { ppn: frameOf(entry), depth: depth + 1, vpn: first };
    collectTables(machine, below, tables);
    tables.push(below);
  }
}

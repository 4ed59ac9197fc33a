import {
  ALL_RIGHTS,
  framePointedTo,
  globalOf,
  isPointerEntry,
  isReservedEntry,
  rightsOf,
} from './layouts/entry-fields.ts';
import { pagingFormat } from './layouts/formats.ts';
import type { EntryWords, NamedBit } from './layouts/layout.ts';
import { describeEntry } from './layouts/layout.ts';
import { softwareValue } from './layouts/software-bits.ts';
import type { LevelFormat, PageFormat, PointerFormat } from './layouts/paging-format.ts';
import type { Machine } from './machine.ts';
import { frameIndex } from './physical-memory.ts';
import { entryAddress, readEntry } from './table-entry.ts';
import { TlbKey } from './tlb-key.ts';
import type { PhysicalAddress, Ppn, VirtualAddress, Vpn } from './word.ts';
import { ppnOf, vpnOf } from './word.ts';

/** May it be read, written, executed, by a user? */
export interface RightsView {
  readonly readable: boolean;
  readonly writable: boolean;
  readonly executable: boolean;
  readonly user: boolean;
}

/** An entry of a walk, for people and for kernels. The rights are the entry's own. */
export interface EntryView extends RightsView {
  /** Depth: 1 is an entry of the root table. */
  readonly level: number;
  /** The table's name in the manual: `PT2`. */
  readonly table: string;
  readonly address: PhysicalAddress;
  readonly words: readonly number[];
  readonly present: boolean;
  /** A bit or a value is set that the format reserves: the hardware refuses the entry. */
  readonly reserved: boolean;
  /** Frame of the address's own 4 KiB page; of the next table where the walk ends in a pointer. */
  readonly ppn: Ppn;
  readonly big: boolean;
  /** Pages that the entry maps: 1 for a small page. */
  readonly pages: number;
  /** Most significant first. */
  readonly bits: readonly NamedBit[];
  /** The rights of the whole walk. */
  readonly effective: RightsView;
  /** A page: by its own bit or that of a table above. A pointer: by its own bit. */
  readonly global: boolean;
  readonly accessed: boolean;
  readonly dirty: boolean;
  /** The bits that the format leaves to software, the lowest of them as bit 0. */
  readonly software: number;
}

/** The deepest entry that a walk for an address reads; null where a table of the walk is not in memory. Changes nothing. */
export function inspectEntry(machine: Machine, root: Ppn, va: VirtualAddress): EntryView | null {
  const walked = inspectWalk(machine, root, va);
  return walked.length === 0 ? null : (walked[walked.length - 1] as EntryView);
}

/** All entries of the walk for an address, root table first; it ends at an absent or reserved entry. Changes nothing. */
export function inspectWalk(machine: Machine, root: Ppn, va: VirtualAddress): EntryView[] {
  const format = pagingFormat(machine.config.paging);
  const vpn = vpnOf(va);
  const views: EntryView[] = [];
  let table = root;
  let rights = ALL_RIGHTS;
  let global = 0;
  for (const [depth, level] of format.levels.entries()) {
    const address = entryAddress(machine, table, depth + 1, vpn);
    if (frameIndex(machine.memory, ppnOf(address)) < 0) return [];
    const words = readEntry(machine, address, depth + 1);
    const shape = shapeOf(level, words);
    if (format.areRightsCombined || shape === level.page) rights &= rightsOf(shape, words[0], words[1]);
    global |= globalOf(shape, words[0]);
    const sizeShift = shape === level.page ? (format.sizeShifts[level.page.size] as number) : -1;
    const view = viewEntry(level, depth + 1, address, words, vpn, sizeShift, rights | global);
    views.push(view);
    if (!view.present || view.reserved || shape === level.page) break;
    table = view.ppn;
  }
  return views;
}

export function shapeOf(level: LevelFormat, words: EntryWords): PointerFormat {
  return (isPointerEntry(level, words[0]) ? level.pointer : level.page) as PointerFormat;
}

/**
 * An entry from its words alone, wherever they are kept. `sizeShift` is -1 for a pointer; `effective` are the rights of the
 * walk as bits of TlbKey, and `global` where a table above says so.
 */
export function viewEntry(
  level: LevelFormat,
  depth: number,
  address: PhysicalAddress,
  words: EntryWords,
  vpn: Vpn,
  sizeShift: number,
  effective: number,
): EntryView {
  const shape = shapeOf(level, words);
  const page = sizeShift >= 0 ? (shape as PageFormat) : null;
  const pages = 2 ** Math.max(0, sizeShift);
  const has = (mask: number): boolean => (words[0] & mask) !== 0;
  return {
    level: depth,
    table: level.name,
    address,
    words: level.words === 1 ? [words[0]] : [words[0], words[1]],
    present: has(level.presentMask),
    reserved: has(level.presentMask) && isReservedEntry(shape, words[0], words[1]),
    ppn: framePointedTo(shape.frame, words[0], words[1]) + (page === null ? 0 : vpn % pages),
    big: pages > 1,
    pages,
    bits: describeEntry(shape.layout, words),
    ...namedRights(rightsOf(shape, words[0], words[1])),
    effective: namedRights(effective),
    global: has(shape.globalMask) || (page !== null && (effective & TlbKey.global) !== 0),
    accessed: has(shape.accessedMask) || (page !== null && has(page.accessedRemoteMask)),
    dirty: page !== null && has(page.dirtyMask),
    software: softwareValue(shape.layout, words),
  };
}

function namedRights(rights: number): RightsView {
  return {
    readable: (rights & TlbKey.readable) !== 0,
    writable: (rights & TlbKey.writable) !== 0,
    executable: (rights & TlbKey.executable) !== 0,
    user: (rights & TlbKey.user) !== 0,
  };
}

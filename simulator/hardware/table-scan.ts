/** Reads a whole page table out of simulated memory, the way the hardware's walker would. Changes nothing. */
import { ALL_RIGHTS, framePointedTo, globalOf, isPointerEntry, rightsOf } from './layouts/entry-fields.ts';
import { pagingFormat } from './layouts/formats.ts';
import { viewEntry, type EntryView } from './entry-view.ts';
import type { EntryWords } from './layouts/layout.ts';
import type { LevelFormat, PageFormat, PagingFormat, PointerFormat } from './layouts/paging-format.ts';
import type { Machine } from './machine.ts';
import { isFrame, readFrame32 } from './physical-memory.ts';
import { TlbKey } from './tlb-key.ts';
import { addressOfPpn, type PhysicalAddress, type Ppn, type Vpn } from './word.ts';

/** A table that can hold pages. */
export interface ScannedTable {
  /** Counts from 1 at the root. */
  readonly level: number;
  readonly address: PhysicalAddress;
  /** Indices in the tables above, root first. */
  readonly path: readonly number[];
  readonly firstVpn: Vpn;
}

/** A present entry that maps a page. */
export interface ScannedEntry {
  readonly table: ScannedTable;
  readonly index: number;
  readonly vpn: Vpn;
  readonly pages: number;
  readonly ppn: Ppn;
  readonly address: PhysicalAddress;
  readonly first: number;
  readonly second: number;
  /** Of the whole walk where the format combines them, else the entry's own, and `global`: bits as in a TLB's key. */
  readonly rights: number;
  readonly writable: boolean;
}

export interface ScannedEntries {
  readonly root: Ppn;
  /** In order of addresses. */
  readonly tables: readonly ScannedTable[];
  readonly entries: readonly ScannedEntry[];
}

export interface TableScan extends ScannedEntries {
  readonly byVpn: ReadonlyMap<Vpn, ScannedEntry>;
}

/** A table that loops through itself ends here instead of never. */
const MOST_TABLES = 20_000;

interface Reader {
  readonly machine: Machine;
  readonly format: PagingFormat;
  readonly tables: ScannedTable[];
  readonly entries: ScannedEntry[];
  readonly isWanted: ((from: Vpn, to: Vpn) => boolean) | null;
}

/** With `isWanted`, tables and pages of the ranges that it refuses are left out: both ends are page numbers. */
export function scanTable(machine: Machine, root: Ppn, isWanted?: (from: Vpn, to: Vpn) => boolean): TableScan {
  const format = pagingFormat(machine.config.paging);
  const reader: Reader = { machine, format, tables: [], entries: [], isWanted: isWanted ?? null };
  readTable(reader, { level: 1, address: addressOfPpn(root), path: [], firstVpn: 0 }, root, ALL_RIGHTS);
  return indexed({ root, tables: reader.tables, entries: reader.entries });
}

/** For looking pages up. What is kept for long is kept without. */
export function indexed({ root, tables, entries }: ScannedEntries): TableScan {
  return { root, tables, entries, byVpn: new Map(entries.map((entry) => [entry.vpn, entry])) };
}

function readTable(reader: Reader, table: ScannedTable, frame: Ppn, rights: number): void {
  const { machine, tables, isWanted } = reader;
  const level = reader.format.levels[table.level - 1] as LevelFormat;
  if (level.page !== null) {
    if (tables.length >= MOST_TABLES) return;
    tables.push(table);
  }
  const stride = level.words * 4;
  const span = 2 ** level.shift;
  for (let index = 0; index < 2 ** level.indexBits; index++) {
    const from = table.firstVpn + index * span;
    if (isWanted !== null && !isWanted(from, from + span)) continue;
    const offset = index * stride;
    const ppn = frame + (offset >>> 12);
    if (!isFrame(machine, ppn)) return;
    const first = readFrame32(machine, ppn, offset & 0xfff);
    if ((first & level.presentMask) === 0) continue;
    const second = level.words === 2 ? readFrame32(machine, ppn, (offset & 0xfff) + 4) : 0;
    readEntry(reader, table, level, index, first, second, rights);
  }
}

function readEntry(
  reader: Reader,
  table: ScannedTable,
  level: LevelFormat,
  index: number,
  first: number,
  second: number,
  rightsSoFar: number,
): void {
  const { format, machine } = reader;
  const isPointer = isPointerEntry(level, first);
  const shape = (isPointer ? level.pointer : level.page) as PointerFormat;
  const own = rightsOf(shape, first, second);
  const global = (rightsSoFar & TlbKey.global) | globalOf(shape, first);
  const rights = (format.areRightsCombined ? rightsSoFar & own : own) | global;
  const vpn = table.firstVpn + index * 2 ** level.shift;
  const ppn = framePointedTo(shape.frame, first, second);
  if (isPointer) {
    const path = [...table.path, index];
    const below = { level: table.level + 1, address: addressOfPpn(ppn), path, firstVpn: vpn };
    if (isFrame(machine, ppn)) readTable(reader, below, ppn, format.areRightsCombined ? rights : rightsSoFar | global);
    return;
  }
  const pages = 2 ** (format.sizeShifts[(shape as PageFormat).size] as number);
  const address = table.address + index * level.words * 4;
  const writable = (rights & TlbKey.writable) !== 0;
  reader.entries.push({ table, index, vpn, pages, ppn, address, first, second, rights, writable });
}

/** The hardware's view of a scanned entry. */
export function scannedEntryView(machine: Machine, entry: ScannedEntry): EntryView {
  const { table, address, vpn, first, second, rights } = entry;
  const { levels, sizeShifts } = pagingFormat(machine.config.paging);
  const level = levels[table.level - 1] as LevelFormat;
  const sizeShift = sizeShifts[(level.page as PageFormat).size] as number;
  return viewEntry(level, table.level, address, [first, second], vpn, sizeShift, rights);
}

/** Both words of a page's entry without its frame number. */
export function attributeWords(
  level: LevelFormat,
  { first, second }: Pick<ScannedEntry, 'first' | 'second'>,
): EntryWords {
  const { frame } = level.page as PageFormat;
  if (frame.word === 1) return [first, 0];
  return [first & ~(frame.mask << frame.shift), second & ~frame.highMaskSecond];
}

/** The same scan, with the tables and entries of an earlier one wherever they are equal. */
export function shareEntries(scan: ScannedEntries, earlier: ScannedEntries | undefined): ScannedEntries {
  const { root } = scan;
  if (earlier === undefined) return { root, tables: scan.tables, entries: scan.entries };
  const byVpn = new Map(earlier.entries.map((entry) => [entry.vpn, entry]));
  const known = new Map(earlier.tables.map((table) => [table.firstVpn * 8 + table.level, table]));
  const tableOf = new Map<ScannedTable, ScannedTable>();
  for (const table of scan.tables) {
    const same = known.get(table.firstVpn * 8 + table.level);
    tableOf.set(table, same?.address === table.address ? same : table);
  }
  const entries = scan.entries.map((entry) => {
    const table = tableOf.get(entry.table) ?? entry.table;
    const same = byVpn.get(entry.vpn);
    if (same !== undefined && same.table === table && isSameEntry(same, entry)) return same;
    return table === entry.table ? entry : { ...entry, table };
  });
  return { root, tables: scan.tables.map((table) => tableOf.get(table) ?? table), entries };
}

/** Of one table: what stands at which index decides the rest. */
function isSameEntry(one: ScannedEntry, other: ScannedEntry): boolean {
  const { index, first, second, rights } = one;
  return index === other.index && first === other.first && second === other.second && rights === other.rights;
}

/** `PT1[0x010] → PT2`; a root that holds pages itself is only `PT1`. */
export function tableTitle(machine: Machine, table: ScannedTable): string {
  const { levels } = pagingFormat(machine.config.paging);
  const name = (levels[table.level - 1] as LevelFormat).name;
  const steps = table.path.map((index, depth) => {
    const above = levels[depth] as LevelFormat;
    return `${above.name}[0x${index.toString(16).padStart(Math.ceil(above.indexBits / 4), '0')}]`;
  });
  return steps.length === 0 ? name : `${steps.join(' ')} → ${name}`;
}

/** Entries in a table of that level. */
export function tableLength(machine: Machine, table: ScannedTable): number {
  return 2 ** (pagingFormat(machine.config.paging).levels[table.level - 1] as LevelFormat).indexBits;
}

/** First entry at or after a page. */
export function lowerBound(entries: readonly ScannedEntry[], vpn: Vpn): number {
  let low = 0;
  let high = entries.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((entries[middle] as ScannedEntry).vpn < vpn) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** The entry that maps a page, a big one included. */
export function entryOf(scan: TableScan, vpn: Vpn): ScannedEntry | null {
  const exact = scan.byVpn.get(vpn);
  if (exact !== undefined) return exact;
  const before = scan.entries[lowerBound(scan.entries, vpn) - 1];
  return before !== undefined && vpn < before.vpn + before.pages ? before : null;
}

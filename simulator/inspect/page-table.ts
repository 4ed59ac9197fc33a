/** A page table as rows: a head for each table, under it the entries that a filter leaves. */
import { pagingFormat } from '../hardware/layouts/formats.ts';
import type { LevelFormat } from '../hardware/layouts/paging-format.ts';
import { ppnOf, type Ppn } from '../hardware/word.ts';
import { contextOf, findSubject, regionOf, type Subject, type Target } from './context.ts';
import { entryModel, frameClusterName, wordTexts } from './entry.ts';
import { markedPages, type MarkedPage } from './marked-pages.ts';
import { usesOf } from './frame-uses.ts';
import { CellFlag, type EntryModel, type PageTableFilter, type PageTableModel, type PageTableRow } from './models.ts';
import type { Inspection } from './inspection.ts';
import { tableLength, tableTitle, type ScannedTable } from '../hardware/table-scan.ts';

export interface PageTableWindow {
  readonly start: number;
  readonly count: number;
  readonly filter: PageTableFilter;
  /** A page whose row is wanted. */
  readonly find: number | null;
}

/** A row before it is written out: `index` -1 is the head of its table. */
interface RowPlace {
  readonly table: ScannedTable;
  readonly index: number;
  readonly page: MarkedPage | null;
  /** The row shows what the entry was at the stop before. */
  readonly was: boolean;
}

const flagOf = {
  cow: CellFlag.cow,
  dirty: CellFlag.dirty,
  elsewhere: CellFlag.elsewhere,
  changed: CellFlag.changed,
} as const;

export function pageTable(inspection: Inspection, target: Target, window: PageTableWindow): PageTableModel {
  const subject = findSubject(inspection, target);
  const format = formatText(inspection);
  const marked = subject === null ? [] : markedPages(inspection, subject);
  const tables = subject === null ? [] : tablesOf(subject, marked);
  const places = rowPlaces(inspection, tables, marked, window.filter);
  const found =
    window.find === null ? -1 : places.findIndex((place) => holdsPage(inspection, place, window.find as number));
  const changed = places.findIndex(({ page, was }) => !was && page !== null && hasChanged(page));
  return {
    context: contextOf(inspection, subject),
    format,
    root: subject === null ? '' : rootText(inspection, subject),
    filter: window.filter,
    counts: counts(inspection, tables, marked),
    tables: tables.length,
    total: places.length,
    start: window.start,
    rows: places
      .slice(window.start, window.start + window.count)
      .map((place) => writeRow(inspection, subject as Subject, marked, place)),
    found: found < 0 ? null : found,
    firstChanged: changed < 0 ? null : changed,
  };
}

/** Tables with an entry to show, those included that the last step took away, and empty tables that a walk can reach. */
function tablesOf(subject: Subject, marked: readonly MarkedPage[]): ScannedTable[] {
  const lastLevel = Math.max(1, ...subject.scan.tables.map((table) => table.level));
  const tables = new Map<number, ScannedTable>();
  for (const table of subject.scan.tables) if (table.level === lastLevel) tables.set(table.address, table);
  for (const page of marked) {
    const { table } = (page.now ?? page.before) as { table: ScannedTable };
    if (!tables.has(table.address)) tables.set(table.address, table);
  }
  return [...tables.values()].sort((one, other) => one.firstVpn - other.firstVpn || one.level - other.level);
}

function matches(page: MarkedPage, filter: PageTableFilter): boolean {
  if (filter === 'all') return true;
  if (filter === 'present') return page.now !== null || hasChanged(page);
  return (page.flags & flagOf[filter]) !== 0;
}

function hasChanged({ flags }: MarkedPage): boolean {
  return (flags & CellFlag.changed) !== 0;
}

function rowPlaces(
  inspection: Inspection,
  tables: readonly ScannedTable[],
  marked: readonly MarkedPage[],
  filter: PageTableFilter,
): RowPlace[] {
  const byTable = new Map<number, MarkedPage[]>(tables.map((table) => [table.address, []]));
  for (const page of marked) {
    const { table } = (page.now ?? page.before) as { table: ScannedTable };
    if (matches(page, filter)) byTable.get(table.address)?.push(page);
  }
  const places: RowPlace[] = [];
  for (const table of tables) {
    const pages = byTable.get(table.address) as MarkedPage[];
    if (pages.length === 0 && filter !== 'all') continue;
    places.push({ table, index: -1, page: null, was: false });
    const rows =
      filter === 'all'
        ? allRows(inspection, table, pages)
        : pages.map((page) => ({ table, index: indexOf(page), page }));
    for (const row of rows) {
      const hasPast = row.page !== null && row.page.before !== null && hasChanged(row.page);
      if (hasPast) places.push({ ...row, was: true });
      places.push({ ...row, was: false });
    }
  }
  return places;
}

function indexOf(page: MarkedPage): number {
  return ((page.now ?? page.before) as { index: number }).index;
}

function allRows(inspection: Inspection, table: ScannedTable, pages: readonly MarkedPage[]): Omit<RowPlace, 'was'>[] {
  const known = new Map(pages.map((page) => [indexOf(page), page]));
  return Array.from({ length: tableLength(inspection.machine, table) }, (_, index) => ({
    table,
    index,
    page: known.get(index) ?? null,
  }));
}

function firstPage(inspection: Inspection, { table, index }: Omit<RowPlace, 'was'>): number {
  return table.firstVpn + index * 2 ** levelOf(inspection, table).shift;
}

function levelOf(inspection: Inspection, table: ScannedTable): LevelFormat {
  return pagingFormat(inspection.machine.config.paging).levels[table.level - 1] as LevelFormat;
}

function holdsPage(inspection: Inspection, place: RowPlace, vpn: number): boolean {
  if (place.index < 0 || place.was) return false;
  const first = firstPage(inspection, place);
  return vpn >= first && vpn < first + (place.page?.pages ?? 1);
}

function writeRow(
  inspection: Inspection,
  subject: Subject,
  marked: readonly MarkedPage[],
  place: RowPlace,
): PageTableRow {
  const { table, index, page } = place;
  if (index < 0) {
    const present = marked.filter(({ now }) => now?.table.address === table.address).length;
    const { level, address } = table;
    const cluster = frameClusterName(inspection, ppnOf(address));
    return { kind: 'table', title: tableTitle(inspection.machine, table), level, address, cluster, present };
  }
  const vpn = firstPage(inspection, place);
  if (place.was) return { kind: 'was', index, vpn, entry: entryModel(inspection, page?.before ?? null, null, 0).entry };
  const region = regionOf(subject, vpn);
  return {
    kind: 'entry',
    index,
    vpn,
    ...(page === null
      ? { entry: absentEntry(inspection, place), previous: null }
      : entryModel(inspection, page.now, page.before, page.flags)),
    region: region === null ? null : { name: region.name, kind: region.kind },
    others: page === null || page.now === null ? [] : othersOf(inspection, subject, page.now.ppn),
  };
}

function othersOf(inspection: Inspection, { process }: Subject, ppn: Ppn): string[] {
  return (usesOf(inspection).mapped.get(ppn)?.owners ?? []).filter((name) => name !== process.name);
}

function absentEntry(inspection: Inspection, { table, index }: RowPlace): EntryModel {
  const { words } = levelOf(inspection, table);
  return {
    address: table.address + index * words * 4,
    level: table.level,
    present: false,
    words: wordTexts(inspection, new Array<number>(words).fill(0)),
    bits: [],
    ppn: 0,
    frameCluster: null,
    pages: 1,
    flags: 0,
  };
}

function counts(
  inspection: Inspection,
  tables: readonly ScannedTable[],
  marked: readonly MarkedPage[],
): Record<PageTableFilter, number> {
  const count = (filter: PageTableFilter) => marked.filter((page) => matches(page, filter)).length;
  return {
    present: marked.filter((page) => page.now !== null).length,
    all: tables.reduce((sum, table) => sum + tableLength(inspection.machine, table), 0),
    cow: count('cow'),
    dirty: count('dirty'),
    elsewhere: count('elsewhere'),
    changed: count('changed'),
  };
}

function formatText(inspection: Inspection): string {
  const { title, levels } = pagingFormat(inspection.machine.config.paging);
  const words = ['', 'one level', 'two levels', 'three levels', 'four levels'];
  return `${title}, ${words[levels.length] as string}`;
}

/** The register that names the root, as a reader of the manual knows it. */
export function rootText(inspection: Inspection, subject: Subject): string {
  return pagingFormat(inspection.machine.config.paging).rootText(subject.scan.root);
}

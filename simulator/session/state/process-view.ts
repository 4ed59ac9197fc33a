/** A process as plain rows: for JSON, and to keep what a process was just before its end. */
import type { EntryView } from '../../hardware/page-table-walker.ts';
import type { Machine } from '../../hardware/machine.ts';
import { attributeWords, scannedEntryView, scanTable, type ScannedEntry } from '../../hardware/table-scan.ts';
import { pagingFormat } from '../../hardware/layouts/formats.ts';
import type { LevelFormat } from '../../hardware/layouts/paging-format.ts';
import type { Ppn, Vpn } from '../../hardware/word.ts';
import { addressOfVpn } from '../../hardware/word.ts';
import type { ProcessObject } from '../../kernels/kernel.ts';
import type { BoundKernel } from '../../kernels/bound-kernel.ts';
import type { Protection, RegionKind } from '../../kernels/view.ts';
import { coveredRanges, isCovered } from './region-ranges.ts';

export interface RegionRow {
  readonly start: number;
  readonly end: number;
  readonly protection: Protection;
  readonly kind: RegionKind;
  readonly name: string;
  readonly cluster: number | null;
}

/** A leaf entry; `pages` above 1 for a big page. */
export interface EntryRow {
  readonly vpn: Vpn;
  readonly ppn: Ppn;
  readonly pages: number;
  readonly flags: string;
  readonly words: readonly number[];
}

export interface TableRows {
  readonly cluster: number;
  readonly root: Ppn;
  readonly entries: readonly EntryRow[];
}

export interface ProcessRows {
  readonly regions: readonly RegionRow[];
  readonly tables: readonly TableRows[];
}

export function processRows(kernel: BoundKernel, machine: Machine, process: ProcessObject): ProcessRows {
  const tables = kernel.tables(process).map(({ cluster, root }) => {
    const { entries } = scanTable(machine, root);
    return { cluster, root, entries: entryRows(kernel, machine, entries) };
  });
  return { regions: regionRows(kernel, process), tables };
}

/** Regions of all descriptors; one that several descriptors know alike is listed once. */
export function regionRows(kernel: BoundKernel, process: ProcessObject): RegionRow[] {
  const clusters = kernel.tables(process).map(({ cluster }) => cluster);
  const rows = new Map<string, RegionRow>();
  for (const cluster of new Set([process.cluster, ...clusters])) {
    for (const { start, end, protection, kind, name, cluster: holder } of kernel.regions(process, cluster)) {
      const key = [start, end, kind, name, holder].join(' ');
      if (!rows.has(key)) rows.set(key, { start, end, protection, kind, name, cluster: holder });
    }
  }
  return [...rows.values()].sort(
    (left, right) => left.start - right.start || (left.cluster ?? -1) - (right.cluster ?? -1),
  );
}

/** What entries are in words depends on their attribute bits alone, so it is asked for once each. */
export function entryRows(kernel: BoundKernel, machine: Machine, entries: readonly ScannedEntry[]): EntryRow[] {
  const { levels } = pagingFormat(machine.config.paging);
  const flagsOf = new Map<string, string>();
  return entries.map((entry) => {
    const { table, vpn, ppn, pages, first, second, rights } = entry;
    const level = levels[table.level - 1] as LevelFormat;
    const attributes = attributeWords(level, entry);
    const key = `${table.level} ${attributes.join(' ')} ${rights}`;
    const flags = flagsOf.get(key) ?? entryFlags(kernel, scannedEntryView(machine, entry));
    flagsOf.set(key, flags);
    return { vpn, ppn, pages, flags, words: level.words === 1 ? [first] : [first, second] };
  });
}

/** `r w u cow accessed dirty`: the rights of the whole walk, then the entry's other bits in words. */
export function entryFlags(kernel: BoundKernel, entry: EntryView): string {
  const { effective } = entry;
  const words = [
    effective.readable ? 'r' : '',
    effective.writable ? 'w' : '',
    effective.executable ? 'x' : '',
    effective.user ? 'u' : '',
    entry.global ? 'global' : '',
    entry.accessed ? 'accessed' : '',
    entry.dirty ? 'dirty' : '',
  ];
  const software = kernel.softwareBits(entry);
  const names =
    software.cow && !software.names.some((name) => name.toLowerCase() === 'cow')
      ? ['cow', ...software.names]
      : software.names;
  return [...words, ...names.map((name) => name.toLowerCase())].filter((word) => word !== '').join(' ');
}

/** Of `ProcessRows`, or of tables as they were scanned. */
export interface ShownPages {
  readonly regions: readonly RegionRow[];
  readonly tables: readonly { readonly entries: readonly Pick<EntryRow, 'vpn' | 'ppn' | 'pages'>[] }[];
}

/** Every frame that a process's regions show, as often as its tables map it. A kernel's half may show all of memory to everybody. */
export function* framesOf({ regions, tables }: ShownPages): Generator<Ppn> {
  const ranges = coveredRanges(regions);
  for (const { entries } of tables) {
    for (const { vpn, ppn, pages } of entries)
      for (let page = 0; page < pages; page++) if (isCovered(ranges, addressOfVpn(vpn + page))) yield ppn + page;
  }
}

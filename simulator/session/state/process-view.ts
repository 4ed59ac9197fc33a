/** A process as plain rows: for panels, for JSON, and to keep what a process was just before its end. */
import type { EntryView } from '../../hardware/page-table-walker.ts';
import { inspectEntry } from '../../hardware/page-table-walker.ts';
import type { Machine } from '../../hardware/machine.ts';
import { scanTable } from '../../hardware/table-scan.ts';
import type { Ppn, Vpn } from '../../hardware/word.ts';
import { addressOfVpn } from '../../hardware/word.ts';
import type { ProcessObject } from '../../kernels/kernel.ts';
import type { BoundKernel } from '../../kernels/bound-kernel.ts';
import type { Protection, RegionKind } from '../../kernels/view.ts';
import { mappedPages } from './table-pages.ts';
import { coveredRanges, isCovered } from './region-ranges.ts';
import type { Run } from './run.ts';
import type { EndedProcess, EndedView } from './script.ts';

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
  const tables = kernel.tables(process);
  const regions = regionRows(
    kernel,
    process,
    tables.map((table) => table.cluster),
  );
  return {
    regions,
    tables: tables.map(({ cluster, root }) => ({ cluster, root, entries: entryRows(kernel, machine, root) })),
  };
}

/** Regions of all descriptors; one that several descriptors know alike is listed once. */
function regionRows(kernel: BoundKernel, process: ProcessObject, clusters: readonly number[]): RegionRow[] {
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

function entryRows(kernel: BoundKernel, machine: Machine, root: Ppn): EntryRow[] {
  const rows: EntryRow[] = [];
  for (const { vpn, pages } of mappedPages(machine, root)) {
    const entry = inspectEntry(machine, root, addressOfVpn(vpn));
    if (entry === null) continue;
    rows.push({ vpn, ppn: entry.ppn, pages, flags: entryFlags(kernel, entry), words: entry.words });
  }
  return rows;
}

/** `r w u cow accessed dirty`: the rights of the whole walk, then the entry's other bits in words. */
export function entryFlags(kernel: BoundKernel, entry: EntryView): string {
  const { effective } = entry;
  const words = [
    'r',
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

/** Called by the engine before a kernel takes a process apart. */
export function captureProcess(run: Run, process: object): void {
  const { kernel, machine, script } = run;
  const rows = processRows(kernel, machine, process as ProcessObject);
  const others = kernel.processes().filter((other) => other.alive && other !== process);
  const elsewhere = new Set<Ppn>();
  for (const other of others) {
    for (const frame of framesOf(processRows(kernel, machine, other))) elsewhere.add(frame);
  }
  const shared = new Set<Ppn>();
  for (const frame of framesOf(rows)) if (elsewhere.has(frame)) shared.add(frame);
  const { owner } = process as ProcessObject;
  script.endedProcesses = script.endedProcesses.filter((ended) => ended.process.owner !== owner);
  const views = endedViews(kernel, machine, process as ProcessObject);
  script.endedProcesses.push({ process: process as ProcessObject, rows, views, shared: [...shared] });
}

/** By age: those that the kernel knows, ended ones that nobody waited for among them, and those that it has forgotten. */
export function knownProcesses(kernel: BoundKernel, ended: readonly EndedProcess[]): readonly ProcessObject[] {
  const kept = kernel.processes();
  const owners = new Set(kept.map(({ owner }) => owner));
  const forgotten = ended.map(({ process }) => process).filter(({ owner }) => !owners.has(owner));
  return [...kept, ...forgotten].sort((a, b) => a.owner - b.owner);
}

/** The kernel's own region objects are not kept: it is about to free them. */
function endedViews(kernel: BoundKernel, machine: Machine, process: ProcessObject): EndedView[] {
  return kernel.tables(process).map((table) => ({
    table: { ...table },
    scan: scanTable(machine, table.root),
    regions: kernel.regions(process, table.cluster).map((region) => ({ ...region, object: null })),
  }));
}

/** Every frame that a process's regions show, as often as its tables map it. A kernel's half may show all of memory to everybody. */
export function* framesOf({ regions, tables }: ProcessRows): Generator<Ppn> {
  const ranges = coveredRanges(regions);
  for (const { entries } of tables) {
    for (const { vpn, ppn, pages } of entries)
      for (let page = 0; page < pages; page++) if (isCovered(ranges, addressOfVpn(vpn + page))) yield ppn + page;
  }
}

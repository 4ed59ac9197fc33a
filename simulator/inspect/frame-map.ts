/** A cluster's frames as rows of a map: what is alike is folded, what is not has a place of its own. */
import { addressBitsOf } from '../hardware/layouts/formats.ts';
import { clusterCount } from '../hardware/machine-config.ts';
import { framesPerCluster, ppnAt } from '../hardware/physical-memory.ts';
import { bankFigures } from './bank-figures.ts';
import { clusterName } from './entry.ts';
import { changedFrames, tableOf, type FrameTable } from './frame-table.ts';
import type { Inspection } from './inspection.ts';
import type { BankModel, FrameKind, FrameMapModel, FrameMapRow, FrameRun } from './physical-models.ts';

export interface FrameMapWindow {
  readonly perRow: number;
  readonly start: number;
  readonly count: number;
  /** A page of the cluster whose row is wanted. */
  readonly find: number | null;
}

/** Runs at least this long are folded, as far as they fill whole rows. */
const FOLDED = 64;

type WholeRun = Pick<FrameRun, 'first' | 'length' | 'kind' | 'changed'>;

export function frameMap(inspection: Inspection, cluster: number, window: FrameMapWindow): FrameMapModel {
  const { machine, kernel } = inspection;
  const table = tableOf(inspection, cluster);
  const before = inspection.frameTablesBefore?.get(cluster) ?? null;
  const isChanged = changedFrames(table, before);
  const rows = mapRows(runsOf(table, kernel.hasFreeBlocks, isChanged), window.perRow, table.ids.length);
  const at = (page: number) => rows.findIndex((row) => page >= row.page && page < row.page + row.pages);
  const found = window.find === null ? -1 : at(window.find);
  const firstChanged = rows.findIndex((row) => row.runs.some(({ changed }) => changed));
  return {
    ...bankFigures(table, kernel.hasFreeBlocks),
    kernel: kernel.name,
    addressBits: addressBitsOf(machine),
    stop: inspection.stop,
    cluster: clusterName(inspection, cluster),
    frames: framesPerCluster(machine),
    free: kernel.freeFrames(cluster),
    firstPpn: ppnAt(machine, cluster, 0),
    banks: banks(inspection),
    processes: kernel.processes().filter(({ alive }) => alive).map(({ name }) => name),
    kinds: table.kinds,
    changed: table.ids.reduce((sum, _, page) => sum + (isChanged(page) ? 1 : 0), 0),
    perRow: window.perRow,
    total: rows.length,
    start: window.start,
    rows: rows.slice(window.start, window.start + window.count),
    found: found < 0 ? null : found,
    firstChanged: firstChanged < 0 ? null : firstChanged,
  }; // prettier-ignore
}

function banks(inspection: Inspection): BankModel[] {
  const { machine, kernel } = inspection;
  return Array.from({ length: clusterCount(machine.config) }, (_, cluster) => ({
    cluster: clusterName(inspection, cluster),
    frames: framesPerCluster(machine),
    free: kernel.freeFrames(cluster),
  }));
}

/** Free blocks are runs of their own; a change ends a run, so that it is seen inside whatever is folded. */
function runsOf({ kinds, ids }: FrameTable, hasBlocks: boolean, isChanged: (page: number) => boolean): WholeRun[] {
  const runs: { first: number; length: number; kind: number; changed: boolean }[] = [];
  for (let page = 0; page < ids.length; page++) {
    const kind = ids[page] as number;
    const changed = isChanged(page);
    const last = runs.at(-1);
    const isBlockStart = hasBlocks && beginsBlock(kinds[kind] as FrameKind, page);
    if (last?.kind === kind && last.changed === changed && !isBlockStart) last.length++;
    else runs.push({ first: page, length: 1, kind, changed });
  }
  return runs;
}

function beginsBlock({ content, order }: FrameKind, page: number): boolean {
  return content === 'free' && page % 2 ** order === 0;
}

/** Rows begin at multiples of `perRow`, so that a frame's column tells its number's last digit. */
function mapRows(runs: readonly WholeRun[], perRow: number, frames: number): FrameMapRow[] {
  const rows: FrameMapRow[] = [];
  let open: FrameRun[] = [];
  let rowPage = 0;
  const close = (end: number): void => {
    if (open.length > 0) rows.push({ page: rowPage, pages: end - rowPage, folded: false, runs: open });
    open = [];
  };
  for (const run of runs) {
    const end = run.first + run.length;
    const [foldFrom, foldTo] = foldedPart(run, perRow, frames);
    for (let page = run.first; page < end;) {
      if (page === foldFrom && foldTo > foldFrom) {
        rows.push({ page, pages: foldTo - page, folded: true, runs: [{ ...run, page, pages: foldTo - page }] });
        page = foldTo;
        continue;
      }
      if (open.length === 0) rowPage = page;
      const rowEnd = (Math.floor(page / perRow) + 1) * perRow;
      const to = Math.min(end, rowEnd, page < foldFrom && foldTo > foldFrom ? foldFrom : end);
      open.push({ ...run, page, pages: to - page });
      if (to === rowEnd) close(to);
      page = to;
    }
  }
  close(frames);
  return rows;
}

/** The whole rows of a long run; empty (both ends equal) where it stays open. */
function foldedPart({ first, length }: WholeRun, perRow: number, frames: number): [number, number] {
  const end = first + length;
  const from = Math.ceil(first / perRow) * perRow;
  const to = end === frames ? frames : Math.floor(end / perRow) * perRow;
  return length >= FOLDED && to - from >= 2 * perRow ? [from, to] : [first, first];
}

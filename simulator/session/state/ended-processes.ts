/** What is kept of processes that have ended: the last of them as they were just before, of the others only what they counted. */
import { forgetOwner } from '../../hardware/counters.ts';
import type { Machine } from '../../hardware/machine.ts';
import { scanTable, shareEntries, type ScannedEntries } from '../../hardware/table-scan.ts';
import { addressOfVpn, type Ppn, type Vpn } from '../../hardware/word.ts';
import type { BoundKernel } from '../../kernels/bound-kernel.ts';
import type { ProcessObject } from '../../kernels/kernel.ts';
import type { RegionView, TableView } from '../../kernels/view.ts';
import { entryRows, framesOf, regionRows, type EntryRow, type ProcessRows, type RegionRow } from './process-view.ts';
import { coveredRanges, isTouched } from './region-ranges.ts';
import { type Bounds, raiseHint } from '../scenario/bounds.ts';
import type { Run } from './run.ts';

/** Taken before the kernel took it apart. All but the process itself never changes, and copies of the world share it. */
export interface EndedProcess {
  /** Known by its owner: a kernel may give its pid to another process, and forget this one. */
  readonly process: ProcessObject;
  readonly rows: ProcessRows;
  /** Its tables, entry by entry, and its regions as each table's cluster knew them. */
  readonly views: readonly EndedView[];
  /** Frames that other live processes mapped as well at that time. */
  readonly shared: readonly number[];
}

export interface EndedView {
  readonly table: TableView;
  readonly scan: ScannedEntries;
  readonly regions: readonly RegionView[];
}

/** Plain data of the run's state. */
export interface EndedProcesses {
  /** In order of their ends. */
  endedProcesses: EndedProcess[];
  /** Ended ones that are not known any more. */
  forgottenProcesses: number;
}

export function createEndedProcesses(): EndedProcesses {
  return { endedProcesses: [], forgottenProcesses: 0 };
}

/** Called by the engine before a kernel takes a process apart. */
export function captureProcess({ kernel, machine, script, program }: Run, process: ProcessObject): void {
  const elsewhere = framesElsewhere(kernel, machine, process);
  script.endedProcesses = script.endedProcesses.filter((ended) => ended.process.owner !== process.owner);
  const last = script.endedProcesses.at(-1);
  const views = endedViews(kernel, machine, process, last);
  const rows = endedRows(kernel, machine, process, views, last);
  const shared = new Set<Ppn>();
  for (const frame of framesOf(rows)) if (elsewhere.has(frame)) shared.add(frame);
  script.endedProcesses.push({ process, rows, views, shared: [...shared] });
  forgetOldest({ kernel, machine, script, program });
}

function framesElsewhere(kernel: BoundKernel, machine: Machine, process: ProcessObject): Set<Ppn> {
  const frames = new Set<Ppn>();
  for (const other of kernel.processes()) {
    if (!other.alive || other === process) continue;
    const regions = regionRows(kernel, other);
    const ranges = coveredRanges(regions);
    const isShown = (from: Vpn, to: Vpn): boolean => isTouched(ranges, addressOfVpn(from), addressOfVpn(to));
    const tables = kernel.tables(other).map(({ root }) => scanTable(machine, root, isShown));
    for (const frame of framesOf({ regions, tables })) frames.add(frame);
  }
  return frames;
}

/** The kernel's own region objects are not kept: it is about to free them. */
function endedViews(
  kernel: BoundKernel,
  machine: Machine,
  process: ProcessObject,
  last: EndedProcess | undefined,
): EndedView[] {
  return kernel.tables(process).map((table) => ({
    table: { ...table },
    scan: shareEntries(scanTable(machine, table.root), viewIn(last, table.cluster)?.scan),
    regions: kernel.regions(process, table.cluster).map((region) => ({ ...region, object: null })),
  }));
}

function viewIn(ended: EndedProcess | undefined, cluster: number): EndedView | undefined {
  return ended?.views.find(({ table }) => table.cluster === cluster);
}

/** Rows of entries that the process before had as well, a kernel's half among them, are that one's. */
function endedRows(
  kernel: BoundKernel,
  machine: Machine,
  process: ProcessObject,
  views: readonly EndedView[],
  last: EndedProcess | undefined,
): ProcessRows {
  const tables = views.map(({ table: { cluster, root }, scan: { entries } }) => {
    const known = viewIn(last, cluster)?.scan.entries ?? [];
    const knownRows = last?.rows.tables.find((table) => table.cluster === cluster)?.entries ?? [];
    const rowOf = new Map(known.map((entry, index) => [entry, knownRows[index] as EntryRow]));
    const fresh = entryRows(
      kernel,
      machine,
      entries.filter((entry) => !rowOf.has(entry)),
    );
    let next = 0;
    return { cluster, root, entries: entries.map((entry) => rowOf.get(entry) ?? (fresh[next++] as EntryRow)) };
  });
  const regions: RegionRow[] = regionRows(kernel, process);
  return { regions, tables };
}

/**
 * What is kept is bounded, for every checkpoint keeps its own. The one that ended last stays whatever its size, and so does one that
 * the kernel still knows: its parent has not waited for it yet, and its memory is not free.
 */
function forgetOldest({
  kernel,
  machine,
  script,
  program,
}: Pick<Run, 'kernel' | 'machine' | 'script' | 'program'>): void {
  const { endedProcesses, endedEntries } = program.bounds;
  const known = new Set(kernel.processes());
  let entries = 0;
  let kept = 0;
  const isKept = (ended: EndedProcess): boolean => {
    entries += sizeOf(ended);
    kept += 1;
    return kept === 1 || (kept <= endedProcesses && entries <= endedEntries) || known.has(ended.process);
  };
  const remaining: EndedProcess[] = [];
  for (const ended of script.endedProcesses.toReversed()) {
    if (isKept(ended)) remaining.push(ended);
    else forget({ machine, script }, ended.process);
  }
  script.endedProcesses = remaining.toReversed();
}

function sizeOf({ views }: EndedProcess): number {
  return views.reduce((sum, { scan }) => sum + scan.entries.length, 0);
}

function forget({ machine, script }: Pick<Run, 'machine' | 'script'>, { owner }: ProcessObject): void {
  forgetOwner(machine, owner);
  script.forgottenProcesses += 1;
}

/** By age: those that the kernel knows, ended ones that nobody waited for among them, and those that it has forgotten. */
export function knownProcesses(kernel: BoundKernel, ended: readonly EndedProcess[]): readonly ProcessObject[] {
  const kept = kernel.processes();
  const owners = new Set(kept.map(({ owner }) => owner));
  const forgotten = ended.map(({ process }) => process).filter(({ owner }) => !owners.has(owner));
  return [...kept, ...forgotten].sort((a, b) => a.owner - b.owner);
}

/** How much of what the state tells of ended processes was dropped; null where nothing was. */
export function forgottenText(
  { forgottenProcesses: count, endedProcesses }: EndedProcesses,
  bounds: Bounds,
): string | null {
  if (count === 0) return null;
  const [subject, verb] = count === 1 ? ['1 process', 'is'] : [`${count.toLocaleString('en')} processes`, 'are'];
  const kept = endedProcesses.length.toLocaleString('en');
  const bound = endedProcesses.length >= bounds.endedProcesses ? 'endedProcesses' : 'endedEntries';
  return `${subject} that ended ${verb} not shown in the state: it keeps the last ${kept}. Counters of all processes together still count them. To keep more, ${raiseHint(bound, bounds)}`;
}

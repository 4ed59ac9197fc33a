/** Whose page table a request is about: the named one, or the current thread's. */
import { clusterCount, clusterOfCore } from '../hardware/machine-config.ts';
import { addressBitsOf } from '../hardware/layouts/formats.ts';
import type { ProcessObject } from '../kernels/kernel.ts';
import type { RegionView, TableView } from '../kernels/view.ts';
import { clusterName } from './entry.ts';
import { InspectError } from './inspect-error.ts';
import type { ClusterName, InspectContext, ProcessChoice } from './models.ts';
import { scanKey, type Inspection } from './inspection.ts';
import { knownProcesses, type EndedProcess } from '../session/state/ended-processes.ts';
import { indexed, type TableScan } from '../hardware/table-scan.ts';

export interface Target {
  readonly process: string | number | null;
  /** Index, or `x,y`. */
  readonly cluster: number | string | null;
}

/** A process seen from one of the clusters where it lives. */
export interface Subject {
  readonly process: ProcessObject;
  readonly table: TableView;
  readonly scan: TableScan;
  readonly before: TableScan | null;
  readonly regions: readonly RegionView[];
  /** Set for a process that has ended: what is shown is how it was just before. */
  readonly ended: EndedProcess | null;
}

const nothing: TableScan = { root: 0, tables: [], entries: [], byVpn: new Map() };

/** Null where there is no process at all yet and none was named. */
export function findSubject(inspection: Inspection, target: Target): Subject | null {
  const process = findProcess(inspection, target.process);
  if (process === null) return null;
  const ended = endedOf(inspection, process);
  const table = findTable(inspection, process, tablesOf(inspection, process), target.cluster);
  const key = scanKey(process.owner, table.cluster);
  if (ended !== null) {
    const last = ended.views.find((view) => view.table.cluster === table.cluster);
    const scan = last === undefined ? nothing : indexed(last.scan);
    const regions = last?.regions ?? [];
    // At the stop after its end, what its last step did is marked; later nothing changes any more.
    const before = inspection.before?.get(key)?.scan ?? scan;
    return { process, table, scan, before, regions, ended };
  }
  const scan = inspection.scans.get(key)?.scan ?? nothing;
  // A table that the last step made has no entries before it: all of its entries are new.
  const before = inspection.before === null ? null : (inspection.before.get(key)?.scan ?? nothing);
  return {
    process,
    table,
    scan,
    before,
    regions: inspection.kernel.regions(process, table.cluster),
    ended,
  };
}

function processesOf({ kernel, ended }: Inspection): readonly ProcessObject[] {
  return knownProcesses(kernel, ended);
}

function endedOf(inspection: Inspection, process: ProcessObject): EndedProcess | null {
  return process.alive ? null : (inspection.ended.find((ended) => ended.process.owner === process.owner) ?? null);
}

/** Those that an ended process had, while it lived. */
function tablesOf(inspection: Inspection, process: ProcessObject): readonly TableView[] {
  return endedOf(inspection, process)?.views.map(({ table }) => table) ?? inspection.kernel.tables(process);
}

function findProcess(inspection: Inspection, wanted: string | number | null): ProcessObject | null {
  const processes = processesOf(inspection);
  if (wanted !== null) {
    const found = processes.filter((process) => process.name === wanted || process.pid === Number(wanted));
    const [first] = [...found.filter(({ alive }) => alive), ...found];
    if (first !== undefined) return first;
    const names = processes.map((process) => process.name).join(', ') || 'none yet';
    throw new InspectError(`there is no process '${String(wanted)}'; the processes are: ${names}`, 'process');
  }
  const current = inspection.thread?.process;
  const living = processes.filter((process) => process.alive);
  return (current !== undefined && processes.includes(current) ? current : (living.at(-1) ?? processes.at(-1))) ?? null;
}

function findTable(
  inspection: Inspection,
  process: ProcessObject,
  tables: readonly TableView[],
  wanted: number | string | null,
): TableView {
  const none: TableView = { cluster: process.cluster, root: 0, role: '' };
  if (wanted !== null) {
    const index = clusterOf(inspection, wanted);
    const found = tables.find((table) => table.cluster === index);
    if (found !== undefined) return found;
    const places = tables.map((table) => placeText(clusterName(inspection, table.cluster))).join(', ') || 'nowhere';
    throw new InspectError(
      `process '${process.name}' has no page table in cluster ${String(wanted)}; it lives in: ${places}`,
      'cluster',
    );
  }
  const { thread } = inspection;
  const here = thread?.process === process ? clusterOfCore(inspection.machine.config, thread.core) : -1;
  return (
    tables.find((table) => table.cluster === here) ??
    tables.find((table) => table.role === 'reference') ??
    tables[0] ??
    none
  );
}

export function clusterOf(inspection: Inspection, wanted: number | string): number {
  const { config } = inspection.machine;
  const count = clusterCount(config);
  const place = /^\(?(\d+),(\d+)\)?$/.exec(String(wanted));
  const [x, y] = place === null ? [0, 0] : [Number(place[1]), Number(place[2])];
  const isInside = place === null || (x < config.mesh.width && y < config.mesh.height);
  const index = place === null ? Number(wanted) : x * config.mesh.height + y;
  if (isInside && Number.isInteger(index) && index >= 0 && index < count) return index;
  throw new InspectError(
    `there is no cluster ${String(wanted)}; the mesh is ${config.mesh.width}x${config.mesh.height}`,
    'cluster',
  );
}

/** That of the current thread's core; the first where no thread is current. */
export function currentCluster({ machine, thread }: Inspection): number {
  return thread === null ? 0 : clusterOfCore(machine.config, thread.core);
}

function placeText({ x, y }: ClusterName): string {
  return `${x},${y}`;
}

export function contextOf(inspection: Inspection, subject: Subject | null): InspectContext {
  const { machine, kernel, thread } = inspection;
  const choice = (process: ProcessObject): ProcessChoice => ({
    name: process.name,
    pid: process.pid,
    alive: process.alive,
    tables: tablesOf(inspection, process).map(({ cluster, role }) => ({
      cluster: clusterName(inspection, cluster),
      role,
    })),
  });
  return {
    kernel: kernel.name,
    paging: machine.config.paging,
    addressBits: addressBitsOf(machine),
    clusters: clusterCount(machine.config),
    process: subject === null ? null : choice(subject.process),
    cluster: clusterName(inspection, subject?.table.cluster ?? 0),
    role: subject?.table.role ?? '',
    processes: processesOf(inspection).map(choice),
    current: thread?.process.name ?? null,
    stop: inspection.stop,
  };
}

export function regionOf(subject: Subject, vpn: number): RegionView | null {
  const address = vpn * 4096;
  return subject.regions.find((region) => address >= region.start && address < region.end) ?? null;
}

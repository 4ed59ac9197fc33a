/** A stopped simulation as the inspectors read it: its page tables read once, and those of the stop before for comparison. */
import type { Activity } from '../execution/activity.ts';
import type { Machine } from '../hardware/machine.ts';
import type { TraceEvent } from '../hardware/trace-event.ts';
import { addressOfVpn, type Ppn } from '../hardware/word.ts';
import type { ProcessObject, ThreadObject } from '../kernels/kernel.ts';
import type { BoundKernel } from '../kernels/bound-kernel.ts';
import type { TableView } from '../kernels/view.ts';
import { coveredRanges, isCovered } from '../session/state/region-ranges.ts';
import type { EndedProcess } from '../session/state/ended-processes.ts';
import type { FrameTables } from './frame-table.ts';
import type { ViewsByProcess } from './kernel-views.ts';
import type { Traffic } from './traffic.ts';
import { scanTable, type TableScan } from '../hardware/table-scan.ts';

export interface Inspection {
  readonly machine: Machine;
  readonly kernel: BoundKernel;
  readonly thread: ThreadObject | null;
  /** Counts the stops. */
  readonly stop: number;
  readonly scans: ReadonlyMap<string, ProcessScan>;
  /** Of the stop before; null at the first. */
  readonly before: ReadonlyMap<string, ProcessScan> | null;
  /** Recent events, oldest first, without the plain accesses. */
  readonly events: readonly TraceEvent[];
  /** Owner, by pid, of each frame that a region shows; -1 where several live processes show it. */
  readonly owners: ReadonlyMap<Ppn, number>;
  /** Processes that have ended, as they were just before. */
  readonly ended: readonly EndedProcess[];
  /** The kernel's own views, as far as they were asked for at this stop or before. */
  readonly views: ViewsByProcess;
  readonly viewsBefore: ViewsByProcess | null;
  readonly activities: readonly Activity[];
  /** What went over the network and through the TLBs since the stop before. */
  readonly traffic: Traffic;
  /** What frames are, of the clusters that were asked for at this stop or before. */
  readonly frameTables: FrameTables;
  readonly frameTablesBefore: FrameTables | null;
}

export interface ProcessScan {
  readonly process: ProcessObject;
  readonly table: TableView;
  readonly scan: TableScan;
}

const SEVERAL = -1;

/** `owner` is a process's own for ever; its pid may be another's at the next stop. */
export function scanKey(owner: number, cluster: number): string {
  return `${owner} ${cluster}`;
}

/** All page tables of all living processes. */
export function scanProcesses(machine: Machine, kernel: BoundKernel): Map<string, ProcessScan> {
  const scans = new Map<string, ProcessScan>();
  for (const process of kernel.processes()) {
    if (!process.alive) continue;
    for (const table of kernel.tables(process)) {
      scans.set(scanKey(process.owner, table.cluster), { process, table, scan: scanTable(machine, table.root) });
    }
  }
  return scans;
}

export function frameOwners(scans: ReadonlyMap<string, ProcessScan>, kernel: BoundKernel): Map<Ppn, number> {
  const owners = new Map<Ppn, number>();
  for (const { process, table, scan } of scans.values()) {
    const ranges = coveredRanges(kernel.regions(process, table.cluster));
    for (const entry of scan.entries) {
      for (let page = 0; page < entry.pages; page++) {
        if (!isCovered(ranges, addressOfVpn(entry.vpn + page))) continue;
        const known = owners.get(entry.ppn + page);
        owners.set(entry.ppn + page, known === undefined || known === process.pid ? process.pid : SEVERAL);
      }
    }
  }
  return owners;
}

/** Does another live process map the frame as well? */
export function isShared(inspection: Inspection, ppn: Ppn): boolean {
  return inspection.owners.get(ppn) === SEVERAL;
}

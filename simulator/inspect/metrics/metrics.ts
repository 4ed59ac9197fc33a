/** A run in figures, by the names that the field gives them. Plain data, ready for JSON.stringify; without any effect. */
import { countOf } from '../../hardware/counters.ts';
import { pagingFormat } from '../../hardware/layouts/formats.ts';
import { clusterCount } from '../../hardware/machine-config.ts';
import { framesPerCluster } from '../../hardware/physical-memory.ts';
import { PAGE_SIZE, type Ppn } from '../../hardware/word.ts';
import { scanTable } from '../../hardware/table-scan.ts';
import type { BoundKernel } from '../../kernels/bound-kernel.ts';
import type { ProcessObject } from '../../kernels/kernel.ts';
import { framesOf, processRows } from '../../session/state/process-view.ts';
import type { World } from '../../session/state/world.ts';
import { latestCycle, machineJson, type RunState } from '../state-json.ts';
import { fragmentation, type Fragmentation } from './fragmentation.ts';
import { distribution, type Distribution } from './distribution.ts';
import { faultCauses, type FaultCause, type RunObserver } from './run-observer.ts';

/** Accesses over which the working set is counted. */
export const WORKING_SET_WINDOW = 10_000;

export interface ProcessMetrics {
  readonly name: string;
  readonly pid: number;
  readonly accesses: number;
  readonly faults: number;
  /** Bytes of its regions, whether in memory or not. */
  readonly vsz: number;
  /** Bytes of its pages in memory. */
  readonly rss: number;
  /** As `rss`; of a page that n living processes map, an n-th. */
  readonly pss: number;
  /** Bytes of pages that only it maps. */
  readonly uss: number;
  readonly pageTableBytes: number;
}

export interface Metrics {
  readonly version: 1;
  readonly kernel: string;
  readonly machine: RunState['machine'];
  readonly steps: number;
  readonly cycles: number;
  readonly accesses: {
    readonly total: number;
    readonly fetches: number;
    /** Of cores and of the kernel to another cluster than their own. */
    readonly remote: number;
    /** Links of the mesh that remote accesses crossed, one way. */
    readonly hops: number;
  };
  readonly tlb: {
    readonly hits: number;
    readonly misses: number;
    readonly missRate: number;
    /** Misses on pages that the core had not asked for before. */
    readonly compulsory: number;
    readonly flushes: number;
    /** Misses in a thousand instructions; null where the run fetches none. */
    readonly mpki: number | null;
  };
  readonly walks: {
    readonly total: number;
    /** Entries that all walks read. */
    readonly accesses: number;
    /** Number of tables that a walk read, to how many walks read so many. */
    readonly byTables: Readonly<Record<string, number>>;
  };
  readonly faults: {
    readonly total: number;
    readonly byCause: Readonly<Record<FaultCause, number>>;
    /** Cycles from trap to outcome. */
    readonly latency: Readonly<Record<FaultCause, Distribution | null>>;
  };
  readonly memory: {
    readonly frames: number;
    readonly free: number;
    readonly allocated: number;
    readonly freed: number;
    readonly zeroed: number;
    readonly copied: number;
    readonly pageTableBytes: number;
    readonly fragmentation: Fragmentation;
    /** Different pages among the last accesses. */
    readonly workingSet: { readonly window: number; readonly pages: number };
  };
  readonly processes: readonly ProcessMetrics[];
  readonly counters: Readonly<Record<string, number>>;
}

export function metricsOf(kernel: BoundKernel, world: World, observer: RunObserver): Metrics {
  const { machine, script } = world;
  const { config, counters } = machine;
  const count = (name: string): number => countOf(machine, name);
  const processes = processMetrics(kernel, world);
  return {
    version: 1,
    kernel: kernel.name,
    machine: machineJson(config),
    steps: script.steps,
    cycles: latestCycle(machine),
    accesses: {
      total: count('access'),
      fetches: observer.fetches,
      remote: count('remote-access'),
      hops: observer.hops,
    },
    tlb: tlbMetrics(count, observer),
    walks: walkMetrics(count('page-walk'), observer),
    faults: faultMetrics(observer),
    memory: {
      frames: framesPerCluster(machine) * clusterCount(config),
      free: Array.from({ length: clusterCount(config) }, (_, cluster) => kernel.freeFrames(cluster)).reduce(sum, 0),
      allocated: count('page-alloc'),
      freed: count('page-free'),
      zeroed: count('page-zero'),
      copied: count('page-copy'),
      pageTableBytes: processes.map(({ pageTableBytes }) => pageTableBytes).reduce(sum, 0),
      fragmentation: fragmentation(kernel, machine),
      workingSet: { window: WORKING_SET_WINDOW, pages: observer.workingSet(WORKING_SET_WINDOW) },
    },
    processes,
    counters: Object.fromEntries(counters.names.map((name) => [name, count(name)])),
  };
}

function sum(left: number, right: number): number {
  return left + right;
}

function tlbMetrics(count: (name: string) => number, observer: RunObserver): Metrics['tlb'] {
  const hits = count('tlb-hit');
  const misses = count('tlb-miss');
  return {
    hits,
    misses,
    missRate: hits + misses === 0 ? 0 : misses / (hits + misses),
    compulsory: observer.compulsoryMisses,
    flushes: count('tlb-flush'),
    mpki: observer.fetches === 0 ? null : (misses * 1000) / observer.fetches,
  };
}

function walkMetrics(total: number, { walks }: RunObserver): Metrics['walks'] {
  const sorted = [...walks].sort(([left], [right]) => left - right);
  return {
    total,
    accesses: sorted.map(([tables, walked]) => tables * walked).reduce(sum, 0),
    byTables: Object.fromEntries(sorted),
  };
}

function faultMetrics({ latencies }: RunObserver): Metrics['faults'] {
  const of = <T>(value: (cycles: readonly number[]) => T): Record<FaultCause, T> =>
    Object.fromEntries(faultCauses.map((cause) => [cause, value(latencies[cause])])) as Record<FaultCause, T>;
  const byCause = of(({ length }) => length);
  return { total: Object.values(byCause).reduce(sum, 0), byCause, latency: of(distribution) };
}

/** Of living processes. */
function processMetrics(kernel: BoundKernel, { machine }: World): ProcessMetrics[] {
  const living = kernel.processes().filter(({ alive }) => alive);
  const rows = living.map((process) => processRows(kernel, machine, process));
  const frames = rows.map((one) => new Set(framesOf(one)));
  const sharers = new Map<Ppn, number>();
  for (const own of frames) for (const frame of own) sharers.set(frame, (sharers.get(frame) ?? 0) + 1);
  return living.map((process, index) => {
    const own = [...(frames[index] ?? [])];
    const counted = (name: string): number => countOf(machine, name, { owner: process.owner });
    return {
      name: process.name,
      pid: process.pid,
      accesses: counted('access'),
      faults: counted('page-fault') + counted('cow-fault'),
      vsz: (rows[index]?.regions ?? []).map(({ start, end }) => end - start).reduce(sum, 0),
      rss: own.length * PAGE_SIZE,
      pss: Math.round(own.map((frame) => PAGE_SIZE / (sharers.get(frame) ?? 1)).reduce(sum, 0)),
      uss: own.filter((frame) => sharers.get(frame) === 1).length * PAGE_SIZE,
      pageTableBytes: tableBytes(kernel, machine, process),
    };
  });
}

/** Of all its tables, the kernel's part that they refer to included. */
function tableBytes(kernel: BoundKernel, machine: World['machine'], process: ProcessObject): number {
  const { levels } = pagingFormat(machine.config.paging);
  const sizes = levels.map(({ indexBits, words }) => Math.max(PAGE_SIZE, 2 ** indexBits * words * 4));
  let bytes = 0;
  for (const { root } of kernel.tables(process)) {
    // A table is known by the indices that lead to it: those above are the beginnings of its path.
    const paths = new Map<string, number>([['', 0]]);
    for (const { path } of scanTable(machine, root).tables)
      for (let level = 1; level <= path.length; level++) paths.set(path.slice(0, level).join(' '), level);
    for (const level of paths.values()) bytes += sizes[level] ?? 0;
  }
  return bytes;
}

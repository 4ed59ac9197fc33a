import type { Machine } from './machine.ts';
import { cycles } from './core-registers.ts';
import { clusterCount } from './machine-config.ts';
import type { MachineConfig } from './machine-config.ts';
import { noteRegion } from './region-log.ts';

/** Everything that happens is one event. With nobody listening it costs a counter increment. */
export const EventKind = {
  access: 0,
  tlbHit: 1,
  tlbMiss: 2,
  pageWalk: 3,
  pageFault: 4,
  falseFault: 5,
  cowFault: 6,
  segv: 7,
  pageAlloc: 8,
  pageFree: 9,
  pageZero: 10,
  pageCopy: 11,
  pteSet: 12,
  pteClear: 13,
  tlbFlush: 14,
  rpc: 15,
  lockWait: 16,
  regionCreate: 17,
  regionRemove: 18,
  regionSplit: 19,
  mapperMiss: 20,
  remoteAccess: 21,
  pageOut: 22,
  pageIn: 23,
  oom: 24,
} as const;

/** By number: the names scenarios count by. A kernel's own events follow. */
export const eventNames: readonly string[] = [
  'access', 'tlb-hit', 'tlb-miss', 'page-walk', 'page-fault', 'false-fault', 'cow-fault', 'segv', 'page-alloc', 'page-free',
  'page-zero', 'page-copy', 'pte-set', 'pte-clear', 'tlb-flush', 'rpc', 'lock-wait', 'region-create', 'region-remove',
  'region-split', 'mapper-miss', 'remote-access', 'page-out', 'page-in', 'oom',
]; // prettier-ignore

export type EventValue = string | number | boolean | null;
export type EventFields = Readonly<Record<string, EventValue>>;

export interface TraceEvent {
  /** Counts every event of the machine, listened to or not. */
  readonly id: number;
  readonly kind: number;
  readonly name: string;
  readonly step: number;
  readonly cycle: number;
  readonly core: number;
  readonly cluster: number;
  readonly owner: number;
  readonly thread: string;
  readonly line: number;
  /** Id of the event that caused this one; -1 for none. */
  readonly cause: number;
  readonly [field: string]: EventValue;
}

export interface Trace {
  on: boolean;
  /** Ids given so far. */
  sequence: number;
  /** Drained by whoever listens. */
  events: TraceEvent[];
}

/** On whose behalf the machine runs now; set whenever the running activity changes. */
export interface Cause {
  core: number;
  owner: number;
  thread: string;
  line: number;
  step: number;
  event: number;
}

/** How often each event happened, by owner, cluster, kind. Owner 0 is the kernel. */
export interface Counters {
  names: string[];
  ids: Record<string, number>;
  /** Kinds of room in a cluster's row. */
  stride: number;
  clusters: number;
  byOwner: Float64Array[];
}

const FIRST_STRIDE = 64;

export function createCounters(config: MachineConfig): Counters {
  const ids: Record<string, number> = {};
  eventNames.forEach((name, kind) => (ids[name] = kind));
  return { names: [...eventNames], ids, stride: FIRST_STRIDE, clusters: clusterCount(config), byOwner: [] };
}

/** Gives a kernel's own event its number; the same number again if it has one. */
export function registerEvent(machine: Machine, name: string): number {
  const { counters } = machine;
  const known = Object.hasOwn(counters.ids, name) ? counters.ids[name] : undefined;
  if (known !== undefined) return known;
  const kind = counters.names.push(name) - 1;
  counters.ids[name] = kind;
  if (kind >= counters.stride) widen(counters);
  return kind;
}

function widen(counters: Counters): void {
  const stride = counters.stride * 2;
  counters.byOwner = counters.byOwner.map((row) => {
    const wide = new Float64Array(counters.clusters * stride);
    for (let cluster = 0; cluster < counters.clusters; cluster++) {
      wide.set(row.subarray(cluster * counters.stride, (cluster + 1) * counters.stride), cluster * stride);
    }
    return wide;
  });
  counters.stride = stride;
}

/** -1 for a name nobody registered. */
export function eventId(machine: Machine, name: string): number {
  const { ids } = machine.counters;
  return Object.hasOwn(ids, name) ? (ids[name] as number) : -1;
}

/** The owner's row, made on first use. */
export function countersOf(machine: Machine, owner: number): Float64Array {
  const { counters } = machine;
  while (counters.byOwner.length <= owner) counters.byOwner.push(new Float64Array(counters.clusters * counters.stride));
  return counters.byOwner[owner] as Float64Array;
}

/** Counts an event for the running owner, and records it if somebody listens. */
export function emit(machine: Machine, kind: number, cluster: number, fields?: EventFields): void {
  const { cause, trace, counters } = machine;
  const row = countersOf(machine, cause.owner);
  const index = cluster * counters.stride + kind;
  row[index] = (row[index] as number) + 1;
  if (kind === EventKind.regionRemove && fields !== undefined) noteRemoval(machine, fields);
  const id = trace.sequence++;
  if (trace.on) record(machine, id, kind, cluster, fields);
}

/** A region that goes takes its addresses with it: `start`, `end` or `size`, and `process` where it is not the running one's. */
function noteRemoval(machine: Machine, { start, end, size, process }: EventFields): void {
  if (typeof start !== 'number') return;
  const last = typeof end === 'number' ? end : start + Number(size ?? 0);
  const owner = typeof process === 'number' ? process : undefined;
  noteRegion(machine, { action: 'unmapped', start, end: last, owner });
}

function record(machine: Machine, id: number, kind: number, cluster: number, fields: EventFields | undefined): void {
  const { cause, trace, counters } = machine;
  trace.events.push({
    ...fields,
    id,
    kind,
    name: counters.names[kind] as string,
    step: cause.step,
    cycle: cycles(machine, cause.core),
    core: cause.core,
    cluster,
    owner: cause.owner,
    thread: cause.thread,
    line: cause.line,
    cause: cause.event,
  });
}

/** How often since the start; everyone and everywhere unless named. 0 for an unknown name. */
export function countOf(machine: Machine, name: string, of: { owner?: number; cluster?: number } = {}): number {
  const kind = eventId(machine, name);
  if (kind < 0) return 0;
  const { byOwner, clusters, stride } = machine.counters;
  let count = 0;
  byOwner.forEach((row, owner) => {
    if (of.owner !== undefined && of.owner !== owner) return;
    for (let cluster = 0; cluster < clusters; cluster++) {
      if (of.cluster === undefined || of.cluster === cluster) count += row[cluster * stride + kind] as number;
    }
  });
  return count;
}

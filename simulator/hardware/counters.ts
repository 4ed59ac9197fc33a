import { countedNames } from './event-shapes.ts';
import type { Machine } from './machine.ts';
import { clusterCount } from './machine-config.ts';
import type { MachineConfig } from './machine-config.ts';

/** How often each event happened, by owner, cluster, kind. Owner 0 is the kernel. */
export interface Counters {
  readonly names: string[];
  readonly ids: Record<string, number>;
  /** Kinds of room in a cluster's row. */
  stride: number;
  readonly clusters: number;
  readonly byOwner: Map<number, Float64Array>;
  /** What owners counted that are known no more: a part of every total. */
  forgotten: Float64Array;
}

const FIRST_STRIDE = 64;

export function createCounters(config: MachineConfig): Counters {
  const ids: Record<string, number> = {};
  countedNames.forEach((name, kind) => (ids[name] = kind));
  const clusters = clusterCount(config);
  const forgotten = new Float64Array(clusters * FIRST_STRIDE);
  return { names: [...countedNames], ids, stride: FIRST_STRIDE, clusters, byOwner: new Map(), forgotten };
}

/** Makes room for a kind of event under its name; its number. */
export function addCounter(counters: Counters, name: string): number {
  if (Object.hasOwn(counters.ids, name)) throw new Error(`internal: two events have the name ${name}`);
  const kind = counters.names.push(name) - 1;
  counters.ids[name] = kind;
  if (kind >= counters.stride) widen(counters);
  return kind;
}

function widen(counters: Counters): void {
  const stride = counters.stride * 2;
  const widened = (row: Float64Array): Float64Array => {
    const wide = new Float64Array(counters.clusters * stride);
    for (let cluster = 0; cluster < counters.clusters; cluster++) {
      wide.set(row.subarray(cluster * counters.stride, (cluster + 1) * counters.stride), cluster * stride);
    }
    return wide;
  };
  for (const [owner, row] of counters.byOwner) counters.byOwner.set(owner, widened(row));
  counters.forgotten = widened(counters.forgotten);
  counters.stride = stride;
}

/** The owner's row, made on first use. */
export function countersOf({ counters }: Machine, owner: number): Float64Array {
  return counters.byOwner.get(owner) ?? addRow(counters, owner);
}

function addRow({ byOwner, clusters, stride }: Counters, owner: number): Float64Array {
  const row = new Float64Array(clusters * stride);
  byOwner.set(owner, row);
  return row;
}

/** Totals keep what the owner counted; what it alone counted is 0 from now on. */
export function forgetOwner({ counters }: Machine, owner: number): void {
  const { byOwner, forgotten } = counters;
  byOwner.get(owner)?.forEach((count, index) => {
    forgotten[index] = (forgotten[index] as number) + count;
  });
  byOwner.delete(owner);
}

/** As if nothing had happened yet. */
export function resetCounters({ counters }: Machine): void {
  counters.byOwner.clear();
  counters.forgotten.fill(0);
}

/** How often since the start; everyone and everywhere unless named. 0 for an unknown name. */
export function countOf(machine: Machine, name: string, of: { owner?: number; cluster?: number } = {}): number {
  const { byOwner, forgotten, clusters, stride, ids } = machine.counters;
  const kind = Object.hasOwn(ids, name) ? ids[name] : undefined;
  if (kind === undefined) return 0;
  let count = 0;
  const addRowOf = (row: Float64Array | undefined): void => {
    for (let cluster = 0; row !== undefined && cluster < clusters; cluster++) {
      if (of.cluster === undefined || of.cluster === cluster) count += row[cluster * stride + kind] as number;
    }
  };
  if (of.owner !== undefined) addRowOf(byOwner.get(of.owner));
  else for (const row of [...byOwner.values(), forgotten]) addRowOf(row);
  return count;
}

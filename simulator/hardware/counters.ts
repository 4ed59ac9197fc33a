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
  byOwner: Float64Array[];
}

const FIRST_STRIDE = 64;

export function createCounters(config: MachineConfig): Counters {
  const ids: Record<string, number> = {};
  countedNames.forEach((name, kind) => (ids[name] = kind));
  return { names: [...countedNames], ids, stride: FIRST_STRIDE, clusters: clusterCount(config), byOwner: [] };
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
  counters.byOwner = counters.byOwner.map((row) => {
    const wide = new Float64Array(counters.clusters * stride);
    for (let cluster = 0; cluster < counters.clusters; cluster++) {
      wide.set(row.subarray(cluster * counters.stride, (cluster + 1) * counters.stride), cluster * stride);
    }
    return wide;
  });
  counters.stride = stride;
}

/** The owner's row, made on first use. */
export function countersOf(machine: Machine, owner: number): Float64Array {
  const { counters } = machine;
  while (counters.byOwner.length <= owner) counters.byOwner.push(new Float64Array(counters.clusters * counters.stride));
  return counters.byOwner[owner] as Float64Array;
}

/** How often since the start; everyone and everywhere unless named. 0 for an unknown name. */
export function countOf(machine: Machine, name: string, of: { owner?: number; cluster?: number } = {}): number {
  const { byOwner, clusters, stride, ids } = machine.counters;
  const kind = Object.hasOwn(ids, name) ? ids[name] : undefined;
  if (kind === undefined) return 0;
  let count = 0;
  byOwner.forEach((row, owner) => {
    if (of.owner !== undefined && of.owner !== owner) return;
    for (let cluster = 0; cluster < clusters; cluster++) {
      if (of.cluster === undefined || of.cluster === cluster) count += row[cluster * stride + kind] as number;
    }
  });
  return count;
}

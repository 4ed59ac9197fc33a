import type { Machine } from './machine.ts';
import type { MachineConfig } from './machine-config.ts';
import { clusterIndex, clusterX, clusterY } from './machine-config.ts';

/** Clusters on the way, both ends included: all hops in x first, then all in y (ALMOS-MKH 10.8). */
export function route(config: MachineConfig, from: number, to: number): number[] {
  let x = clusterX(config, from);
  let y = clusterY(config, from);
  const endX = clusterX(config, to);
  const endY = clusterY(config, to);
  const way = [from];
  for (; x !== endX; way.push(clusterIndex(config, x, y))) x += Math.sign(endX - x);
  for (; y !== endY; way.push(clusterIndex(config, x, y))) y += Math.sign(endY - y);
  return way;
}

export function hops(config: MachineConfig, from: number, to: number): number {
  const { height } = config.mesh;
  return Math.abs(Math.floor(from / height) - Math.floor(to / height)) + Math.abs((from % height) - (to % height));
}

/** Cycles of one access from a core of one cluster to the memory of another, answer included, without traffic. */
export function latency(config: MachineConfig, from: number, to: number): number {
  const { cost } = config;
  return from === to ? cost.T_L2 : cost.T_L2 + 2 * (cost.NIF + cost.HOP * hops(config, from, to));
}

/** The network's state: when each directed link is free again. Matters only with contention on. */
export interface Network {
  contention: boolean;
  /** Four links a cluster: towards +x, -x, +y, -y. */
  readonly busyUntil: Float64Array;
}

export function createNetwork(clusters: number): Network {
  return { contention: false, busyUntil: new Float64Array(4 * clusters) };
}

/**
 * Cycles of one access that starts at `cycle`. With contention on, each link that is still busy with an
 * earlier access costs one HOP more, and every link of the way there and back is busy for one HOP.
 */
export function transfer(machine: Machine, from: number, to: number, cycle: number): number {
  const { config, network } = machine;
  const base = latency(config, from, to);
  if (!network.contention || from === to) return base;
  const busy = occupy(machine, route(config, from, to), cycle) + occupy(machine, route(config, to, from), cycle);
  return base + busy * config.cost.HOP;
}

function occupy(machine: Machine, way: readonly number[], cycle: number): number {
  const { config, network } = machine;
  let busy = 0;
  for (let i = 1; i < way.length; i++) {
    const link = linkBetween(config, way[i - 1] as number, way[i] as number);
    if ((network.busyUntil[link] as number) > cycle) busy++;
    network.busyUntil[link] = cycle + config.cost.HOP;
  }
  return busy;
}

function linkBetween(config: MachineConfig, from: number, to: number): number {
  const { height } = config.mesh;
  if (to === from + height) return 4 * from;
  if (to === from - height) return 4 * from + 1;
  return to > from ? 4 * from + 2 : 4 * from + 3;
}

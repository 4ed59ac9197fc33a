import { addCycles, cycles } from '../../../hardware/core.ts';
import { latency, transfer } from '../../../hardware/interconnect.ts';
import { emit, EventKind } from '../../../hardware/trace-event.ts';
import type { Here } from './state.ts';

/** 10.8: cycles of one access from here to a cluster's memory, with the network as busy as it is. */
export function latencyTo(here: Here, cluster: number): number {
  return transfer(here.machine, here.cluster, cluster, cycles(here.machine, here.core));
}

/** One access of the kernel to another cluster's memory through an extended pointer (1.2). Local ones are free. */
export function remoteAccess(here: Here, cluster: number): void {
  if (cluster === here.cluster) return;
  addCycles(here.machine, here.core, latencyTo(here, cluster));
  emit(here.machine, EventKind.remoteAccess, here.cluster, { to: cluster });
}

/** 10.8: `bytes` written to a cluster's page, line by line. */
export function payFill(here: Here, cluster: number, bytes = 4096): void {
  addCycles(here.machine, here.core, lines(here, bytes) * latency(here.machine.config, here.cluster, cluster));
}

/** 10.8: `bytes` read from one page and written to another. */
export function payCopy(here: Here, source: number, target: number, bytes = 4096): void {
  const { config } = here.machine;
  const each = latency(config, here.cluster, source) + latency(config, here.cluster, target);
  addCycles(here.machine, here.core, lines(here, bytes) * each);
}

function lines(here: Here, bytes: number): number {
  return Math.ceil((bytes * here.machine.config.cost.PAGE_LINES) / 4096);
}

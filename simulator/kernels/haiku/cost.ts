import { addCycles } from '../../hardware/core.ts';
import { latency } from '../../hardware/interconnect.ts';
import { clusterOfPpn } from '../../hardware/physical-memory.ts';
import type { Here } from './state.ts';

/** Cycles of writing or reading whole frames, line by line, from the core that runs. */
export function payPages(here: Here, ...frames: readonly number[]): void {
  const { config } = here.machine;
  for (const frame of frames) {
    const bank = Math.max(0, clusterOfPpn(here.machine, frame));
    addCycles(here.machine, here.core, config.cost.PAGE_LINES * latency(config, here.cluster, bank));
  }
}

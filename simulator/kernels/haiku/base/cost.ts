import { addCycles } from '../../../hardware/core.ts';
import { latency } from '../../../hardware/interconnect.ts';
import { acknowledgeIpi, sendIpi } from '../../../hardware/interrupt-controller.ts';
import { clusterOfCore } from '../../../hardware/machine-config.ts';
import { clusterOfPpn } from '../../../hardware/physical-memory.ts';
import type { Here } from './state.ts';

/** Cycles of writing or reading whole frames, line by line, from the core that runs. */
export function payPages(here: Here, ...frames: readonly number[]): void {
  const { config } = here.machine;
  for (const frame of frames) {
    const bank = Math.max(0, clusterOfPpn(here.machine, frame));
    addCycles(here.machine, here.core, config.cost.PAGE_LINES * latency(config, here.cluster, bank));
  }
}

/** A synchronous message to another core: its sender waits for the acknowledgement. */
export function payMessage({ machine, core: self }: Here, core: number): void {
  const { config } = machine;
  sendIpi(machine, core);
  const hops = latency(config, clusterOfCore(config, self), clusterOfCore(config, core));
  addCycles(machine, self, config.cost.T_IPI + 2 * hops);
  acknowledgeIpi(machine, core);
}

import { clusterOfPpn, pageOfPpn } from '../../../hardware/physical-memory.ts';
import type { Ppn } from '../../../hardware/word.ts';
import { clusterAt, type Here } from './state.ts';

/** One holder less (6.1). The caller holds page.lock. */
export function dropFork(here: Here, ppn: Ppn): void {
  const { forks } = clusterAt(here, clusterOfPpn(here.machine, ppn)).ppm.pages_tbl;
  const page = pageOfPpn(here.machine, ppn);
  forks[page] = (forks[page] as number) - 1;
}

export function changeRefcount(here: Here, ppn: Ppn, by: number): void {
  const { refcount } = clusterAt(here, clusterOfPpn(here.machine, ppn)).ppm.pages_tbl;
  const page = pageOfPpn(here.machine, ppn);
  refcount[page] = (refcount[page] as number) + by;
}

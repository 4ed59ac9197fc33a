/** How the free memory of all clusters is broken up, as Linux's buddyinfo and unusable free space index tell it. */
import { clusterCount } from '../../hardware/machine-config.ts';
import type { Machine } from '../../hardware/machine.ts';
import type { BoundKernel } from '../../kernels/bound-kernel.ts';
import { bankFigures } from '../bank-figures.ts';
import { frameTable } from '../frame-table.ts';

/** By order, from single frames on: a request of order n wants 2^n frames in one piece. */
export interface Fragmentation {
  /** Free blocks of that order; where a kernel has no blocks, runs of so many frames and fewer than twice as many. */
  readonly freeBlocks: readonly number[];
  /** Share of the free frames that a request of that order cannot use, from 0 to 1. */
  readonly unusable: readonly number[];
}

export function fragmentation(kernel: BoundKernel, machine: Machine): Fragmentation {
  const freeBlocks: number[] = [];
  const usable: number[] = [];
  let free = 0;
  for (let cluster = 0; cluster < clusterCount(machine.config); cluster++) {
    const table = frameTable({ machine, kernel, scans: new Map() }, cluster);
    const { totals, orders } = bankFigures(table, kernel.hasFreeBlocks);
    const own = totals.reduce((sum, { content, frames }) => sum + (content === 'free' ? frames : 0), 0);
    free += own;
    for (const { order, blocks, unusable } of orders) {
      freeBlocks[order] = (freeBlocks[order] ?? 0) + blocks;
      usable[order] = (usable[order] ?? 0) + (1 - unusable) * own;
    }
  }
  return { freeBlocks, unusable: usable.map((frames) => (free === 0 ? 0 : 1 - frames / free)) };
}

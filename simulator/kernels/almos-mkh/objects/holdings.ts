import type { Ppn } from '../../../hardware/word.ts';
import type { ProcessDescriptor } from './process.ts';
import type { AlmosState } from './state.ts';
import type { Gpt } from './gpt.ts';
import type { PageRange } from './stack-manager.ts';

export interface Holdings {
  /** Blocks by their first frame. */
  readonly pages: Set<Ppn>;
  /** MMAP ranges and STACK slots that no vseg stands for. */
  readonly ranges: (PageRange & { readonly pid: number; readonly cluster: number })[];
  readonly pteLocks: { readonly gpt: Gpt; readonly vpn: number }[];
  /** It gave back pages that it had not taken: counts of pages say nothing from then on. */
  miscounted: boolean;
  /** PTEs that it entered where no vseg is. */
  readonly entries: { readonly gpt: Gpt; readonly vpn: number }[];
}

export function createHoldings(): Holdings {
  return { pages: new Set(), ranges: [], pteLocks: [], entries: [], miscounted: false };
}

/** A descriptor's allocators begin anew: what was taken from them is nobody's. */
export function forgetRanges({ held }: AlmosState, { pid, cluster }: ProcessDescriptor): void {
  const others = held.ranges.filter((range) => range.pid !== pid || range.cluster !== cluster);
  held.ranges.splice(0, held.ranges.length, ...others);
}

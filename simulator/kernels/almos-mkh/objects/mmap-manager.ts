import type { Lock } from '../../../execution/lock.ts';
import type { Vpn } from '../../../hardware/word.ts';
import type { PageRange } from './stack-manager.ts';

/** 2.3 `mmap_mgr_t`. Only the reference cluster's is used. */
export interface MmapManager {
  readonly type: 'mmap_mgr';
  readonly lock: Lock;
  vpn_base: Vpn;
  /** Pages of the zone. */
  vpn_size: number;
  /** First page of the part that was never used. */
  first_free_vpn: Vpn;
  /** Entry k: released ranges of exactly 2^k pages, the last released first. */
  readonly zombi_list: PageRange[][];
}

const ZOMBI_LISTS = 32;

export function emptyZombiLists(): PageRange[][] {
  return Array.from({ length: ZOMBI_LISTS }, () => []);
}

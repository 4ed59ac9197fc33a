import type { Lock } from '../../../execution/lock.ts';
import type { Ppn, Vpn } from '../../../hardware/word.ts';

/** 2.7 `gpt_t`: a generic page table, always in the cluster of the process copy that it belongs to. */
export interface Gpt {
  readonly type: 'gpt';
  readonly cluster: number;
  /** Local address of the root: PT1, PML4. */
  ptr: number;
  /** First frame of the root: what the MMU's PTPR, or CR3, is made of. */
  ppn: Ppn;
  /** Descriptor of that page, as its PPN. */
  page: Ppn;
  /** Entries that somebody works on, by page number (5.21 step 2). */
  readonly locks: Map<Vpn, Lock>;
}

import { createLock, type Lock } from '../../../execution/lock.ts';
import type { Vseg } from './vseg.ts';
import type { Gpt } from './gpt.ts';
import type { StackManager } from './stack-manager.ts';
import { emptyZombiLists, type MmapManager } from './mmap-manager.ts';

/** 2.1 `vmm_t`: the virtual memory manager of a process in one cluster. */
export interface Vmm {
  readonly type: 'vmm';
  /** Protects the vseg list. */
  readonly vsegs_lock: Lock;
  /** VSL: every vseg of the process known in this cluster, in order of registration. */
  readonly vsegs_root: Vseg[];
  vsegs_nr: number;
  readonly gpt: Gpt;
  readonly stack_mgr: StackManager;
  readonly mmap_mgr: MmapManager;
  /** Instrumentation only. */
  pgfault_nr: number;
  /** Refused accesses: EINVAL, EACCES, EFAULT, EIO (A4). */
  u_err_nr: number;
  /** Accesses refused for lack of memory (A4). */
  m_err_nr: number;
  kent_vpn_base: number;
  args_vpn_base: number;
  envs_vpn_base: number;
  heap_vpn_base: number;
  code_vpn_base: number;
  data_vpn_base: number;
  /** Address of the main thread's first instruction. */
  entry_point: number;
  /** The simulator's own counters; the kernel never reads them. */
  false_pgfault_nr: number;
  cow_nr: number;
  remote_pgfault_nr: number;
}

export const vmmBases = [
  'kent_vpn_base',
  'args_vpn_base',
  'envs_vpn_base',
  'heap_vpn_base',
  'code_vpn_base',
  'data_vpn_base',
  'entry_point',
] as const;

/** As the descriptor's memory is before `vmm_init`. */
export function createVmm(cluster: number): Vmm {
  return {
    type: 'vmm',
    vsegs_lock: createLock('vsegs_lock'),
    vsegs_root: [],
    vsegs_nr: 0,
    gpt: { type: 'gpt', cluster, ptr: 0, ppn: 0, page: 0, locks: new Map() },
    stack_mgr: { type: 'stack_mgr', lock: createLock('stack_mgr.lock'), vpn_base: 0, slotPages: 0, bitmap: 0 },
    mmap_mgr: {
      type: 'mmap_mgr',
      lock: createLock('mmap_mgr.lock'),
      vpn_base: 0,
      vpn_size: 0,
      first_free_vpn: 0,
      zombi_list: emptyZombiLists(),
    },
    pgfault_nr: 0,
    u_err_nr: 0,
    m_err_nr: 0,
    kent_vpn_base: 0,
    args_vpn_base: 0,
    envs_vpn_base: 0,
    heap_vpn_base: 0,
    code_vpn_base: 0,
    data_vpn_base: 0,
    entry_point: 0,
    false_pgfault_nr: 0,
    cow_nr: 0,
    remote_pgfault_nr: 0,
  };
}

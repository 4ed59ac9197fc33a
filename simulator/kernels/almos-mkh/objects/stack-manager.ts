import type { Lock } from '../../../execution/lock.ts';
import type { Vpn } from '../../../hardware/word.ts';

/** 2.2 `stack_mgr_t`: the bitmap completely defines the state of the STACK zone. */
export interface StackManager {
  readonly type: 'stack_mgr';
  readonly lock: Lock;
  vpn_base: Vpn;
  /** CONFIG_VMM_STACK_SIZE as this machine has it. */
  slotPages: number;
  /** Bit i: slot i is allocated. */
  bitmap: number;
}

export interface PageRange {
  readonly vpn_base: Vpn;
  readonly vpn_size: number;
}

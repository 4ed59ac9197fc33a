import type { ThreadObject } from '../../kernel.ts';
import type { Process } from './process.ts';
import type { Vseg } from './vseg.ts';

/** A user thread. Threads never migrate (1.5). */
export interface Thread extends ThreadObject {
  readonly type: 'thread';
  readonly process: Process;
  /** Index in its descriptor's th_tbl. */
  readonly ltid: number;
  readonly core: number;
  readonly cluster: number;
  /** Its STACK vseg; null once it is removed. */
  stack: Vseg | null;
  /** Saved registers that this model has: where it starts, and what fork answered. */
  pc: number;
  sp: number;
}

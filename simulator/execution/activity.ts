import type { Access } from '../hardware/access.ts';
import type { Engine } from './engine.ts';
import type { Activation, KernelGenerator } from './activation.ts';

/** Who can end a wait. */
export interface WaitedFor {
  /** Agents that have to do something first: the holders of a lock, the server of a request. */
  readonly agents: readonly string[];
  /** The cluster whose answer is waited for. */
  readonly cluster?: number;
  /** A request: its number, and whether a server has begun with it. */
  readonly request?: { readonly id: number; readonly isServed: boolean };
}

/** Why an activity cannot go on, and the test that says when it can. Never part of a checkpoint. */
export interface Wait {
  readonly kind: 'lock' | 'rpc' | 'disk' | 'sleep' | 'condition';
  /** What it waits for, in words: `the PTE lock of vpn 0x2001, held by rpc 0,0 #1`. */
  readonly description: () => string;
  /** Left out where nobody in particular is waited for. */
  readonly on?: () => WaitedFor;
  readonly ready: () => boolean;
  /** For a sleep: the cycle at which it ends. */
  readonly until?: number;
  /** Leaves the queue in which it stands: called when the activity is ended while it waits, so that it is handed nothing. */
  readonly withdraw?: () => void;
}

/** The numbered step of the kernel function that answered an error first; its callers only passed the error on. */
export interface ErrorOrigin {
  readonly error: string;
  readonly function: string;
  /** Label of the step, and its text. */
  readonly step: string;
  readonly text: string;
}

/** An access inside one page that an activity is about to make. */
export interface NextAccess {
  /** As it is written. */
  readonly address: bigint;
  readonly access: Access;
  /** In bytes. */
  readonly length: number;
  /** What is written, where it is known. */
  readonly value: bigint | null;
  /** From 1 on it is tried again, after a fault. */
  readonly attempt: number;
  /** In words: `write at 0x2000000`. */
  readonly text: string;
}

/** Why a call failed, where the error's name and the step that answered it do not say it all. */
export interface ErrorReason {
  readonly kind: 'overlap' | 'protection' | 'argument' | 'limit';
  /** The error that it explains: a function may have tried something else first. */
  readonly error: string;
  /** What stands in the way, or which mask refused; no capital, no full stop. */
  readonly message: string;
  /** First byte of what stands in the way. */
  readonly address?: number;
}

/**
 * A generator in progress on a core: a scenario thread's statement, an RPC service, a daemon's turn.
 * Activities live between two checkpoints; what must survive belongs to the kernel's state.
 */
export interface Activity {
  readonly id: number;
  readonly engine: Engine;
  /** Stable identity, by which locks know their holders: a thread's name, `rpc 1,0 #2`. */
  readonly agent: string;
  core: number;
  cluster: number;
  /** Counter owner (a process's index in the counters; 0 is the kernel). An RPC server takes its client's. */
  owner: number;
  /** The scenario's or the kernel's thread object, if it is one. */
  thread: unknown;
  /** The source line that caused it; 0 where there is none. */
  line: number;
  /** Id of the event that causes what it does now; -1 for none. */
  cause: number;
  generator: KernelGenerator<unknown>;
  /** The innermost kernel frame, for the debugger; the base frame has no caller. */
  top: Activation;
  wait: Wait | null;
  /** What it has given way before; kept while the kernel handles its fault. Null where it was no access. */
  nextAccess: NextAccess | null;
  /** Names of the kernel functions entered since a trap, in order; null outside of one. */
  path: string[] | null;
  /** What comes next belongs to the micro-step that it has just taken: an exploration decides nothing here. */
  isAtomic: boolean;
  /** Set by a kernel function just before it answers its error; whoever began the call has cleared it before. */
  reason: ErrorReason | null;
  /** Noted by every kernel function that answers an error (activation.ts), with its activation; cleared with `reason`. */
  origin: ErrorOrigin | null;
  originator: Activation | null;
  state: 'running' | 'done' | 'failed';
  result: unknown;
  error: unknown;
}

/** What `bare` knows: which frames are given, who runs, and which table each process has. All else is the scenario's. */
import type { Activation } from '../../execution/activation.ts';
import type { PhysicalAddress, Ppn } from '../../hardware/word.ts';
import type { Injection } from '../injections.ts';
import type { ProcessObject, ThreadObject } from '../kernel.ts';

export interface Process extends ProcessObject {
  /** First frame of the root table; null until `set_root`. */
  root: Ppn | null;
}

export interface Thread extends ThreadObject {
  readonly process: Process;
}

export const FrameUse = { free: 0, reserved: 1, scenario: 2, given: 3, table: 4 } as const;

/** The frames of a cluster. */
export interface Bank {
  readonly first: Ppn;
  /** By page: a value of FrameUse. */
  readonly use: Uint8Array;
  /** By the first page of an allocation: its order plus 1; 0 elsewhere. */
  readonly orders: Uint8Array;
  free: number;
}

export interface BareState {
  readonly banks: Bank[];
  readonly processes: Process[];
  readonly threads: Thread[];
  injections: Injection[];
  nextPid: number;
}

export type Here = Activation<BareState>;

export function currentProcess(here: Here): Process | null {
  return (here.activity.thread as Thread | null)?.process ?? null;
}

export function rootAddress({ root }: Process): PhysicalAddress | null {
  return root === null ? null : root * 4096;
}

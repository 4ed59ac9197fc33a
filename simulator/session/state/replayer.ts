import type { Activation, KernelGenerator } from '../../execution/activation.ts';
import type { ThreadObject } from '../../kernels/kernel.ts';
import type { Run } from './run.ts';
import type { SourceRange, Statement } from '../scenario/scenario.ts';
import type { MemoryNeed } from '../scenario/sized-machine.ts';

export type ReplayStep = Extract<Statement, { readonly kind: 'replay-step' }>;

/** Performs recorded programs as processes of a run. Comes from the recording layer through the composition root. */
export interface Replayer {
  /** The statement `replay "PATH" named NAME`. Throws a ScenarioFailure where there is no such recording. */
  begin(request: ReplayRequest): ReplayBegun;
  /** How much memory its processes need; null where there is no such recording, or it has not been read. */
  need(path: string): MemoryNeed | null;
  /** Who performs what is next; null while there is no process. */
  thread(state: unknown): ThreadObject | null;
  /** The first step ahead that a thread performs; null if there is none. */
  nextStepOf(state: unknown, thread: string): ReplayStep | null;
  /** One step, as the thread of `here`. Throws a ScenarioFailure where it cannot go on. */
  perform(run: Run, here: Activation, state: unknown, step: ReplayStep): KernelGenerator<void>;
  /** All of it as one statement, for blocks that are interleaved. */
  replay(run: Run, here: Activation, request: ReplayRequest): KernelGenerator<void>;
}

export interface ReplayRequest {
  readonly path: string;
  readonly name: string | null;
  readonly range: SourceRange;
}

export interface ReplayBegun {
  /** The same list for the same recording. Their ranges are lines of its view. */
  readonly steps: readonly ReplayStep[];
  /** How far the replay has come: plain data that `perform` changes. */
  readonly state: unknown;
}

import type { Frame, KernelGenerator } from '../execution/frame.ts';
import type { Run } from './run.ts';
import type { SourceRange } from './scenario.ts';

/** Performs a recorded program as a process of the run. Comes from the recording layer through the composition root. */
export interface Replayer {
  /** The statement `replay "PATH" named NAME`: runs to the recording's end. Throws a ScenarioFailure where it cannot go on. */
  replay(run: Run, here: Frame, request: ReplayRequest): KernelGenerator<void>;
}

export interface ReplayRequest {
  readonly path: string;
  readonly name: string | null;
  readonly range: SourceRange;
}

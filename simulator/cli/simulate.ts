/** Runs simulations to their end, or to a line, in slices between which somebody may look. */
import { numberedLines } from './until.ts';
import type { Breaks, StepRequest, Stop } from '../session/moves/stop.ts';
import type { Diagnostic, SourceRange } from '../session/scenario/scenario.ts';
import { Simulation, type SimulationSettings } from '../session/moves/simulation.ts';
import { now } from './clock.ts';
import type { Guard } from './guard.ts';

/** Micro-steps of a slice. Some take microseconds, those of an exploration may take much longer. */
const FIRST_SLICE = 10_000;
const LONGEST_SLICE = 500_000;
/** Milliseconds that a slice should take: often enough for progress and for the bound on time. */
const AIM = 50;

export type Look = (simulation: Simulation) => void;

export interface SimulateOptions {
  /** Ends before the first of these lines. */
  readonly lines?: readonly number[] | undefined;
  /** Before the first statement. */
  readonly begin?: (simulation: Simulation) => void;
  /** Before every statement. */
  readonly watch?: (simulation: Simulation, range: SourceRange) => void;
  /** After every micro-step: the run is several times as slow. */
  readonly eachStep?: (simulation: Simulation) => void;
}

/** Refusals of the machine or of the kernel's options arrive as diagnostics. */
export function simulate(
  settings: SimulationSettings,
  guard: Guard,
  look: Look,
  { lines = [], begin, watch, eachStep }: SimulateOptions = {},
): Simulation | { readonly diagnostics: readonly Diagnostic[] } {
  const created = Simulation.create({ ...settings, goesBack: false });
  if ('diagnostics' in created) return created;
  const { simulation } = created;
  begin?.(simulation);
  const listening =
    watch === undefined
      ? {}
      : {
          watch: (range: SourceRange) => {
            watch(simulation, range);
            return false;
          },
        };
  const breakpoints: Breaks = { lines: numberedLines(lines), functions: [], exceptions: [], ...listening };
  let slice = FIRST_SLICE;
  guard.check(simulation);
  while (!simulation.isAtEnd) {
    const begun = now();
    const request: StepRequest = { kind: 'continue', breakpoints };
    const stop =
      eachStep === undefined
        ? simulation.advance(request, slice)
        : advanceBySteps(simulation, request, slice, eachStep);
    if (stop.reason !== 'budget') break;
    const taken = Math.max(now() - begun, 1);
    slice = Math.ceil(Math.min(LONGEST_SLICE, slice * Math.min(2, AIM / taken)));
    look(simulation);
    guard.check(simulation);
  }
  look(simulation);
  return simulation;
}

function advanceBySteps(
  simulation: Simulation,
  request: StepRequest,
  steps: number,
  eachStep: (simulation: Simulation) => void,
): Stop {
  for (let left = steps; ; left--) {
    const stop = simulation.advance(request, 1);
    eachStep(simulation);
    if (stop.reason !== 'budget' || left <= 1) return stop;
  }
}

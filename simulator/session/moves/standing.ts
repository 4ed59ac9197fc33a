/** Where a run stands, for whoever compares one moment with another of the same execution. */
import type { Activation } from '../../execution/activation.ts';
import type { Activity } from '../../execution/activity.ts';
import type { Execution } from './execution.ts';
import { type Landing, landingOf } from './step-origin.ts';
import { currentActivity } from './stack.ts';
import type { StackNumbers } from './stack-numbers.ts';

export interface Standing {
  /** Null between two statements. */
  readonly activity: Activity | null;
  /** The innermost frame: of a kernel function, or the base frame. */
  readonly top: Activation | null;
  /** Levels of control. */
  readonly depth: number;
  /** Calls of defs around it, and whether one of the statement's own has just returned. */
  readonly landing: Landing;
  /** Micro-steps since the last statement began. */
  readonly steps: number;
  /** What the thread with a number does now, if anything. */
  readonly of: (thread: number) => Activity | null;
}

export function standingOf(execution: Execution, numbers: StackNumbers): Standing {
  const { engine, script } = execution.run;
  const activity = execution.isBetween ? null : currentActivity(execution);
  const of = (thread: number): Activity | null => {
    const agent = numbers.agent(thread);
    return engine.activities.findLast((one) => one.agent === agent) ?? null;
  };
  return {
    activity,
    top: activity?.top ?? null,
    depth: script.control.length,
    landing: landingOf(script.control, execution.statement),
    steps: execution.stepsOfStatement,
    of,
  };
}

/** The frame and its callers, innermost first. */
export function* framesFrom(top: Activation | null): Generator<Activation> {
  for (let one = top; one !== null; one = one.caller) yield one;
}

/** Who takes the next micro-step where several can, as a list of departures from the plain order says. */
import type { Activity } from '../../execution/activity.ts';
import type { SchedulingPolicy } from '../../execution/policy.ts';

/**
 * A schedule: everywhere the first choice, except at these decisions, in order. The first choice lets the running activity go
 * on, or else the oldest; the others follow by age.
 */
export type Schedule = readonly Departure[];

export interface Departure {
  /** Number of the decision, from 0. */
  readonly at: number;
  /** 1 and up. */
  readonly choice: number;
}

/** One decision of an execution. */
export interface Decision {
  readonly choice: number;
  /** How many could have run. */
  readonly among: number;
  /** Every choice but 0 would have preempted an activity that could go on. Where none could, all choices are free. */
  readonly isPreemption: boolean;
}

/** Choice 0 lets the running activity go on; the others follow by age. */
export function candidates(runnable: readonly Activity[], current: Activity | null): readonly Activity[] {
  if (current === null || !runnable.includes(current)) return runnable;
  return [current, ...runnable.filter((activity) => activity !== current)];
}

/** What is one micro-step is not taken apart. Blocks come to their first statements in reverse, so that the first is current. */
export function unfinishedMicroStep(runnable: readonly Activity[]): Activity | undefined {
  return runnable.findLast(({ isAtomic }) => isAtomic);
}

/** Follows a schedule and records every decision. */
export function scriptedPolicy(schedule: Schedule, decisions: Decision[]): SchedulingPolicy {
  let next = 0;
  return {
    choose(runnable, current) {
      const unfinished = unfinishedMicroStep(runnable);
      if (unfinished !== undefined) return unfinished;
      const among = candidates(runnable, current);
      while ((schedule[next]?.at ?? Number.POSITIVE_INFINITY) < decisions.length) next++;
      const departure = schedule[next];
      const choice = departure?.at === decisions.length ? Math.min(departure.choice, among.length - 1) : 0;
      // Before the first decision nobody has done anything that could be cut in two.
      const isPreemption = decisions.length > 0 && among[0] === current;
      decisions.push({ choice, among: among.length, isPreemption });
      return among[choice] as Activity;
    },
  };
}

import type { Activity } from './activity.ts';

/** Decides which of several activities that can run takes the next micro-step. `runnable` is never empty. */
export interface SchedulingPolicy {
  choose(runnable: readonly Activity[], current: Activity | null): Activity;
}

/** The running activity goes on until it waits or ends; then the oldest that can run. */
export const sequentialPolicy: SchedulingPolicy = {
  choose(runnable, current) {
    if (current !== null && runnable.includes(current)) return current;
    return runnable[0] as Activity;
  },
};

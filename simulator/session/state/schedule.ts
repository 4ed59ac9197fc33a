/** Who takes the next micro-step where several can: by chance from a seed, or as a list of choices says. */
import type { Activity } from '../../execution/activity.ts';
import type { SchedulingPolicy } from '../../execution/policy.ts';

/** Choice 0 lets the running activity go on; the others follow by age. */
function candidates(runnable: readonly Activity[], current: Activity | null): readonly Activity[] {
  if (current === null || !runnable.includes(current)) return runnable;
  return [current, ...runnable.filter((activity) => activity !== current)];
}

export function randomPolicy(random: (bound: number) => number): SchedulingPolicy {
  return {
    choose(runnable, current) {
      const choices = candidates(runnable, current);
      return choices[random(choices.length)] as Activity;
    },
  };
}

/** One decision of a recorded schedule. */
export interface Decision {
  readonly choice: number;
  /** How many could have run. */
  readonly among: number;
}

/** Follows a list of choices, then choice 0; records every decision. What is one micro-step is not taken apart. */
export function scriptedPolicy(choices: readonly number[], decisions: Decision[]): SchedulingPolicy {
  return {
    choose(runnable, current) {
      // Blocks come to their first statements in reverse, so that choice 0 begins with the first block.
      const unfinished = runnable.findLast(({ isAtomic }) => isAtomic);
      if (unfinished !== undefined) return unfinished;
      const among = candidates(runnable, current);
      const choice = Math.min(choices[decisions.length] ?? 0, among.length - 1);
      decisions.push({ choice, among: among.length });
      return among[choice] as Activity;
    },
  };
}

/** The next schedule in depth-first order, or null after the last. */
export function nextSchedule(decisions: readonly Decision[]): number[] | null {
  for (let last = decisions.length - 1; last >= 0; last--) {
    const { choice, among } = decisions[last] as Decision;
    if (choice + 1 < among) return [...decisions.slice(0, last).map((decision) => decision.choice), choice + 1];
  }
  return null;
}

/** Schedules that depth-first order has not come to yet: at least one for each choice that was not made. */
export function schedulesAhead(decisions: readonly Decision[]): number {
  return decisions.reduce((sum, { choice, among }) => sum + among - 1 - choice, 0);
}

/**
 * A seed from 2^63 on is a schedule: up to four departures from choice 0, each as the number of decisions since the last
 * one (12 bits) and the choice (3 bits), the first one in the lowest bits.
 */
const SCHEDULE_SEEDS = 2n ** 63n;
const GAP_BITS = 12n;
const CHOICE_BITS = 3n;
const MOST_DEPARTURES = 4;

/** Null for a schedule with more, or more distant, departures than a seed holds. */
export function seedOfSchedule(decisions: readonly Decision[]): bigint | null {
  let seed = 0n;
  let shift = 0n;
  let last = -1;
  let departures = 0;
  for (const [index, { choice }] of decisions.entries()) {
    if (choice === 0) continue;
    const gap = index - last;
    if (++departures > MOST_DEPARTURES || gap >= 2 ** Number(GAP_BITS) || choice >= 2 ** Number(CHOICE_BITS))
      return null;
    seed |= ((BigInt(choice) << GAP_BITS) | BigInt(gap)) << shift;
    shift += GAP_BITS + CHOICE_BITS;
    last = index;
  }
  return SCHEDULE_SEEDS + seed;
}

/** A schedule from its seed, or chance from any other. */
export function policyOfSeed(seed: bigint): SchedulingPolicy {
  if (seed < SCHEDULE_SEEDS) return randomPolicy(randomOf(seed));
  const choices: number[] = [];
  let last = -1;
  for (let rest = seed - SCHEDULE_SEEDS; rest > 0n; rest >>= GAP_BITS + CHOICE_BITS) {
    last += Number(rest & (2n ** GAP_BITS - 1n));
    while (choices.length < last) choices.push(0);
    choices.push(Number((rest >> GAP_BITS) & (2n ** CHOICE_BITS - 1n)));
  }
  return scriptedPolicy(choices, []);
}

/** mulberry32 of a seed of its own: the machine's source of chance is not touched. */
function randomOf(seed: bigint): (bound: number) => number {
  let state = Number(BigInt.asUintN(32, seed ^ (seed >> 32n)));
  return (bound) => {
    state = (state + 0x6d2b_79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 0x1_0000_0000) * bound);
  };
}

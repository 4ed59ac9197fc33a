/** Schedules as `parallel seed` takes them: as one integer where it holds them, or as a list of choices. */
import type { Departure, Schedule } from './schedule.ts';

/**
 * A seed from 2^63 on is a schedule: up to four departures, each as the number of decisions since the last one (12 bits) and
 * the choice (3 bits), the first one in the lowest bits.
 */
export const SCHEDULE_SEEDS = 2n ** 63n;
const GAP_BITS = 12n;
const CHOICE_BITS = 3n;
const MOST_DEPARTURES = 4;

/** `9223372036854788097`, or `[[12, 1], [40, 1]]`: at which decision which choice, all others being 0. */
export function scheduleText(schedule: Schedule): string {
  const seed = seedOfSchedule(schedule);
  if (seed !== null) return String(seed);
  return `[${schedule.map(({ at, choice }) => `[${String(at)}, ${String(choice)}]`).join(', ')}]`;
}

/** Null for a schedule with more, or more distant, departures than a seed holds. */
export function seedOfSchedule(schedule: Schedule): bigint | null {
  if (schedule.length > MOST_DEPARTURES) return null;
  let seed = 0n;
  let shift = 0n;
  let last = -1;
  for (const { at, choice } of schedule) {
    const gap = at - last;
    if (gap >= 2 ** Number(GAP_BITS) || choice >= 2 ** Number(CHOICE_BITS)) return null;
    seed |= ((BigInt(choice) << GAP_BITS) | BigInt(gap)) << shift;
    shift += GAP_BITS + CHOICE_BITS;
    last = at;
  }
  return SCHEDULE_SEEDS + seed;
}

/** Null for a seed of chance. */
export function scheduleOfSeed(seed: bigint): Schedule | null {
  if (seed < SCHEDULE_SEEDS) return null;
  const schedule: Departure[] = [];
  let at = -1;
  for (let rest = seed - SCHEDULE_SEEDS; rest > 0n; rest >>= GAP_BITS + CHOICE_BITS) {
    at += Number(rest & (2n ** GAP_BITS - 1n));
    schedule.push({ at, choice: Number((rest >> GAP_BITS) & (2n ** CHOICE_BITS - 1n)) });
  }
  return schedule;
}

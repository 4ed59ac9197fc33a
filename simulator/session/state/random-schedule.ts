/** An interleaving by chance, from a seed. */
import type { Activity } from '../../execution/activity.ts';
import type { SchedulingPolicy } from '../../execution/policy.ts';
import { unfinishedMicroStep } from './schedule.ts';

/** How many micro-steps a block takes by itself. */
export interface BlockLength {
  readonly activity: Activity;
  readonly length: number;
}

/**
 * Each block begins after a number of the others' micro-steps, any as likely as the next: so a short one begins anywhere along
 * a long one. From then on blocks take turns, which are long with some seeds and short with others.
 */
export function randomPolicy(seed: bigint, blocks: readonly BlockLength[]): SchedulingPolicy {
  const random = randomOf(seed);
  const starts = randomStarts(blocks, random);
  const turn = randomTurn(blocks, random);
  let taken = 0;
  return {
    choose(runnable, current) {
      const unfinished = unfinishedMicroStep(runnable);
      if (unfinished !== undefined) return unfinished;
      // Before the first choice nobody has begun; whoever ran without one, because nobody else could, has.
      if (taken > 0 && current !== null) starts.delete(current);
      const chosen = dueBlock(runnable, starts, taken) ?? takeTurns(runnable, current, starts);
      taken++;
      starts.delete(chosen);
      return chosen;
    },
  };

  function takeTurns(
    runnable: readonly Activity[],
    current: Activity | null,
    waiting: ReadonlyMap<Activity, number>,
  ): Activity {
    const begun = runnable.filter((activity) => !waiting.has(activity));
    const others = begun.filter((activity) => activity !== current);
    const goesOn = others.length < begun.length && (others.length === 0 || random(turn) > 0);
    return goesOn ? (current as Activity) : (others[random(others.length)] as Activity);
  }
}

/** In micro-steps of the others, one of them at once. */
function randomStarts(blocks: readonly BlockLength[], random: (bound: number) => number): Map<Activity, number> {
  const total = lengthOf(blocks);
  const starts = blocks.map(({ length }) => random(total - length + 1));
  const first = Math.min(...starts);
  return new Map(blocks.map(({ activity }, index) => [activity, (starts[index] as number) - first]));
}

/** A turn ends after each micro-step with a chance of one in so many: 2, 4, … up to all of them. */
function randomTurn(blocks: readonly BlockLength[], random: (bound: number) => number): number {
  return 2 ** (1 + random(Math.max(1, Math.ceil(Math.log2(lengthOf(blocks) + 1)))));
}

function lengthOf(blocks: readonly BlockLength[]): number {
  return blocks.reduce((sum, { length }) => sum + length, 0);
}

/** The block whose start has come, or the next one where nobody else can run. */
function dueBlock(
  runnable: readonly Activity[],
  starts: ReadonlyMap<Activity, number>,
  taken: number,
): Activity | null {
  let next: Activity | null = null;
  for (const activity of runnable) {
    const start = starts.get(activity);
    if (start !== undefined && (next === null || start < (starts.get(next) as number))) next = activity;
  }
  if (next === null) return null;
  const isDue = (starts.get(next) as number) <= taken || runnable.every((activity) => starts.has(activity));
  return isDue ? next : null;
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

import { strict as assert } from 'node:assert';
import fc from 'fast-check';
import type { Activity } from '../../../simulator/execution/activity.ts';
import type { SchedulingPolicy } from '../../../simulator/execution/policy.ts';
import { searchByPreemptions } from '../../../simulator/session/state/preemption-search.ts';
import { randomPolicy } from '../../../simulator/session/state/random-schedule.ts';
import { scheduleOfSeed, seedOfSchedule } from '../../../simulator/session/state/schedule-text.ts';
import { scriptedPolicy, type Decision, type Schedule } from '../../../simulator/session/state/schedule.ts';

/** Activities that take so many micro-steps each, and nothing else. */
function activitiesOf(lengths: readonly number[]): Activity[] {
  return lengths.map((_, id) => ({ id, isAtomic: false }) as unknown as Activity);
}

/** The order in which they take them. */
function play(lengths: readonly number[], policyOf: (activities: readonly Activity[]) => SchedulingPolicy): number[] {
  const activities = activitiesOf(lengths);
  const policy = policyOf(activities);
  const left = [...lengths];
  const order: number[] = [];
  for (let current: Activity | null = null; ;) {
    const runnable = activities.filter((_, index) => (left[index] as number) > 0);
    if (runnable.length === 0) return order;
    // As the engine has it: who has ended is nobody's current activity.
    if (current !== null && !runnable.includes(current)) current = null;
    current = runnable.length === 1 ? (runnable[0] as Activity) : policy.choose(runnable, current);
    left[current.id] = (left[current.id] as number) - 1;
    order.push(current.id);
  }
}

/** How often somebody was cut off who could have gone on. */
function preemptionsOf(lengths: readonly number[], order: readonly number[]): number {
  const left = [...lengths];
  let count = 0;
  order.forEach((id, index) => {
    const last = order[index - 1];
    if (last !== undefined && last !== id && (left[last] as number) > 0) count++;
    left[id] = (left[id] as number) - 1;
  });
  return count;
}

/** Every order of the steps, found without any schedule. */
function allOrders(lengths: readonly number[]): string[] {
  if (lengths.every((length) => length === 0)) return [''];
  return lengths.flatMap((length, id) =>
    length === 0
      ? []
      : allOrders(lengths.map((other, index) => (index === id ? other - 1 : other))).map(
          (rest) => `${String(id)}${rest}`,
        ),
  );
}

interface Explored {
  readonly order: string;
  readonly preemptions: number;
}

function explore(lengths: readonly number[], mostKept?: number): { explored: Explored[]; runs: number } {
  const search = searchByPreemptions(mostKept);
  const explored: Explored[] = [];
  let runs = 0;
  for (let next = search.next([]); next.done !== true;) {
    const { schedule, preemptions, bound } = next.value;
    const decisions: Decision[] = [];
    const order = play(lengths, () => scriptedPolicy(schedule, decisions));
    runs++;
    assert.equal(preemptionsOf(lengths, order), preemptions, order.join(''));
    if (preemptions === bound) explored.push({ order: order.join(''), preemptions });
    next = search.next(decisions);
  }
  return { explored, runs };
}

const smallLengths = fc.array(fc.integer({ min: 1, max: 4 }), { minLength: 1, maxLength: 3 });

describe('session: schedules by their preemptions', () => {
  it('every order of the steps comes exactly once', () => {
    fc.assert(
      fc.property(smallLengths, (lengths) => {
        const { explored, runs } = explore(lengths);
        assert.deepEqual(explored.map(({ order }) => order).sort(), allOrders(lengths).sort());
        assert.equal(runs, explored.length);
      }),
      { seed: 5, numRuns: 60 },
    );
  });

  it('those with fewer preemptions come first', () => {
    fc.assert(
      fc.property(smallLengths, (lengths) => {
        const counts = explore(lengths).explored.map(({ preemptions }) => preemptions);
        assert.deepEqual(
          counts,
          counts.toSorted((left, right) => left - right),
        );
      }),
      { seed: 6, numRuns: 60 },
    );
  });

  it('whole blocks one after the other are no preemptions', () => {
    const whole = explore([3, 2, 2]).explored.filter(({ preemptions }) => preemptions === 0);
    assert.equal(whole.length, 6);
    assert.equal(whole[0]?.order, '0001122');
  });

  it('keeps what it can; the rest is run again, and still comes exactly once', () => {
    fc.assert(
      fc.property(smallLengths, fc.integer({ min: 1, max: 8 }), (lengths, mostKept) => {
        const { explored, runs } = explore(lengths, mostKept);
        assert.deepEqual(explored.map(({ order }) => order).sort(), allOrders(lengths).sort());
        assert.ok(runs >= explored.length);
      }),
      { seed: 7, numRuns: 60 },
    );
    assert.ok(explore([4, 4], 2).runs > allOrders([4, 4]).length);
  });
});

describe('session: schedules as seeds', () => {
  it('a seed replays its schedule, or there is none', () => {
    const schedules = fc
      .uniqueArray(fc.record({ at: fc.nat(30), choice: fc.integer({ min: 1, max: 2 }) }), {
        selector: ({ at }) => at,
        maxLength: 6,
      })
      .map((departures): Schedule => departures.toSorted((left, right) => left.at - right.at));
    fc.assert(
      fc.property(schedules, (schedule) => {
        const seed = seedOfSchedule(schedule);
        assert.equal(seed === null, schedule.length > 4);
        if (seed === null) return;
        assert.ok(seed >= 2n ** 63n && seed < 2n ** 64n);
        assert.deepEqual(
          scheduleOfSeed(seed),
          schedule.map(({ at, choice }) => ({ at, choice })),
        );
      }),
      { seed: 3 },
    );
    assert.equal(seedOfSchedule([{ at: 5000, choice: 1 }]), null);
    assert.equal(scheduleOfSeed(17n), null);
  });
});

describe('session: interleavings by chance', () => {
  const orderOf = (lengths: readonly number[], seed: number): number[] =>
    play(lengths, (activities) =>
      randomPolicy(
        BigInt(seed),
        activities.map((activity, index) => ({ activity, length: lengths[index] as number })),
      ),
    );

  it('the same seed makes the same choices, another one others', () => {
    assert.deepEqual(orderOf([12, 12], 5), orderOf([12, 12], 5));
    const orders = Array.from({ length: 40 }, (_, seed) => orderOf([12, 12], seed).join(''));
    assert.ok(new Set(orders).size > 20, String(new Set(orders).size));
  });

  for (const [what, lengths, short] of [
    ['behind', [400, 3], 1],
    ['before', [3, 400], 0],
    ['among three', [400, 1, 200], 1],
  ] as const) {
    it(`a short block begins anywhere along a long one: ${what}`, () => {
      const SEEDS = 800;
      const PARTS = 8;
      const longest = lengths.indexOf(400);
      const begun = new Array<number>(PARTS).fill(0);
      for (let seed = 0; seed < SEEDS; seed++) {
        const order = orderOf(lengths, seed);
        const before = order.slice(0, order.indexOf(short)).filter((id) => id === longest).length;
        const part = Math.min(PARTS - 1, Math.floor((before * PARTS) / 400));
        begun[part] = (begun[part] as number) + 1;
      }
      // Uniform would be 100 in each.
      for (const count of begun) assert.ok(count >= 40, begun.join(' '));
    });
  }

  it('small blocks come to each of their orders', () => {
    const orders = new Set(Array.from({ length: 600 }, (_, seed) => orderOf([2, 2], seed).join('')));
    assert.deepEqual([...orders].sort(), allOrders([2, 2]).sort());
    const ofThree = new Set(Array.from({ length: 3000 }, (_, seed) => orderOf([3, 1, 1], seed).join('')));
    assert.deepEqual([...ofThree].sort(), allOrders([3, 1, 1]).sort());
  });
});

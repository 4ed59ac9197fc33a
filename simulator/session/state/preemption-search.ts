/**
 * All schedules of an execution, each once, those with fewer preemptions first (iterative context bounding, Musuvathi and
 * Qadeer, PLDI 2007). Nothing is known of an execution before it was run: a schedule's decisions tell which ones branch off it.
 */
import type { Decision, Departure, Schedule } from './schedule.ts';

/** A schedule to run. */
export interface Candidate {
  readonly schedule: Schedule;
  readonly preemptions: number;
  /** The number of preemptions that the search has come to. A schedule with fewer is run again for its decisions alone. */
  readonly bound: number;
}

/** Decisions in a row that are alike; executions have thousands of decisions, but few such rows. */
interface Row {
  readonly from: number;
  to: number;
  readonly among: number;
  readonly isPreemption: boolean;
}

/** A schedule that was run, and its decisions behind the last departure: every other choice there is another schedule. */
interface Node {
  readonly schedule: Schedule;
  readonly rows: readonly Row[];
}

/** Schedules of one number of preemptions that are kept; beyond, they are run again where the next number builds on them. */
const MOST_KEPT = 100_000;

/** Asks for schedules to be run, and is told the decisions that were made: `search.next(decisions)`. */
export type PreemptionSearch = Generator<Candidate, void, readonly Decision[]>;

export function* searchByPreemptions(mostKept = MOST_KEPT): PreemptionSearch {
  /** The last level that was kept whole: the next ones build on it, or else on the first schedule. */
  let base: Level | null = null;
  for (let bound = 0; ; bound++) {
    const level: Level = new Level(bound, mostKept);
    if (base === null) yield* visit([], 0, level);
    else yield* visitAbove(base, level);
    // Without a schedule of so many preemptions there is none with more.
    if (level.count === 0) return;
    if (level.isComplete) base = level;
  }
}

/** The schedules with one number of preemptions, as far as they were found. */
class Level {
  readonly preemptions: number;
  readonly nodes: Node[] = [];
  count = 0;
  private readonly mostKept: number;

  constructor(preemptions: number, mostKept: number) {
    this.preemptions = preemptions;
    this.mostKept = mostKept;
  }

  add(node: Node): void {
    this.count++;
    if (this.isComplete) this.nodes.push(node);
    else this.nodes.length = 0;
  }

  get isComplete(): boolean {
    return this.count <= this.mostKept;
  }
}

function* visitAbove(base: Level, level: Level): PreemptionSearch {
  for (const node of base.nodes) {
    for (const { departure, isPreemption } of branches(node))
      if (isPreemption) yield* visit([...node.schedule, departure], base.preemptions + 1, level);
  }
}

/** The schedule, and all that branch off it with at most the level's preemptions. */
function* visit(schedule: Schedule, preemptions: number, level: Level): PreemptionSearch {
  const bound = level.preemptions;
  const node = nodeOf(schedule, yield { schedule, preemptions, bound });
  if (preemptions === bound) level.add(node);
  for (const { departure, isPreemption } of branches(node)) {
    const count = preemptions + (isPreemption ? 1 : 0);
    if (count <= bound) yield* visit([...schedule, departure], count, level);
  }
}

function nodeOf(schedule: Schedule, decisions: readonly Decision[]): Node {
  const rows: Row[] = [];
  const start = (schedule.at(-1)?.at ?? -1) + 1;
  for (let at = start; at < decisions.length; at++) {
    const { among, isPreemption } = decisions[at] as Decision;
    const last = rows.at(-1);
    if (last?.among === among && last.isPreemption === isPreemption) last.to = at + 1;
    else rows.push({ from: at, to: at + 1, among, isPreemption });
  }
  return { schedule, rows };
}

function* branches({ rows }: Node): Generator<{ readonly departure: Departure; readonly isPreemption: boolean }> {
  for (const { from, to, among, isPreemption } of rows) {
    for (let at = from; at < to; at++)
      for (let choice = 1; choice < among; choice++) yield { departure: { at, choice }, isPreemption };
  }
}

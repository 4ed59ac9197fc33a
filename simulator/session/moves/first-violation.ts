/** When rules of the kernel, which do not hold at a run's end, first did not hold: found by running the part in question again. */
import type { SourceRange } from '../scenario/scenario.ts';
import { createRun, settle, type Run } from '../state/run.ts';
import { restoreWorld, saveWorld, type SavedWorld } from '../state/snapshot.ts';
import type { FirstViolation } from '../statements/violations.ts';

/** Of an execution, as far as the search needs it. */
export interface Repeatable {
  readonly run: Run;
  readonly isBetween: boolean;
  /** The statement that was begun last. */
  readonly begun: SourceRange;
  /** False at the end. */
  moveOn(yieldAt: number): boolean;
}

/** Looks at so many moments of an interval before it turns to the one where the rules begin to be broken. */
const LOOKS = 50;

interface Moment {
  readonly statement: number;
  readonly saved: SavedWorld;
}

/**
 * The statement after which rules did not hold, though they did before it. `saved` are moments of the run in order, the
 * first of which is its beginning; `repeat` runs on from a world. Null where they did not hold from the beginning.
 */
export function firstViolation(
  run: Run,
  saved: readonly Moment[],
  repeat: (run: Run) => Repeatable,
): FirstViolation | null {
  const { program, replayer, script } = run;
  const open = ({ saved: world }: Moment): Run => createRun(program, restoreWorld(world), replayer);
  const firstBad = saved.findIndex((moment) => isBroken(open(moment)));
  const lastGood = firstBad < 0 ? saved.at(-1) : saved[firstBad - 1];
  let from = lastGood ?? null;
  let until = firstBad < 0 ? script.statements : (saved[firstBad]?.statement ?? 0);
  while (from !== null) {
    const execution = repeat(open(from));
    const found = search(execution, from, until);
    if (found === null) return null;
    if (found.statement - found.good.statement <= 1) return describe(execution, found.statement);
    from = found.good;
    until = found.statement;
  }
  return null;
}

/** Runs to `until`, and stops at the first look at which rules are broken. */
function search(
  execution: Repeatable,
  start: Moment,
  until: number,
): { readonly good: Moment; readonly statement: number } | null {
  const spacing = Math.max(1, Math.ceil((until - start.statement) / LOOKS));
  let good = start;
  for (;;) {
    const target = good.statement + spacing;
    const isOn = runTo(execution, target);
    const { world, script } = execution.run;
    if (isBroken(execution.run)) return { good, statement: script.statements };
    if (!isOn) return null;
    settle(execution.run);
    good = { statement: script.statements, saved: saveWorld(world, good.saved) };
  }
}

/** Between two statements, behind the given one; false at the end. */
function runTo(execution: Repeatable, statement: number): boolean {
  while (execution.run.script.statements < statement || !execution.isBetween)
    if (!execution.moveOn(Number.POSITIVE_INFINITY)) return false;
  return true;
}

function isBroken({ kernel }: Run): boolean {
  return kernel.invariants().length > 0;
}

function describe({ run, begun }: Repeatable, statement: number): FirstViolation {
  return { range: begun, statement, step: run.engine.steps };
}

/** Positions of a run, and the way to one: nothing ever runs backwards, the run is repeated from a checkpoint. */
import { EMPTY_ROUNDS, type Execution } from './execution.ts';
import type { Position } from './stop.ts';

export function positionOf(execution: Execution): Position {
  const { statements } = execution.run.script;
  // A failure ends the run inside its statement: the end is a position of its own all the same.
  if (execution.isBetween || execution.isFinished) return { statement: statements, step: 0 };
  return { statement: statements - 1, step: execution.stepsOfStatement };
}

/** Re-executes from the nearest checkpoint. A position behind the end stands at the end. */
export function seek(execution: Execution, position: Position): void {
  const here = positionOf(execution);
  const isAhead = here.step === 0 && here.statement <= position.statement && !execution.isFinished;
  if (!isAhead) execution.restore(position.statement);
  while (execution.run.script.statements < position.statement || !execution.isBetween)
    if (repeatStep(execution, Number.POSITIVE_INFINITY)) break;
  while (execution.run.script.statements === position.statement && execution.isBetween && position.step > 0)
    if (repeatStep(execution, 0)) break;
  while (!execution.isBetween && execution.stepsOfStatement < position.step) if (repeatStep(execution, 0)) break;
  execution.run.raised = null;
  // Leaving finished blocks counts as steps: before the world is settled.
  while (execution.isBetween && execution.arrive(execution.steps + EMPTY_ROUNDS) === 'budget') execution.heedLimits();
  execution.settle();
}

/** One statement begun, or one micro-step; true at the end. */
function repeatStep(execution: Execution, yieldAt: number): boolean {
  execution.run.wanted = new Set();
  if (execution.moveOn(yieldAt, Number.POSITIVE_INFINITY)) return false;
  execution.finish();
  return true;
}

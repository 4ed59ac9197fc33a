/** Positions of a run, and the way to one: nothing ever runs backwards, the run is repeated from a checkpoint. */
import type { Course } from './course.ts';
import { nextStatement } from '../state/control.ts';
import type { Position } from './stop.ts';

export function positionOf(course: Course): Position {
  const { statements } = course.run.script;
  if (course.isBetween) return { statement: statements, step: 0 };
  return { statement: statements - 1, step: course.stepsOfStatement };
}

/** The position one statement, or one micro-step, earlier; null at the beginning. */
export function positionBefore({ statement, step }: Position, granularity: 'statement' | 'step'): Position | null {
  if (granularity === 'step' && step > 1) return { statement, step: step - 1 };
  if (step > 0) return { statement, step: 0 };
  return statement > 0 ? { statement: statement - 1, step: 0 } : null;
}

/** Re-executes from the nearest checkpoint. A position behind the end stands at the end. */
export function seek(course: Course, position: Position): void {
  const here = positionOf(course);
  const isAhead = here.step === 0 && here.statement <= position.statement && !course.isFinished;
  if (!isAhead) course.restore(position.statement);
  while (course.run.script.statements < position.statement || !course.isBetween)
    if (repeatStep(course, Number.POSITIVE_INFINITY)) break;
  while (course.run.script.statements === position.statement && course.isBetween && position.step > 0)
    if (repeatStep(course, 0)) break;
  while (!course.isBetween && course.stepsOfStatement < position.step) if (repeatStep(course, 0)) break;
  course.run.raised = null;
  // Leaving finished blocks counts as steps: before the world is settled.
  if (course.isBetween) course.statement = nextStatement(course.run);
  course.settle();
}

/** One statement begun, or one micro-step; true at the end. */
function repeatStep(course: Course, yieldAt: number): boolean {
  course.run.wanted = new Set();
  if (!course.isBetween) {
    course.proceed(yieldAt);
    return false;
  }
  const statement = course.arrive(Number.POSITIVE_INFINITY);
  if (statement === null) {
    course.finish();
    return true;
  }
  course.begin(statement);
  return false;
}

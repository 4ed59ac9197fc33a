/** Rules of the kernel that do not hold: a bug of ours, or the doing of a scenario that overwrote what is the kernel's. */
import type { InvariantViolation } from '../../kernels/view.ts';
import { boundText, raiseHint } from '../scenario/bounds.ts';
import { ScenarioFailure } from '../scenario/scenario-failure.ts';
import type { Diagnostic, SourceRange } from '../scenario/scenario.ts';
import { type BrokenRule, overwriteBefore, overwriteText } from '../state/overwrites.ts';
import type { Run } from '../state/run.ts';

/** After which statement rules first did not hold. */
export interface FirstViolation {
  readonly range: SourceRange;
  /** Statements begun by then, and micro-steps of the run. */
  readonly statement: number;
  readonly step: number;
}

/**
 * Of a rule that a scenario broke, and that holds again or that nobody can check any more. A warning: who writes an entry and
 * then flushes does so, too.
 */
export function pastViolation(run: Run, broken: BrokenRule): Diagnostic {
  const end = run.script.broken ? '' : ', and no longer at the end';
  return { ...violationFailure(run, broken, broken, broken.range, end).toDiagnostic(), severity: 'warning' };
}

/** `first` null: it is not known, and the statement in `range` is named. */
export function violationFailure(
  { script, program: { bounds } }: Run,
  { invariant, message }: InvariantViolation,
  first: FirstViolation | null,
  range: SourceRange,
  until = '',
): ScenarioFailure {
  const where =
    first === null ? '' : `, first after line ${String(first.range.line)} (micro-step ${String(first.step)})${until}`;
  const text = `${invariant}: ${message}${where}`;
  const overwrite = overwriteBefore(script.overwrites, first?.statement ?? script.statements);
  if (overwrite === null)
    return new ScenarioFailure('WALK215', `${text}. This is a bug of Pagewalk.`, first?.range ?? range);
  const related = first === null ? [] : [{ message: 'the rule first did not hold after this', range: first.range }];
  const more =
    script.overwrites.length < bounds.overwrites
      ? ''
      : `; only the first ${boundText('overwrites', bounds.overwrites)} places that overwrote something are told apart: ${raiseHint('overwrites', bounds)}`;
  return new ScenarioFailure('WALK243', `${text}: ${overwriteText(overwrite)}${more}`, overwrite.range, related);
}

/** Rules of the kernel that do not hold: a bug of ours, or the doing of a scenario that overwrote what is the kernel's. */
import type { InvariantViolation } from '../../kernels/view.ts';
import { boundText, raiseHint } from '../scenario/bounds.ts';
import { ScenarioFailure } from '../scenario/scenario-failure.ts';
import type { Diagnostic, SourceRange } from '../scenario/scenario.ts';
import { type BrokenRule, type Overwrite, overwriteBefore, overwriteText } from '../state/overwrites.ts';
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

/** An error, unless what is to blame is a step of a larger function. */
export function violationDiagnostic(
  run: Run,
  violation: InvariantViolation,
  first: FirstViolation | null,
  range: SourceRange,
): Diagnostic {
  const found = violationFailure(run, violation, first, range).toDiagnostic();
  return isUnfinished(run, first) ? { ...found, severity: 'warning' } : found;
}

/** Is a step of a larger function to blame, which would have done the rest? */
export function isUnfinished(run: Run, first: FirstViolation | null): boolean {
  return blamed(run, first)?.isPart === true;
}

function blamed({ script }: Run, first: FirstViolation | null): Overwrite | null {
  return overwriteBefore(script.overwrites, first?.statement ?? script.statements);
}

/** `first` null: it is not known, and the statement in `range` is named. */
export function violationFailure(
  run: Run,
  { invariant, message }: InvariantViolation,
  first: FirstViolation | null,
  range: SourceRange,
  until = '',
): ScenarioFailure {
  const where =
    first === null ? '' : `, first after line ${String(first.range.line)} (micro-step ${String(first.step)})${until}`;
  const text = `${invariant}: ${message}${where}`;
  const { script, program } = run;
  const { bounds } = program;
  const overwrite = blamed(run, first);
  if (overwrite === null)
    return new ScenarioFailure('WALK215', `${text}. This is a bug of Pagewalk.`, first?.range ?? range);
  const related = first === null ? [] : [{ message: 'the rule first did not hold after this', range: first.range }];
  const more =
    script.overwrites.length < bounds.overwrites
      ? ''
      : `; only the first ${boundText('overwrites', bounds.overwrites)} places that overwrote something are told apart: ${raiseHint('overwrites', bounds)}`;
  return new ScenarioFailure('WALK243', `${text}: ${overwriteText(overwrite)}${more}`, overwrite.range, related);
}

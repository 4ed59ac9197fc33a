/** A statement inside another one: of an interleaved block, or of a handler. Whoever listens hears of it. */
import { setCause } from '../../execution/cause.ts';
import type { KernelGenerator } from '../../execution/activation.ts';
import type { Passage } from '../state/control.ts';
import { roundsIn } from '../state/findings.ts';
import type { ControlFrame } from '../state/script.ts';
import { ScenarioFailure } from '../scenario/scenario-failure.ts';
import type { Statement } from '../scenario/scenario.ts';
import { performStatement } from './interpreter.ts';
import { tellEnd, tellStatement } from './statement-events.ts';
import type { StatementContext } from './statements.ts';

export function* performInRounds(
  context: StatementContext,
  control: readonly ControlFrame[],
  statement: Statement,
): KernelGenerator<Passage> {
  try {
    return yield* performTold(context, control, statement);
  } catch (error) {
    if (error instanceof ScenarioFailure) error.rounds = roundsIn(control);
    throw error;
  }
}

function* performTold(
  context: StatementContext,
  control: readonly ControlFrame[],
  statement: Statement,
): KernelGenerator<Passage> {
  const { machine, activity, cluster } = context.here;
  const begun = tellStatement(machine, cluster, statement);
  const before = setCause(activity, begun);
  try {
    return yield* performStatement(context, statement, control);
  } finally {
    setCause(activity, before);
    tellEnd(machine, activity, begun);
  }
}

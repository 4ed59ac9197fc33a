/** Who runs a statement: threads by the names of the scenario. */
import type { ThreadObject } from '../../kernels/kernel.ts';
import { observingEvaluation } from '../calls/begin-evaluation.ts';
import { evaluate } from '../calls/evaluate.ts';
import { hasEffects } from '../calls/evaluation.ts';
import { scopesOf } from '../state/control.ts';
import type { Run } from '../state/run.ts';
import { ScenarioFailure } from '../scenario/scenario-failure.ts';
import type { Expression, SourceRange } from '../scenario/scenario.ts';
import { threadFor } from './statements.ts';
import { kindOf, type Value } from '../state/values.ts';

/** Who is written: a name, or an expression. */
interface Who {
  readonly who: string;
  readonly whoExpression?: Expression;
  readonly range: SourceRange;
}

/** The thread that `as WHO` means, where that runs nothing on the machine. */
export function resolveThread(run: Run, { who, whoExpression, range }: Who): ThreadObject {
  if (whoExpression === undefined) {
    let value: Value | undefined;
    for (const scope of scopesOf(run.script)) if ((value = scope.get(who)) !== undefined) break;
    return threadOfValue(run, value, who, range);
  }
  if (hasEffects(whoExpression))
    throw new ScenarioFailure(
      'WALK225',
      `calls run on the machine: bind ${who} before this block`,
      whoExpression.range,
    );
  const value = evaluate(observingEvaluation(run, null, scopesOf(run.script)), whoExpression);
  return threadOfValue(run, value, who, range);
}

export function threadOfValue(run: Run, value: Value | undefined, name: string, range: SourceRange): ThreadObject {
  const thread = value === undefined ? null : threadFor(run, value);
  if (thread !== null) return thread;
  if (typeof value === 'object' && value !== null && !Array.isArray(value) && value.kind === 'process') {
    throw new ScenarioFailure('WALK210', `process ${value.process.name} has ended: no statement can run as it`, range);
  }
  throw new ScenarioFailure(
    'WALK224',
    value === undefined
      ? `there is no process or thread ${name}`
      : `${name} is ${kindOf(value)}, not a process or thread`,
    range,
  );
}

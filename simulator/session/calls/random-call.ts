import type { KernelGenerator } from '../../execution/activation.ts';
import { ScenarioFailure } from '../scenario/scenario-failure.ts';
import type { CallExpression } from '../scenario/scenario.ts';
import { nextNumber } from '../state/random-numbers.ts';
import { microStep } from '../state/run.ts';
import type { Value } from '../state/values.ts';
import { scenarioFunction } from '../scenario/program.ts';
import { bindArguments } from './arguments.ts';
import { evaluateFully, integer } from './evaluate.ts';
import type { Evaluation } from './evaluation.ts';

/** `random(N)`: all blocks that are interleaved draw from one stream, so each drawing is a micro-step. */
export function* performRandom(
  evaluation: Evaluation & { readonly here: NonNullable<Evaluation['here']> },
  expression: CallExpression,
): KernelGenerator<Value> {
  const { run, here, isInterleaved } = evaluation;
  const [bound] = bindArguments(scenarioFunction('random'), expression);
  if (bound === undefined) throw new Error('internal: random without its argument');
  const { value } = bound.argument;
  const count = integer(yield* evaluateFully(evaluation, value), value);
  if (count <= 0n || count > 2n ** 64n)
    throw new ScenarioFailure('WALK225', `random(${String(count)}): the number of values is at least 1`, value.range);
  if (isInterleaved && microStep(run, here)) yield;
  return nextNumber(run.script, count);
}

import type { Expression } from '../../../simulator/session/scenario/scenario.ts';
import { parseSyntax } from '../../../simulator/language/syntax.ts';
import { lowerModel } from '../../../simulator/language/walk-lowering.ts';
import { cannotEvaluate } from './errors.ts';

/** Longer texts are no expressions that anybody watches. */
const MAX_LENGTH = 10_000;

/** An expression of the scenario language from a watch, a hover or a condition. Names are looked up when it is evaluated. */
export function parseExpression(text: string): Expression {
  if (text.length > MAX_LENGTH) throw cannotEvaluate(`An expression has at most ${String(MAX_LENGTH)} characters.`);
  const prefix = 'print ';
  const { model, errors } = parseSyntax(prefix + text, '');
  const [error] = errors;
  if (error !== undefined) throw cannotEvaluate(error.message);
  const { body, machine, kernel, files, tests } = lowerModel(model, '');
  const [statement] = body;
  const isAlone = body.length === 1 && machine === null && kernel === null && files.length === 0 && tests.length === 0;
  if (statement?.kind !== 'print' || !isAlone) throw cannotEvaluate('Write one expression, such as pte(buf).ppn.');
  return statement.value;
}

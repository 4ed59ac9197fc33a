/** A call of a function that the file defines: its arguments are evaluated here, its statements are the script's. */
import type { KernelGenerator } from '../../execution/activation.ts';
import { ScenarioFailure } from '../scenario/scenario-failure.ts';
import type { Argument, CallExpression, DefDeclaration, DefParameter } from '../scenario/scenario.ts';
import type { Value } from '../state/values.ts';
import { evaluate, evaluateFully } from './evaluate.ts';
import type { Evaluation, Expected } from './evaluation.ts';
import { isOwnOperation } from '../../kernels/common-operations.ts';
import { commonOperation } from '../scenario/program.ts';

/**
 * Thrown through the statement that calls, which is performed again once the def has returned: no generator waits for it, so
 * the world can be copied inside of it.
 */
export class DefCall extends Error {
  override readonly name = 'DefCall';
  readonly def: DefDeclaration;
  readonly expression: CallExpression;
  /** Its parameters. */
  readonly scope: Map<string, Value>;

  constructor(def: DefDeclaration, expression: CallExpression, scope: Map<string, Value>) {
    super(`internal: ${def.name} was called where no statement can be performed`);
    this.def = def;
    this.expression = expression;
    this.scope = scope;
  }
}

export function* callDef(
  evaluation: Evaluation,
  def: DefDeclaration,
  expression: CallExpression,
): KernelGenerator<never> {
  if (!evaluation.isKept)
    throw new ScenarioFailure(
      'WALK225',
      `${def.name} cannot be called here: step into a statement that calls it`,
      expression.calleeRange,
    );
  const given = new Map<string, Value>();
  for (const [name, argument] of argumentsOf(def, expression))
    given.set(name, yield* evaluateFully(evaluation, argument.value, typeOf(def, name)));
  const scope = new Map<string, Value>();
  for (const parameter of def.parameters)
    scope.set(parameter.name, given.get(parameter.name) ?? defaultOf(evaluation, def, parameter, scope, given));
  throw new DefCall(def, expression, scope);
}

/** Of a parameter that was not given; `none` was, where the scope has it. */
function defaultOf(
  evaluation: Evaluation,
  def: DefDeclaration,
  { name, default: expression }: DefParameter,
  scope: Map<string, Value>,
  given: ReadonlyMap<string, Value>,
): Value {
  if (given.has(name) || expression === null) return null;
  const globals = evaluation.scopes.at(-1) ?? new Map<string, Value>();
  return evaluate(
    { ...evaluation, scopes: [scope, globals], memo: new Map(), isKept: false },
    expression,
    typeOf(def, name),
  );
}

/** An operation's parameter has the words of the operation's: `prot` is a protection, `kind` a kind of mapping. */
function typeOf({ name: def }: DefDeclaration, parameter: string): Expected {
  if (!isOwnOperation(def)) return null;
  return commonOperation(def)?.parameters.find(({ name }) => name === parameter)?.type ?? null;
}

export function argumentOf(def: DefDeclaration, call: CallExpression, parameter: string): Argument | undefined {
  return argumentsOf(def, call).get(parameter);
}

/** Positional ones first, then named ones; each parameter once, and none missing that has no default. */
function argumentsOf({ name, parameters }: DefDeclaration, call: CallExpression): Map<string, Argument> {
  const bound = new Map<string, Argument>();
  for (const [index, argument] of call.args.entries()) {
    const parameter = argument.name === null ? parameters[index]?.name : argument.name;
    if (parameter === undefined || !parameters.some((one) => one.name === parameter))
      throw new ScenarioFailure('WALK225', `${name} has no parameter for this argument`, argument.range);
    if (bound.has(parameter)) throw new ScenarioFailure('WALK225', `${name} gets ${parameter} twice`, argument.range);
    bound.set(parameter, argument);
  }
  const missing = parameters.find((one) => one.default === null && !bound.has(one.name));
  if (missing !== undefined) throw new ScenarioFailure('WALK225', `${name} needs ${missing.name}`, call.calleeRange);
  return bound;
}

/** From arguments as they are written to the values of a function's parameters, in the kernel's own form. */
import type { FunctionInfo, Parameter } from '../../execution/function-info.ts';
import { ScenarioFailure } from '../scenario/scenario-failure.ts';
import type { Argument, CallExpression } from '../scenario/scenario.ts';

export interface BoundArgument {
  readonly parameter: Parameter;
  readonly argument: Argument;
}

/** Positional arguments first, then named ones; every parameter at most once; none missing that has to be there. */
export function bindArguments(info: FunctionInfo, call: CallExpression): readonly BoundArgument[] {
  const bound: BoundArgument[] = [];
  const taken = new Set<string>();
  let position = 0;
  for (const argument of call.args) {
    const parameter =
      argument.name === null ? info.parameters[position++] : info.parameters.find(({ name }) => name === argument.name);
    if (parameter === undefined) throw new ScenarioFailure('WALK225', surplus(info, argument), argument.range);
    if (taken.has(parameter.name)) {
      throw new ScenarioFailure('WALK225', `${info.name} gets ${parameter.name} twice`, argument.range);
    }
    taken.add(parameter.name);
    bound.push({ parameter, argument });
  }
  const missing = info.parameters.find((parameter) => !taken.has(parameter.name) && !isOptional(parameter));
  if (missing !== undefined) {
    throw new ScenarioFailure('WALK225', `${info.name} needs ${missing.name}: ${signature(info)}`, call.calleeRange);
  }
  return bound;
}

export function isOptional(parameter: Parameter): boolean {
  return parameter.optional === true || 'default' in parameter;
}

export function signature(info: FunctionInfo): string {
  const parameters = info.parameters.map((parameter) =>
    isOptional(parameter) ? `${parameter.name}?` : parameter.name,
  );
  return `${info.name}(${parameters.join(', ')})`;
}

function surplus(info: FunctionInfo, argument: Argument): string {
  return argument.name === null
    ? `${info.name} takes ${info.parameters.length} arguments: ${signature(info)}`
    : `${info.name} has no parameter ${argument.name}: ${signature(info)}`;
}

/** Defs of the file as calls that may fail; those named like operations are the operations of a kernel that the file defines. */
import type { KernelGenerator } from '../../execution/activation.ts';
import { isOwnOperation } from '../../kernels/common-operations.ts';
import type { CallExpression, DefDeclaration } from '../scenario/scenario.ts';
import { answeredFailure, namedFailure } from './call-failure.ts';
import type { CallOutcome } from './calls.ts';
import { argumentOf, callDef } from './def-call.ts';
import { evaluateFully, integer } from './evaluate.ts';
import type { Evaluation } from './evaluation.ts';

type Running = Evaluation & { readonly here: NonNullable<Evaluation['here']> };

/** `wait(TIME)` is no operation of a kernel's. */
export function isSleep({ callee, args }: CallExpression): boolean {
  return callee === 'wait' && args.length > 0;
}

/** The error with which the def has ended already, or its call. */
export function* attemptDef(
  evaluation: Running,
  def: DefDeclaration,
  expression: CallExpression,
): KernelGenerator<CallOutcome> {
  const { here, run, failed = null } = evaluation;
  if (failed?.call === expression) {
    here.activity.reason = null;
    here.activity.origin = null;
    return { failure: answeredFailure(here, run.kernel, def.name, failed.error) };
  }
  const unknown = isOwnOperation(def.name) ? parameterThatLacks(def, expression) : null;
  if (unknown === null) return yield* callDef(evaluation, def, expression);
  const message = `the file’s own ${def.name} has no parameter ${unknown}`;
  return { failure: namedFailure(['NOT_SUPPORTED'], { code: 'WALK221', message }) };
}

/** Of the operation's, one that is given and that the file's def does not take. */
function parameterThatLacks({ parameters }: DefDeclaration, { args }: CallExpression): string | null {
  for (const [index, { name }] of args.entries()) {
    if (name === null ? index >= parameters.length : !parameters.some((one) => one.name === name))
      return name ?? `number ${String(index + 1)}`;
  }
  return null;
}

/** The file's own `exit` has returned: the kernel's part is that the process stops. */
export function* endProcess(evaluation: Running, def: DefDeclaration, call: CallExpression): KernelGenerator<void> {
  const { run, here } = evaluation;
  const argument = argumentOf(def, call, 'code') ?? null;
  const code = argument === null ? 0n : integer(yield* evaluateFully(evaluation, argument.value), argument.value);
  yield* run.kernel.operations.exit(here, { code: Number(code) });
}

/** Calls of a scenario: common operations, and a kernel's functions by their own names. */
import type { KernelGenerator } from '../../execution/activation.ts';
import type { FunctionInfo } from '../../execution/function-info.ts';
import { bindArguments } from './arguments.ts';

import { namedFailure, unsupportedCall, type CallFailure } from './call-failure.ts';
import { attemptDef, endProcess, isSleep } from './own-operations.ts';
import { performOperation } from './operations.ts';
import { capabilityOf } from '../../kernels/capability.ts';
import { ArgumentOutOfRange, toKernel } from './convert.ts';
import { explainFailure } from './explain.ts';
import { evaluateFully } from './evaluate.ts';
import type { Evaluation } from './evaluation.ts';
import { isScenarioCall, performScenarioCall } from './scenario-calls.ts';
import { performKernelFunction } from './kernel-calls.ts';
import { hasEnded, ThreadEnded } from '../state/thread-end.ts';
import { commonOperation } from '../scenario/program.ts';
import { isEndingCall } from '../scenario/statement-calls.ts';
import { ScenarioFailure } from '../scenario/scenario-failure.ts';
import type { CallExpression, Expression } from '../scenario/scenario.ts';
import type { Value } from '../state/values.ts';

export type CallOutcome = { readonly value: Value } | { readonly failure: CallFailure };

/** What a call needs while it runs: always inside an activity. */
export interface Call {
  readonly evaluation: Evaluation & { readonly here: NonNullable<Evaluation['here']> };
  readonly info: FunctionInfo;
  /** By parameter, in the kernel's form; left-out optional parameters are undefined. */
  readonly args: Readonly<Record<string, unknown>>;
  readonly expression: CallExpression;
}

/** A call that is expected to succeed: kills and throws if it does not. */
export function* performCall(evaluation: Evaluation, expression: CallExpression): KernelGenerator<Value> {
  const outcome = yield* attemptCall(evaluation, expression);
  if ('value' in outcome) return outcome.value;
  const failure = explainFailure(evaluation, expression, outcome.failure);
  yield* killForRefusal(evaluation, outcome.failure);
  throw failure;
}

/** The kill that follows a refused access nobody expected. */
export function* killForRefusal(evaluation: Evaluation, failure: CallFailure): KernelGenerator<void> {
  const { here, thread, run } = evaluation;
  if (failure.refusal === null || here === null || thread === null) return;
  yield* run.kernel.kill(here, thread, failure.refusal.refused);
}

/** Runs a call to its value or its error; a refused access does not kill. */
export function* attemptCall(evaluation: Evaluation, expression: CallExpression): KernelGenerator<CallOutcome> {
  const { here, run, thread } = evaluation;
  if (here === null) {
    throw new ScenarioFailure(
      'WALK225',
      `${expression.callee} runs on the machine: only observations are possible here`,
      expression.calleeRange,
    );
  }
  if (run.machine.panic !== null) {
    throw new ScenarioFailure(
      'WALK209',
      `the kernel has panicked (${run.machine.panic}): nothing runs on this machine any more`,
      expression.range,
    );
  }
  const def = run.program.defs.named(expression.callee);
  const known = evaluation.memo.get(expression);
  if (known !== undefined) {
    if (def !== null && expression.callee === 'exit') yield* endProcess({ ...evaluation, here }, def, expression);
    return { value: known };
  }
  if (def !== null && !isSleep(expression)) return yield* attemptDef({ ...evaluation, here }, def, expression);
  if (isScenarioCall(expression)) return { value: yield* performScenarioCall({ ...evaluation, here }, expression) };
  const operation = commonOperation(expression.callee);
  const entry = operation === null ? run.program.functions.get(expression.callee) : undefined;
  const info = operation ?? entry?.info;
  if (info === undefined) {
    throw new ScenarioFailure(
      'WALK224',
      `there is no function ${expression.callee} in ${run.kernel.name}`,
      expression.calleeRange,
    );
  }
  const args = yield* evaluateArguments(evaluation, info, expression);
  if ('failure' in args) return args;
  here.activity.reason = null;
  here.activity.origin = null;
  const call: Call = { evaluation: { ...evaluation, here }, info, args: args.values, expression };
  const outcome = yield* entry === undefined ? performOperation(call) : performKernelFunction(call, entry);
  if ('failure' in outcome) {
    // What fails because the thread was ended meanwhile does not fail by itself.
    const isOwn = thread === null || !evaluation.isInterleaved || isEndingCall(expression.callee);
    if (!isOwn && hasEnded(run, thread)) throw new ThreadEnded(thread, expression.range);
    return outcome;
  }
  run.script.failedOutputs.clear();
  return outcome;
}

function* evaluateArguments(
  evaluation: Evaluation,
  info: FunctionInfo,
  expression: CallExpression,
): KernelGenerator<{ readonly values: Record<string, unknown> } | { readonly failure: CallFailure }> {
  const args: Record<string, unknown> = {};
  for (const parameter of info.parameters)
    args[parameter.name] = 'default' in parameter ? parameter.default : undefined;
  let outOfRange: ArgumentOutOfRange | null = null;
  for (const { parameter, argument } of bindArguments(info, expression)) {
    if (parameter.type.kind === 'slot') {
      args[parameter.name] = yield* evaluateSlot(evaluation, argument.value);
      continue;
    }
    const value = yield* evaluateFully(evaluation, argument.value, parameter.type);
    try {
      args[parameter.name] = toKernel(evaluation.run, value, parameter.type, parameter.name, argument.range);
    } catch (failure) {
      if (!(failure instanceof ArgumentOutOfRange)) throw failure;
      outOfRange ??= failure;
    }
  }
  return outOfRange === null ? { values: args } : { failure: refuseArgument(evaluation, info, outOfRange) };
}

/**
 * An integer that no register of the machine holds: the call fails as with any invalid argument, where it has an error
 * for that; else the file is wrong.
 */
function refuseArgument({ run }: Evaluation, info: FunctionInfo, failure: ArgumentOutOfRange): CallFailure {
  const { kernel } = run;
  const needed = capabilityOf(info.name);
  if (needed !== null && kernel.lacks[needed] !== undefined) return unsupportedCall(kernel, needed);
  const invalid = kernel.errorAliases['EINVAL']?.[0] ?? 'EINVAL';
  if (!info.errors.includes('EINVAL') && !info.errors.includes(invalid)) throw failure;
  return namedFailure([invalid], { code: failure.code, message: failure.message });
}

/** A place in a kernel object, such as `child.mm.heap`: the object and the field's name. */
function* evaluateSlot(evaluation: Evaluation, expression: Expression): KernelGenerator<unknown> {
  if (expression.kind !== 'member') {
    throw new ScenarioFailure(
      'WALK225',
      'a member of a kernel object is needed here, such as object.field',
      expression.range,
    );
  }
  const receiver = yield* evaluateFully(evaluation, expression.receiver);
  const object = toKernel(
    evaluation.run,
    receiver,
    { kind: 'object', type: '' },
    expression.member,
    expression.receiver.range,
  );
  return { object, field: expression.member };
}

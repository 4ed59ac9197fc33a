/** A kernel's functions, called from a scenario by their own names (walk language 8). */
import { addressBitsOf } from '../../hardware/layouts/formats.ts';
import { Access } from '../../hardware/machine.ts';
import { MissingMemory } from '../../hardware/physical-memory.ts';
import { exactAddress } from '../../hardware/virtual-address.ts';
import type { ProcessObject } from '../../kernels/kernel.ts';
import type { KernelFunction, KernelGenerator } from '../../execution/activation.ts';
import type { Activation } from '../../execution/activation.ts';
import type { FunctionInfo } from '../../execution/function-info.ts';
import { KernelPanic } from '../../execution/panic.ts';
import type { Refusal, RefusedOutcome } from './fault-text.ts';
import { answeredFailure } from './call-failure.ts';
import type { Call, CallOutcome } from './calls.ts';
import { fromKernel } from './convert.ts';
import { refusedOutcome } from './operations.ts';
import { noteOverwritingCall } from '../state/overwrites.ts';
import type { Run } from '../state/run.ts';
import type { Value } from '../state/values.ts';

type Callable = (caller: Activation, args: Readonly<Record<string, unknown>>) => KernelGenerator<unknown>;

export function* performKernelFunction(
  call: Call,
  entry: KernelFunction<never, unknown>,
): KernelGenerator<CallOutcome> {
  const { run, here, thread } = call.evaluation;
  const { kernel } = run;
  kernel.activate(thread, here.core);
  const { info } = call;
  const args = localArguments(call);
  const raw = yield* runFunction(call, entry as unknown as Callable, args);
  noteOverwritingCall(run, info, args, call.expression.range);
  const error = errorOf(info, raw);
  if (error !== null) {
    noteFailedOutputs(run, info, raw);
    const refused = refusalOf(raw, call);
    if (refused !== null) return refusedOutcome(refused);
    return { failure: answeredFailure(here, kernel, info.name, error) };
  }
  kernel.noteDirectCall(info, args, raw, here);
  return { value: resultValue(run, info, raw) };
}

/** With wrong arguments a kernel's function touches memory that is not there: the kernel's own bus error, and its end. */
function* runFunction(call: Call, entry: Callable, args: Readonly<Record<string, unknown>>): KernelGenerator<unknown> {
  try {
    return yield* entry(call.evaluation.here, args);
  } catch (error) {
    if (error instanceof MissingMemory) throw new KernelPanic(`${call.info.name}: bus error, ${error.message}`);
    throw error;
  }
}

/** A fault handler that is called directly refuses as it refuses an access: who expects nothing else is killed. */
function refusalOf(raw: unknown, { args, evaluation }: Call): Refusal | null {
  if (typeof raw !== 'object' || raw === null || !('refused' in raw)) return null;
  const access = args.is_write === true ? Access.write : Access.read;
  const va = Number(args.address);
  const address = exactAddress(va, addressBitsOf(evaluation.run.machine));
  return { refused: raw.refused as RefusedOutcome, address, va, access };
}

/** A process means its descriptor where the call runs. */
function localArguments({ info, args, evaluation }: Call): Readonly<Record<string, unknown>> {
  const { run, here } = evaluation;
  const { kernel } = run;
  if (kernel.localProcess === undefined) return args;
  const local: Record<string, unknown> = { ...args };
  for (const { name, type } of info.parameters) {
    if (type.kind !== 'process' || local[name] === undefined || local[name] === null) continue;
    local[name] = kernel.localProcess(info, local[name] as ProcessObject, here.cluster);
  }
  return local;
}

/** A string among the function's errors is a failure; so is a record whose `error` is one. */
function errorOf(info: FunctionInfo, raw: unknown): string | null {
  if (typeof raw === 'string') return info.errors.includes(raw) || !hasTextResult(info) ? raw : null;
  if (typeof raw !== 'object' || raw === null || !('error' in raw)) return null;
  return typeof raw.error === 'string' && info.errors.includes(raw.error) ? raw.error : null;
}

function hasTextResult(info: FunctionInfo): boolean {
  const isText = (kind: string | undefined): boolean => kind === 'string' || kind === 'buffer' || kind === 'any';
  return isText(info.result?.kind) || (info.outputs ?? []).some((output) => isText(output.type.kind));
}

function noteFailedOutputs(run: Run, info: FunctionInfo, raw: unknown): void {
  const { failedOutputs } = run.script;
  failedOutputs.clear();
  if (typeof raw !== 'object' || raw === null) return;
  const written = raw as Readonly<Record<string, unknown>>;
  for (const output of outputsOf(info)) {
    if (Object.hasOwn(written, output.name))
      failedOutputs.set(output.name, fromKernel(run, written[output.name], output.type));
  }
}

function outputsOf(info: FunctionInfo): NonNullable<FunctionInfo['outputs']> {
  return [...(info.outputs ?? []), ...info.parameters.filter((parameter) => parameter.inOut === true)];
}

/** Without out-parameters the direct result; with them a record that stands for `.result` or its only out-parameter. */
export function resultValue(run: Run, info: FunctionInfo, raw: unknown): Value {
  const outputs = outputsOf(info);
  if (outputs.length === 0) return info.result === undefined ? null : fromKernel(run, raw, info.result);
  const written = (typeof raw === 'object' && raw !== null ? raw : {}) as Readonly<Record<string, unknown>>;
  const fields = new Map<string, Value>();
  if (info.result !== undefined) fields.set('result', fromKernel(run, written.result, info.result));
  for (const output of outputs) fields.set(output.name, fromKernel(run, written[output.name], output.type));
  const principal = info.result !== undefined ? 'result' : outputs.length === 1 ? (outputs[0]?.name ?? null) : null;
  return { kind: 'record', fields, principal };
}

/** What performing one recorded call needs, and the two ways in which it may not go as recorded. */
import {
  type Activation,
  type BoundKernel,
  faultSentence,
  type KernelDescriptor,
  memoryInWords,
  noteEmulation,
  noteSignalHandling,
  type Refusal,
  type ThreadObject,
} from '../../session/calls/replay-host.ts';
import type { DiagnosticCode } from '../../session/scenario/diagnostic-codes.ts';
import type { Run } from '../../session/state/run.ts';
import type { SourceRange } from '../../session/scenario/scenario.ts';
import { ScenarioFailure } from '../../session/scenario/scenario-failure.ts';
import type { ProcessLog } from '../logs/process-log.ts';
import type { Recording } from '../logs/recording.ts';
import type { ReplayPlan } from '../order/replay-plan.ts';
import type { ReplayProcess, ReplayState } from '../order/replay-state.ts';
import type { Turn } from '../order/turns.ts';

export interface ReplayContext {
  readonly run: Run;
  readonly here: Activation;
  readonly recording: Recording;
  readonly plan: ReplayPlan;
  readonly state: ReplayState;
  readonly turn: Turn;
  readonly self: ReplayProcess;
  readonly log: ProcessLog;
  /** Index of the event that is performed, and the line of the log that it stands on. */
  readonly event: number;
  readonly line: number;
  /** The call's name, for messages. */
  readonly call: string;
  /** Where findings are told: the line of the view; null: the log's own. */
  readonly view: SourceRange | null;
}

export function kernelOf(context: ReplayContext): BoundKernel {
  return context.run.kernel;
}

/** The thread that runs now. */
export function threadOf(self: ReplayProcess): ThreadObject {
  const thread = self.threads.get(self.tid) ?? [...self.threads.values()].find((one) => one !== null);
  if (thread === undefined) throw new Error('internal: a replayed process without a thread');
  return thread;
}

export function rangeOf(log: ProcessLog, line: number): SourceRange {
  return { file: log.file, line, column: 1, endLine: line, endColumn: 1 };
}

/** The replay cannot go on. */
export function fail(context: ReplayContext, code: DiagnosticCode, message: string): never {
  throw failure(context, code, message);
}

function failure({ log, line, view }: ReplayContext, code: DiagnosticCode, message: string): ScenarioFailure {
  return new ScenarioFailure(code, `${log.file}:${String(line)}: ${message}`, view ?? rangeOf(log, line));
}

/**
 * The kernel lacks the call: goes on with something honest instead, marked everywhere; with `--strict` stops.
 * `reason` is the kernel's own.
 */
export function emulate(context: ReplayContext, how: string, reason: string): void {
  const { run, here, log, line, call, state, view } = context;
  if (state.settings.strict)
    fail(context, 'WALK221', `${call}: ${reason} (${run.kernel.name}); without --strict: ${how}`);
  const emulation = { call, line, how: `${how} (${run.kernel.name}: ${reason})` };
  noteEmulation(run, here, emulation, { file: log.file, range: view ?? rangeOf(log, line) });
}

/** A call that the recorded program got, and that this kernel refuses for want of room. */
export function failForMemory(context: ReplayContext, what: string, bytes: number, error: string): never {
  const remedy =
    'give the machine more memory (machine … { memory 64MiB }) or choose a kernel with a larger address space';
  fail(
    context,
    'WALK204',
    `${what} of ${sizeInWords(bytes)} does not fit: ${context.run.kernel.name} answers ${error} on ${memoryInWords(context.run)}; ${remedy}`,
  );
}

/** For an access that was recorded as performed and that this kernel refuses. Asked before the kernel kills. */
export function accessFailure(context: ReplayContext, refusal: Refusal): ScenarioFailure {
  const { run, here, self } = context;
  const { error, reason } = refusal.refused;
  const sentence = faultSentence({ run, thread: threadOf(self), cluster: here.cluster }, refusal);
  const what = `${error} (${reason}): recorded ${sentence}`;
  if (error !== 'OOM') return failure(context, error === 'BUS' ? 'WALK203' : 'WALK202', what);
  const memory = memoryInWords(run);
  return failure(context, 'WALK204', `${what} (${memory}); give the machine more memory (machine … { memory 64MiB })`);
}

export function isOutOfMemory(kernel: KernelDescriptor, error: string): boolean {
  return ['ENOMEM', 'OOM'].some((name) => name === error || kernel.errorAliases[name]?.includes(error) === true);
}

/** Says something of the recording that a replay alone does not show. */
export function tell({ run, log, line, call, view }: ReplayContext, message: string): void {
  const place = `${log.file}:${String(line)}`;
  noteSignalHandling(run, `${call}: ${message}, at ${place}`, view ?? rangeOf(log, line));
}

type Capability = keyof KernelDescriptor['lacks'];

export function lacks(kernel: KernelDescriptor, capability: Capability): boolean {
  return kernel.lacks[capability] !== undefined;
}

/** Why the kernel cannot do it, in its own words. */
export function lackOf(kernel: KernelDescriptor, capability: Capability): string {
  return kernel.lacks[capability] ?? kernel.notSupported;
}

export function sizeInWords(bytes: number): string {
  if (bytes >= 2 ** 20 && bytes % 2 ** 20 === 0) return `${String(bytes / 2 ** 20)} MiB`;
  return `${String(bytes / 1024)} KiB`;
}

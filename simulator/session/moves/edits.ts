/**
 * What somebody changes at a stop. The run that follows is another one, and every re-execution of it makes the change once
 * more: an edit is plain data that says what is changed, not how the world was.
 */
import { PAGE_SIZE, pageOffset } from '../../hardware/word.ts';
import { mappedAddress } from '../../hardware/mapped-address.ts';
import { writeBytes } from '../../hardware/physical-memory.ts';
import type { Activation } from '../../execution/activation.ts';
import type { ThreadObject } from '../../kernels/kernel.ts';
import { evaluationAt, observingEvaluation } from '../calls/begin-evaluation.ts';
import { evaluate, evaluateFully } from '../calls/evaluate.ts';
import type { Scopes } from '../calls/evaluation.ts';
import { namesOfFrame } from '../calls/frame-names.ts';
import type { Expression, SourceRange } from '../scenario/scenario.ts';
import { ScenarioFailure } from '../scenario/scenario-failure.ts';
import { noteOverwrite, noteStore } from '../state/overwrites.ts';
import { settle, type Run } from '../state/run.ts';
import { displayValue, kindOf, type Value } from '../state/values.ts';
import { breakOff, spawnFor } from '../statements/pending-statement.ts';
import type { Position } from './stop.ts';

export type Edit =
  /** Bytes in the address space of the process with that counter owner; a cluster's own page table comes first. */
  | {
      readonly kind: 'memory';
      readonly owner: number;
      readonly cluster: number;
      readonly address: number;
      readonly bytes: Uint8Array;
    }
  /** A name that the scenario has bound, or a member of a kernel object. */
  | { readonly kind: 'value'; readonly target: Expression; readonly value: Expression; readonly as: Viewpoint }
  /** A call, as a thread makes it. */
  | { readonly kind: 'call'; readonly expression: Expression; readonly as: Viewpoint };

/** As whom, and in which frame of the activity that is about to run, expressions are read. */
export interface Viewpoint {
  readonly thread: string | null;
  /** How many callers above the innermost frame; null outside of kernel functions. */
  readonly frame: number | null;
}

export interface PlacedEdit {
  readonly position: Position;
  readonly edit: Edit;
  /** As lists show it. */
  readonly text: string;
}

/** Where an edit is made. */
export interface EditPlace {
  readonly scopes: Scopes;
  /** Innermost frame of the activity that is about to run, if any. */
  readonly top: Activation | null;
  readonly range: SourceRange;
}

/** Makes a change, and gives the new value. Throws a ScenarioFailure where it cannot be made; then nothing has changed, unless a call failed on its way. */
export function makeEdit(run: Run, edit: Edit, place: EditPlace): Value {
  switch (edit.kind) {
    case 'memory':
      return writeMemory(run, edit, place.range);
    case 'value':
      return assign(run, edit, place);
    case 'call':
      return call(run, edit, place);
  }
}

function writeMemory(
  run: Run,
  { owner, cluster, address, bytes }: Extract<Edit, { kind: 'memory' }>,
  range: SourceRange,
): Value {
  const { kernel, machine } = run;
  const process = kernel.processes().find((one) => one.owner === owner);
  const tables = process === undefined ? [] : [...kernel.tables(process)];
  const roots = tables
    .sort((a, b) => Number(b.cluster === cluster) - Number(a.cluster === cluster))
    .map(({ root }) => root);
  const parts: { readonly physical: number; readonly from: number; readonly to: number }[] = [];
  for (let from = 0; from < bytes.length;) {
    const physical = mappedAddress(machine, roots, address + from);
    if (physical === null) throw refused(`nothing is mapped at 0x${(address + from).toString(16)}`, range);
    const to = Math.min(bytes.length, from + PAGE_SIZE - pageOffset(address + from));
    parts.push({ physical, from, to });
    from = to;
  }
  for (const { physical, from, to } of parts) {
    writeBytes(machine, physical, bytes.subarray(from, to));
    noteStore(run, physical, range);
  }
  return null;
}

function assign(run: Run, edit: Extract<Edit, { kind: 'value' }>, place: EditPlace): Value {
  const { target, as } = edit;
  const frame = frameOf(place.top, as.frame);
  const names = frame === null ? [] : [namesOfFrame(run, frame)];
  const evaluation = observingEvaluation(run, threadNamed(run, as.thread), [...names, ...place.scopes]);
  const value = evaluate(evaluation, edit.value);
  if (target.kind === 'name') return assignName(target.name, value, names, place);
  if (target.kind !== 'member')
    throw refused('only names, members of kernel objects and memory can be set', place.range);
  return assignMember(run, evaluate(evaluation, target.receiver), target.member, value, place.range);
}

function assignName(
  name: string,
  value: Value,
  frame: readonly ReadonlyMap<string, Value>[],
  { scopes, range }: EditPlace,
): Value {
  if (frame.some((names) => names.has(name)))
    throw refused(`${name} is an argument: the function has read it already`, range);
  const scope = scopes.find((one) => one.has(name));
  const before = scope?.get(name);
  if (scope === undefined || before === undefined) throw refused(`nothing has the name ${name} here`, range);
  if (kindOf(before) !== kindOf(value))
    throw refused(`${name} is ${kindOf(before)}, and ${displayValue(value)} is ${kindOf(value)}`, range);
  scope.set(name, value);
  return value;
}

function assignMember(run: Run, receiver: Value, member: string, value: Value, range: SourceRange): Value {
  const object = objectOf(receiver);
  const stored = object === null || !Object.hasOwn(object, member) ? undefined : object[member];
  if (object === null || stored === undefined || run.kernel.readField(object, member) !== stored)
    throw refused(`${member} is computed from other values: set those`, range);
  object[member] = plainValue(stored, value, member, range);
  noteOverwrite(run, `${member} of ${displayValue(receiver)}`, range);
  return value;
}

/** Of the same type as before: a kernel reckons with it. */
function plainValue(stored: unknown, value: Value, member: string, range: SourceRange): unknown {
  if (typeof stored === 'number' && typeof value === 'bigint' && Number.isSafeInteger(Number(value)))
    return Number(value);
  if (typeof stored === typeof value && (typeof value !== 'object' || value === null)) return value;
  throw refused(`${member} holds a ${typeof stored}, and ${displayValue(value)} is ${kindOf(value)}`, range);
}

function objectOf(value: Value): Record<string, unknown> | null {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return null;
  switch (value.kind) {
    case 'process':
      return value.process as unknown as Record<string, unknown>;
    case 'thread':
      return value.thread as unknown as Record<string, unknown>;
    case 'object':
      return value.object as Record<string, unknown>;
    default:
      return null;
  }
}

/** To its end, whatever it waits for: nobody else is under way. */
function call(run: Run, { expression, as }: Extract<Edit, { kind: 'call' }>, { scopes, range }: EditPlace): Value {
  const { engine, program } = run;
  const thread = threadNamed(run, as.thread);
  const activity = spawnFor(run, thread, { kind: 'call', range: expression.range }, (here) =>
    evaluateFully(evaluationAt(run, here, scopes, false), expression),
  );
  const most = engine.steps + program.bounds.interleavingSteps;
  engine.yieldAt = most;
  for (let advance = engine.advance(); advance.kind !== 'idle'; advance = engine.advance()) {
    if (advance.kind !== 'deadlock' && engine.steps < most) continue;
    breakOff(run);
    throw refused(advance.kind === 'deadlock' ? 'the call is deadlocked' : 'the call takes too many steps', range);
  }
  run.raised = null;
  settle(run);
  if (activity.state === 'failed') throw activity.error;
  return activity.result as Value;
}

function threadNamed(run: Run, name: string | null): ThreadObject | null {
  return run.kernel.threads().find((thread) => thread.name === name) ?? null;
}

/** Some callers above the innermost one. */
function frameOf(top: Activation | null, above: number | null): Activation | null {
  let frame = above === null ? null : top;
  for (let count = above ?? 0; count > 0 && frame !== null; count--) frame = frame.caller;
  return frame === null || frame.info.name === '' ? null : frame;
}

function refused(message: string, range: SourceRange): ScenarioFailure {
  return new ScenarioFailure('WALK225', message, range);
}

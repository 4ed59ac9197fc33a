/** The nesting of statements as data: what is next, as whom, and which names are bound. */
import type { ThreadObject } from '../../kernels/kernel.ts';
import type { Program } from '../scenario/program.ts';
import type { Run } from './run.ts';
import type { Statement } from '../scenario/scenario.ts';
import type { ControlFrame, Script } from './script.ts';
import type { Value } from './values.ts';

/** Innermost level first; the file's own bindings last. */
export function scopesOf({ control, globals }: Script): Map<string, Value>[] {
  const { scopes } = innerScopes(control);
  scopes.push(globals);
  return scopes;
}

/** What the levels of a stack bind, innermost first. A def sees nothing of its callers: up to its own level. */
export function innerScopes(control: readonly ControlFrame[]): {
  readonly scopes: Map<string, Value>[];
  readonly isInDef: boolean;
} {
  const scopes: Map<string, Value>[] = [];
  for (let index = control.length - 1; index >= 0; index--) {
    const { scope, kind } = control[index] as ControlFrame;
    if (scope !== null) scopes.push(scope);
    if (kind === 'def' || kind === 'handler') return { scopes, isInDef: true };
  }
  return { scopes, isInDef: false };
}

/** How many calls of defs a stack of blocks is in. */
export function callDepth(control: readonly ControlFrame[]): number {
  let depth = 0;
  for (const { kind } of control) if (kind === 'def' || kind === 'handler') depth += 1;
  return depth;
}

/** Who runs the statements of the innermost block; null outside `as` and `replay`. */
export function currentThread({ control }: Script): ThreadObject | null {
  return control.findLast(({ kind }) => kind === 'as' || kind === 'replay')?.thread ?? null;
}

/**
 * The statement that is next in a stack of blocks. `round`: the innermost block was at its end, and was left or began its
 * next round. Null where nothing is left above `floor` levels.
 */
export function nextIn({ blocks }: Program, control: ControlFrame[], floor = 0): Statement | 'round' | null {
  const frame = control[control.length - 1];
  if (frame === undefined || control.length <= floor) return null;
  const statement = blocks.at(frame.block)[frame.next];
  if (statement !== undefined) return statement;
  endRound(control, frame);
  return 'round';
}

/** Past the statement that was next. */
export function passIn(control: readonly ControlFrame[]): void {
  const frame = control[control.length - 1];
  if (frame === undefined) throw new Error('internal: no statement is next');
  frame.next += 1;
}

/**
 * The script's next statement; null at the end of all above `floor` levels. `budget`: rounds without statements have used
 * up the engine's budget.
 */
export function nextStatement(run: Run, floor = 0): Statement | 'budget' | null {
  const { script, program, engine } = run;
  for (;;) {
    const next = nextIn(program, script.control, floor);
    if (next !== 'round') return next;
    // A round is work too, even one without statements, so that bounds end empty loops.
    engine.steps += 1;
    script.rounds += 1;
    if (engine.steps >= engine.yieldAt && isEmptyRound(run)) return 'budget';
  }
}

function isEmptyRound({ script, program }: Run): boolean {
  const frame = script.control.at(-1);
  return frame !== undefined && program.blocks.at(frame.block).length === 0;
}

/** Leaves the innermost block, which is at its end, or begins its next round. */
function endRound(control: ControlFrame[], frame: ControlFrame): void {
  if (beginNextRound(frame)) return;
  control.pop();
  if (frame.kind === 'def') giveToCaller(control, frame, null);
  // The condition is a statement of the block around it, which is performed again.
  if (frame.kind === 'while') stepBack(control);
}

function stepBack(control: readonly ControlFrame[]): void {
  const frame = control[control.length - 1];
  if (frame === undefined) throw new Error('internal: a loop stands in no block');
  frame.next -= 1;
}

/** False when the block was the last round. */
function beginNextRound(frame: ControlFrame): boolean {
  if (frame.kind !== 'for' && frame.kind !== 'repeat') return false;
  frame.at += frame.step;
  if (frame.at >= frame.to) return false;
  frame.next = 0;
  frame.scope = scopeOfRound(frame);
  return true;
}

/** What a round of a loop begins with. */
export function scopeOfRound({ kind, name, items, at }: ControlFrame): Map<string, Value> {
  const scope = new Map<string, Value>();
  if (kind === 'for') scope.set(name, items === null ? at : (items[Number(at)] ?? null));
  return scope;
}

/** The levels below the call of a def that has so many others below it. */
export function levelsBelow(control: readonly ControlFrame[], calls: number): ControlFrame[] {
  let left = calls;
  const end = control.findIndex(({ kind }) => (kind === 'def' || kind === 'handler') && left-- === 0);
  return control.slice(0, end < 0 ? undefined : end);
}

/** A call as a statement has nothing left to do once its def has returned a value, be its thread alive or not. */
export function hasReturned({ defs }: Program, control: readonly ControlFrame[], statement: Statement): boolean {
  if (statement.kind !== 'call' || defs.named(statement.call.callee) === null || endsProcess(statement)) return false;
  const number = defs.numberOf(statement.call);
  return number !== undefined && control[control.length - 1]?.values?.has(number) === true;
}

/** The kernel ends the process once the file's own `exit` has returned. */
function endsProcess(statement: Statement): boolean {
  return statement.kind === 'call' && statement.call.callee === 'exit';
}

/** Was the statement that is next performed in part, up to a def that has returned now? */
export function isResumed(control: readonly ControlFrame[]): boolean {
  return (control[control.length - 1]?.values ?? null) !== null;
}

/** Into a def: the statement that calls it is performed again with what its expressions gave so far. */
export interface Calling {
  readonly kind: 'calling';
  readonly frame: ControlFrame;
  readonly values: Map<number, Value>;
}

/** Out of a def, whose call fails. */
export interface Failing {
  readonly kind: 'fail';
  readonly error: string;
}

/** Where a statement leads: into a level, out of a round or a def; null goes on behind it. */
export type Passage =
  ControlFrame | Calling | { readonly kind: 'return'; readonly value: Value } | Failing | 'break' | 'continue' | null;

export function follow(program: Program, control: ControlFrame[], passage: Passage): void {
  const frame = control[control.length - 1];
  if (frame !== undefined) frame.values = frame.failure = null;
  if (passage === null) return;
  if (passage === 'break' || passage === 'continue') leaveRound(program, control, passage);
  else if (passage.kind === 'return') leaveDef(control, passage.value);
  else if (passage.kind === 'fail') leaveDef(control, null, passage.error);
  else if (passage.kind === 'calling') {
    if (frame !== undefined) frame.values = passage.values;
    stepBack(control);
    control.push(passage.frame);
  } else control.push(passage);
}

function leaveDef(control: ControlFrame[], value: Value, error: string | null = null): void {
  for (let frame = control.pop(); frame !== undefined; frame = control.pop()) {
    if (frame.kind === 'handler') {
      frame.answer = error ?? value;
      return;
    }
    if (frame.kind !== 'def') continue;
    giveToCaller(control, frame, value, error);
    return;
  }
  throw new Error('internal: return stands in no def');
}

function giveToCaller(
  control: readonly ControlFrame[],
  { call }: ControlFrame,
  value: Value,
  error: string | null = null,
): void {
  const caller = control[control.length - 1];
  if (error === null) caller?.values?.set(call, value);
  else if (caller !== undefined) caller.failure = { call, error };
}

/** `break` leaves the innermost loop, `continue` goes to the end of its round; both leave what stands inside it. */
function leaveRound({ blocks }: Program, control: ControlFrame[], by: 'break' | 'continue'): void {
  for (let frame = control.at(-1); frame !== undefined; frame = control.at(-1)) {
    const isLoop = frame.kind === 'for' || frame.kind === 'repeat' || frame.kind === 'while';
    if (isLoop && by === 'continue') {
      frame.next = blocks.at(frame.block).length;
      return;
    }
    control.pop();
    if (isLoop) return;
  }
  throw new Error(`internal: ${by} stands in no loop`);
}

/** Counts the script's next statement as begun and moves past it. */
export function passStatement({ script }: Run): void {
  passIn(script.control);
  script.statements += 1;
}

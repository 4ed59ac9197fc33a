/** The nesting of statements as data: what is next, as whom, and which names are bound. */
import type { ThreadObject } from '../../kernels/kernel.ts';
import type { Run } from './run.ts';
import type { Statement } from '../scenario/scenario.ts';
import type { ControlFrame, Script } from './script.ts';
import type { Value } from './values.ts';

/** Innermost level first; the file's own bindings last. */
export function scopesOf({ control, globals }: Script): Map<string, Value>[] {
  const scopes: Map<string, Value>[] = [];
  for (let index = control.length - 1; index >= 0; index--) {
    const { scope } = control[index] as ControlFrame;
    if (scope !== null) scopes.push(scope);
  }
  scopes.push(globals);
  return scopes;
}

/** Who runs the statements of the innermost block; null outside `as` and `replay`. */
export function currentThread({ control }: Script): ThreadObject | null {
  return control.findLast(({ kind }) => kind === 'as' || kind === 'replay')?.thread ?? null;
}

/** The statement that is next, after leaving finished blocks and beginning further rounds; null at the end. */
export function nextStatement(run: Run): Statement | null {
  const { script, program, engine } = run;
  for (let frame = script.control.at(-1); frame !== undefined; frame = script.control.at(-1)) {
    const statement = program.blocks.at(frame.block)[frame.next];
    if (statement !== undefined) return statement;
    // A round is work too, even one without statements, so that bounds end empty loops.
    engine.steps += 1;
    script.rounds += 1;
    if (!beginNextRound(frame)) script.control.pop();
    else if (engine.steps >= engine.yieldAt && program.blocks.at(frame.block).length === 0) return null;
  }
  return null;
}

/** False when the block was the last round. */
function beginNextRound(frame: ControlFrame): boolean {
  if (frame.kind !== 'for' && frame.kind !== 'repeat') return false;
  frame.at += frame.step;
  if (frame.at >= frame.to) return false;
  frame.next = 0;
  frame.scope = frame.kind === 'for' ? new Map<string, Value>([[frame.name, frame.at]]) : new Map<string, Value>();
  return true;
}

/** Counts the statement as begun and moves past it. */
export function passStatement({ script }: Run): void {
  const frame = script.control.at(-1);
  if (frame === undefined) throw new Error('internal: no statement is next');
  frame.next += 1;
  script.statements += 1;
}

/** Where a step began, and whether it is done. */
import type { Activity } from '../../execution/activity.ts';
import type { Activation } from '../../execution/activation.ts';
import { callDepth, isResumed } from '../state/control.ts';
import type { ControlFrame } from '../state/script.ts';
import type { Statement } from '../scenario/scenario.ts';
import type { StepRequest } from './stop.ts';

export interface StepOrigin {
  /** In progress when the step began; null between two statements. */
  readonly activity: Activity | null;
  readonly frame: Activation | null;
  readonly depth: number;
  /** Calls around it: of defs, and of functions of a recorded program. */
  readonly calls: number;
  /** Who it was, in a recorded program; null elsewhere. */
  readonly program: string | null;
  /** The boundary at which the simulation stood; it does not stop there again. */
  readonly statement: number;
}

/** `top` is about to take a numbered step. */
export function isStepDone({ kind }: StepRequest, origin: StepOrigin | null, top: Activation): boolean {
  const frame = origin?.frame ?? null;
  switch (kind) {
    case 'in':
      return isOwnTurn(origin, top.activity);
    case 'instruction':
      return true;
    case 'over':
      // From the statement itself, over means over all of it.
      return frame !== null && (top === frame || !isWithin(top, frame)) && sharesActivity(top, frame);
    case 'out':
      return frame !== null && !isWithin(top, frame) && sharesActivity(top, frame);
    default:
      return false;
  }
}

/** Where a statement stands that is about to begin: in so many calls, after one of its own or not. */
export interface Landing {
  readonly calls: number;
  readonly isResumed: boolean;
  /** Who performs it, in the source of a recorded program; null elsewhere. */
  readonly program: string | null;
}

export function landingOf(control: readonly ControlFrame[], statement: Statement | null): Landing {
  const source = statement?.kind === 'replay-step' ? statement.source : null;
  const thread = control.at(-1)?.thread?.name ?? null;
  return {
    calls: callDepth(control) + (source === null ? 0 : source.frames.length - 1),
    isResumed: isResumed(control) || source?.isContinuation === true,
    program: source === null ? null : thread,
  };
}

/** Another process of a recorded program: a step over or out of a line of one does not end in the other's. */
export function isOtherProgram({ kind }: StepRequest, own: string | null, { program }: Landing): boolean {
  return (kind === 'over' || kind === 'out') && own !== null && program !== own;
}

/** Does a step end before the statement, as far as calls of defs decide that? `over` goes over them, `out` behind one. */
export function endsAmongCalls({ kind }: StepRequest, from: number, { calls, isResumed }: Landing): boolean {
  if (kind === 'statement') return true;
  if (isResumed && calls >= from) return false;
  if (kind === 'in' || kind === 'instruction') return true;
  return (kind === 'over' && calls <= from) || (kind === 'out' && calls < from);
}

/** At a statement inside an interleaved block, or before an access. */
export function isNestedStepDone(
  request: StepRequest,
  origin: StepOrigin | null,
  activity: Activity,
  landing: Landing,
): boolean {
  const { kind } = request;
  if (kind === 'instruction') return true;
  if (kind === 'in') return !landing.isResumed && isOwnTurn(origin, activity);
  if (origin?.activity !== activity) return false;
  return endsAmongCalls(request, origin.calls, landing) || (kind === 'out' && origin.frame !== null);
}

/** From between two statements, and once the thread's own part has ended, any thread's micro-step is the next one. */
function isOwnTurn(origin: StepOrigin | null, activity: Activity): boolean {
  const own = origin?.activity ?? null;
  return own === null || own === activity || own.state !== 'running' || own.agent === activity.agent;
}

/** Is `frame` the top itself or one of its callers? */
function isWithin(top: Activation, frame: Activation): boolean {
  for (let one: Activation | null = top; one !== null; one = one.caller) if (one === frame) return true;
  return false;
}

function sharesActivity(top: Activation, frame: Activation): boolean {
  return top.activity === frame.activity;
}

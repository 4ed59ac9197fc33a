/** Where a step began, and whether it is done. */
import type { Activity } from '../../execution/activity.ts';
import type { Activation } from '../../execution/activation.ts';
import type { StepRequest } from './stop.ts';

export interface StepOrigin {
  /** In progress when the step began; null between two statements. */
  readonly activity: Activity | null;
  readonly frame: Activation | null;
  readonly depth: number;
  /** The boundary at which the simulation stood; it does not stop there again. */
  readonly statement: number;
}

/** `frame`: the kernel frame that the step began in, or null at a statement. `top` is about to take a numbered step. */
export function isStepDone({ kind }: StepRequest, frame: Activation | null, top: Activation): boolean {
  switch (kind) {
    case 'in':
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

/** At a statement inside an interleaved block: a step in takes any thread's next one, others their own. */
export function isNestedStepDone({ kind }: StepRequest, origin: StepOrigin | null, activity: Activity): boolean {
  if (kind === 'in') return true;
  const isOwn = origin?.activity === activity;
  return isOwn && (kind === 'over' || (kind === 'out' && origin.frame !== null));
}

/** Is `frame` the top itself or one of its callers? */
function isWithin(top: Activation, frame: Activation): boolean {
  for (let one: Activation | null = top; one !== null; one = one.caller) if (one === frame) return true;
  return false;
}

function sharesActivity(top: Activation, frame: Activation): boolean {
  return top.activity === frame.activity;
}

import type { Activity } from '../../execution/activity.ts';
import type { Scopes } from '../calls/evaluation.ts';
import { innerScopes } from '../state/control.ts';
import type { Statement } from '../scenario/scenario.ts';
import type { ControlFrame } from '../state/script.ts';
import type { Value } from '../state/values.ts';

/** A block of `parallel` or `explore` in progress. Not state. */
export interface InterleavedBlock {
  readonly activity: Activity;
  /** What it binds; other blocks do not see it. */
  readonly bindings: ReadonlyMap<string, Value>;
  readonly progress: BlockProgress;
}

export interface BlockProgress {
  /** Its own levels, as the script has them outside. */
  readonly control: ControlFrame[];
  /** What is bound around it. */
  readonly outer: Scopes;
  /** Being performed, or about to be. */
  statement: Statement | null;
  /** A statement of its own has ended its thread. */
  hasEndedItself: boolean;
}

const progresses = new WeakMap<Activity, BlockProgress>();

export function noteProgress(activity: Activity, progress: BlockProgress): void {
  progresses.set(activity, progress);
}

/** Of the interleaved block that an activity runs; null for one that performs a statement alone. */
export function progressOf(activity: Activity): BlockProgress | null {
  return progresses.get(activity) ?? null;
}

/** What is bound where a block stands, innermost level first. */
export function scopesOfBlock({ control, outer }: BlockProgress): Scopes {
  const { scopes, isInDef } = innerScopes(control);
  // A def that the block calls sees what the file binds, nothing else.
  return [...scopes, ...(isInDef ? outer.slice(-1) : outer)];
}

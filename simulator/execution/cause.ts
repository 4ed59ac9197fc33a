/** What causes what: an activity's events name the event that they follow from, across yields, RPCs and interleavings. */
import type { MmuFault } from '../hardware/machine.ts';
import { tell } from '../hardware/trace-event.ts';
import type { Activation } from './activation.ts';
import type { Activity } from './activity.ts';

/** From now on the activity's events have this one as cause. Gives the cause until now, for the caller to put back. */
export function setCause(activity: Activity, event: number): number {
  const before = activity.cause;
  activity.cause = event;
  activity.engine.machine.cause.event = event;
  return before;
}

type Refused = Pick<MmuFault, 'va' | 'access' | 'user' | 'kind' | 'code' | 'level'>;

/**
 * An access was refused: what follows is the trap's doing, up to its outcome. Gives the cause until now, for the caller to
 * put back.
 */
export function enterTrap(
  { machine, activity, cluster }: Here,
  { va, access, user, kind, code, level }: Refused,
): number {
  const fields = machine.trace.on ? { va, access, user, fault: kind, code, level } : null;
  return setCause(activity, tell(machine, 'trap', cluster, fields));
}

type Here = Pick<Activation, 'machine' | 'activity' | 'cluster'>;

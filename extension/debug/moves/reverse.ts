/** Moves backwards, in slices: whoever waits is let in, and may give the way back up. */
import type { Position, StepKind } from '../../../simulator/session/moves/stop.ts';
import type { Branch } from '../../../simulator/session/moves/timeline.ts';
import { silentBreaksOf } from './breakpoint-filter.ts';
import type { Debuggee } from '../debuggee.ts';
import type { ReverseMove } from '../../../simulator/session/moves/reverse-move.ts';
import { reportOf, type StopReport } from './stop-report.ts';

/** Micro-steps in one slice of a search. */
const SLICE_STEPS = 20_000;

/** To the last place before where the same kind of move forward stops, or a breakpoint does. */
export function moveBack(debuggee: Debuggee, kind: StepKind, thread?: number): void {
  const { simulation } = debuggee.requireStopped('stepBack');
  let way: ReverseMove | null = null;
  const step = (): StopReport | null => {
    // Made once hits are counted: the move begins where the simulation stands then.
    way ??= simulation.reverse({
      kind,
      ...(thread === undefined ? {} : { thread }),
      breakpoints: silentBreaksOf(debuggee),
    });
    if (debuggee.runner.isPausing) {
      way.abandon();
      return { reason: 'pause', description: 'Reverse run cancelled' };
    }
    const stop = way.advance(SLICE_STEPS);
    return stop.reason === 'budget' ? null : reportOf(stop);
  };
  debuggee.runner.driveBack(step, kind !== 'continue', thread);
}

/** To a position before or after the present one; behind the end it is the end. */
export function seek(debuggee: Debuggee, position: Position): void {
  const { simulation } = debuggee.requireStopped('pagewalk/seek');
  debuggee.runner.drive(() => {
    simulation.seek(position);
    return { reason: 'goto', description: 'Paused at the requested position' };
  }, true);
}

/** To another line of the run, where the two part. */
export function switchTo(debuggee: Debuggee, branch: Branch): void {
  const { simulation } = debuggee.requireStopped('pagewalk/switchBranch');
  const { breakpoints, runner } = debuggee;
  runner.drive(() => {
    simulation.switchTo(branch);
    breakpoints.forgetHits();
    return { reason: 'goto', description: 'Paused where the run branches' };
  }, true);
}

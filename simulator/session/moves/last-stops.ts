import type { Activation } from '../../execution/activation.ts';
import type { Activity } from '../../execution/activity.ts';
import { AtStatement } from '../state/run.ts';
import { framesFrom, type Standing } from './standing.ts';
import { comparePositions, type Position, type StepRequest, type Stop } from './stop.ts';

/** A stop on the way forward. */
export interface SeenStop {
  readonly position: Position;
  readonly stop: Stop;
  readonly standing: Standing;
}

/**
 * Of the stops of one stretch of an execution, those that a move backwards can end at. Frames are compared by identity:
 * the last stop at each depth of a stack is enough, as a frame that is still there has had no other at its depth since.
 */
export class LastStops {
  private readonly origin: Standing;
  private any: SeenStop | null = null;
  /** At a breakpoint, an exception or the like. */
  private hit: SeenStop | null = null;
  private boundary: SeenStop | null = null;
  /** Between two statements: on the origin's level of calls or above, and outside of its block or def. */
  private beside: SeenStop | null = null;
  private outside: SeenStop | null = null;
  private readonly ofAgent = new Map<string, SeenStop>();
  private readonly atDepth = new Map<Activity, SeenStop[]>();

  /** `origin`: where the move began. */
  constructor(origin: Standing) {
    this.origin = origin;
  }

  note(seen: SeenStop): void {
    const { activity, top } = seen.standing;
    this.any = seen;
    if (seen.stop.reason !== 'step') this.hit = seen;
    if (activity === null || top === null) {
      this.boundary = seen;
      if (this.isBeside(seen.standing)) this.beside = seen;
      if (this.isOutside(seen.standing)) this.outside = seen;
      return;
    }
    this.ofAgent.set(activity.agent, seen);
    if (top.info.name === '' && top.label !== AtStatement.before) return;
    const stops = this.atDepth.get(activity) ?? [];
    stops[depthOf(top)] = seen;
    this.atDepth.set(activity, stops);
  }

  /** Going forward over a statement passes the defs that it calls. */
  private isBeside({ landing: { calls, isResumed, program } }: Standing): boolean {
    const { calls: own, program: self } = this.origin.landing;
    if (self !== null && program !== null && program !== self) return false;
    return calls < own || (calls === own && !isResumed);
  }

  private isOutside({ depth, landing: { calls, program } }: Standing): boolean {
    const { calls: own, program: self } = this.origin.landing;
    if (self !== null && program !== null && program !== self) return false;
    return own > 0 ? calls < own : depth < this.origin.depth;
  }

  /** `here` is where the stretch ends, in the same execution. */
  choose({ kind, thread }: StepRequest, here: Standing): SeenStop | null {
    if (kind === 'continue' || kind === 'instruction') return this.any;
    if (this.origin.activity === null) {
      if (kind === 'in') return this.any;
      return latest(this.hit, kind === 'out' ? this.outside : this.beside);
    }
    const own = (thread === undefined ? null : here.of(thread)) ?? here.activity;
    if (own === null) return this.any;
    if (kind === 'in') return latest(this.hit, this.boundary, this.ofAgent.get(own.agent) ?? null);
    return latest(this.hit, this.boundary, ...this.ofFrames(own, kind === 'out'));
  }

  /** In the innermost frame of an activity, or in its callers alone. */
  private ofFrames(activity: Activity, isOutside: boolean): (SeenStop | null)[] {
    const stops = this.atDepth.get(activity) ?? [];
    const frames = [...framesFrom(activity.top)].slice(isOutside ? 1 : 0);
    return frames.map((frame) => {
      const seen = stops[depthOf(frame)];
      return seen?.standing.top === frame ? seen : null;
    });
  }
}

function depthOf(frame: Activation): number {
  let depth = 0;
  for (let caller = frame.caller; caller !== null; caller = caller.caller) depth++;
  return depth;
}

function latest(...stops: (SeenStop | null)[]): SeenStop | null {
  let last: SeenStop | null = null;
  for (const seen of stops)
    if (seen !== null && (last === null || comparePositions(seen.position, last.position) > 0)) last = seen;
  return last;
}

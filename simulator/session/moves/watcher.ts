import type { Activity, NextAccess } from '../../execution/activity.ts';
import type { Scopes } from '../calls/evaluation.ts';
import type { Run } from '../state/run.ts';
import { comparePositions, type DataBreak, type Position } from './stop.ts';
import { changeOfAccess, HASHED, isWatchedAccess, isWatchedFault, sampleOf } from './watches.ts';

/** A data breakpoint was hit. */
export interface DataHit {
  readonly id: number;
  /** Where a run stops for it: before the micro-step that does it. */
  readonly at: Position;
  readonly description: string;
}

/**
 * Follows a run from place to place, where a place is a position at which stepping stops, and tells which data breakpoints
 * what happens there hits. Nothing is told of the place at which a request began: it has stopped there already.
 */
export class Watcher {
  private place: Position | null = null;
  private isOrigin = false;
  private readonly samples = new Map<number, string | null>();
  /** The last access of each activity that was looked at: another attempt at it is no access of its own. */
  private seen = new WeakMap<Activity, NextAccess>();

  /** Those whose bytes are changed by an access that is told of as such. */
  private readonly accessed = new Set<number>();

  /** A request begins. */
  depart(): void {
    this.place = null;
    this.samples.clear();
    this.seen = new WeakMap();
  }

  /** The run stands at a place. Hits of the way from the place before, which had not been looked at until then. */
  arrive(run: Run, breaks: readonly DataBreak[], position: Position, scopes: Scopes, isOrigin = false): DataHit[] {
    const hits: DataHit[] = [];
    const { place } = this;
    for (const { id, name, watch, accept } of breaks) {
      const before = this.samples.get(id) ?? null;
      const now = sampleOf(run, watch, scopes);
      this.samples.set(id, now);
      if (this.accessed.has(id) || place === null || this.isOrigin || before === null || now === null || before === now)
        continue;
      if (accept?.(place) === false) continue;
      const values = now.startsWith(HASHED) ? '' : `: ${before.trim()} becomes ${now.trim()}`;
      hits.push({ id, at: place, description: `Paused before ${name} changes${values}` });
    }
    this.accessed.clear();
    const isSame = place !== null && comparePositions(place, position) === 0;
    this.isOrigin = isSame ? this.isOrigin : isOrigin;
    this.place = position;
    return hits;
  }

  /** An activity stands before an access, or is in the kernel for one. */
  look(run: Run, breaks: readonly DataBreak[], activity: Activity): DataHit[] {
    const { nextAccess, top } = activity;
    const { place } = this;
    const inKernel = top.info.name !== '';
    if (!inKernel) this.noteAccessed(run, breaks, activity);
    if (nextAccess === null || place === null || this.isOrigin) return [];
    if (inKernel && this.seen.get(activity) !== nextAccess) return [];
    const isWatched = inKernel ? isWatchedFault : isWatchedAccess;
    if (inKernel) this.seen.delete(activity);
    else this.seen.set(activity, nextAccess);
    if (!inKernel && nextAccess.attempt > 0) return [];
    const change = changeOfAccess(run, activity);
    const what = inKernel ? 'Paused in the fault of' : 'Paused before';
    return breaks
      .filter(({ watch, accept }) => isWatched(run, watch, activity) && accept?.(place) !== false)
      .map(({ id }) => ({
        id,
        at: place,
        description: `${what} the ${nextAccess.text}${change === null ? '' : `: ${change}`}`,
      }));
  }

  private noteAccessed(run: Run, breaks: readonly DataBreak[], activity: Activity): void {
    for (const { id, watch } of breaks) if (isWatchedAccess(run, watch, activity)) this.accessed.add(id);
  }
}

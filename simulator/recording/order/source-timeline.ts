/**
 * A recording's order as steps of its source: one for each visit of a line by a process, with the calls made on it. What
 * happens outside of known lines, before `main` and behind it, is one step from one call that makes a process to the next.
 */
import { NOWHERE, placeOfVisit, type RecordedSources, visitAt } from '../logs/source-lines.ts';
import type { Recording } from '../logs/recording.ts';
import { effectOf } from './replay-plan.ts';
import { createReplayState, type ReplaySettings } from './replay-state.ts';
import { nextTurn, takeTurn, type Turn } from './turns.ts';

export interface SourceStep {
  /** Positions of the replay, `[position, end)`. */
  readonly position: number;
  end: number;
  /** Index of the log of the process. */
  readonly log: number;
  /** As `LineVisits.places` has it; NOWHERE: outside of known lines. */
  readonly visit: number;
  makes: 'process' | 'fork' | null;
}

export function makeSourceTimeline(
  recording: Recording,
  sources: RecordedSources,
  settings: ReplaySettings,
): SourceStep[] {
  const state = createReplayState(recording.name, settings);
  const builder = new Builder(sources);
  for (;;) {
    const { position } = state;
    if (nextTurn(recording, state, Infinity) === null) return builder.steps;
    builder.add(takeTurn(recording, state, Infinity), position);
  }
}

class Builder {
  readonly steps: SourceStep[] = [];
  private readonly sources: RecordedSources;
  /** By log: the visit that its last step belongs to. */
  private readonly current = new Map<number, number>();

  constructor(sources: RecordedSources) {
    this.sources = sources;
  }

  add(turn: Turn, position: number): void {
    if (turn.kind === 'accesses') this.addAccesses(turn, position);
    else this.addOther(turn, position);
  }

  private addAccesses({ self, from, to }: Turn, position: number): void {
    const visits = this.sources.visits[self.log];
    if (visits === undefined) return this.append(position, position + to - from, self.log, -1, NOWHERE, null);
    const { accesses, places } = visits;
    let visit = visitAt(visits, from);
    for (let begin = from; begin < to; visit++) {
      const end = Math.min(to, accesses[visit + 1] ?? Infinity);
      this.append(position + begin - from, position + end - from, self.log, visit, places[visit] ?? NOWHERE, null);
      begin = end;
    }
  }

  /** A call belongs to the line on which it is made. */
  private addOther({ self, log, kind, event: index }: Turn, position: number): void {
    const event = log.events[index];
    const effect = kind === 'event' && event !== undefined ? effectOf(log, event)?.effect : undefined;
    const makes = kind === 'event' ? (effect?.kind === 'fork' ? 'fork' : null) : 'process';
    const visit = kind === 'event' ? (this.current.get(self.log) ?? -1) : -1;
    const word = this.sources.visits[self.log]?.places[visit] ?? NOWHERE;
    this.append(position, position + 1, self.log, visit, word, makes);
  }

  private append(
    position: number,
    end: number,
    log: number,
    visit: number,
    word: number,
    makes: SourceStep['makes'],
  ): void {
    const last = this.steps.at(-1);
    const isSame = this.current.get(log) === visit;
    this.current.set(log, visit);
    if (last?.log === log && isSame && last.makes !== 'process' && makes !== 'process') {
      last.end = end;
      last.makes ??= makes;
      return;
    }
    // A visit that another process came between goes on; its line is not entered a second time.
    const isGoingOn = isSame && visit >= 0 && placeOfVisit(word) !== NOWHERE;
    this.steps.push({ position, end, log, visit: isGoingOn ? word | 1 : word, makes });
  }
}

/** Index of the step that holds a position. */
export function stepAt(steps: readonly { readonly end: number }[], position: number): number {
  let low = 0;
  let high = steps.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((steps[middle] as { readonly end: number }).end > position) high = middle;
    else low = middle + 1;
  }
  return low;
}

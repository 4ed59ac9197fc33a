/**
 * A recording's order as a bounded list of steps, found before anything runs: what a debugger steps over, one line of
 * the view each. A step is one call, or accesses of one process that begin with a first touch (docs/adr/0012).
 */
import { type Access, type AccessKind, accessAt } from '../logs/access-columns.ts';
import { lineOfAccess, type ProcessLog } from '../logs/process-log.ts';
import { type RecordedPlace, RecordedMemory } from './recorded-memory.ts';
import type { Recording } from '../logs/recording.ts';
import { effectOf, layoutOf } from './replay-plan.ts';
import { createReplayState, type ReplaySettings } from './replay-state.ts';
import type { LogExcerpts, TouchList } from '../logs/touch-list.ts';
import { excerptsOf } from './find-excerpts.ts';
import { MemoryUse } from './memory-use.ts';
import type { MemoryNeed } from '../../session/scenario/sized-machine.ts';
import { LONGEST_RUN, nextTurn, takeTurn, type Turn } from './turns.ts';

export interface TimelineStep {
  /** Positions of the replay, `[position, end)`. */
  readonly position: number;
  readonly end: number;
  /** Index of the log of the process that it begins with. */
  readonly log: number;
  readonly kind: 'start' | 'layout' | 'event' | 'accesses' | 'several';
  /** Lines of that log. */
  readonly line: number;
  readonly endLine: number;
  /** Index of the first event in it, or of the next one. */
  readonly event: number;
  /** The first access in it. */
  readonly first: FirstAccess | null;
  readonly accesses: number;
  /** First touches among them. */
  readonly touches: number;
  readonly events: number;
  /** It starts a program, or forks one. */
  readonly makes: 'process' | 'fork' | null;
  /** Nothing in it changes a mapping or the order. */
  readonly isQuiet: boolean;
  /** How many steps were joined into this one, because there were too many. */
  readonly joined: number;
}

export interface FirstAccess {
  readonly kind: AccessKind;
  readonly address: number;
  readonly isTouch: boolean;
  readonly place: RecordedPlace | null;
}

/** Steps of a recording at most: longer ones are told in less detail. */
export const MOST_STEPS = 10_000;

export interface Timeline {
  readonly steps: readonly TimelineStep[];
  readonly need: MemoryNeed;
}

export function makeTimeline(recording: Recording, settings: ReplaySettings, most = MOST_STEPS): Timeline {
  const state = createReplayState(recording.name, settings);
  const builder = new Builder(recording, most);
  for (;;) {
    const { position } = state;
    if (nextTurn(recording, state, Infinity) === null) return builder.finish();
    builder.add(takeTurn(recording, state, Infinity), position);
  }
}

/** Without looking at the accesses themselves, if the list has it. */
function startAt(log: ProcessLog, starts: TouchList, index: number): Access {
  const place = starts.placeOf(index);
  return starts.indexAt(place) === index ? starts.accessAt(place) : accessAt(log.accesses, index);
}

class Builder {
  private readonly recording: Recording;
  private readonly excerpts: readonly LogExcerpts[];
  private readonly steps: Joiner;
  private readonly memories = new Map<number, RecordedMemory>();
  private readonly uses = new MemoryUse();

  constructor(recording: Recording, most: number) {
    this.recording = recording;
    this.excerpts = excerptsOf(recording);
    this.steps = new Joiner(most);
  }

  finish(): Timeline {
    return { steps: this.steps.list, need: this.uses.most };
  }

  add(turn: Turn, position: number): void {
    if (turn.kind === 'accesses') this.addAccesses(turn, position);
    else this.addOther(turn, position);
    if (turn.endsProcess) this.uses.end(turn.self.log);
    else this.uses.note(turn.self.log, this.memory(turn.self.log), turn.kind !== 'accesses');
  }

  private addOther({ self, log, kind, event: index, child }: Turn, position: number): void {
    const event = log.events[index];
    const isEvent = kind === 'event';
    const line = isEvent ? (event?.line ?? log.lines) : 1;
    const effect = isEvent && event !== undefined ? effectOf(log, event)?.effect : undefined;
    const layout = layoutOf(this.recording, log);
    if (kind === 'start' || (kind === 'layout' && self.parent !== null)) {
      if (layout !== null) this.memories.set(self.log, RecordedMemory.of(layout));
    }
    const memory = this.memory(self.log);
    if (child !== null) {
      this.memories.set(child.log, memory.fork());
      this.uses.fork(self.log, child.log, this.memory(child.log));
    }
    if (effect !== undefined) memory.apply(effect);
    this.steps.add({
      position,
      end: position + 1,
      log: self.log,
      kind: kind === 'accesses' ? 'event' : kind,
      line,
      endLine: line,
      event: index,
      first: null,
      accesses: 0,
      touches: 0,
      events: isEvent ? 1 : 0,
      makes: isEvent ? (effect?.kind === 'fork' ? 'fork' : null) : 'process',
      isQuiet: isEvent && event?.kind !== 'killed' && (effect === undefined || effect.kind === 'other'),
      joined: 1,
    });
  }

  private addAccesses({ self, log, from, to, event }: Turn, position: number): void {
    const { touches: noted } = this.memory(self.log);
    const { touches, starts } = this.excerpts[self.log] as LogExcerpts;
    let place = touches.placeOf(from);
    for (let begin = from; begin < to;) {
      const isTouch = touches.indexAt(place) === begin;
      if (isTouch) noted.note(touches.accessAt(place++));
      const next = Math.min(touches.indexAt(place), to);
      this.steps.add({
        position: position + begin - from,
        end: position + next - from,
        log: self.log,
        kind: 'accesses',
        line: lineOfAccess(log, begin),
        endLine: lineOfAccess(log, next - 1),
        event,
        first: this.firstAccess(self.log, isTouch ? touches.accessAt(place - 1) : startAt(log, starts, begin), isTouch),
        accesses: next - begin,
        touches: isTouch ? 1 : 0,
        events: 0,
        makes: null,
        isQuiet: true,
        joined: 1,
      });
      begin = next;
    }
  }

  private firstAccess(log: number, { kind, address }: Access, isTouch: boolean): FirstAccess {
    return { kind, address, isTouch, place: this.memory(log).placeOf(address) };
  }

  private memory(log: number): RecordedMemory {
    const known = this.memories.get(log);
    if (known === undefined) throw new Error(`internal: log ${String(log)} has no memory yet`);
    return known;
  }
}

/** From these levels on more kinds of neighbours become one step. */
const ANY_REGION = 3;
const QUIET_CALLS = 4;
const ANYTHING = 7;

/** Keeps a list short: whenever it is too long, neighbours become one, as alike as possible and ever more of them. */
class Joiner {
  list: TimelineStep[] = [];
  private level = 0;
  private readonly most: number;

  constructor(most: number) {
    this.most = most;
  }

  add(step: TimelineStep): void {
    this.append(step);
    while (this.list.length > this.most) {
      this.level++;
      const before = this.list;
      this.list = [];
      for (const one of before) this.append(one);
    }
  }

  private append(step: TimelineStep): void {
    const last = this.list.at(-1);
    if (last !== undefined && this.areJoined(last, step)) this.list[this.list.length - 1] = join(last, step);
    else this.list.push(step);
  }

  private areJoined(last: TimelineStep, step: TimelineStep): boolean {
    if (this.level === 0) return false;
    const most = 4 ** this.level;
    if (last.joined + step.joined > most || last.accesses + step.accesses > most * LONGEST_RUN) return false;
    if (this.level >= ANYTHING) return true;
    if (last.log !== step.log || !last.isQuiet || !step.isQuiet) return false;
    const areAccesses = last.kind === 'accesses' && step.kind === 'accesses';
    if (!areAccesses) return this.level >= QUIET_CALLS;
    return this.level >= ANY_REGION || last.first?.place?.start === step.first?.place?.start;
  }
}

function join(one: TimelineStep, other: TimelineStep): TimelineStep {
  return {
    ...one,
    end: other.end,
    kind: one.log === other.log && one.kind === 'accesses' && other.kind === 'accesses' ? 'accesses' : 'several',
    endLine: one.log === other.log ? other.endLine : one.endLine,
    first: one.first ?? other.first,
    accesses: one.accesses + other.accesses,
    touches: one.touches + other.touches,
    events: one.events + other.events,
    makes: one.makes ?? other.makes,
    isQuiet: one.isQuiet && other.isQuiet,
    joined: one.joined + other.joined,
  };
}

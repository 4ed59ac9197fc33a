/**
 * What two kernels have to do alike to count as doing the same (docs/adr/0010). An episode is what happens up to the
 * outcome of one trap, or in a call outside traps. Compared are the kinds of things that happen in each episode: where a
 * page's contents come from, what becomes of translations and regions, and how the trap ends. Not compared are the order
 * within an episode, how many frames tables and kernel objects take, the hardware's own doings, waiting and messages.
 */
import type { EventName } from '../../hardware/event-shapes.ts';
import { isEvent, type CommonEvent, type TraceEvent } from '../../hardware/trace-event.ts';
import { KERNEL_AGENT } from '../../session/statements/pending-statement.ts';

/** In the order in which they stand in a signature. */
const comparedNames = [
  'region-create', 'region-remove', 'region-split', 'page-alloc', 'page-zero', 'page-copy', 'page-in', 'page-out',
  'pte-set', 'pte-clear', 'false-fault', 'oom', 'page-fault', 'cow-fault', 'segv',
] as const satisfies readonly EventName[]; // prettier-ignore

type ComparedName = (typeof comparedNames)[number];
export type ComparedEvent = CommonEvent<ComparedName>;

/** The same things several times in a row. */
export interface EpisodeRun {
  /** Set of bits by `comparedNames`. */
  readonly kinds: number;
  count: number;
}

/** What the kernel's own thread does makes processes or is called by its name: no answer to what a program did. */
export function isCompared(event: TraceEvent): event is ComparedEvent {
  return event.thread !== KERNEL_AGENT && isEvent(event, ...comparedNames);
}

/** Collects the events of one statement into episodes, and keeps the events of one of them if asked to. */
export class EpisodeBuilder {
  readonly runs: EpisodeRun[] = [];
  count = 0;
  kept: readonly ComparedEvent[] = [];
  private events: ComparedEvent[] = [];
  private readonly makesProcess: boolean;
  private readonly wanted: number;

  /** Of a statement that makes a process, the new one's regions do not count. */
  constructor(makesProcess = false, wanted = -1) {
    this.makesProcess = makesProcess;
    this.wanted = wanted;
  }

  add(event: ComparedEvent): void {
    if (this.makesProcess && event.name === 'region-create') return;
    // A refusal for lack of memory is a segv and an oom, in this order.
    if (event.name === 'oom' && this.joinRefusal(event)) return;
    this.events.push(event);
    if (isOutcome(event)) this.close();
  }

  /** The trap, or the statement, has ended. */
  close(): void {
    const { events } = this;
    const kinds = kindsOf(events);
    this.events = [];
    if (kinds === 0) return;
    if (this.count === this.wanted) this.kept = events;
    this.count++;
    const last = this.runs.at(-1);
    if (last?.kinds === kinds) last.count++;
    else this.runs.push({ kinds, count: 1 });
  }

  private joinRefusal(event: ComparedEvent): boolean {
    const last = this.runs.at(-1);
    if (this.events.length > 0 || last === undefined || (last.kinds & bit('segv')) === 0) return false;
    last.count--;
    if (last.count === 0) this.runs.pop();
    this.runs.push({ kinds: last.kinds | bit('oom'), count: 1 });
    if (this.count - 1 === this.wanted) this.kept = [...this.kept, event];
    return true;
  }
}

function bit(name: ComparedName): number {
  return 1 << comparedNames.indexOf(name);
}

function isOutcome(event: ComparedEvent | undefined): boolean {
  return event !== undefined && isEvent(event, 'page-fault', 'cow-fault', 'segv');
}

export function kindsOf(events: readonly ComparedEvent[]): number {
  const counted = countedOf(events);
  return counted.reduce((kinds, event) => kinds | bit(event.name), 0);
}

/** Those events of an episode that count, in order. */
export function countedOf(events: readonly ComparedEvent[]): ComparedEvent[] {
  const entries = new Map<number, { first: EntryEvent; last: EntryEvent }>();
  for (const event of events) {
    if (!isEntryChange(event)) continue;
    const known = entries.get(event.fields.vpn);
    if (known === undefined) entries.set(event.fields.vpn, { first: event, last: event });
    else known.last = event;
  }
  const isTrap = isOutcome(events.at(-1));
  const isFilled = isTrap && events.some(({ name }) => name === 'page-in' || name === 'page-copy');
  const mapped = new Set<number>();
  for (const { last } of entries.values()) if (last.name === 'pte-set') mapped.add(last.fields.ppn);
  return events.filter((event) => {
    // Frames of tables and kernel objects are no user's pages.
    if (event.name === 'page-alloc') return isTrap && mapped.has(event.fields.ppn);
    // A page has one source: zeroes that are overwritten at once are none.
    if (event.name === 'page-zero') return !isFilled && (mapped.size === 0 || mapped.has(event.fields.ppn));
    if (!isEntryChange(event)) return true;
    const entry = entries.get(event.fields.vpn) as { first: EntryEvent; last: EntryEvent };
    // Set and cleared again: a window that the kernel opened to work through. Cleared and set again: replaced.
    const isWindow = entry.first.name === 'pte-set' && entry.last.name === 'pte-clear';
    return !isWindow && event.name === entry.last.name;
  });
}

type EntryEvent = CommonEvent<'pte-set' | 'pte-clear'>;

function isEntryChange(event: ComparedEvent): event is EntryEvent {
  return isEvent(event, 'pte-set', 'pte-clear');
}

export function kindNames(kinds: number): string[] {
  return comparedNames.filter((name) => (kinds & bit(name)) !== 0);
}

/** Equal texts are equal behaviour. */
export function signatureOf(runs: readonly EpisodeRun[]): string {
  return runs.map(({ kinds, count }) => `${kinds.toString(16)}*${String(count)}`).join(' ');
}

export interface Difference {
  /** Index of the first episode that differs. */
  readonly episode: number;
  /** Null where that side has no such episode. */
  readonly kinds: readonly [number | null, number | null];
}

/** Null: the same. */
export function firstDifference(one: readonly EpisodeRun[], other: readonly EpisodeRun[]): Difference | null {
  const sides = [new EpisodeReader(one), new EpisodeReader(other)] as const;
  for (let episode = 0; ;) {
    const [left, right] = [sides[0].kinds, sides[1].kinds];
    if (left === null && right === null) return null;
    if (left !== right) return { episode, kinds: [left, right] };
    const alike = Math.min(sides[0].left, sides[1].left);
    episode += alike;
    for (const side of sides) side.skip(alike);
  }
}

class EpisodeReader {
  private index = 0;
  private used = 0;
  private readonly runs: readonly EpisodeRun[];

  constructor(runs: readonly EpisodeRun[]) {
    this.runs = runs;
  }

  get kinds(): number | null {
    return this.runs[this.index]?.kinds ?? null;
  }

  /** Episodes left of the present kind. */
  get left(): number {
    return (this.runs[this.index]?.count ?? 0) - this.used;
  }

  skip(count: number): void {
    this.used += count;
    if (this.used < (this.runs[this.index]?.count ?? 0)) return;
    this.index++;
    this.used = 0;
  }
}

/** What happened in a run, kept so that any stretch of it can be drawn: lanes, slices, marks, counters. */
import type { TraceEvent } from '../../hardware/trace-event.ts';
import type { MarkKind, SliceKind } from './models.ts';

export interface Lane {
  readonly agent: string;
  readonly core: number;
  readonly cluster: number;
  depth: number;
  /** Slices that have begun and not ended, outermost first. */
  readonly open: Slice[];
}

export interface Slice {
  readonly lane: number;
  readonly kind: SliceKind;
  readonly from: number;
  /** Infinite while it lasts. */
  to: number;
  readonly depth: number;
  readonly label: string;
  readonly line: number;
}

export interface Mark {
  readonly lane: number;
  readonly kind: MarkKind;
  readonly step: number;
  readonly event: TraceEvent;
}

export interface Arrow {
  readonly kind: 'request' | 'answer';
  readonly fromLane: number;
  readonly fromStep: number;
  readonly toLane: number;
  readonly toStep: number;
}

/** Cumulative, at the steps where something changed. */
export interface Counters {
  readonly steps: number[];
  readonly faults: number[];
  readonly free: number[];
  readonly hits: number[];
  readonly lookups: number[];
}

/** Things that a recording keeps at most; what comes later is left out, and the recording says so. */
export const MOST_THINGS = 400_000;

/** Builds a recording from the events, in their order. */
export class TimelineRecording {
  readonly lanes: Lane[] = [];
  readonly slices: Slice[] = [];
  readonly marks: Mark[] = [];
  readonly arrows: Arrow[] = [];
  readonly counters: Counters = { steps: [0], faults: [0], free: [0], hits: [0], lookups: [0] };
  private readonly laneNumbers = new Map<string, number>();
  private readonly statements = new Map<number, Slice>();
  private readonly traps = new Map<number, Slice>();
  private readonly requests = new Map<number, { lane: number; step: number; wait: Slice; service: Slice | null }>();

  constructor(freeFrames: number) {
    this.counters.free[0] = freeFrames;
  }

  get isFull(): boolean {
    return this.slices.length + this.marks.length + this.counters.steps.length > MOST_THINGS;
  }

  hear(event: TraceEvent): void {
    if (event.isOwn) return;
    const lane = this.laneOf(event);
    const mark = (kind: MarkKind) => this.marks.push({ lane, kind, step: event.step, event });
    switch (event.name) {
      case 'statement':
        this.statements.set(
          event.id,
          this.begin(lane, 'statement', event.step, `line ${String(event.line)}`, event.line),
        );
        break;
      case 'statement-end':
        this.endOf(this.statements, event.cause, event.step);
        break;
      case 'trap':
        this.traps.set(
          event.id,
          this.begin(lane, 'fault', event.step, `fault at 0x${event.fields.va.toString(16)}`, event.line),
        );
        break;
      case 'page-fault':
      case 'cow-fault':
      case 'segv':
        this.endOf(this.traps, event.cause, event.step);
        mark(event.name === 'page-fault' ? 'fault' : event.name === 'cow-fault' ? 'cow' : 'segv');
        if (event.name === 'page-fault') this.count(event.step, (now) => (now.faults += 1));
        break;
      case 'false-fault':
        mark('false');
        break;
      case 'rpc': {
        const wait = this.begin(lane, 'wait', event.step, `waits for ${event.fields.rpc}`, event.line);
        this.requests.set(event.fields.id, { lane, step: event.step, wait, service: null });
        mark('rpc');
        break;
      }
      case 'rpc-begun':
        this.rpcBegun(lane, event.fields.id, event.fields.rpc, event.step, event.line);
        break;
      case 'rpc-answered':
        this.rpcAnswered(lane, event.fields.id, event.step);
        break;
      case 'lock-wait':
        this.begin(lane, 'wait', event.step, `waits for ${event.fields.lock}`, event.line);
        mark('lock');
        break;
      case 'lock-acquired':
        if (event.fields.waited)
          this.endLast(lane, (slice) => slice.label === `waits for ${event.fields.lock}`, event.step);
        this.begin(lane, 'held', event.step, event.fields.lock, event.line);
        break;
      case 'lock-released':
        this.endLast(lane, (slice) => slice.kind === 'held' && slice.label === event.fields.lock, event.step);
        break;
      case 'page-alloc':
        mark('alloc');
        this.count(event.step, (now) => (now.free -= event.fields.pages));
        break;
      case 'page-free':
        mark('free');
        this.count(event.step, (now) => (now.free += event.fields.pages));
        break;
      case 'tlb-hit':
        this.count(event.step, (now) => ((now.hits += 1), (now.lookups += 1)));
        break;
      case 'tlb-miss':
        mark('miss');
        this.count(event.step, (now) => (now.lookups += 1));
        break;
      case 'page-copy':
        mark('copy');
        break;
      case 'pte-set':
      case 'pte-clear':
        mark('entry');
        break;
      case 'tlb-flush':
        mark('flush');
        break;
      case 'page-in':
      case 'page-out':
        mark('disk');
        break;
      case 'region-create':
      case 'region-remove':
      case 'region-split':
        mark('region');
        break;
      case 'oom':
        mark('oom');
        break;
      default:
    }
  }

  /** Nothing lasts longer than the run. */
  finish(step: number): void {
    for (const slice of this.slices) if (slice.to === Number.POSITIVE_INFINITY) slice.to = Math.max(slice.from, step);
  }

  private laneOf({ thread, core, cluster }: TraceEvent): number {
    const agent = thread === '' ? 'kernel' : thread;
    const key = `${agent}@${String(core)}`;
    let number = this.laneNumbers.get(key);
    if (number === undefined) {
      number = this.lanes.push({ agent, core, cluster, depth: 1, open: [] }) - 1;
      this.laneNumbers.set(key, number);
    }
    return number;
  }

  private begin(lane: number, kind: SliceKind, from: number, label: string, line: number): Slice {
    const { open } = this.lanes[lane] as Lane;
    const depth = open.filter((slice) => slice.kind !== 'held').length;
    const slice: Slice = { lane, kind, from, to: Number.POSITIVE_INFINITY, depth, label, line };
    open.push(slice);
    this.slices.push(slice);
    const own = this.lanes[lane] as Lane;
    if (kind !== 'held') own.depth = Math.max(own.depth, depth + 1);
    return slice;
  }

  private end(slice: Slice, step: number): void {
    slice.to = step;
    const { open } = this.lanes[slice.lane] as Lane;
    const at = open.indexOf(slice);
    if (at >= 0) open.splice(at, 1);
  }

  private endOf(known: Map<number, Slice>, cause: number, step: number): void {
    const slice = known.get(cause);
    known.delete(cause);
    if (slice !== undefined) this.end(slice, step);
  }

  private endLast(lane: number, isIt: (slice: Slice) => boolean, step: number): void {
    const slice = (this.lanes[lane] as Lane).open.findLast(isIt);
    if (slice !== undefined) this.end(slice, step);
  }

  private rpcBegun(lane: number, id: number, name: string, step: number, line: number): void {
    const service = this.begin(lane, 'service', step, name, line);
    const request = this.requests.get(id);
    if (request === undefined) return;
    request.service = service;
    this.arrows.push({ kind: 'request', fromLane: request.lane, fromStep: request.step, toLane: lane, toStep: step });
  }

  private rpcAnswered(lane: number, id: number, step: number): void {
    const request = this.requests.get(id);
    this.requests.delete(id);
    if (request === undefined) return;
    if (request.service !== null) this.end(request.service, step);
    this.end(request.wait, step);
    this.arrows.push({ kind: 'answer', fromLane: lane, fromStep: step, toLane: request.lane, toStep: step });
  }

  private count(
    step: number,
    change: (now: { faults: number; free: number; hits: number; lookups: number }) => void,
  ): void {
    const { steps, faults, free, hits, lookups } = this.counters;
    const last = steps.length - 1;
    const now = {
      faults: faults[last] as number,
      free: free[last] as number,
      hits: hits[last] as number,
      lookups: lookups[last] as number,
    };
    change(now);
    const at = steps[last] === step ? last : steps.push(step) - 1;
    faults[at] = now.faults;
    free[at] = now.free;
    hits[at] = now.hits;
    lookups[at] = now.lookups;
  }
}

/** Moves backwards. Nothing ever runs backwards: an earlier stop is found by running up to it once more. */
import { LastStops, type SeenStop } from './last-stops.ts';
import type { Standing } from './standing.ts';
import { comparePositions, type Position, type StepKind, type StepRequest, type Stop } from './stop.ts';

/** Micro-steps of a statement that are searched first; then so many times more. */
const FIRST_WINDOW = 512;
const WINDOW_GROWTH = 16;
/** Statements that the first interval of a search goes back; each further one goes back so many times as far. */
const FIRST_INTERVAL = 64;
const INTERVAL_GROWTH = 4;
/** Stops on the way after which whoever waits is let in. */
const STOPS_IN_SLICE = 1000;

/** What is moved. */
export interface Traveller {
  readonly position: Position;
  seek(position: Position): void;
  advance(request: StepRequest, budget: number): Stop;
}

const start: Position = { statement: 0, step: 0 };

/**
 * A step or a run backwards, to the last place before the present one where the same kind of move forward stops, or where
 * a breakpoint does. Its stop is the one that the way forward makes there. Null where nothing was before.
 */
export class ReverseMove {
  private readonly traveller: Traveller;
  private readonly standing: () => Standing;
  private readonly request: StepRequest;
  private readonly origin: Position;
  private readonly originStanding: Standing;
  private readonly way: Generator<undefined, SeenStop | null>;
  private budget = 0;
  /** Everything from here to the origin is searched. */
  private searched: Position;

  constructor(traveller: Traveller, standing: () => Standing, request: StepRequest) {
    this.traveller = traveller;
    this.standing = standing;
    this.request = request;
    this.origin = traveller.position;
    this.originStanding = standing();
    this.searched = this.origin;
    this.way = this.isInsideStatement ? this.searchStatement() : this.searchIntervals();
  }

  /** Searches about so many micro-steps further. `budget`: there is more to search. */
  advance(budget: number): Stop {
    this.budget = budget;
    const { done, value } = this.way.next();
    if (done !== true) return { reason: 'budget', description: 'searching' };
    if (value !== null) {
      this.traveller.seek(value.position);
      return value.stop;
    }
    this.traveller.seek(start);
    const isThere = comparePositions(this.origin, start) === 0;
    return {
      reason: 'entry',
      description: isThere ? 'Paused at the beginning: there is nothing before' : 'Paused at the beginning',
    };
  }

  /** Back to where it began. */
  abandon(): void {
    this.traveller.seek(this.origin);
  }

  /** How much of the run before the origin is searched, from 0 to 1. */
  get progress(): number {
    const { origin, searched } = this;
    return origin.statement === 0 ? 0 : (origin.statement - searched.statement) / origin.statement;
  }

  private get isInsideStatement(): boolean {
    const { kind } = this.request;
    if (kind === 'continue' || comparePositions(this.origin, start) === 0) return false;
    return this.origin.step > 0 || kind === 'in' || kind === 'instruction';
  }

  /** In the statement that is in progress, or in the one before. */
  private *searchStatement(): Generator<undefined, SeenStop | null> {
    const { origin } = this;
    const statement = origin.step > 0 ? origin.statement : origin.statement - 1;
    const length = origin.step > 0 ? origin.step : yield* this.lengthOf(statement);
    for (let window = FIRST_WINDOW; ; window *= WINDOW_GROWTH) {
      const step = Math.max(0, length - window);
      const stops = yield* this.collect({ statement, step }, origin, 'instruction');
      const found = stops.choose(this.request, this.standing());
      if (found !== null || step === 0) return found;
    }
  }

  private *lengthOf(statement: number): Generator<undefined, number> {
    yield* this.collect({ statement, step: 0 }, { statement: statement + 1, step: 0 }, 'statement');
    return this.standing().steps;
  }

  /** From the origin back, in intervals that grow. */
  private *searchIntervals(): Generator<undefined, SeenStop | null> {
    const { kind } = this.request;
    const first = kind === 'over' ? 1 : FIRST_INTERVAL;
    for (let size = first; comparePositions(this.searched, start) > 0; size *= INTERVAL_GROWTH) {
      const until = this.searched;
      const statement = until.step > 0 ? until.statement : Math.max(0, until.statement - size);
      const from = { statement, step: 0 };
      const stops = yield* this.collect(from, until, kind === 'continue' ? 'continue' : 'statement');
      const found = stops.choose(this.request, this.standing());
      if (found !== null) return found;
      this.searched = from;
    }
    return null;
  }

  /** The stops of one stretch of the run, its beginning included. */
  private *collect(from: Position, until: Position, kind: StepKind): Generator<undefined, LastStops> {
    const { traveller, request } = this;
    const stops = new LastStops(this.originStanding);
    traveller.seek(from);
    const { breakpoints } = request;
    let wanted: StepRequest = { kind, ...(breakpoints === undefined ? {} : { breakpoints }), isFirst: from.step === 0 };
    for (let count = 1; ; count++) {
      const stop = traveller.advance(wanted, this.budget);
      const { position } = traveller;
      if (stop.reason === 'end' || comparePositions(position, until) >= 0) return stops;
      if (stop.reason !== 'budget') {
        stops.note({ position, stop, standing: this.standing() });
        wanted = { ...wanted, isFirst: false };
      }
      if (stop.reason === 'budget' || count % STOPS_IN_SLICE === 0) yield undefined;
    }
  }
}

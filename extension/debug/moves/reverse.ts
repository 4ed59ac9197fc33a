/** Moves backwards. Nothing ever runs backwards: an earlier position is found by running up to it once more. */
import type { Simulation } from '../../../simulator/session/moves/simulation.ts';
import { comparePositions, type Position } from '../../../simulator/session/moves/stop.ts';
import { placesOf } from './breakpoint-filter.ts';
import type { Debuggee } from '../debuggee.ts';
import type { StopReport } from './runner.ts';

/** Micro-steps in one slice of a search. */
const SLICE_STEPS = 20_000;
/** Statements that the first interval of a search goes back; each further one goes back four times as far. */
const FIRST_INTERVAL = 64;
const GROWTH = 4;
/** A statement with more micro-steps than this is not searched for the step before in the same frame. */
const MOST_STEPS = 50_000;

/** To the statement before; inside the kernel to the step before of the same function, or of its caller. */
export function stepBack(debuggee: Debuggee, thread: number, isMicro: boolean): void {
  const { simulation } = debuggee.requireStopped('stepBack');
  const move = (): StopReport => {
    const here = simulation.position;
    const before = simulation.positionBefore(isMicro || here.step > 0 ? 'step' : 'statement');
    const target = (here.step > 0 && !isMicro ? sameFrameBefore(simulation, thread, here) : null) ?? before;
    if (target === null) return atBeginning;
    simulation.seek(target);
    return { reason: 'step', description: 'Paused on step back' };
  };
  debuggee.runner.drive(move, true, thread);
}

/** To a position before or after the present one; behind the end it is the end. */
export function seek(debuggee: Debuggee, position: Position): void {
  const { simulation } = debuggee.requireStopped('pagewalk/seek');
  debuggee.runner.drive(() => {
    simulation.seek(position);
    return { reason: 'goto', description: 'Paused where it was asked to' };
  }, true);
}

const atBeginning: StopReport = { reason: 'entry', description: 'Paused at the beginning: there is nothing before' };

/** The last position before `here`, in the same statement, whose stack is not deeper; leaves the simulation elsewhere. */
function sameFrameBefore(simulation: Simulation, thread: number, here: Position): Position | null {
  if (here.step > MOST_STEPS) return null;
  const depth = simulation.stack(thread).length;
  let found: Position = { statement: here.statement, step: 0 };
  simulation.seek(found);
  for (;;) {
    const { reason } = simulation.advance({ kind: 'in' }, SLICE_STEPS);
    const { position } = simulation;
    if (reason === 'end' || comparePositions(position, here) >= 0) return found;
    if (reason === 'step' && simulation.stack(thread).length <= depth) found = position;
  }
}

/** To the last place before here where a breakpoint would have stopped; without one to the beginning. */
export function reverseContinue(debuggee: Debuggee): void {
  const { simulation } = debuggee.requireStopped('reverseContinue');
  const search = new Search(debuggee, simulation);
  debuggee.runner.drive(() => search.next());
}

class Search {
  private readonly simulation: Simulation;
  private readonly debuggee: Debuggee;
  private readonly origin: Position;
  /** The interval that is searched now begins here; later ones hold nothing. */
  private from: Position;
  private until: Position;
  private interval = FIRST_INTERVAL;
  private isUnderway = false;
  private found: Position | null = null;

  constructor(debuggee: Debuggee, simulation: Simulation) {
    this.debuggee = debuggee;
    this.simulation = simulation;
    this.origin = simulation.position;
    this.until = this.origin;
    this.from = this.origin;
  }

  /** Searches a slice further; gives the stop once it is there. */
  next(): StopReport | null {
    const { simulation, debuggee } = this;
    if (debuggee.runner.isPausing) {
      simulation.seek(this.origin);
      return { reason: 'pause', description: 'Paused: the way back was given up' };
    }
    if (!this.isUnderway) this.enterInterval();
    if (!this.searchSlice()) return null;
    if (this.found !== null) {
      simulation.seek(this.found);
      return { reason: 'breakpoint', description: 'Paused on breakpoint, going back' };
    }
    if (this.from.statement === 0) {
      simulation.seek({ statement: 0, step: 0 });
      return { reason: 'entry', description: 'Paused at the beginning' };
    }
    this.until = this.from;
    this.isUnderway = false;
    return null;
  }

  private enterInterval(): void {
    this.from = { statement: Math.max(0, this.until.statement - this.interval), step: 0 };
    this.interval *= GROWTH;
    this.simulation.seek(this.from);
    this.isUnderway = true;
  }

  /** True at the end of the interval. */
  private searchSlice(): boolean {
    const { simulation } = this;
    const note = (): void => {
      const { position } = simulation;
      if (comparePositions(position, this.until) < 0) this.found = position;
    };
    const { reason } = simulation.advance(
      { kind: 'continue', breakpoints: placesOf(this.debuggee, note) },
      SLICE_STEPS,
    );
    return reason === 'end' || comparePositions(simulation.position, this.until) >= 0;
  }
}

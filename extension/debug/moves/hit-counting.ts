/** Hits are counted from the start of the run on: what a breakpoint has not watched yet is run through once more. */
import { comparePositions, type Position, type Stop } from '../../../simulator/session/moves/stop.ts';
import type { Passes } from '../breakpoints/passes.ts';
import { countingBreaksOf } from './breakpoint-filter.ts';
import type { Debuggee } from '../debuggee.ts';

/** Micro-steps in one slice. */
const SLICE_STEPS = 20_000;

/** Stands for a run through everything that is not counted yet before the present position; null where all is. */
export function countHits(debuggee: Debuggee): HitCounting | null {
  const { simulation, breakpoints } = debuggee;
  if (simulation === null) return null;
  const here = simulation.position;
  const missing = breakpoints.counted().filter(({ knownUntil }) => comparePositions(knownUntil, here) < 0);
  return missing.length === 0 ? null : new HitCounting(debuggee, missing, here);
}

/** What was passed from a position on, while they watched, is known from now on. */
export function noteCounted({ simulation, breakpoints }: Debuggee, from: Position): void {
  if (simulation === null) return;
  const { position } = simulation;
  for (const passes of breakpoints.counted()) if (comparePositions(passes.knownUntil, from) >= 0) passes.know(position);
}

export class HitCounting {
  private readonly debuggee: Debuggee;
  private readonly missing: readonly Passes[];
  private readonly until: Position;
  private isFirst = true;

  constructor(debuggee: Debuggee, missing: readonly Passes[], until: Position) {
    this.debuggee = debuggee;
    this.missing = missing;
    this.until = until;
  }

  /** True when everything is counted, and the simulation stands where it stood. */
  advance(): boolean {
    const { simulation } = this.debuggee;
    if (simulation === null) return true;
    const { until, isFirst } = this;
    if (isFirst) simulation.seek(this.start());
    this.isFirst = false;
    const request = { kind: 'continue', isFirst, breakpoints: countingBreaksOf(this.debuggee) } as const;
    const stop: Stop = simulation.advance(request, SLICE_STEPS);
    if (stop.reason !== 'end' && comparePositions(simulation.position, until) < 0) return false;
    for (const passes of this.missing) passes.know(until);
    simulation.seek(until);
    return true;
  }

  abandon(): void {
    this.debuggee.simulation?.seek(this.until);
  }

  private start(): Position {
    const first = this.missing.map(({ knownUntil }) => knownUntil).sort(comparePositions)[0];
    return { statement: first?.statement ?? 0, step: 0 };
  }
}

import { comparePositions, type Position } from '../../../simulator/session/moves/stop.ts';

/**
 * Where a breakpoint's place was passed with its condition holding, from the start of the run on, in order. How often that
 * was is a function of the position alone, however the simulation came there.
 */
export class Passes {
  private readonly positions: Position[] = [];
  /** Every pass before it is known; none is, at first. */
  private end: Position = { statement: 0, step: 0 };

  /** The number of the pass at a position, from 1. What comes before must be known. */
  numberAt(position: Position): number {
    const at = this.indexOf(position);
    const known = this.positions[at];
    if (known === undefined || comparePositions(known, position) !== 0) this.positions.splice(at, 0, position);
    return at + 1;
  }

  get knownUntil(): Position {
    return this.end;
  }

  /** Everything before a position was passed with this one watching, from a place on up to which passes were known. */
  know(until: Position): void {
    if (comparePositions(until, this.end) > 0) this.end = until;
  }

  /** From here on the run is another one. */
  forgetFrom(position: Position): void {
    this.positions.splice(this.indexOf(position));
    if (comparePositions(position, this.end) < 0) this.end = position;
  }

  /** Of the first known pass at or behind a position. */
  private indexOf(position: Position): number {
    let low = 0;
    let high = this.positions.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (comparePositions(this.positions[middle] as Position, position) < 0) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

/** When a world is worth keeping, and which ones to forget: seeking re-executes from the nearest one before. */
import type { SavedWorld } from './snapshot.ts';

export interface Checkpoint {
  readonly statement: number;
  readonly steps: number;
  readonly saved: SavedWorld;
}

/** A seek re-executes at most this much between two checkpoints, as long as none has been thinned out. */
const STATEMENTS_BETWEEN = 64;
const STEPS_BETWEEN = 20_000;
/** Beyond this many, the older half loses every other one: recent history stays fine, old history becomes coarse. */
const MOST_CHECKPOINTS = 48;

export class Checkpoints {
  private list: Checkpoint[] = [];

  isDue(statement: number, steps: number): boolean {
    const last = this.list.at(-1);
    if (last === undefined) return true;
    if (statement <= last.statement) return false;
    return statement - last.statement >= STATEMENTS_BETWEEN || steps - last.steps >= STEPS_BETWEEN;
  }

  add(checkpoint: Checkpoint): void {
    this.list.push(checkpoint);
    if (this.list.length <= MOST_CHECKPOINTS) return;
    const half = MOST_CHECKPOINTS / 2;
    // The first one is the beginning: it always stays.
    this.list = this.list.filter((_, index) => index === 0 || index > half || index % 2 === 0);
  }

  /** Shares its unchanged pages with the next one. */
  get latest(): SavedWorld | undefined {
    return this.list.at(-1)?.saved;
  }

  /** The nearest at or before a statement. The first one is always there. */
  before(statement: number): Checkpoint {
    const found = this.list.findLast((checkpoint) => checkpoint.statement <= statement) ?? this.list[0];
    if (found === undefined) throw new Error('internal: there is no checkpoint');
    return found;
  }
}

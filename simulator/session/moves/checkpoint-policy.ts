/** When a world is worth keeping, and which ones to forget: seeking re-executes from the nearest one before. */
import { standardBounds } from '../scenario/bounds.ts';
import type { SavedWorld } from '../state/snapshot.ts';

export interface Checkpoint {
  readonly statement: number;
  readonly steps: number;
  readonly saved: SavedWorld;
}

/**
 * Spacing at the beginning of a run. It doubles whenever the list is thinned, so a run of any length keeps a bounded list and
 * saves its world O(log n) times as often as the list is long.
 */
const STATEMENTS_BETWEEN = 64;
const STEPS_BETWEEN = 20_000;
/** Where many objects were copied, more steps pass before the next copy: so saving never takes the greater part of a run. */
const OBJECTS_PER_STEP = 2;

export class Checkpoints {
  private list: Checkpoint[] = [];
  private spacing = 1;
  private readonly goesBack: boolean;
  private readonly most: number;

  /** `goesBack` false: nobody will seek. Only the beginning is kept, for whoever looks for the first breach of a rule. */
  constructor(goesBack = true, most: number = standardBounds.checkpoints) {
    this.goesBack = goesBack;
    this.most = most;
  }

  isDue(statement: number, steps: number): boolean {
    const last = this.list.at(-1);
    if (last === undefined) return true;
    const passed = steps - last.steps;
    if (!this.goesBack || statement <= last.statement || passed * OBJECTS_PER_STEP < last.saved.objects) return false;
    const { spacing } = this;
    return statement - last.statement >= STATEMENTS_BETWEEN * spacing || passed >= STEPS_BETWEEN * spacing;
  }

  add(checkpoint: Checkpoint): void {
    this.list.push(checkpoint);
    if (this.list.length <= this.most) return;
    // The first one is the beginning: it always stays.
    this.list = this.list.filter((_, index) => index % 2 === 0);
    this.spacing *= 2;
  }

  /** Those at or before a statement, for a line that is the same up to there. */
  until(statement: number): Checkpoints {
    const kept = new Checkpoints(this.goesBack, this.most);
    kept.list = this.list.filter((checkpoint) => checkpoint.statement <= statement);
    kept.spacing = this.spacing;
    return kept;
  }

  /** In order of their statements, the beginning first. */
  get all(): readonly Checkpoint[] {
    return this.list;
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

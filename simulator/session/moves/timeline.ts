/** The lines that a run can take: the main one, and a branch for every place where somebody changed something. */
import type { Checkpoints } from './checkpoint-policy.ts';
import type { PlacedEdit } from './edits.ts';
import { comparePositions, type Position } from './stop.ts';

export const MAIN = 'main';

export interface Branch {
  readonly name: string;
  /** The line that it leaves, and where; null for the main line. */
  readonly parent: string | null;
  readonly from: Position | null;
  /** Those of the lines that it comes from included, in order. */
  readonly edits: readonly PlacedEdit[];
  readonly checkpoints: Checkpoints;
}

export class Timeline {
  private readonly branches: Branch[];
  current: Branch;

  constructor(checkpoints: Checkpoints) {
    this.current = { name: MAIN, parent: null, from: null, edits: [], checkpoints };
    this.branches = [this.current];
  }

  get all(): readonly Branch[] {
    return this.branches;
  }

  named(name: string): Branch | null {
    return this.branches.find((branch) => branch.name === name) ?? null;
  }

  /** What is changed here leads away from the present line; a second change at the place where a branch begins is that branch's. */
  fork(edit: PlacedEdit): Branch {
    const { current } = this;
    const { position } = edit;
    const edits = [...current.edits.filter((one) => comparePositions(one.position, position) <= 0), edit];
    const isSame = current.from !== null && comparePositions(current.from, position) === 0;
    const branch: Branch = {
      name: isSame ? current.name : `branch ${String(this.branches.length)}`,
      parent: isSame ? current.parent : current.name,
      from: position,
      edits,
      checkpoints: current.checkpoints.until(position.statement),
    };
    if (isSame) this.branches[this.branches.indexOf(current)] = branch;
    else this.branches.push(branch);
    this.current = branch;
    return branch;
  }

  /** A fork that could not be made; `before` was the line until then. */
  takeBack(branch: Branch, before: Branch): void {
    const at = this.branches.indexOf(branch);
    if (before.name === branch.name) this.branches[at] = before;
    else this.branches.splice(at, 1);
    this.current = before;
  }
}

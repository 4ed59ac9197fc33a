import type { ProcessObject } from '../../../simulator/kernels/kernel.ts';
import { unknownVariables } from './errors.ts';

/** One row of the variables view. */
export interface VariableRow {
  readonly name: string;
  readonly value: string;
  readonly type?: string;
  /** What evaluates to the row's value, for watches and for copying. */
  readonly expression?: string;
  /** Virtual address that the row is about. */
  readonly address?: number;
  /** How many bytes from there on it is about. */
  readonly size?: number;
  /** It is about the page-table entry of that address, not about the memory. */
  readonly isEntry?: boolean;
  /** Rows below it, made when somebody looks. */
  readonly children?: () => readonly VariableRow[];
  /** How many rows below are numbered: editors then ask for them in pieces. */
  readonly indexed?: number;
}

interface Container {
  /** Whose addresses the rows show: a process's counter index, 0 for nobody's. */
  readonly owner: number;
  /** The frame that the rows' expressions are read in. */
  readonly frame: number | null;
  readonly children: () => readonly VariableRow[];
}

/** Hands out references for expandable rows. They live until the simulation moves, and are never used again. */
export class VariableStore {
  private containers: Container[] = [];
  private first = 1;

  reference(process: ProcessObject | null, children: () => readonly VariableRow[], frame: number | null): number {
    return this.referenceOf(process?.owner ?? 0, children, frame);
  }

  referenceOf(owner: number, children: () => readonly VariableRow[], frame: number | null): number {
    return this.first + this.containers.push({ owner, frame, children }) - 1;
  }

  container(reference: number): {
    readonly owner: number;
    readonly frame: number | null;
    readonly rows: readonly VariableRow[];
  } {
    const found = this.containers[reference - this.first];
    if (found === undefined) throw unknownVariables(reference);
    return { owner: found.owner, frame: found.frame, rows: found.children() };
  }

  clear(): void {
    this.first += this.containers.length;
    this.containers = [];
  }
}

import { unknownVariables } from './errors.ts';

/** One row of the variables view. */
export interface VariableRow {
  readonly name: string;
  readonly value: string;
  readonly type?: string;
  /** What evaluates to the row's value, for watches and for copying. */
  readonly expression?: string;
  /** Address that the row is about. */
  readonly address?: number;
  /** Rows below it, made when somebody looks. */
  readonly children?: () => readonly VariableRow[];
  /** How many rows below are numbered: editors then ask for them in pieces. */
  readonly indexed?: number;
}

/** Hands out references for expandable rows. They live until the simulation moves. */
export class VariableStore {
  private containers: (() => readonly VariableRow[])[] = [];

  reference(children: () => readonly VariableRow[]): number {
    return this.containers.push(children);
  }

  rows(reference: number): readonly VariableRow[] {
    const children = this.containers[reference - 1];
    if (children === undefined) throw unknownVariables(reference);
    return children();
  }

  clear(): void {
    this.containers = [];
  }
}

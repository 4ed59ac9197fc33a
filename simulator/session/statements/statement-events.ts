/** Beginnings and ends of statements, as events: what a statement does has its beginning as cause. */
import { tell } from '../../hardware/trace-event.ts';
import type { Machine } from '../../hardware/machine.ts';
import type { Activity } from '../../execution/activity.ts';
import type { SourceRange } from '../scenario/scenario.ts';

/** A statement, a block that is interleaved, or a call that somebody tries. */
export interface Told {
  readonly kind: string;
  readonly range: SourceRange;
}

/** In the name of whom the machine runs for now. */
export function tellStatement(machine: Machine, cluster: number, { kind, range: { file, column } }: Told): number {
  return tell(machine, 'statement', cluster, { kind, file, column });
}

export function tellEnd(machine: Machine, { cluster }: Pick<Activity, 'cluster'>, statement: number): void {
  const { cause } = machine;
  const before = cause.event;
  cause.event = statement;
  tell(machine, 'statement-end', cluster, {});
  cause.event = before;
}

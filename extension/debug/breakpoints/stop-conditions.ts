/** What a client says of a breakpoint besides its place, read once. */
import type { Arguments } from '../protocol/arguments.ts';
import { readCondition, type Condition, type IsKnownName } from './condition.ts';
import { parseHitCondition, type HitCondition } from './hit-condition.ts';
import { readLogMessage, type LogMessage } from './log-message.ts';

export interface StopConditions {
  readonly condition?: Condition;
  readonly hits?: HitCondition;
  readonly log?: LogMessage;
  /** Why it can never be hit, wherever it stands. */
  readonly problem?: string;
}

export function readConditions(one: Arguments, isKnown: IsKnownName): StopConditions {
  const condition = readText(one, 'condition');
  const read = condition === null ? null : readCondition(condition, isKnown);
  if (read !== null && 'problem' in read) return read;
  const hitCondition = readText(one, 'hitCondition');
  const hits = hitCondition === null ? null : parseHitCondition(hitCondition);
  if (hitCondition !== null && hits === null)
    return { problem: `'${hitCondition}' is no hit count: write 5, >= 5 or % 5.` };
  const message = one.optionalString('logMessage') ?? '';
  const log = message === '' ? null : readLogMessage(message, isKnown);
  if (log !== null && 'problem' in log) return log;
  return {
    ...(read === null ? {} : { condition: read }),
    ...(hits === null ? {} : { hits }),
    ...(log === null ? {} : { log }),
  };
}

function readText(one: Arguments, name: string): string | null {
  const text = one.optionalString(name)?.trim() ?? '';
  return text === '' ? null : text;
}

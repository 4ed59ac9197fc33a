import { innerBlocks } from './program.ts';
import type { Expression, Statement } from './scenario.ts';

/** Names of what a statement calls, not of what statements inside it call. */
export function callsIn(statement: Statement): string[] {
  const calls: string[] = [];
  const blocks = new Set<unknown>(innerBlocks(statement));
  const search = (part: unknown): void => {
    if (typeof part !== 'object' || part === null) return;
    const { callee } = part as { callee?: unknown };
    if (typeof callee === 'string') calls.push(callee);
    for (const value of Object.values(part)) if (!blocks.has(value)) search(value);
  };
  search(statement);
  return calls;
}

/** The expressions of a statement itself, in the order in which they are evaluated. */
export function expressionsOf(statement: Statement): readonly Expression[] {
  const blocks = new Set<unknown>(innerBlocks(statement));
  const found: Expression[] = [];
  for (const part of Object.values(statement)) {
    if (blocks.has(part)) continue;
    for (const one of Array.isArray(part) ? (part as readonly unknown[]) : [part])
      if (isExpression(one)) found.push(one);
  }
  return found;
}

function isExpression(part: unknown): part is Expression {
  return typeof part === 'object' && part !== null && 'kind' in part && 'range' in part;
}

/** Calls that end the thread which makes them. */
const endingCalls = new Set(['exit', 'thread_exit', 'exec']);

export function isEndingCall(callee: string): boolean {
  return endingCalls.has(callee);
}

import { innerBlocks } from './program.ts';
import type { Statement } from './scenario.ts';

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

/** Calls that end the thread which makes them. */
const endingCalls = new Set(['exit', 'thread_exit', 'exec']);

export function isEndingCall(callee: string): boolean {
  return endingCalls.has(callee);
}

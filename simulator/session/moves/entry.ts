import { hasEffects } from '../calls/evaluation.ts';
import type { Statement } from '../scenario/scenario.ts';

/**
 * Before which statement a debugger stops first: the one after the processes and threads that a file begins with, so that
 * there is something to see. Values bound between them are passed over as well, unless binding them calls something. Where
 * nothing follows, the first one; null where there is no statement.
 */
export function entryOf(statements: readonly Statement[]): Statement | null {
  let entry = 0;
  for (const [index, statement] of statements.entries()) {
    if (statement.kind === 'process' || statement.kind === 'thread') entry = index + 1;
    else if (statement.kind !== 'let' || hasEffects(statement.value)) break;
  }
  return statements[entry] ?? statements[0] ?? null;
}

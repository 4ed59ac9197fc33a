import type { FunctionInfo } from '../../../simulator/execution/function-info.ts';
import { innerBlocks } from '../../../simulator/session/scenario/program.ts';
import type { Scenario, Statement } from '../../../simulator/session/scenario/scenario.ts';
import { protectionOfWord } from '../../../simulator/session/state/values.ts';
import type { Program } from '../program/launch.ts';
import type { IsKnownName } from './condition.ts';

/** What an exception filter's condition can name of the exception (exception-names.ts). */
export const exceptionNames = ['expected', 'address', 'access', 'process', 'thread', 'error', 'reason', 'outcome'];

/** Before a program is loaded anything can be known; so can the arguments of a function that declares none. */
export function knownNames(program: Program | null, extra: FunctionInfo | readonly string[] | null): IsKnownName {
  if (program === null || program.replayer !== null) return () => true;
  const own = isInfo(extra) ? extra.parameters.map(({ name }) => name) : (extra ?? []);
  if (isInfo(extra) && own.length === 0) return () => true;
  const bound = new Set([...own, ...boundNames(program.scenario)]);
  const { constants } = program.kernel;
  return (name) => bound.has(name) || Object.hasOwn(constants, name) || protectionOfWord(name) !== null;
}

function isInfo(extra: FunctionInfo | readonly string[] | null): extra is FunctionInfo {
  return extra !== null && 'steps' in extra;
}

/** Whatever a statement anywhere in the file binds. */
function boundNames({ body, tests }: Scenario): string[] {
  const found: string[] = [];
  const add = (statements: readonly Statement[]): void => {
    for (const statement of statements) {
      if ('name' in statement && statement.name !== null) found.push(statement.name);
      innerBlocks(statement).forEach(add);
    }
  };
  for (const block of [body, ...tests.map((test) => test.body)]) add(block);
  return found;
}

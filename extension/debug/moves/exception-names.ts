import type { Trap } from '../../../simulator/session/state/run.ts';
import type { Value } from '../../../simulator/session/state/values.ts';
import type { Debuggee } from '../debuggee.ts';

/** What a filter's condition can name of the exception: those that it has. */
export function namesOfException(debuggee: Debuggee, { details }: Trap, isExpected: boolean): Map<string, Value> {
  const names = new Map<string, Value>([['expected', isExpected]]);
  const { address, access, error, reason, outcome } = details;
  if (address !== undefined) names.set('address', BigInt(address));
  for (const [name, text] of Object.entries({ access, error, reason, outcome }))
    if (text !== undefined) names.set(name, text);
  const thread = debuggee.simulation?.currentThread ?? null;
  if (thread !== null)
    names.set('thread', { kind: 'thread', thread }).set('process', { kind: 'process', process: thread.process });
  return names;
}

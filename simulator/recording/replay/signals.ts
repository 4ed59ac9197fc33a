/**
 * What a log shows of signals that the program handles: an access that was refused, after which the program went on; that it
 * sets a handler; that a handler returns. Lackey itself leaves out most accesses that were refused, so a replay can neither
 * perform nor count them, and says so.
 */
import { type CallEvent, lineOfAccess, numberArgument } from '../logs/process-log.ts';
import type { Obstacle } from './relocation.ts';
import { type ReplayContext, tell } from './replay-context.ts';

/** Linux's numbers, of the signals that a refused access raises. */
const signalNames: Readonly<Record<number, string>> = { 7: 'SIGBUS', 11: 'SIGSEGV' };

export function noteSignal(context: ReplayContext, call: CallEvent): void {
  const { told } = context.state;
  if (call.name === 'rt_sigreturn') {
    if (told.signalReturn) return;
    told.signalReturn = true;
    const count = context.log.events.filter((event) => event.kind === 'call' && event.name === 'rt_sigreturn').length;
    const times = count === 1 ? '' : `, the first of ${String(count)} times in this log`;
    tell(context, `the program has handled a signal and goes on here${times}`);
    return;
  }
  const signal = call.name === 'rt_sigaction' ? signalNames[numberArgument(call, 0)] : undefined;
  const asksOnly = numberArgument(call, 1) === 0;
  if (signal === undefined || asksOnly || call.result?.ok === false || told.handlers.includes(signal)) return;
  told.handlers.push(signal);
  tell(
    context,
    `the program sets what happens at ${signal} here. What Lackey leaves out of its log, accesses that were refused, is neither performed nor counted`,
  );
}

const accessNames = ['fetch', 'load', 'store', 'load and store'] as const;

/** Accesses of one turn that the program's own machine refused, and that it survived. */
export function noteHandled(context: ReplayContext, refused: readonly Obstacle[]): void {
  const [first] = refused;
  if (first === undefined) return;
  const { address, kind, access } = first;
  const more = refused.length === 1 ? '' : `, and ${String(refused.length - 1)} more after it`;
  tell(
    { ...context, call: 'signal', line: lineOfAccess(context.log, access) },
    `the ${accessNames[kind] ?? 'access'} at 0x${address.toString(16)} was refused where this was recorded${more}; the program handled the signal and went on`,
  );
}

import type { Arguments } from '../protocol/arguments.ts';
import type { Debuggee } from '../debuggee.ts';
import { noException, notRunning, unknownThread } from '../protocol/errors.ts';
import type { Handler } from '../handlers.ts';
import { reverseContinue, seek, stepBack } from './reverse.ts';

export const moveHandlers: Readonly<Record<string, Handler>> = {
  continue(debuggee, args) {
    debuggee.runner.run('continue', requireThread(debuggee, args));
    return { allThreadsContinued: true };
  },
  next: (debuggee, args) => step(debuggee, args, (thread) => debuggee.runner.run('over', thread)),
  stepIn: (debuggee, args) => step(debuggee, args, (thread) => debuggee.runner.run('in', thread)),
  stepOut: (debuggee, args) => step(debuggee, args, (thread) => debuggee.runner.run('out', thread)),
  stepBack(debuggee, args) {
    const isMicro = args.optionalString('granularity') === 'instruction';
    step(debuggee, args, (thread) => stepBack(debuggee, thread, isMicro));
  },
  reverseContinue(debuggee, args) {
    requireThread(debuggee, args);
    reverseContinue(debuggee);
  },
  /** To any position of the run: statements begun, and micro-steps of the last one. */
  'pagewalk/seek'(debuggee, args) {
    debuggee.requireStopped(args.command);
    const wanted = args.record('position');
    seek(debuggee, { statement: wanted.integer('statement', 0), step: wanted.optionalInteger('step', 0) ?? 0 });
  },
  pause(debuggee, { command }) {
    debuggee.requireSimulation(command);
    if (debuggee.phase !== 'running') throw notRunning();
    debuggee.runner.pause();
  },
  exceptionInfo(debuggee, args) {
    requireThread(debuggee, args);
    const { exception } = debuggee.runner;
    if (exception === null) throw noException();
    const { filter, text, details } = exception;
    const fullText = Object.entries(details)
      .map(([name, value]) => `${name}: ${value}`)
      .join('\n');
    return {
      exceptionId: filter,
      description: text,
      breakMode: 'always',
      details: { message: text, typeName: filter, ...(fullText === '' ? {} : { stackTrace: fullText }) },
    };
  },
};

/** At once, or behind the step that is under way, then with the thread at which that one stops. */
function step(debuggee: Debuggee, args: Arguments, begin: (thread: number) => void): void {
  const { runner, simulation } = debuggee;
  if (!runner.follow(() => begin(simulation?.currentThreadId ?? 1))) begin(requireThread(debuggee, args));
}

/** The request's thread, if the simulation stands still. */
function requireThread(debuggee: Debuggee, args: Arguments): number {
  const { simulation } = debuggee.requireStopped(args.command);
  const id = args.integer('threadId');
  if (!simulation.threads().some((thread) => thread.id === id)) throw unknownThread(id);
  return id;
}

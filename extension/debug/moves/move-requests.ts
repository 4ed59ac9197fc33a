import type { Arguments } from '../protocol/arguments.ts';
import type { Debuggee } from '../debuggee.ts';
import { noException, notRunning, unknownBranch, unknownThread } from '../protocol/errors.ts';
import type { Handler } from '../handlers.ts';
import type { StepKind } from '../../../simulator/session/moves/stop.ts';
import { stepInto } from './target-requests.ts';
import { moveBack, seek, switchTo } from './reverse.ts';

export const moveHandlers: Readonly<Record<string, Handler>> = {
  continue: (debuggee, args) =>
    move(debuggee, args, (thread) => debuggee.runner.run('continue', thread), { allThreadsContinued: true }),
  next: (debuggee, args) => step(debuggee, args, 'over'),
  stepIn(debuggee, args) {
    const target = args.optionalInteger('targetId');
    if (target === undefined) return step(debuggee, args, 'in');
    stepInto(debuggee, target, requireThread(debuggee, args.command, args.integer('threadId')));
    return undefined;
  },
  stepOut: (debuggee, args) => move(debuggee, args, (thread) => debuggee.runner.run('out', thread)),
  stepBack(debuggee, args) {
    const kind = granularityOf(args) === 'instruction' ? 'instruction' : 'over';
    return move(debuggee, args, (thread) => moveBack(debuggee, kind, thread));
  },
  reverseContinue: (debuggee, args) => move(debuggee, args, (thread) => moveBack(debuggee, 'continue', thread)),
  /** What VS Code has no request for: into the function that was called last, and out to before the call. */
  'pagewalk/reverseStepIn': (debuggee, args) => move(debuggee, args, (thread) => moveBack(debuggee, 'in', thread)),
  'pagewalk/reverseStepOut': (debuggee, args) => move(debuggee, args, (thread) => moveBack(debuggee, 'out', thread)),
  /** To any position of the run: statements begun, and micro-steps of the last one. */
  'pagewalk/seek'(debuggee, args) {
    debuggee.requireSimulation(args.command);
    const wanted = args.record('position');
    const position = { statement: wanted.integer('statement', 0), step: wanted.optionalInteger('step', 0) ?? 0 };
    return debuggee.runner.follow(args.command, undefined, () => seek(debuggee, position)) ?? seek(debuggee, position);
  },
  /** To where a branch leaves the line that it comes from, or from the present one back to the main line. */
  'pagewalk/switchBranch'(debuggee, args) {
    const { simulation } = debuggee.requireStopped(args.command);
    const name = args.string('name');
    const branch = simulation.branches().find((one) => one.name === name);
    if (branch === undefined) throw unknownBranch(name);
    switchTo(debuggee, branch);
  },
  pause(debuggee, { command }) {
    debuggee.requireSimulation(command);
    if (debuggee.phase !== 'running') throw notRunning();
    debuggee.runner.pause();
  },
  exceptionInfo(debuggee, args) {
    requireThread(debuggee, args.command, args.integer('threadId'));
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

/** By statements, which are the lines too, or to the next micro-step of whichever thread. */
function step(debuggee: Debuggee, args: Arguments, kind: StepKind): Promise<object | undefined> | object | undefined {
  const wanted = granularityOf(args) === 'instruction' ? 'instruction' : kind;
  return move(debuggee, args, (thread) => debuggee.runner.run(wanted, thread));
}

function granularityOf(args: Arguments): string {
  const granularity = args.optionalString('granularity') ?? 'statement';
  if (granularity === 'statement' || granularity === 'line' || granularity === 'instruction') return granularity;
  throw args.wrong('granularity', 'statement, line or instruction');
}

/** At once, or behind the step that is under way, then with the thread at which that one stops. */
function move(
  debuggee: Debuggee,
  args: Arguments,
  begin: (thread: number) => void,
  answer?: object,
): Promise<object | undefined> | object | undefined {
  debuggee.requireSimulation(args.command);
  const asked = args.integer('threadId');
  const followed = debuggee.runner.follow(args.command, asked, (thread = asked) => {
    begin(requireThread(debuggee, args.command, thread));
  });
  if (followed !== null) return followed.then(() => answer);
  begin(requireThread(debuggee, args.command, asked));
  return answer;
}

/** The thread, if the simulation stands still. */
function requireThread(debuggee: Debuggee, command: string, id: number): number {
  const { simulation } = debuggee.requireStopped(command);
  if (!simulation.threads().some((thread) => thread.id === id)) throw unknownThread(id);
  return id;
}

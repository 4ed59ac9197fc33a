/** Begins the script's next statement: as an activity, as several that interleave, or as a new level of control. */
import { KernelPanic } from '../../execution/panic.ts';
import type { Activation, KernelGenerator } from '../../execution/activation.ts';
import type { ThreadObject } from '../../kernels/kernel.ts';
import { report, roundsIn } from '../state/findings.ts';
import { currentThread, follow, hasReturned, passStatement, scopesOf, type Passage } from '../state/control.ts';
import { labelled, noteUnmet } from './expectations.ts';
import { hasEffects } from '../calls/evaluation.ts';
import { performStatement } from './interpreter.ts';
import { beginParallel } from './parallel.ts';
import type { Run } from '../state/run.ts';
import { ScenarioFailure } from '../scenario/scenario-failure.ts';
import type { Statement } from '../scenario/scenario.ts';
import { blockFrame } from '../state/script.ts';
import { requireReplayer, type StatementContext } from './statements.ts';
import { imageThread, requireAlive } from '../state/thread-end.ts';
import { resolveThread } from './thread-lookup.ts';
import { tellEnd } from './statement-events.ts';
import {
  breakOff,
  deadlockMessage,
  failRun,
  KERNEL_AGENT,
  spawnFor,
  type PendingStatement,
} from './pending-statement.ts';

type StatementOf<K extends Statement['kind']> = Extract<Statement, { readonly kind: K }>;

/** Null when the statement, which is the script's next, is done already: a block was entered. */
export function beginStatement(run: Run, statement: Statement): PendingStatement | null {
  const isReturned = hasReturned(run.program, run.script.control, statement);
  passStatement(run);
  if (isReturned) {
    follow(run.program, run.script.control, null);
    return null;
  }
  const thread = currentThread(run.script);
  try {
    requireAlive(thread, statement.range);
    run.script.lastPlaces.set(thread?.name ?? KERNEL_AGENT, statement.range);
    return beginAs(run, statement, thread);
  } catch (error) {
    failRun(run, error, statement.range);
    return null;
  }
}

function beginAs(run: Run, statement: Statement, thread: ThreadObject | null): PendingStatement | null {
  switch (statement.kind) {
    case 'as':
      if (statement.whoExpression !== undefined && hasEffects(statement.whoExpression)) break;
      enterAs(run, statement);
      return null;
    case 'replay':
      enterReplay(run, statement);
      return null;
    case 'replay-step':
      return beginReplayStep(run, statement);
    case 'parallel':
      return beginParallel(run, statement);
    case 'explore':
      throw new Error('internal: explore is begun by the simulation');
    default:
  }
  return single(run, statement, thread, (context) => performStatement(context, statement, run.script.control));
}

/** One activity; what it returns says where the script goes on. */
function single(
  run: Run,
  statement: Statement,
  thread: ThreadObject | null,
  body: (context: StatementContext) => KernelGenerator<Passage>,
  completed = (): void => {
    followExec(run, thread);
  },
): PendingStatement {
  const scopes = scopesOf(run.script);
  const perform = (here: Activation): KernelGenerator<unknown> => body({ run, here, scopes, isInterleaved: false });
  const activity = spawnFor(run, thread, statement, perform);
  const begun = activity.cause;
  return {
    statement,
    activities: [activity],
    isInterleaved: false,
    blocks: [],
    finished(ended) {
      if (ended === activity) tellEnd(run.machine, activity, begun);
      if (ended.state === 'failed') settleFailure(run, statement, ended.error);
      else if (ended === activity) follow(run.program, run.script.control, ended.result as Passage);
    },
    completed,
    deadlocked(waiting) {
      breakOff(run);
      failRun(run, new ScenarioFailure('WALK211', deadlockMessage(waiting), statement.range), statement.range);
    },
  };
}

function enterAs(run: Run, statement: StatementOf<'as'>): void {
  const thread = resolveThread(run, statement);
  run.script.control.push(blockFrame(run.program.blocks.numberOf(statement.body), { kind: 'as', thread }));
}

function enterReplay(run: Run, statement: StatementOf<'replay'>): void {
  const { script, program } = run;
  const { steps, state } = requireReplayer(run, statement).begin(statement);
  script.control.push(blockFrame(program.blocks.numberOf(steps), { kind: 'replay', replay: state }));
}

function beginReplayStep(run: Run, statement: StatementOf<'replay-step'>): PendingStatement {
  const replayer = requireReplayer(run, statement);
  const frame = run.script.control.at(-1);
  if (frame?.kind !== 'replay') throw new Error('internal: a step of a recording outside its replay');
  const { replay, thread } = frame;
  const perform = function* ({ here }: StatementContext): KernelGenerator<null> {
    yield* replayer.perform(run, here, replay, statement);
    return null;
  };
  return single(run, statement, thread, perform, () => {
    frame.thread = replayer.thread(replay);
  });
}

/** A kernel panic that the statement expects is met; everything else ends the run. */
export function settleFailure(run: Run, statement: Statement, error: unknown): void {
  if (error instanceof KernelPanic) run.engine.abandon();
  if (!(error instanceof KernelPanic) || statement.kind !== 'expect-fails' || statement.error !== 'PANIC') {
    failRun(run, error, statement.range);
    return;
  }
  run.script.broken = true;
  const text = statement.text ?? '';
  if (error.message.includes(text)) {
    run.script.passed += 1;
    return;
  }
  const message = `expected a kernel panic that says “${text}”, but it says “${error.message}”`;
  const failure = labelled(statement, new ScenarioFailure('WALK207', message, statement.range));
  noteUnmet(run, failure);
  report(run, failure.toDiagnostic(), roundsIn(run.script.control));
}

/** After an exec the block goes on as the new image's thread. */
function followExec(run: Run, thread: ThreadObject | null): void {
  const frame = run.script.control.findLast(({ kind }) => kind === 'as');
  if (thread === null || frame?.thread !== thread) return;
  frame.thread = imageThread(run, thread) ?? thread;
}

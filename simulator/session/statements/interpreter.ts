/** Begins the next statement: simple ones as an activity, blocks as a new level of control, interleavings as several. */
import { KernelPanic } from '../../execution/panic.ts';
import type { Activation, KernelGenerator } from '../../execution/activation.ts';
import type { ThreadObject } from '../../kernels/kernel.ts';
import { currentThread, nextStatement, passStatement, scopesOf } from '../state/control.ts';
import { evaluateFully, integer, truth } from '../calls/evaluate.ts';
import { beginParallel } from './parallel.ts';
import type { Run } from '../state/run.ts';
import { ScenarioFailure } from '../scenario/scenario-failure.ts';
import type { Statement } from '../scenario/scenario.ts';
import { blockFrame, type ControlFrame } from '../state/script.ts';
import { evaluateCount, evaluationOf, executeStatement, requireReplayer, type StatementContext } from './statements.ts';
import type { Value } from '../state/values.ts';
import { requireAlive, resolveThread } from './thread-lookup.ts';
import {
  breakOff,
  deadlockMessage,
  failRun,
  KERNEL_AGENT,
  spawnFor,
  type PendingStatement,
} from './pending-statement.ts';

type StatementOf<K extends Statement['kind']> = Extract<Statement, { readonly kind: K }>;

/** Null when there is no statement left, or when the one that was next is done already (a block was entered). */
export function beginStatement(run: Run): PendingStatement | null {
  const statement = nextStatement(run);
  if (statement === null) return null;
  passStatement(run);
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
      run.script.control.push(
        blockFrame(run.program.blocks.numberOf(statement.body), {
          kind: 'as',
          thread: resolveThread(run, statement.who, statement.range),
        }),
      );
      return null;
    case 'for':
      return single(run, statement, thread, (context) => enterFor(context, statement));
    case 'repeat':
      return single(run, statement, thread, (context) => enterRepeat(context, statement));
    case 'if':
      return single(run, statement, thread, (context) => enterIf(context, statement));
    case 'replay':
      enterReplay(run, statement);
      return null;
    case 'replay-step':
      return beginReplayStep(run, statement);
    case 'parallel':
      return beginParallel(run, statement, statement, null);
    case 'expect-parallel-fails':
      return beginParallel(run, statement, statement.parallel, statement.error);
    case 'explore':
      throw new Error('internal: explore is begun by the simulation');
    default:
      return single(run, statement, thread, (context) => executeStatement(context, statement));
  }
}

/** One activity; what it returns, if anything, is the level of control that it enters. */
function single(
  run: Run,
  statement: Statement,
  thread: ThreadObject | null,
  body: (context: StatementContext) => KernelGenerator<ControlFrame | null | void>,
  completed = (): void => {
    followExec(run, thread);
  },
): PendingStatement {
  const scopes = scopesOf(run.script);
  const perform = (here: Activation): KernelGenerator<unknown> => body({ run, here, scopes, isInterleaved: false });
  const activity = spawnFor(run, thread, statement.range.line, perform);
  return {
    statement,
    activities: [activity],
    isInterleaved: false,
    finished(ended) {
      if (ended.state === 'failed') settleFailure(run, statement, ended.error);
      else if (ended === activity && isFrame(ended.result)) run.script.control.push(ended.result);
    },
    completed,
    deadlocked(waiting) {
      breakOff(run);
      failRun(run, new ScenarioFailure('WALK211', deadlockMessage(waiting), statement.range), statement.range);
    },
  };
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
  const perform = ({ here }: StatementContext): KernelGenerator<void> => replayer.perform(run, here, replay, statement);
  return single(run, statement, thread, perform, () => {
    frame.thread = replayer.thread(replay);
  });
}

function isFrame(result: unknown): result is ControlFrame {
  return typeof result === 'object' && result !== null && 'block' in result;
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
  run.script.failed += 1;
  const message = `expected a kernel panic that says “${text}”, but it says “${error.message}”`;
  run.script.diagnostics.push(new ScenarioFailure('WALK207', message, statement.range).toDiagnostic());
}

/** After an exec the block goes on as the new image's thread. */
function followExec({ script, kernel, world }: Run, thread: ThreadObject | null): void {
  if (thread === null || thread.alive || !thread.process.alive) return;
  const main = kernel.mainThread(world.kernelState, thread.process);
  const frame = script.control.findLast(({ kind }) => kind === 'as');
  const hasExeced = main !== null && frame?.thread === thread && main.core === thread.core && main.name === thread.name;
  if (hasExeced) frame.thread = main;
}

function* enterFor(context: StatementContext, statement: StatementOf<'for'>): KernelGenerator<ControlFrame | null> {
  const evaluation = evaluationOf(context);
  const at = integer(yield* evaluateFully(evaluation, statement.from), statement.from);
  const to = integer(yield* evaluateFully(evaluation, statement.to), statement.to);
  const step = statement.step === null ? 1n : integer(yield* evaluateFully(evaluation, statement.step), statement.step);
  if (step <= 0n)
    throw new ScenarioFailure(
      'WALK225',
      `the step is ${String(step)}; it has to be above 0`,
      (statement.step ?? statement.to).range,
    );
  if (at >= to) return null;
  const scope = new Map<string, Value>([[statement.name, at]]);
  return blockFrame(context.run.program.blocks.numberOf(statement.body), {
    kind: 'for',
    scope,
    name: statement.name,
    at,
    to,
    step,
  });
}

function* enterRepeat(
  context: StatementContext,
  statement: StatementOf<'repeat'>,
): KernelGenerator<ControlFrame | null> {
  const to = BigInt(yield* evaluateCount(context, statement.times, 'the number of rounds'));
  if (to === 0n) return null;
  return blockFrame(context.run.program.blocks.numberOf(statement.body), {
    kind: 'repeat',
    scope: new Map<string, Value>(),
    at: 0n,
    to,
    step: 1n,
  });
}

function* enterIf(context: StatementContext, statement: StatementOf<'if'>): KernelGenerator<ControlFrame | null> {
  const holds = truth(yield* evaluateFully(evaluationOf(context), statement.condition), statement.condition);
  const block = holds ? statement.then : statement.else;
  if (block === null) return null;
  return blockFrame(context.run.program.blocks.numberOf(block), { scope: new Map<string, Value>() });
}

/** The blocks of `parallel` and `explore`: each is one activity, which performs its statements one after another. */
import type { KernelGenerator } from '../../execution/activation.ts';
import type { ThreadObject } from '../../kernels/kernel.ts';
import { follow, hasReturned, nextIn, passIn, scopesOf, type Passage } from '../state/control.ts';
import { AtStatement, microStep, threadOf, type Run } from '../state/run.ts';
import { callsIn, isEndingCall } from '../scenario/statement-calls.ts';
import { ScenarioFailure } from '../scenario/scenario-failure.ts';
import type { Statement, ThreadBlock } from '../scenario/scenario.ts';
import { blockFrame } from '../state/script.ts';
import { hasEnded, imageThread, requireAlive, ThreadEnded } from '../state/thread-end.ts';
import type { Value } from '../state/values.ts';
import { noteProgress, scopesOfBlock, type BlockProgress, type InterleavedBlock } from './block-progress.ts';
import { endsItsThread, noteCutOff } from './cut-off.ts';
import { spawnFor } from './pending-statement.ts';
import { tellEnd } from './statement-events.ts';
import { performInRounds } from './told-statement.ts';
import type { StatementContext } from './statements.ts';
import { resolveThread } from './thread-lookup.ts';

/** Who runs the blocks: living threads, each once. */
export function threadsOf(run: Run, blocks: readonly ThreadBlock[]): ThreadObject[] {
  const threads = blocks.map((block) => {
    const thread = resolveThread(run, block);
    requireAlive(thread, block.range);
    return thread;
  });
  threads.forEach((thread, index) => {
    if (threads.indexOf(thread) < index) refuseSecondBlock(thread, blocks[index] as ThreadBlock);
  });
  return threads;
}

function refuseSecondBlock({ name }: ThreadObject, { range }: ThreadBlock): never {
  throw new ScenarioFailure('WALK225', `${name} runs a block already: a thread does one thing at a time`, range);
}

/** Starts one activity a block. */
export function spawnBlocks(run: Run, blocks: readonly ThreadBlock[]): InterleavedBlock[] {
  const threads = threadsOf(run, blocks);
  const outer = scopesOf(run.script);
  return blocks.map(({ body, range }, index) => {
    const bindings = new Map<string, Value>();
    const control = [blockFrame(run.program.blocks.numberOf(body), { scope: bindings })];
    const progress: BlockProgress = { control, outer, statement: null, hasEndedItself: false };
    const activity = spawnFor(run, threads[index] ?? null, { kind: 'as', range }, (here) =>
      runBlock({ run, here, scopes: scopesOfBlock(progress), isInterleaved: true }, progress),
    );
    noteProgress(activity, progress);
    // It goes up to its first statement, and does nothing on the way.
    activity.isAtomic = true;
    return { activity, bindings, progress };
  });
}

/** Performs what stands in `control`, to its end; each statement begins with a micro-step. */
function* runBlock(start: StatementContext, block: BlockProgress): KernelGenerator<void> {
  const { run, here } = start;
  const { control } = block;
  const begun = here.activity.cause;
  let context = start;
  const changeLevel = (): void => {
    context = { ...start, scopes: scopesOfBlock(block) };
  };
  try {
    for (let next = nextIn(run.program, control); control.length > 0; next = nextIn(run.program, control)) {
      if (next === 'round') {
        changeLevel();
        if (passRound(context)) yield;
      } else if (next !== null) {
        block.statement = next;
        here.activity.line = next.range.line;
        here.label = AtStatement.before;
        if (microStep(run, here)) yield;
        here.label = AtStatement.begun;
        const entered = yield* performInBlock(context, block, next);
        if (entered === CUT_OFF) return;
        follow(run.program, control, entered);
        if (entered !== null) changeLevel();
      }
    }
  } finally {
    tellEnd(run.machine, here.activity, begun);
  }
}

/** Leaving a block or beginning its next round counts as a step of the run, but there is nothing in it for others to see. */
function passRound({ run, here }: StatementContext): boolean {
  run.script.rounds += 1;
  const isWanted = microStep(run, here);
  here.activity.isAtomic = true;
  return isWanted;
}

/** A block that has come to its end because of what another one did. */
const CUT_OFF = Symbol('cut off');

function* performInBlock(
  context: StatementContext,
  block: BlockProgress,
  statement: Statement,
): KernelGenerator<Passage | typeof CUT_OFF> {
  const { run, here } = context;
  const thread = threadOf(here);
  if (hasReturned(run.program, block.control, statement)) {
    passIn(block.control);
    return null;
  }
  if (thread !== null && !thread.alive && !block.hasEndedItself) {
    noteCutOff(run, thread, statement.range, 'not run');
    return CUT_OFF;
  }
  requireAlive(thread, statement.range);
  passIn(block.control);
  run.script.rounds += 1;
  run.script.lastPlaces.set(here.activity.agent, statement.range);
  requireNesting(statement);
  try {
    return yield* performInRounds(context, block.control, statement);
  } catch (error) {
    if (!(error instanceof ThreadEnded) || thread === null || callsIn(statement).some(isEndingCall)) throw error;
    noteCutOff(run, thread, statement.range, 'not finished');
    return CUT_OFF;
  } finally {
    if (thread !== null) here.activity.thread = imageThread(run, thread) ?? thread;
    block.hasEndedItself ||= thread !== null && hasEnded(run, thread) && endsItsThread(statement);
  }
}

function requireNesting({ kind, range }: Statement): void {
  if (kind !== 'as' && kind !== 'parallel' && kind !== 'explore') return;
  throw new ScenarioFailure('WALK225', `${kind} cannot stand inside a block that is interleaved`, range);
}

/** `parallel`: the blocks interleave at micro-steps, by a scheduler that the seed decides. */
import type { Activity } from '../../execution/activity.ts';
import { KernelPanic } from '../../execution/panic.ts';
import { sequentialPolicy, type SchedulingPolicy } from '../../execution/policy.ts';
import type { ThreadObject } from '../../kernels/kernel.ts';
import { nextRandom } from '../../hardware/random.ts';
import { isNamed } from '../calls/call-failure.ts';
import { scopesOf } from '../state/control.ts';
import { evaluate, integer } from '../calls/evaluate.ts';
import { observingEvaluation } from '../calls/begin-evaluation.ts';
import { runBlock } from './nested.ts';
import type { Run } from '../state/run.ts';
import { diagnostic, ScenarioFailure } from '../scenario/scenario-failure.ts';
import type { ParallelBlocks, Statement, ThreadBlock } from '../scenario/scenario.ts';
import { policyOfSeed, randomPolicy } from '../state/schedule.ts';
import type { Value } from '../state/values.ts';
import { requireAlive, resolveThread } from './thread-lookup.ts';
import { breakOff, deadlockMessage, failRun, spawnFor, type PendingStatement } from './pending-statement.ts';

/** Who runs the blocks: living threads, each once. */
export function threadsOf(run: Run, blocks: readonly ThreadBlock[]): ThreadObject[] {
  const threads = blocks.map((block) => {
    const thread = resolveThread(run, block.who, block.range);
    requireAlive(thread, block.range);
    return thread;
  });
  threads.forEach((thread, index) => {
    if (threads.indexOf(thread) < index) refuseSecondBlock(thread, blocks[index] as ThreadBlock);
  });
  return threads;
}

export interface SpawnedBlock {
  readonly activity: Activity;
  /** What the block binds; other blocks do not see it. */
  readonly bindings: ReadonlyMap<string, Value>;
}

/** Starts one activity a block. */
export function spawnBlocks(
  run: Run,
  blocks: readonly ThreadBlock[],
  scopes: readonly Map<string, Value>[],
): SpawnedBlock[] {
  const threads = threadsOf(run, blocks);
  return blocks.map((block, index) => {
    const bindings = new Map<string, Value>();
    const own = [bindings, ...scopes];
    const activity = spawnFor(run, threads[index] ?? null, block.range.line, (here) =>
      runBlock({ run, here, scopes: own, isInterleaved: true }, block.body),
    );
    // It goes up to its first statement, and does nothing on the way.
    activity.isAtomic = true;
    return { activity, bindings };
  });
}

function refuseSecondBlock({ name }: ThreadObject, { range }: ThreadBlock): never {
  throw new ScenarioFailure('WALK225', `${name} runs a block already: a thread does one thing at a time`, range);
}

/** `error`: what the whole statement is expected to fail with, or null. */
export function beginParallel(
  run: Run,
  statement: Statement,
  { seed, blocks }: ParallelBlocks,
  error: string | null,
): PendingStatement {
  const policy = policyFor(run, seed);
  const activities = spawnBlocks(run, blocks, scopesOf(run.script)).map(({ activity }) => activity);
  run.engine.policy = policy;
  const failures: ScenarioFailure[] = [];
  return {
    statement,
    activities,
    isInterleaved: true,
    finished({ state, error: reason }) {
      if (state !== 'failed') return;
      if (reason instanceof ScenarioFailure) failures.push(reason);
      else if (reason instanceof KernelPanic) {
        run.engine.abandon();
        const message = `kernel panic: ${reason.message}`;
        failures.push(new ScenarioFailure('WALK208', message, statement.range, [], ['PANIC']));
        run.script.broken = true;
      } else throw reason;
    },
    deadlocked(waiting) {
      failures.push(new ScenarioFailure('WALK211', deadlockMessage(waiting), statement.range, [], ['DEADLOCK']));
      breakOff(run);
    },
    completed() {
      run.engine.policy = sequentialPolicy;
      const unexpected = error === null ? failures : expectError(run, statement, error, failures);
      for (const failure of unexpected) failRun(run, failure, statement.range);
    },
  };
}

function policyFor(run: Run, seed: ParallelBlocks['seed']): SchedulingPolicy {
  if (seed === null) return randomPolicy((bound) => nextRandom(run.machine, bound));
  const value = integer(evaluate(observingEvaluation(run, null, scopesOf(run.script)), seed), seed);
  if (value < 0n)
    throw new ScenarioFailure('WALK225', `the seed is ${String(value)}; it cannot be negative`, seed.range);
  return policyOfSeed(value);
}

/** `expect parallel … fails ERROR`: DEADLOCK, or the error of a call that stopped a block. What nobody expected is left. */
function expectError(
  { script, kernel }: Run,
  { range }: Statement,
  error: string,
  failures: readonly ScenarioFailure[],
): readonly ScenarioFailure[] {
  const unexpected = failures.filter((failure) => !isNamed(kernel, failure, error));
  if (unexpected.length < failures.length) {
    script.passed += 1;
    return unexpected;
  }
  script.failed += 1;
  const what = failures[0]?.message ?? 'all blocks came to their ends';
  const message = `expected the blocks to fail with ${error}, but ${what}`;
  script.diagnostics.push(diagnostic('WALK206', 'error', message, range));
  if (failures.length > 0) script.ended = true;
  return [];
}

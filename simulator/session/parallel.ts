/** `parallel`: the blocks interleave at micro-steps, by a scheduler that the seed decides. */
import type { Activity } from '../execution/activity.ts';
import { KernelPanic } from '../execution/panic.ts';
import { sequentialPolicy, type SchedulingPolicy } from '../execution/policy.ts';
import { nextRandom } from '../hardware/random.ts';
import { scopesOf } from './control.ts';
import { evaluate, integer } from './evaluate.ts';
import { observingEvaluation } from './evaluation.ts';
import { runBlock } from './nested.ts';
import type { Run } from './run.ts';
import { diagnostic, ScenarioFailure } from './scenario-failure.ts';
import type { ParallelBlocks, Statement, ThreadBlock } from './scenario.ts';
import { policyOfSeed, randomPolicy } from './schedule.ts';
import type { Value } from './values.ts';
import { requireAlive, resolveThread } from './who.ts';
import { breakOff, deadlockMessage, failRun, spawnFor, type Work } from './work.ts';

/** Starts one activity a block; bindings of a block are seen only there. */
export function spawnBlocks(
  run: Run,
  blocks: readonly ThreadBlock[],
  scopes: readonly Map<string, Value>[],
): Activity[] {
  const threads = blocks.map((block) => {
    const thread = resolveThread(run, block.who, block.range);
    requireAlive(thread, block.range);
    return thread;
  });
  return blocks.map((block, index) => {
    const own = [new Map<string, Value>(), ...scopes];
    return spawnFor(run, threads[index] ?? null, block.range.line, (here) =>
      runBlock({ run, here, scopes: own, isInterleaved: true }, block.body),
    );
  });
}

/** `error`: what the whole statement is expected to fail with, or null. */
export function beginParallel(
  run: Run,
  statement: Statement,
  { seed, blocks }: ParallelBlocks,
  error: string | null,
): Work {
  const policy = policyFor(run, seed);
  const activities = spawnBlocks(run, blocks, scopesOf(run.script));
  run.engine.policy = policy;
  const failures: ScenarioFailure[] = [];
  let isDeadlocked = false;
  return {
    statement,
    activities,
    isInterleaved: true,
    finished({ state, error: reason }) {
      if (state !== 'failed') return;
      if (reason instanceof ScenarioFailure) failures.push(reason);
      else if (reason instanceof KernelPanic) {
        run.engine.abandon();
        failures.push(new ScenarioFailure('WALK208', `kernel panic: ${reason.message}`, statement.range));
        run.script.broken = true;
      } else throw reason;
    },
    deadlocked(waiting) {
      isDeadlocked = true;
      failures.push(new ScenarioFailure('WALK211', deadlockMessage(waiting), statement.range));
      breakOff(run);
    },
    completed() {
      run.engine.policy = sequentialPolicy;
      if (error !== null) expectError(run, statement, error, failures, isDeadlocked);
      else if (failures.length > 0) for (const failure of failures) failRun(run, failure, statement.range);
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

/** `expect parallel … fails ERROR`: DEADLOCK, or the error of a call that stopped a block. */
function expectError(
  run: Run,
  statement: Statement,
  error: string,
  failures: readonly ScenarioFailure[],
  isDeadlocked: boolean,
): void {
  const { script } = run;
  const isMet =
    error === 'DEADLOCK' ? isDeadlocked : failures.some(({ message }) => new RegExp(`\\b${error}\\b`).test(message));
  if (isMet) {
    script.passed += 1;
    return;
  }
  script.failed += 1;
  const what = failures[0]?.message ?? 'all blocks came to their ends';
  script.diagnostics.push(
    diagnostic('WALK206', 'error', `expected the blocks to fail with ${error}, but ${what}`, statement.range),
  );
  if (failures.length > 0) script.ended = true;
}

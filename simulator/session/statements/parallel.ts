/** `parallel`: the blocks interleave at micro-steps, by a scheduler that the seed decides. */
import { KernelPanic } from '../../execution/panic.ts';
import { sequentialPolicy, type SchedulingPolicy } from '../../execution/policy.ts';
import { nextRandom } from '../../hardware/random.ts';
import { isNamed } from '../calls/call-failure.ts';
import { scopesOf } from '../state/control.ts';
import { evaluate, integer } from '../calls/evaluate.ts';
import { observingEvaluation } from '../calls/begin-evaluation.ts';
import { spawnBlocks } from './interleaved.ts';
import type { Run } from '../state/run.ts';
import { diagnostic, ScenarioFailure } from '../scenario/scenario-failure.ts';
import type { ParallelBlocks, Statement } from '../scenario/scenario.ts';
import { policyOfSeed, randomPolicy } from '../state/schedule.ts';
import { breakOff, deadlockMessage, failRun, type PendingStatement } from './pending-statement.ts';

/** `error`: what the whole statement is expected to fail with, or null. */
export function beginParallel(
  run: Run,
  statement: Statement,
  { seed, blocks }: ParallelBlocks,
  error: string | null,
): PendingStatement {
  const policy = policyFor(run, seed);
  const activities = spawnBlocks(run, blocks).map(({ activity }) => activity);
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

/** `parallel`: the blocks interleave at micro-steps, by a scheduler that the seed decides. */
import type { Activity } from '../../execution/activity.ts';
import { KernelPanic } from '../../execution/panic.ts';
import { sequentialPolicy, type SchedulingPolicy } from '../../execution/policy.ts';
import { nextRandom } from '../../hardware/random.ts';
import { labelled, noteUnmet } from './expectations.ts';
import { isFailureNamed } from './failure-names.ts';
import { inRounds, report, roundsIn } from '../state/findings.ts';
import { scopesOf } from '../state/control.ts';
import { evaluate, integer } from '../calls/evaluate.ts';
import { observingEvaluation } from '../calls/begin-evaluation.ts';
import { spawnBlocks } from './interleaved.ts';
import type { Run } from '../state/run.ts';
import { ScenarioFailure } from '../scenario/scenario-failure.ts';
import type { Expression, Statement } from '../scenario/scenario.ts';
import { randomPolicy } from '../state/random-schedule.ts';
import { scheduleOfSeed } from '../state/schedule-text.ts';
import { scriptedPolicy, type Departure, type Schedule } from '../state/schedule.ts';
import { displayValue, type Value } from '../state/values.ts';
import { blockLengths } from './block-lengths.ts';
import { breakOff, deadlockMessage, failRun, type PendingStatement } from './pending-statement.ts';

type Parallel = Extract<Statement, { readonly kind: 'parallel' }>;

export function beginParallel(run: Run, statement: Parallel): PendingStatement {
  const { seed, blocks, fails } = statement;
  const policyOf = policyFor(run, seed, blocks);
  const spawned = spawnBlocks(run, blocks);
  const activities = spawned.map(({ activity }) => activity);
  run.engine.policy = policyOf(activities);
  const failures: ScenarioFailure[] = [];
  return {
    statement,
    activities,
    isInterleaved: true,
    blocks: spawned,
    finished({ state, error }) {
      if (state !== 'failed') return;
      if (error instanceof ScenarioFailure) failures.push(error);
      else if (error instanceof KernelPanic) {
        breakOff(run);
        failures.push(new ScenarioFailure('WALK208', `kernel panic: ${error.message}`, statement.range));
      } else throw error;
    },
    deadlocked(waiting) {
      failures.push(new ScenarioFailure('WALK211', deadlockMessage(waiting), statement.range));
      breakOff(run);
    },
    completed() {
      run.engine.policy = sequentialPolicy;
      const unexpected = fails === null ? failures : expectError(run, statement, fails, failures);
      for (const failure of unexpected) failRun(run, failure, statement.range);
    },
  };
}

/** By chance from a seed, the machine's own where none is given; or a schedule, as `explore` names it. */
function policyFor(
  run: Run,
  expression: Parallel['seed'],
  blocks: Parallel['blocks'],
): (activities: readonly Activity[]) => SchedulingPolicy {
  const given = expression === null ? null : givenSeed(run, expression);
  const schedule = typeof given === 'bigint' ? scheduleOfSeed(given) : given;
  if (schedule !== null) return () => scriptedPolicy(schedule, []);
  const seed = typeof given === 'bigint' ? given : BigInt(nextRandom(run.machine, 2 ** 32));
  const lengths = blockLengths(run, blocks);
  return (activities) =>
    randomPolicy(
      seed,
      activities.map((activity, index) => ({ activity, length: lengths[index] ?? 0 })),
    );
}

function givenSeed(run: Run, expression: Expression): bigint | Schedule {
  const value = evaluate(observingEvaluation(run, null, scopesOf(run.script)), expression);
  if (Array.isArray(value)) return value.map((departure) => departureOf(departure, expression));
  const seed = integer(value, expression);
  if (seed >= 0n) return seed;
  throw new ScenarioFailure('WALK225', `the seed is ${String(seed)}; it cannot be negative`, expression.range);
}

/** `[DECISION, CHOICE]`. */
function departureOf(value: Value, { range }: Expression): Departure {
  const [at, choice, more] = Array.isArray(value) ? value : [];
  if (typeof at === 'bigint' && typeof choice === 'bigint' && more === undefined && at >= 0n && choice >= 0n)
    return { at: Number(at), choice: Number(choice) };
  const message = `a list of choices is [[DECISION, CHOICE], …], with numbers from 0; ${displayValue(value)} is not such a pair`;
  throw new ScenarioFailure('WALK225', message, range);
}

/** `expect parallel … fails ERROR`: DEADLOCK, or the error of a call that stopped a block. What nobody expected is left. */
function expectError(
  run: Run,
  statement: Parallel,
  error: string,
  failures: readonly ScenarioFailure[],
): readonly ScenarioFailure[] {
  const { range } = statement;
  const { script, kernel } = run;
  const unexpected = failures.filter((failure) => !isFailureNamed(kernel, failure, error));
  if (unexpected.length < failures.length) {
    script.passed += 1;
    return unexpected;
  }
  const [first] = failures;
  const what = first === undefined ? 'all blocks came to their ends' : inRounds(first.message, first.rounds);
  const message = `expected the blocks to fail with ${error}, but ${what}`;
  const unmet = labelled(statement, new ScenarioFailure('WALK206', message, range));
  noteUnmet(run, unmet);
  report(run, unmet.toDiagnostic(), roundsIn(script.control));
  if (failures.length > 0) script.ended = true;
  return [];
}

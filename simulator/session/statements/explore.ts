/** `explore`: every interleaving of the blocks, by re-execution from the same world with another schedule each time. */
import { sequentialPolicy } from '../../execution/policy.ts';
import { scopesOf } from '../state/control.ts';
import { evaluate, integer } from '../calls/evaluate.ts';
import { observingEvaluation } from '../calls/begin-evaluation.ts';
import { spawnBlocks, threadsOf } from './interleaved.ts';
import { createRun, settle, type Run } from '../state/run.ts';
import { diagnostic, ScenarioFailure } from '../scenario/scenario-failure.ts';
import type { Diagnostic, Statement } from '../scenario/scenario.ts';
import { nextSchedule, schedulesAhead, scriptedPolicy, seedOfSchedule, type Decision } from '../state/schedule.ts';
import { restoreWorld, saveWorld, type SavedWorld } from '../state/snapshot.ts';
import type { Value } from '../state/values.ts';
import { deadlockMessage } from './pending-statement.ts';

type Explore = Extract<Statement, { readonly kind: 'explore' }>;

/** How many interleavings are tried where the statement does not say. */
export const DEFAULT_INTERLEAVINGS = 1000;
/** An interleaving that takes more micro-steps does not end by itself. */
const MOST_STEPS = 5_000_000;

/** Failures that are none of the interleaving itself: a bug of ours, a bound. */
const keptCodes = ['WALK215', 'WALK220'] as const;

interface Outcome {
  readonly run: Run;
  readonly decisions: readonly Decision[];
  readonly failure: Diagnostic | null;
}

/** What runs `then` in an interleaving's world: statements to their end, with what the blocks have bound. */
export type RunThen = (run: Run, then: readonly Statement[], bindings: ReadonlyMap<string, Value>) => Diagnostic | null;

/** An exploration in progress: one interleaving a call. Not state. */
export class Exploration {
  private readonly statement: Explore;
  private readonly start: SavedWorld;
  private readonly stepsAtStart: number;
  private readonly origin: Run;
  private readonly most: number;
  private readonly runThen: RunThen;
  private schedule: number[] | null = [];
  private tried = 0;
  /** Micro-steps of all interleavings so far. */
  spent = 0;
  /** Interleavings that there are at the least beyond those that were tried. */
  private ahead = 0;
  private first: Run | null = null;

  constructor(run: Run, statement: Explore, runThen: RunThen) {
    this.statement = statement;
    this.origin = run;
    this.runThen = runThen;
    this.most =
      statement.upTo === null
        ? DEFAULT_INTERLEAVINGS
        : Number(
            integer(evaluate(observingEvaluation(run, null, scopesOf(run.script)), statement.upTo), statement.upTo),
          );
    if (this.most < 1)
      throw new ScenarioFailure(
        'WALK225',
        `explore up to ${String(this.most)}: at least 1 interleaving has to be tried`,
        (statement.upTo ?? statement).range,
      );
    threadsOf(run, statement.blocks);
    settle(run);
    this.start = saveWorld(run.world);
    this.stepsAtStart = run.engine.steps;
  }

  /**
   * Tries the next interleaving, in at most so many micro-steps. The run that goes on when all were tried or one failed;
   * null while there are more.
   */
  next(mostSteps: number): Run | null {
    const outcome = this.tryOne(this.schedule ?? [], Math.min(mostSteps, MOST_STEPS));
    this.spent += outcome.run.engine.steps - this.stepsAtStart;
    // The bound of the whole run was reached, and whoever keeps it now sees that.
    if (outcome.failure?.code === 'WALK220' && mostSteps < MOST_STEPS) return null;
    this.first ??= outcome.run;
    this.tried += 1;
    if (outcome.failure !== null) return this.fail(outcome, outcome.failure);
    this.schedule = nextSchedule(outcome.decisions);
    this.ahead = schedulesAhead(outcome.decisions);
    if (this.schedule !== null && this.tried < this.most) return null;
    return this.finish();
  }

  private tryOne(choices: readonly number[], mostSteps: number): Outcome {
    const run = createRun(this.origin.program, restoreWorld(this.start), this.origin.replayer);
    const decisions: Decision[] = [];
    run.engine.policy = scriptedPolicy(choices, decisions);
    run.engine.yieldAt = 0;
    const before = run.script.diagnostics.length;
    const blocks = spawnBlocks(run, this.statement.blocks);
    const failure = this.runBlocks(run, mostSteps);
    run.engine.policy = sequentialPolicy;
    settle(run);
    if (failure !== null) return { run, decisions, failure };
    const reported =
      run.script.diagnostics.slice(before).find(({ severity }) => severity === 'error') ?? this.violation(run);
    const { then } = this.statement;
    if (reported !== null || then === null) return { run, decisions, failure: reported };
    const bindings = new Map(blocks.flatMap((block) => [...block.bindings]));
    return { run, decisions, failure: this.runThen(run, then, bindings) };
  }

  private runBlocks(run: Run, mostSteps: number): Diagnostic | null {
    const until = run.engine.steps + mostSteps;
    for (;;) {
      const advance = run.engine.advance();
      if (advance.kind === 'idle') return null;
      if (advance.kind === 'deadlock') {
        const { range } = this.statement;
        const message = deadlockMessage(advance.waiting);
        run.engine.abandon();
        run.script.broken = true;
        return diagnostic('WALK211', 'error', message, range);
      }
      if (advance.kind === 'finished' && advance.activity.state === 'failed')
        return this.failureOf(run, advance.activity.error);
      if (run.engine.steps > until) {
        run.script.broken = true;
        run.engine.abandon();
        return diagnostic(
          'WALK220',
          'error',
          `an interleaving takes more than ${mostSteps.toLocaleString('en')} micro-steps`,
          this.statement.range,
        );
      }
    }
  }

  private failureOf(run: Run, error: unknown): Diagnostic {
    // The other blocks stay where they are, perhaps in the middle of the kernel.
    if (run.engine.activities.length > 0) run.script.broken = true;
    run.engine.abandon();
    if (error instanceof ScenarioFailure) return error.toDiagnostic();
    if (run.machine.panic !== null)
      return diagnostic('WALK208', 'error', `kernel panic: ${run.machine.panic}`, this.statement.range);
    throw error;
  }

  private violation(run: Run): Diagnostic | null {
    if (run.script.broken) return null;
    const [violation] = run.kernel.invariants();
    if (violation === undefined) return null;
    return diagnostic('WALK215', 'error', `${violation.invariant}: ${violation.message}`, this.statement.range);
  }

  private fail({ run, decisions }: Outcome, failure: Diagnostic): Run {
    const seed = seedOfSchedule(decisions);
    const replay =
      seed === null
        ? `its choices are ${decisions.map(({ choice }) => choice).join(' ')}`
        : `parallel seed ${String(seed)} replays it`;
    const message = `interleaving ${String(this.tried)} fails: ${failure.message}; ${replay}`;
    const found = {
      ...diagnostic(keptCodes.find((code) => code === failure.code) ?? 'WALK227', 'error', message, failure.range),
      related: [{ message: 'explored here', range: this.statement.range }],
    };
    run.script.diagnostics = run.script.diagnostics.filter((known) => known !== failure);
    run.script.diagnostics.push(found);
    run.script.ended = true;
    return run;
  }

  private finish(): Run {
    const run = this.first as Run;
    const { tried, ahead } = this;
    const all = `${ahead > 0 ? 'at least ' : ''}${String(tried + ahead)}`;
    const message = `${String(tried)} of ${all} interleavings covered`;
    run.script.diagnostics.push(diagnostic('WALK228', 'information', message, this.statement.range));
    return run;
  }
}

/** One interleaving of an exploration, in a world of its own: the blocks under a schedule, then `then`. */
import { KernelPanic } from '../../execution/panic.ts';
import { sequentialPolicy } from '../../execution/policy.ts';
import { boundText, raiseHint } from '../scenario/bounds.ts';
import { ScenarioFailure } from '../scenario/scenario-failure.ts';
import type { Statement } from '../scenario/scenario.ts';
import { roundsIn } from '../state/findings.ts';
import type { Run } from '../state/run.ts';
import { scriptedPolicy, type Decision, type Schedule } from '../state/schedule.ts';
import { blockFrame } from '../state/script.ts';
import type { DiagnosticCode } from '../scenario/diagnostic-codes.ts';
import type { InterleavedBlock } from './block-progress.ts';
import { spawnBlocks } from './interleaved.ts';
import { isUnfinished, violationFailure } from './violations.ts';
import { breakOff, deadlockMessage, type PendingStatement } from './pending-statement.ts';

export type Explore = Extract<Statement, { readonly kind: 'explore' }>;

/** What performs statements one after another, above the levels of control that there were. Comes from whoever explores. */
export interface InnerExecution {
  /** The blocks, which are performed before anything else. */
  pending: PendingStatement | null;
  /** Micro-steps of its run so far. */
  readonly steps: number;
  /** Goes on at most to its next micro-step from `yieldAt` on. False at the end. */
  moveOn(yieldAt: number): boolean;
}

export type StartInner = (run: Run) => InnerExecution;

export class Interleaving {
  readonly run: Run;
  readonly schedule: Schedule;
  readonly decisions: Decision[] = [];
  failure: ScenarioFailure | null = null;
  private readonly statement: Explore;
  private readonly execution: InnerExecution;
  private readonly blocks: readonly InterleavedBlock[];
  private readonly before: {
    readonly levels: number;
    readonly steps: number;
    readonly statements: number;
    readonly findings: number;
    readonly failed: number;
  };

  /** The run must be the interleaving's own. */
  constructor(run: Run, statement: Explore, schedule: Schedule, startInner: StartInner) {
    this.run = run;
    this.statement = statement;
    this.schedule = schedule;
    const { control, statements, diagnostics, failed } = run.script;
    this.before = {
      levels: control.length,
      steps: run.engine.steps,
      statements,
      findings: diagnostics.length,
      failed,
    };
    run.engine.policy = scriptedPolicy(schedule, this.decisions);
    this.blocks = spawnBlocks(run, statement.blocks);
    this.execution = startInner(run);
    this.execution.pending = this.begin();
  }

  /** Micro-steps that it has taken so far. */
  get steps(): number {
    return this.execution.steps - this.before.steps;
  }

  /** Goes on for about so many micro-steps. True at its end. */
  advance(budget: number): boolean {
    const until = this.execution.steps + budget;
    for (;;) {
      if (!this.execution.moveOn(until)) break;
      const { bounds } = this.run.program;
      if (this.steps > bounds.interleavingSteps) {
        const most = boundText('interleavingSteps', bounds.interleavingSteps);
        const message = `an interleaving takes more than ${most} micro-steps; use shorter blocks, or ${raiseHint('interleavingSteps', bounds)}`;
        this.fail(new ScenarioFailure('WALK220', message, this.statement.range));
      }
      if (this.failure === null && this.execution.steps >= until) return false;
    }
    this.end();
    return true;
  }

  private begin(): PendingStatement {
    const { statement, blocks } = this;
    return {
      statement,
      activities: blocks.map(({ activity }) => activity),
      isInterleaved: true,
      blocks,
      finished: ({ state, error }) => {
        if (state === 'failed') this.fail(this.failureOf(error));
      },
      deadlocked: (waiting) => {
        this.fail(new ScenarioFailure('WALK211', deadlockMessage(waiting), statement.range));
      },
      completed: () => {
        this.run.engine.policy = sequentialPolicy;
        this.failure ??= this.reported() ?? this.violation();
        if (this.failure === null) this.enterThen();
        else this.run.script.ended = true;
      },
    };
  }

  /** The other blocks stay where they are, perhaps in the middle of the kernel. */
  private fail(failure: ScenarioFailure): void {
    const { run } = this;
    // Inside a block only its own loops are known.
    if (this.failure === null) failure.rounds = [...roundsIn(run.script.control), ...failure.rounds];
    this.failure ??= failure;
    if (run.engine.activities.length > 0 || run.machine.panic !== null) breakOff(run);
    run.script.ended = true;
  }

  private failureOf(error: unknown): ScenarioFailure {
    if (error instanceof ScenarioFailure) return error;
    if (!(error instanceof KernelPanic)) throw error;
    return new ScenarioFailure('WALK208', `kernel panic: ${error.message}`, this.statement.range);
  }

  private violation(): ScenarioFailure | null {
    const { run } = this;
    if (run.script.broken) return null;
    const [violation] = run.kernel.invariants();
    if (violation === undefined || isUnfinished(run, null)) return null;
    // It is told now: whoever expects it and goes on from here is not told again at the end.
    run.script.broken = true;
    return violationFailure(run, violation, null, this.statement.range);
  }

  /** `then` sees what the blocks have bound. */
  private enterThen(): void {
    const { script, program } = this.run;
    const { then } = this.statement;
    if (then === null) return;
    const scope = new Map(this.blocks.flatMap(({ bindings }) => [...bindings]));
    script.control.push(blockFrame(program.blocks.numberOf(then), { scope }));
  }

  /** The levels of control are those that there were. */
  private end(): void {
    const { script, engine } = this.run;
    this.failure ??= this.reported();
    engine.policy = sequentialPolicy;
    script.control.length = this.before.levels;
    script.ended = false;
    // Nobody can stand between statements of `then`, so they are no positions; the bound on statements counts them.
    script.rounds += script.statements - this.before.statements;
    script.statements = this.before.statements;
  }

  /** What was found wrong was expected. */
  forgetErrors(): void {
    const { script } = this.run;
    const { findings, failed } = this.before;
    script.diagnostics = script.diagnostics.filter(({ severity }, index) => index < findings || severity !== 'error');
    script.failed = failed;
  }

  /** The first error that was found on the way. */
  private reported(): ScenarioFailure | null {
    const { script, stoppedBy } = this.run;
    const found = script.diagnostics.slice(this.before.findings).find(({ severity }) => severity === 'error');
    if (found === undefined) return null;
    script.diagnostics = script.diagnostics.filter((known) => known !== found);
    const { code, message, range, related } = found;
    if (stoppedBy?.code === code && message.startsWith(stoppedBy.message)) return stoppedBy;
    return new ScenarioFailure(code as DiagnosticCode, message, range, related);
  }
}

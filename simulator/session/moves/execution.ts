/** A run on its way through its scenario: which statement stands next or is being performed, to the end or to a bound. */
import type { Activity } from '../../execution/activity.ts';
import type { Checkpoints } from './checkpoint-policy.ts';
import { noteThreads } from '../state/agents.ts';
import { firstViolation } from './first-violation.ts';
import { makeEdit, type EditPlace, type PlacedEdit } from './edits.ts';
import { nextStatement, passStatement, scopesOf } from '../state/control.ts';
import { EventFeed } from '../state/event-feed.ts';
import { Exploration } from '../statements/explore.ts';
import { finishRun } from '../statements/finish.ts';
import type { FirstViolation } from '../statements/violations.ts';
import { scopesOfBlock } from '../statements/block-progress.ts';
import { comparePositions } from './stop.ts';
import type { Value } from '../state/values.ts';
import { beginStatement } from '../statements/sequential.ts';
import { watchRules } from '../state/overwrites.ts';
import { createRun, settle, type Run } from '../state/run.ts';
import { type Bounds, boundedRun, boundText, liveAdvice, raiseHint } from '../scenario/bounds.ts';
import { ScenarioFailure } from '../scenario/scenario-failure.ts';
import type { SourceRange, Statement } from '../scenario/scenario.ts';
import { restoreWorld, saveWorld } from '../state/snapshot.ts';
import { failRun, type PendingStatement } from '../statements/pending-statement.ts';

/** A line of the run: what is changed on it, and its checkpoints. */
interface Line {
  readonly edits: readonly PlacedEdit[];
  readonly checkpoints: Checkpoints;
}

/** How far an execution can go: back, where it keeps checkpoints; forward, to the end of what stands above `floor` levels. */
interface Extent {
  /** The program's own unless given. */
  readonly bounds?: Bounds;
  readonly checkpoints?: Checkpoints;
  readonly floor?: number;
  readonly edits?: readonly PlacedEdit[];
}

/** What copying the world costs, in micro-steps: between two interleavings a host wants to look as often as in a plain run. */
const STEPS_PER_COPY = 5000;

/** So many rounds without statements pass before the bounds are looked at. */
export const EMPTY_ROUNDS = 100_000;

export class Execution {
  /** Replaced where an exploration's world is adopted, and by a restore. */
  run: Run;
  readonly bounds: Bounds;
  readonly feed: EventFeed;
  /** The common part, then the test's. */
  readonly statements: readonly Statement[];
  /** What is blamed where no statement is. */
  readonly end: SourceRange;
  /** Where the debugger stands once nothing is left to run: inside the last block, not at its head. */
  readonly lastStatement: SourceRange;
  /** Being performed now; null between two statements and inside an exploration. */
  pending: PendingStatement | null = null;
  /** The statement that is next, or is being performed. */
  statement: Statement | null = null;
  isFinished = false;
  private exploration: Exploration | null = null;
  private violation: FirstViolation | null = null;
  private stepsAtStatement = 0;
  private lastBegun: Statement | null = null;
  private checkpoints: Checkpoints | null;
  private edits: readonly PlacedEdit[];
  /** How many of them the world has. */
  private editsMade = 0;
  private readonly floor: number;
  private copiesBefore = 0;

  constructor(run: Run, statements: readonly Statement[], { checkpoints, floor = 0, bounds, edits = [] }: Extent) {
    this.run = run;
    this.statements = statements;
    this.bounds = bounds ?? run.program.bounds;
    this.checkpoints = checkpoints ?? null;
    this.edits = edits;
    this.editsMade = editsBefore(edits, run.script.statements);
    this.floor = floor;
    this.feed = new EventFeed();
    const { file } = run.program.scenario;
    this.end = statements.at(-1)?.range ?? { file, line: 1, column: 1, endLine: 1, endColumn: 1 };
    this.lastStatement = lastOf(statements)?.range ?? this.end;
    this.keepCheckpoint();
  }

  get isBetween(): boolean {
    return this.pending === null && this.exploration === null;
  }

  /** Micro-steps so far, those of interleavings that are being explored included. */
  get steps(): number {
    return this.run.engine.steps + (this.exploration?.spent ?? 0);
  }

  /** What was done so far, in micro-steps: for whoever gives it out in slices. */
  get work(): number {
    return this.steps + (this.copiesBefore + (this.exploration?.copies ?? 0)) * STEPS_PER_COPY;
  }

  /** The statement that was begun last; the end where none was. */
  get begun(): SourceRange {
    return this.lastBegun?.range ?? this.end;
  }

  /** Micro-steps since the statement in progress began. */
  get stepsOfStatement(): number {
    return this.run.engine.steps - this.stepsAtStatement;
  }

  /** Between two statements: the next one, or null at the end; `budget` where empty rounds of a loop used it up. */
  arrive(yieldAt: number): Statement | 'budget' | null {
    this.keepCheckpoint();
    const { run } = this;
    if (run.script.ended) return null;
    run.engine.yieldAt = yieldAt;
    const next = nextStatement(run, this.floor);
    if (next !== null && next !== 'budget') this.statement = next;
    if (next !== 'budget') this.makeEdits(run.script.statements, 0);
    return next;
  }

  begin(statement: Statement): void {
    const { run } = this;
    this.lastBegun = statement;
    this.stepsAtStatement = run.engine.steps;
    run.engine.steps += 1;
    if (statement.kind !== 'explore') {
      this.pending = beginStatement(run, statement);
      return;
    }
    passStatement(run);
    // Events so far are told before the world is copied: the one that is adopted has only its own.
    this.settle();
    try {
      this.exploration = new Exploration(run, statement, (inner) => this.startInner(inner));
    } catch (error) {
      failRun(run, error, statement.range);
    }
  }

  /** For an interleaving: it may take as many micro-steps as its exploration allows, and goes no further than its statement. */
  private startInner(run: Run): Execution {
    const bounds = { ...this.bounds, steps: Number.POSITIVE_INFINITY };
    return new Execution(run, this.statements, { bounds, floor: run.script.control.length });
  }

  /**
   * Inside a statement: lets one activity run, to its next micro-step from `yieldAt` on; an exploration goes on to its next
   * interleaving, or until the execution has taken `until` micro-steps. Null if no activity ran, or one to its end.
   */
  proceed(yieldAt: number, until: number): Activity | null {
    if (this.exploration !== null) {
      this.exploreOn(this.exploration, until);
      return null;
    }
    const { engine } = this.run;
    const pending = this.pending as PendingStatement;
    const isEditedInside = this.edits[this.editsMade]?.position.statement === this.run.script.statements - 1;
    engine.yieldAt = pending.isInterleaved || isEditedInside ? 0 : Math.min(yieldAt, this.bounds.steps);
    const advance = engine.advance();
    if (isEditedInside) this.makeEdits(this.run.script.statements - 1, this.stepsOfStatement);
    if (advance.kind === 'ran') return advance.activity;
    if (advance.kind === 'finished') settleActivity(pending, advance.activity);
    else if (advance.kind === 'deadlock') pending.deadlocked(advance.waiting);
    else {
      this.pending = null;
      pending.completed();
      noteThreads(this.run.script, this.run.kernel.threads());
      this.watchRules();
    }
    return null;
  }

  /** Without anybody who may want to stop: begins a statement, or proceeds inside one. False at the end. */
  moveOn(yieldAt: number, until = yieldAt): boolean {
    if (this.isBetween) {
      const next = this.arrive(Math.min(until, this.steps + EMPTY_ROUNDS));
      if (next === null) return false;
      if (next !== 'budget') this.begin(next);
    } else this.proceed(yieldAt, until);
    this.heedLimits();
    return true;
  }

  private exploreOn(exploration: Exploration, until: number): void {
    const adopted = exploration.advance(Math.max(1, until - this.steps));
    if (!exploration.isBetween) return;
    const { engine, wanted } = this.run;
    engine.steps += 1;
    if (adopted === null) return;
    this.feed.drain(this.run.machine);
    adopted.engine.steps = Math.max(adopted.engine.steps, engine.steps);
    this.run = adopted;
    this.run.wanted = wanted;
    this.copiesBefore += exploration.copies;
    this.exploration = null;
    this.watchRules();
  }

  private watchRules(): void {
    watchRules(this.run, this.begun, this.run.engine.steps);
  }

  /** From here on the run is another line's; an edit that is made where it stands is among those of `line`. */
  follow({ edits, checkpoints }: Line): void {
    this.edits = edits;
    this.checkpoints = checkpoints;
  }

  /** Of the line that it follows, where the run stands and has not made them yet. What the last one gave. */
  makeEdits(statement: number, step: number): Value {
    let value: Value = null;
    for (let next = this.edits[this.editsMade]; next !== undefined; next = this.edits[this.editsMade]) {
      if (comparePositions(next.position, { statement, step }) !== 0) break;
      this.editsMade += 1;
      const { yieldAt } = this.run.engine;
      try {
        value = makeEdit(this.run, next.edit, this.editPlace());
      } catch (error) {
        this.editsMade -= 1;
        throw error;
      } finally {
        this.run.engine.yieldAt = yieldAt;
      }
    }
    return value;
  }

  private editPlace(): EditPlace {
    const { engine, script } = this.run;
    const activity = this.pending === null ? null : engine.current;
    const block = this.pending?.blocks.find((one) => one.activity === activity);
    return {
      scopes: block === undefined ? scopesOf(script) : scopesOfBlock(block.progress),
      top: activity?.top ?? null,
      range: this.statement?.range ?? this.end,
    };
  }

  heedLimits(): void {
    const { script } = this.run;
    if (script.statements + script.rounds > this.bounds.statements) this.stop(this.boundReason('statements'));
    else if (this.steps >= this.bounds.steps) this.stop(this.boundReason('steps'));
  }

  private boundReason(name: 'steps' | 'statements'): string {
    const after = `after ${boundText(name, this.bounds[name])} ${name === 'steps' ? 'micro-steps' : 'statements'}`;
    if (this.bounds.setting === 'live') return `${after}, the bound of pagewalk.live.${name}; ${liveAdvice}`;
    return `${after}; use fewer rounds, or scan and touch, which make many accesses in one statement, or ${raiseHint(name, this.bounds)}`;
  }

  /** Ends the run where it stands. `reason` goes on "simulation stopped": at what bound, and what to do. */
  stop(reason: string): void {
    const { run } = this;
    if (run.script.ended) return;
    run.engine.abandon();
    this.exploration?.noteCoverage(run);
    this.pending = null;
    this.exploration = null;
    run.script.broken = true;
    // A run that is stopped before it began stands at its first statement.
    const first = run.script.statements === 0 ? (this.statements[0]?.range ?? this.end) : this.end;
    failRun(
      run,
      new ScenarioFailure('WALK220', `${boundedRun(this.bounds)} stopped ${reason}`, this.statement?.range ?? first),
      this.end,
    );
  }

  /** No statement is left, or a failure has stopped the run. */
  finish(): void {
    if (this.isFinished) return;
    this.isFinished = true;
    this.statement = null;
    finishRun(this.run, this.statements, this.end, () => this.locateViolation());
    this.run.script.ended = true;
  }

  /** The same whenever the run comes to its end again. */
  private locateViolation(): FirstViolation | null {
    const { checkpoints, statements, bounds, edits } = this;
    if (checkpoints === null) return null;
    this.violation ??= firstViolation(
      this.run,
      checkpoints.all,
      (run) => new Execution(run, statements, { bounds, edits }),
    );
    return this.violation;
  }

  private keepCheckpoint(): void {
    const { checkpoints, run } = this;
    const { script, engine } = run;
    if (checkpoints === null || script.broken || !checkpoints.isDue(script.statements, engine.steps)) return;
    // It would be made once more by whoever comes back to it.
    if (this.edits[this.editsMade - 1]?.position.statement === script.statements) return;
    this.settle();
    const saved = saveWorld(run.world, checkpoints.latest);
    checkpoints.add({ statement: script.statements, steps: engine.steps, saved });
  }

  /** Makes the world complete, and tells the events so far. */
  settle(): void {
    settle(this.run);
    this.feed.drain(this.run.machine);
  }

  /** Back to the nearest kept world at or before a statement. */
  restore(statement: number): void {
    if (this.checkpoints === null) throw new Error('internal: this execution keeps no checkpoints');
    const { program, replayer } = this.run;
    const checkpoint = this.checkpoints.before(statement);
    this.run = createRun(program, restoreWorld(checkpoint.saved), replayer);
    this.editsMade = editsBefore(this.edits, checkpoint.statement);
    this.run.machine.trace.on = this.feed.isHeard;
    this.pending = null;
    this.exploration = null;
    this.isFinished = false;
    this.statement = null;
  }
}

/** A failure of a server, or of a part that nobody waits for, is the statement's: nobody else could tell of it. */
function settleActivity(pending: PendingStatement, activity: Activity): void {
  const isOwn = pending.activities.includes(activity);
  const isPassedOn = activity.error instanceof ScenarioFailure && !isOwn;
  if (isOwn || (activity.state === 'failed' && !isPassedOn)) pending.finished(activity);
}

function lastOf(statements: readonly Statement[]): Statement | undefined {
  const last = statements.at(-1);
  const body = last !== undefined && 'body' in last ? last.body : [];
  return body.length === 0 ? last : lastOf(body);
}

/** How many edits come before a statement. */
function editsBefore(edits: readonly PlacedEdit[], statement: number): number {
  return edits.filter(({ position }) => position.statement < statement).length;
}

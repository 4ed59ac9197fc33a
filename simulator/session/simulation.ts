import type { Activity } from '../execution/activity.ts';
import type { Frame } from '../execution/frame.ts';
import { cycles } from '../hardware/core.ts';
import { coreCount } from '../hardware/machine-config.ts';
import type { TraceEvent } from '../hardware/trace-event.ts';
import type { Kernel, ThreadObject } from '../kernels/kernel.ts';
import { Checkpoints } from './checkpoint-policy.ts';
import { currentThread, nextStatement, passStatement, scopesOf } from './control.ts';
import { evaluate as evaluateNow } from './evaluate.ts';
import { hasEffects, observingEvaluation } from './evaluation.ts';
import { isNestedStepDone, isStepDone, type Departure } from './departure.ts';
import { divert } from './diversion.ts';
import { StackNumbers } from './stack-numbers.ts';
import { startRun, type RunSettings } from './start-run.ts';
import { Exploration } from './explore.ts';
import { finishRun, hasErrors } from './finish.ts';
import { beginStatement } from './interpreter.ts';
import { NESTED_STATEMENT } from './nested.ts';
import type { Program } from './program.ts';
import { createRun, settle, type Run } from './run.ts';
import { ScenarioFailure } from './scenario-failure.ts';
import type { Diagnostic, Expression, Scenario, SourceRange, Statement } from './scenario.ts';
import { blockFrame } from './script.ts';
import { restoreWorld, saveWorld } from './snapshot.ts';
import {
  hitsAt,
  noBreaks,
  type Breaks,
  type Position,
  type SimulationFrame,
  type StepRequest,
  type Stop,
} from './stop.ts';
import type { Value } from './values.ts';
import { failRun, KERNEL_AGENT, type Work } from './work.ts';
import type { World } from './world.ts';

export type { Breaks, Position, SimulationFrame, StepRequest, Stop } from './stop.ts';

export interface Limits {
  /** Micro-steps of the whole run. */
  readonly steps: number;
  /** Statements and rounds of loops of the whole run. */
  readonly statements?: number;
}

export const defaultLimits = { steps: 1_000_000_000, statements: 5_000_000 } as const;

export interface SimulationSettings extends RunSettings {
  readonly limits?: Limits | undefined;
}

export type Created = { readonly simulation: Simulation } | { readonly diagnostics: readonly Diagnostic[] };

/**
 * A scenario on a kernel on a machine, moved by requests and read in between. One object for the debugger, the command
 * line and the tests. Its `world` is replaced by a seek: take it anew after every move.
 */
export class Simulation {
  readonly program: Program;
  private run: Run;
  private work: Work | null = null;
  private exploration: Exploration | null = null;
  private statement: Statement | null = null;
  private stepsAtStatement = 0;
  private readonly limits: Limits;
  private readonly checkpoints = new Checkpoints();
  private readonly statements: readonly Statement[];
  private readonly end: SourceRange;
  private readonly listeners = new Set<(events: readonly TraceEvent[]) => void>();
  private readonly numbers = new StackNumbers();
  private departure: Departure | null = null;
  private seenFrame: Frame | null = null;
  private isFinished = false;
  private moves = 0;

  private constructor(run: Run, statements: readonly Statement[], limits: Limits) {
    const { program } = run;
    this.program = program;
    this.run = run;
    this.limits = limits;
    this.statements = statements;
    const { file } = program.scenario;
    this.end = statements.at(-1)?.range ?? { file, line: 1, column: 1, endLine: 1, endColumn: 1 };
    this.atBoundary();
  }

  static create(settings: SimulationSettings): Created {
    const started = startRun(settings);
    if ('diagnostics' in started) return started;
    const { run, statements } = started;
    return { simulation: new Simulation(run, statements, settings.limits ?? defaultLimits) };
  }

  get world(): World {
    return this.run.world;
  }
  get kernel(): Kernel {
    return this.program.kernel;
  }
  get scenario(): Scenario {
    return this.program.scenario;
  }
  get isAtEnd(): boolean {
    return this.isFinished;
  }

  /** Moves at most `budget` micro-steps; asks to be called again with the same request when they did not suffice. */
  advance(request: StepRequest, budget: number): Stop {
    const { engine } = this.run;
    const breaks = request.breakpoints ?? noBreaks;
    this.run.wanted = new Set(breaks.exceptions.map(({ filter }) => filter));
    this.departure ??= this.depart(request);
    const until = Math.min(engine.steps + budget, this.limits.steps);
    const stop = this.move(request, breaks, until);
    settle(this.run);
    this.drainEvents();
    if (stop.reason !== 'budget') {
      this.departure = null;
      this.moves += 1;
      this.numbers.forgetFrames();
    }
    return stop;
  }

  private depart(request: StepRequest): Departure {
    const { engine, script } = this.run;
    const agent = request.thread === undefined ? null : this.numbers.agent(request.thread);
    const activity =
      engine.activities.findLast((one) => one.agent === agent) ?? engine.current ?? engine.activities[0] ?? null;
    const frame = activity !== null && activity.top.info.name !== '' ? activity.top : null;
    this.seenFrame = activity?.top ?? null;
    return {
      activity: this.isBetween() ? null : activity,
      frame,
      depth: script.control.length,
      statement: this.work === null ? script.statements : -1,
      steps: engine.steps,
    };
  }

  private move(request: StepRequest, breaks: Breaks, until: number): Stop {
    for (;;) {
      const { engine, script } = this.run;
      const stop = this.isBetween() ? this.passBoundary(request, breaks, until) : this.passStep(request, breaks, until);
      if (stop !== null) return stop;
      const most = this.limits.statements ?? defaultLimits.statements;
      if (script.statements + script.rounds > most) this.reachLimit('statements', most);
      else if (engine.steps >= this.limits.steps) this.reachLimit('micro-steps', this.limits.steps);
      if (script.ended) return this.arriveAtEnd();
      if (engine.steps >= until) return { reason: 'budget', description: 'moving' };
    }
  }

  private isBetween(): boolean {
    return this.work === null && this.exploration === null;
  }

  private reachLimit(what: 'statements' | 'micro-steps', most: number): void {
    const { run } = this;
    if (run.script.ended) return;
    const message = `simulation stopped after ${most.toLocaleString('en')} ${what}, its bound on them; use fewer rounds, or scan and touch, which make many accesses in one statement`;
    run.engine.abandon();
    this.work = null;
    this.exploration = null;
    run.script.broken = true;
    failRun(run, new ScenarioFailure('WALK220', message, this.statement?.range ?? this.end), this.end);
  }

  /** Between two statements: stops there, or begins the next. */
  private passBoundary(request: StepRequest, breaks: Breaks, until: number): Stop | null {
    const { run } = this;
    const { script, engine } = run;
    this.atBoundary();
    if (script.ended) return this.arriveAtEnd();
    engine.yieldAt = until;
    const statement = nextStatement(run);
    if (statement === null) return engine.steps >= until && script.control.length > 0 ? null : this.arriveAtEnd();
    this.statement = statement;
    const raised = this.takeRaised(breaks);
    if (raised !== null) return raised;
    if (script.statements !== this.departure?.statement) {
      const stop = this.stopAtStatement(request, breaks, statement);
      if (stop !== null) return stop;
    }
    this.begin(statement);
    return null;
  }

  private begin(statement: Statement): void {
    const { run } = this;
    this.stepsAtStatement = run.engine.steps;
    run.engine.steps += 1;
    if (statement.kind !== 'explore') {
      this.work = beginStatement(run);
      return;
    }
    passStatement(run);
    try {
      this.exploration = new Exploration(run, statement, (inner, explore) => this.runThen(inner, explore));
    } catch (error) {
      failRun(run, error, statement.range);
    }
  }

  private stopAtStatement(request: StepRequest, breaks: Breaks, { range }: Statement): Stop | null {
    const { script } = this.run;
    const thread = this.numbers.thread(currentThread(script)?.name ?? KERNEL_AGENT);
    const hits = hitsAt(breaks, range.line);
    if (hits.length > 0) return { reason: 'breakpoint', description: 'Paused on breakpoint', thread, hits };
    const depth = this.departure?.depth ?? 0;
    const isStep =
      request.kind === 'over' ||
      request.kind === 'in' ||
      (request.kind === 'out' && (script.control.length < depth || this.departure?.frame !== null));
    return isStep ? { reason: 'step', description: 'Paused on step', thread } : null;
  }

  /** Inside a statement: one micro-step, or as many as nobody wants to see. */
  private passStep(request: StepRequest, breaks: Breaks, until: number): Stop | null {
    if (this.exploration !== null) return this.exploreOn(this.exploration);
    const { engine } = this.run;
    const work = this.work as Work;
    const isWatched = request.kind !== 'continue' || breaks.functions.length > 0;
    engine.yieldAt = work.isInterleaved || isWatched ? 0 : until;
    const advance = engine.advance();
    if (advance.kind === 'idle') {
      this.work = null;
      work.completed();
      return null;
    }
    if (advance.kind === 'deadlock') {
      work.deadlocked(advance.waiting);
      return null;
    }
    if (advance.kind === 'finished') this.settleActivity(work, advance.activity);
    const raised = this.takeRaised(breaks);
    if (raised !== null) return raised;
    return advance.kind === 'ran' ? this.stopAtStep(request, breaks, advance.activity) : null;
  }

  /** A failure of a server, or of a part that nobody waits for, is the statement's: nobody else could tell of it. */
  private settleActivity(work: Work, activity: Activity): void {
    const isOwn = work.activities.includes(activity);
    const isPassedOn = activity.error instanceof ScenarioFailure && !isOwn;
    if (isOwn || (activity.state === 'failed' && !isPassedOn)) work.finished(activity);
  }

  private stopAtStep(request: StepRequest, breaks: Breaks, activity: Activity): Stop | null {
    const { top } = activity;
    if (activity.wait !== null) return null;
    if (top.info.name === '') return this.stopInBlock(request, breaks, activity);
    const isEntered = top !== this.seenFrame && top.label === Object.keys(top.info.steps)[0];
    this.seenFrame = top;
    const thread = this.numbers.thread(activity.agent);
    if (isEntered) {
      const names = [top.info.name, ...(top.info.aliases ?? [])];
      const hits = breaks.functions
        .filter((one) => names.includes(one.name) && (one.accept?.() ?? true))
        .map(({ id }) => id);
      if (hits.length > 0)
        return { reason: 'function breakpoint', description: `Paused in ${top.info.name}`, thread, hits };
    }
    if (!isStepDone(request, this.departure?.frame ?? null, top)) return null;
    return { reason: 'step', description: `Paused on step ${top.label} of ${top.info.name}`, thread };
  }

  /** Before a statement of an interleaved block. */
  private stopInBlock(request: StepRequest, breaks: Breaks, activity: Activity): Stop | null {
    if (activity.top.label !== NESTED_STATEMENT) return null;
    const thread = this.numbers.thread(activity.agent);
    const hits = hitsAt(breaks, activity.line);
    if (hits.length > 0) return { reason: 'breakpoint', description: 'Paused on breakpoint', thread, hits };
    if (!isNestedStepDone(request, this.departure, activity)) return null;
    return { reason: 'step', description: 'Paused on step', thread };
  }

  private exploreOn(exploration: Exploration): null {
    const adopted = exploration.next();
    this.run.engine.steps += 1;
    if (adopted === null) return null;
    const { wanted } = this.run;
    adopted.engine.steps = Math.max(adopted.engine.steps, this.run.engine.steps);
    this.run = adopted;
    this.run.wanted = wanted;
    this.exploration = null;
    return null;
  }

  /** `then` of an exploration: to its end, in that interleaving's own world. */
  private runThen(run: Run, statement: Extract<Statement, { readonly kind: 'explore' }>): Diagnostic | null {
    const before = run.script.diagnostics.length;
    const { control, ended } = run.script;
    run.script.control = [blockFrame(this.program.blocks.numberOf(statement.then ?? []), { scope: new Map() })];
    const inner = new Simulation(run, this.statements, this.limits);
    while (!run.script.ended && nextStatement(run) !== null) {
      const stop = inner.move({ kind: 'over' }, noBreaks, Number.POSITIVE_INFINITY);
      inner.departure = inner.depart({ kind: 'over' });
      if (stop.reason === 'end') break;
    }
    run.script.control = control;
    run.script.ended = ended;
    return run.script.diagnostics.slice(before).find(({ severity }) => severity === 'error') ?? null;
  }

  private takeRaised(breaks: Breaks): Stop | null {
    const trap = this.run.raised;
    this.run.raised = null;
    if (trap === null) return null;
    const wanted = breaks.exceptions.find(({ filter }) => filter === trap.filter);
    if (wanted === undefined || !(wanted.accept?.() ?? true)) return null;
    return { reason: 'exception', description: trap.text, thread: this.currentThreadId, exception: trap };
  }

  private atBoundary(): void {
    const { script, engine } = this.run;
    if (script.broken || !this.checkpoints.isDue(script.statements, engine.steps)) return;
    settle(this.run);
    this.drainEvents();
    const saved = saveWorld(this.run.world, this.checkpoints.latest);
    this.checkpoints.add({ statement: script.statements, steps: engine.steps, saved });
  }

  private arriveAtEnd(): Stop {
    if (!this.isFinished) {
      this.isFinished = true;
      this.statement = null;
      finishRun(this.run, this.statements, this.end);
      this.run.script.ended = true;
    }
    const isWell = !hasErrors(this.run.script.diagnostics);
    return { reason: 'end', description: isWell ? 'The scenario has ended' : 'The scenario has ended with errors' };
  }

  // Time travel.

  get position(): Position {
    const { script, engine } = this.run;
    if (this.isBetween()) return { statement: script.statements, step: 0 };
    return { statement: script.statements - 1, step: engine.steps - this.stepsAtStatement };
  }

  /** The position one statement, or one micro-step, earlier; null at the beginning. */
  positionBefore(granularity: 'statement' | 'step'): Position | null {
    const { statement, step } = this.position;
    if (granularity === 'step' && step > 1) return { statement, step: step - 1 };
    if (step > 0) return { statement, step: 0 };
    return statement > 0 ? { statement: statement - 1, step: 0 } : null;
  }

  /** Re-executes from the nearest checkpoint. A position behind the end stands at the end. */
  seek(position: Position): void {
    const here = this.position;
    const isAhead = here.step === 0 && here.statement <= position.statement && !this.isFinished;
    if (!isAhead) this.restore(position.statement);
    this.departure = null;
    this.numbers.forgetFrames();
    this.moves += 1;
    while (this.run.script.statements < position.statement || !this.isBetween())
      if (this.replayStep(Number.POSITIVE_INFINITY)) break;
    while (this.run.script.statements === position.statement && this.isBetween() && position.step > 0)
      if (this.replayStep(0)) break;
    while (!this.isBetween() && this.run.engine.steps - this.stepsAtStatement < position.step)
      if (this.replayStep(0)) break;
    this.run.raised = null;
    // Leaving finished blocks counts as steps: before the world is settled.
    if (this.isBetween()) this.statement = nextStatement(this.run);
    settle(this.run);
    this.drainEvents();
  }

  private restore(statement: number): void {
    const checkpoint = this.checkpoints.before(statement);
    this.run = createRun(this.program, restoreWorld(checkpoint.saved), this.run.replayer);
    this.run.machine.trace.on = this.listeners.size > 0;
    this.work = null;
    this.exploration = null;
    this.isFinished = false;
    this.statement = null;
  }

  /** One statement begun, or one micro-step; true at the end. */
  private replayStep(yieldAt: number): boolean {
    this.run.wanted = new Set();
    if (this.isBetween()) {
      this.atBoundary();
      this.run.engine.yieldAt = Number.POSITIVE_INFINITY;
      const statement = this.run.script.ended ? null : nextStatement(this.run);
      if (statement === null) {
        this.arriveAtEnd();
        return true;
      }
      this.statement = statement;
      this.begin(statement);
      return false;
    }
    const kind = yieldAt === 0 ? 'in' : 'continue';
    this.passStep({ kind }, noBreaks, Number.POSITIVE_INFINITY);
    return false;
  }

  // Reading.

  /** Equal keys are the same moment of the same run. */
  get momentKey(): string {
    const { statement, step } = this.position;
    return `${String(this.moves)}:${String(statement)}:${String(step)}`;
  }

  clock(): { step: number; cycle: number; statement: number } {
    const { machine, engine, script } = this.run;
    let cycle = 0;
    for (let core = 0; core < coreCount(machine.config); core++) cycle = Math.max(cycle, cycles(machine, core));
    return { step: engine.steps, cycle, statement: script.statements };
  }

  /** Who is about to run; null for the kernel's own thread. */
  get currentThread(): ThreadObject | null {
    const activity = this.currentActivity;
    if (activity !== null && activity.thread !== null) return activity.thread as ThreadObject;
    return currentThread(this.run.script);
  }

  private get currentActivity(): Activity | null {
    const { engine } = this.run;
    return engine.current ?? engine.activities[0] ?? null;
  }

  get currentThreadId(): number {
    return this.numbers.thread(this.currentActivity?.agent ?? currentThread(this.run.script)?.name ?? KERNEL_AGENT);
  }

  /** Simulated threads, and kernel servers while they run. */
  threads(): { readonly id: number; readonly name: string }[] {
    const names = [...new Set(this.run.engine.activities.map(({ agent }) => agent))];
    const current = currentThread(this.run.script)?.name ?? KERNEL_AGENT;
    for (const name of [current, ...this.kernel.threads(this.world.kernelState).map((thread) => thread.name)])
      if (!names.includes(name)) names.push(name);
    return names.map((name) => ({ id: this.numbers.thread(name), name }));
  }

  /** Innermost first. A thread that does nothing now has no frames, except the one whose statement is next. */
  stack(thread: number): SimulationFrame[] {
    const agent = this.numbers.agent(thread);
    const activity = this.run.engine.activities.findLast((one) => one.agent === agent);
    const frames: SimulationFrame[] = [];
    for (let frame = activity?.top ?? null; frame !== null && frame.info.name !== ''; frame = frame.caller) {
      frames.push({
        ...this.place(activity?.line ?? 0),
        id: this.numbers.frame(frame, thread),
        name: frame.info.name,
        kind: 'kernel',
        info: frame.info,
        label: frame.label,
        args: frame.args,
      });
    }
    const isNext = activity === undefined && thread === this.currentThreadId;
    if (activity !== undefined || isNext)
      frames.push({
        ...this.place(activity?.line ?? 0),
        id: this.numbers.scenarioFrame(thread),
        name: agent ?? '',
        kind: 'scenario',
      });
    return frames;
  }

  private place(line: number): Pick<SimulationFrame, 'line' | 'column' | 'endLine' | 'endColumn'> {
    const range = this.statement?.range ?? this.end;
    if (line === 0 || line === range.line) return range;
    return { line, column: 1, endLine: line, endColumn: 1 };
  }

  /** Names that are bound where the simulation stands, innermost first. */
  bindings(): ReadonlyMap<string, Value> {
    const bound = new Map<string, Value>();
    for (const scope of scopesOf(this.run.script))
      for (const [name, value] of scope) if (!bound.has(name)) bound.set(name, value);
    return bound;
  }

  /** A kernel frame by the id that `stack` gave. */
  frame(id: number): Frame | null {
    return this.numbers.frameOf(id);
  }

  /** The thread that a frame belongs to. */
  threadOfFrame(id: number): ThreadObject | null {
    const agent = this.numbers.agentOfFrame(id);
    return this.kernel.threads(this.world.kernelState).find(({ name }) => name === agent) ?? null;
  }

  /**
   * The value of an expression where the simulation stands. Observations read the live world; calls run on a copy that is
   * thrown away, where `mayRun` allows them. Throws a ScenarioFailure.
   */
  evaluate(
    expression: Expression,
    { thread = this.currentThread, mayRun = false }: { thread?: ThreadObject | null; mayRun?: boolean } = {},
  ): Value {
    if (!hasEffects(expression))
      return evaluateNow(observingEvaluation(this.run, thread, scopesOf(this.run.script)), expression);
    if (!mayRun)
      throw new ScenarioFailure(
        'WALK225',
        'calls run on the machine: type them into the debug console, where they run on a copy',
        expression.range,
      );
    if (!this.isBetween())
      throw new ScenarioFailure(
        'WALK225',
        'calls can be tried between two statements only; step out first',
        expression.range,
      );
    settle(this.run);
    return divert(this.run, this.checkpoints.latest, expression, thread);
  }

  /** From now on every event is recorded and told, in batches. */
  onEvents(listener: (events: readonly TraceEvent[]) => void): () => void {
    this.listeners.add(listener);
    this.run.machine.trace.on = true;
    return () => {
      this.listeners.delete(listener);
      this.run.machine.trace.on = this.listeners.size > 0;
    };
  }

  private drainEvents(): void {
    const { trace } = this.run.machine;
    if (trace.events.length === 0) return;
    const { events } = trace;
    trace.events = [];
    for (const listener of this.listeners) listener(events);
  }
}

import type { Activation } from '../../execution/activation.ts';
import type { Activity } from '../../execution/activity.ts';
import { cycles } from '../../hardware/core.ts';
import { coreCount } from '../../hardware/machine-config.ts';
import type { ThreadObject } from '../../kernels/kernel.ts';
import type { BoundKernel } from '../../kernels/bound-kernel.ts';
import { Checkpoints } from './checkpoint-policy.ts';
import { callDepth, currentThread, levelsBelow, scopesOf } from '../state/control.ts';
import { Execution } from './execution.ts';
import type { Edit } from './edits.ts';
import { tryCall } from './diversion.ts';
import { Timeline, type Branch } from './timeline.ts';
import { entryOf } from './entry.ts';
import { evaluate as evaluateNow } from '../calls/evaluate.ts';
import { observingEvaluation } from '../calls/begin-evaluation.ts';
import { hasEffects, type Scopes } from '../calls/evaluation.ts';
import type { EventListener } from '../state/event-feed.ts';
import { namesOfFrame } from '../calls/frame-names.ts';
import { Stepper } from './stepper.ts';
import type { Program } from '../scenario/program.ts';
import { roundsIn } from '../state/findings.ts';
import type { Run } from '../state/run.ts';
import { ScenarioFailure } from '../scenario/scenario-failure.ts';
import type { Diagnostic, Expression, Scenario, SourceRange, Statement } from '../scenario/scenario.ts';
import {
  controlOf,
  currentActivity,
  currentThreadNumber,
  scopesAt,
  restOf,
  stackOf,
  threadsOf,
  type ThreadEntry,
} from './stack.ts';
import { StackNumbers } from './stack-numbers.ts';
import { startRun, type RunSettings, type Started } from './start-run.ts';
import {
  comparePositions,
  noBreaks,
  type Position,
  type SimulationFrame,
  type StepRequest,
  type Stop,
} from './stop.ts';
import { entriesAhead, type Entry } from './entries-ahead.ts';
import { returnToEntry } from './frame-entry.ts';
import { ReverseMove } from './reverse-move.ts';
import { framesFrom, standingOf, type Standing } from './standing.ts';
import { positionOf, seek } from './time-travel.ts';
import type { Value } from '../state/values.ts';
import type { World } from '../state/world.ts';

/** Micro-steps in one slice of the way to the next place. */
const LOOK_AHEAD = 20_000;

export type { Position, SimulationFrame, StepRequest, Stop } from './stop.ts';

export type SimulationSettings = RunSettings & {
  /** False where nobody will seek: then no checkpoints are taken. */
  readonly goesBack?: boolean;
};

export interface EvaluationSettings {
  /** As whom; the current thread unless given. */
  readonly thread?: ThreadObject | null;
  /** Of a kernel function: its arguments have their names. */
  readonly frame?: Activation | null;
  /** Number of the frame of the stack whose names are visible; null for where the simulation stands. */
  readonly stackFrame?: number | null;
  /** What is bound besides, innermost. */
  readonly names?: Map<string, Value>;
}

export type Created = { readonly simulation: Simulation } | { readonly diagnostics: readonly Diagnostic[] };

/**
 * A scenario on a kernel on a machine, moved by requests and read in between. One object for the debugger, the command
 * line and the tests. Its `world` is replaced by a seek: take it anew after every move.
 */
export class Simulation {
  readonly program: Program;
  private readonly execution: Execution;
  private readonly numbers = new StackNumbers(() => this.execution.run);
  private readonly stepper: Stepper;
  private readonly timeline: Timeline;
  private moves = 0;

  private constructor({ run, statements }: Started, goesBack: boolean) {
    this.program = run.program;
    this.timeline = new Timeline(new Checkpoints(goesBack, run.program.bounds.checkpoints));
    this.execution = new Execution(run, statements, { checkpoints: this.timeline.current.checkpoints });
    this.stepper = new Stepper(this.execution, this.numbers);
  }

  static create(settings: SimulationSettings): Created {
    const started = startRun(settings);
    if ('diagnostics' in started) return started;
    return { simulation: new Simulation(started, settings.goesBack ?? true) };
  }

  private get run(): Run {
    return this.execution.run;
  }
  get world(): World {
    return this.run.world;
  }
  /** On the present world: like it, to be taken anew after every move. */
  get kernel(): BoundKernel {
    return this.run.kernel;
  }
  get scenario(): Scenario {
    return this.program.scenario;
  }
  get isAtEnd(): boolean {
    return this.execution.isFinished;
  }

  /** The statement that is next, or is being performed; null at the end. */
  get statement(): Statement | null {
    return this.execution.statement;
  }
  /** Where a debugger stops first. */
  get entry(): Statement | null {
    return entryOf(this.execution.statements);
  }
  /** The rounds of the loops around it, outermost first. */
  get rounds(): readonly string[] {
    return roundsIn(this.run.script.control);
  }

  /** Moves at most `budget` micro-steps; asks to be called again with the same request when they did not suffice. */
  advance(request: StepRequest, budget: number): Stop {
    const stop = this.stepper.advance(request, budget);
    if (stop.reason !== 'budget') this.noteMove();
    if (stop.at !== undefined) return this.backTo(stop.at, stop);
    const isPlace = stop.reason !== 'budget' && stop.reason !== 'end';
    return isPlace && (request.breakpoints?.data ?? []).length > 0 ? this.lookAhead(stop, request) : stop;
  }

  /** A data breakpoint stops before what hits it, which is only known afterwards. */
  private backTo(at: Position, { at: _at, ...stop }: Stop): Stop {
    if (comparePositions(this.position, at) !== 0) this.seek(at);
    return { ...stop, thread: this.currentThreadId };
  }

  /** A stop says what data breakpoints the next micro-step hits, however the simulation came there. */
  private lookAhead(stop: Stop, { breakpoints = noBreaks }: StepRequest): Stop {
    const here = this.position;
    const request = {
      kind: 'instruction',
      breakpoints: { ...noBreaks, data: breakpoints.data ?? [] },
      watchesHere: true,
    } as const;
    let next = this.stepper.advance(request, LOOK_AHEAD);
    while (next.reason === 'budget') next = this.stepper.advance(request, LOOK_AHEAD);
    this.seek(here);
    if (next.at === undefined || comparePositions(next.at, here) !== 0) return stop;
    const hits = [...(stop.hits ?? []), ...(next.hits ?? [])];
    if (stop.reason !== 'step') return { ...stop, hits };
    const { at: _at, ...data } = next;
    return { ...data, hits, ...(stop.thread === undefined ? {} : { thread: stop.thread }) };
  }

  /** Ends the run where it stands: a bound of the host's is reached. `reason` names it and the remedy. */
  stop(reason: string): void {
    this.execution.stop(reason);
    this.execution.finish();
    this.noteMove();
  }

  get position(): Position {
    return positionOf(this.execution);
  }

  /** A move backwards, to be advanced in slices; the simulation stands elsewhere until it has come to its stop. */
  reverse(request: StepRequest): ReverseMove {
    const standing = (): Standing => standingOf(this.execution, this.numbers);
    return new ReverseMove(this, standing, request);
  }

  /** Re-executes from the nearest checkpoint. A position behind the end stands at the end. */
  seek(position: Position): void {
    this.stepper.forget();
    this.noteMove();
    seek(this.execution, position);
  }

  /** What a step in can enter from here. */
  entriesAhead(): Entry[] {
    return entriesAhead(this, () => standingOf(this.execution, this.numbers));
  }

  /** Back to where a frame began, so many callers above the innermost one; null for the statement itself. */
  returnToEntry(above: number | null): Stop {
    return returnToEntry(this, () => standingOf(this.execution, this.numbers), above);
  }

  private noteMove(): void {
    this.moves += 1;
    this.numbers.forgetFrames();
  }

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

  /** What is in progress: threads at a statement, servers, daemons. Nothing between two statements. */
  get activities(): readonly Activity[] {
    return this.run.engine.activities;
  }

  /** Who is about to run; null for the kernel's own thread. */
  get currentThread(): ThreadObject | null {
    const activity = currentActivity(this.execution);
    if (activity !== null && activity.thread !== null) return activity.thread as ThreadObject;
    return currentThread(this.run.script);
  }

  get currentThreadId(): number {
    return currentThreadNumber(this.execution, this.numbers);
  }

  /** Simulated threads, and kernel servers while they run. */
  threads(): ThreadEntry[] {
    return threadsOf(this.execution, this.numbers);
  }

  /** Innermost first. A thread that does nothing now has one frame: the statement that is next for it, or was its last. */
  stack(thread: number): SimulationFrame[] {
    return stackOf(this.execution, this.numbers, thread);
  }

  /** In words, why a thread is not the one that executes; null for the one that does. */
  restOf(thread: number): string | null {
    return restOf(this.execution, this.numbers, thread);
  }

  /** The kernel function that is about to take a step; null outside of one. */
  get currentFrame(): Activation | null {
    const top = currentActivity(this.execution)?.top ?? null;
    return top === null || top.info.name === '' ? null : top;
  }

  /** How many callers above the innermost frame one is; null if it is none of the activity that is about to run. */
  framesAbove(frame: Activation | null): number | null {
    if (frame === null) return null;
    const above = [...framesFrom(currentActivity(this.execution)?.top ?? null)].indexOf(frame);
    return above < 0 ? null : above;
  }

  /** A kernel frame by the id that `stack` gave. */
  frame(id: number): Activation | null {
    return this.numbers.frameOf(id);
  }

  /** The thread that a frame belongs to. */
  threadOfFrame(id: number): ThreadObject | null {
    const agent = this.numbers.agentOfFrame(id);
    return this.kernel.threads().find(({ name }) => name === agent) ?? null;
  }

  /** Of the script, or of the interleaved block that stands where the simulation does; `frame`: of a call around it. */
  private scopesAt(frame: number | null): Scopes {
    const { script } = this.run;
    const calls = frame === null ? null : this.numbers.callsAt(frame);
    const levels = controlOf(this.execution, currentActivity(this.execution));
    if (calls !== null && calls < callDepth(levels))
      return scopesOf({ ...script, control: levelsBelow(levels, calls) });
    return scopesAt(this.execution);
  }

  /** Names that are bound where the simulation stands, innermost first. */
  bindings(frame: number | null = null): ReadonlyMap<string, Value> {
    const bound = new Map<string, Value>();
    for (const scope of this.scopesAt(frame))
      for (const [name, value] of scope) if (!bound.has(name)) bound.set(name, value);
    return bound;
  }

  /**
   * The value of an expression where the simulation stands, without any effect. Throws a ScenarioFailure.
   */
  evaluate(
    expression: Expression,
    { thread = this.currentThread, frame = null, stackFrame = null, names }: EvaluationSettings = {},
  ): Value {
    if (!hasEffects(expression)) {
      const own = frame === null ? [] : [namesOfFrame(this.run, frame)];
      const scopes = [...(names === undefined ? [] : [names]), ...own, ...this.scopesAt(stackFrame)];
      return evaluateNow(observingEvaluation(this.run, thread, scopes), expression);
    }
    throw new ScenarioFailure(
      'WALK225',
      'a call changes the run: type it into the debug console, which makes a branch for it',
      expression.range,
    );
  }

  /**
   * Changes something where the simulation stands, between two statements or inside one. The run goes on as a branch, which is
   * the current one from now on. Throws a ScenarioFailure, and changes nothing, where that is not possible.
   */
  edit(edit: Edit, text: string): { readonly value: Value; readonly branch: string } {
    this.requireEditable(edit);
    const { position, timeline, execution } = this;
    if (edit.kind === 'call') tryCall(this.run, timeline.current.checkpoints.latest, edit, this.range);
    const before = timeline.current;
    const branch = timeline.fork({ position, edit, text });
    execution.follow(branch);
    try {
      const value = execution.makeEdits(position.statement, position.step);
      execution.settle();
      this.noteMove();
      return { value, branch: branch.name };
    } catch (error) {
      timeline.takeBack(branch, before);
      execution.follow(before);
      throw error;
    }
  }

  private requireEditable({ kind }: Edit): void {
    const refused = (message: string): ScenarioFailure => new ScenarioFailure('WALK225', message, this.range);
    if (this.isAtEnd) throw refused('the scenario has ended: go back first');
    if (kind === 'call' && !this.execution.isBetween)
      throw refused('a call can be made between two statements only: step out first');
  }

  private get range(): SourceRange {
    return this.execution.statement?.range ?? this.execution.end;
  }

  /** The lines that the run has taken so far, the main one first. */
  branches(): readonly Branch[] {
    return this.timeline.all;
  }

  get branch(): Branch {
    return this.timeline.current;
  }

  /** To another line, where it leaves the one that it comes from; to the main one, where the present one left it. */
  switchTo(branch: Branch): void {
    const { timeline, execution } = this;
    const position = branch.from ?? timeline.current.from ?? this.position;
    timeline.current = branch;
    execution.follow(branch);
    // The present world has edits of another line.
    execution.restore(position.statement);
    this.seek(position);
  }

  /** From now on every event is recorded and told, in batches. */
  onEvents(listener: EventListener): () => void {
    const { feed } = this.execution;
    feed.add(listener);
    this.run.machine.trace.on = true;
    return () => {
      feed.remove(listener);
      this.run.machine.trace.on = feed.isHeard;
    };
  }
}

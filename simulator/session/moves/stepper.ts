/** Moves a run as requests ask, and decides where it stands still again. */
import type { Activity } from '../../execution/activity.ts';
import type { Activation } from '../../execution/activation.ts';
import { currentThread } from '../state/control.ts';
import type { Execution } from './execution.ts';
import {
  endsAmongCalls,
  isNestedStepDone,
  isOtherProgram,
  isStepDone,
  type Landing,
  landingOf,
  type StepOrigin,
} from './step-origin.ts';
import { hasErrors } from '../statements/finish.ts';
import { AtStatement } from '../state/run.ts';
import type { Statement } from '../scenario/scenario.ts';
import type { StackNumbers } from './stack-numbers.ts';
import { blockOf, currentThreadNumber, statementInHandler } from './stack.ts';
import { positionOf } from './time-travel.ts';
import { scopesAt } from './stack.ts';
import { Watcher, type DataHit } from './watcher.ts';
import {
  hitsAt,
  noBreaks,
  type Breaks,
  type DataBreak,
  type FunctionBreak,
  type Position,
  type StepRequest,
  type Stop,
} from './stop.ts';
import { KERNEL_AGENT } from '../statements/pending-statement.ts';

/** Not before a statement, but inside one. */
const withinStatement: Landing = { calls: 0, isResumed: false, program: null };

/** For the engine's `yieldAt`: every micro-step, or those of kernel functions alone. */
const EVERY_STEP = 0;
const ONLY_KERNEL_STEPS = -1;

export class Stepper {
  private readonly execution: Execution;
  private readonly numbers: StackNumbers;
  /** Where the request that is under way began. */
  private origin: StepOrigin | null = null;
  /** Kernel frames that have been entered already. */
  private entered = new WeakSet<Activation>();
  private readonly watcher = new Watcher();

  constructor(execution: Execution, numbers: StackNumbers) {
    this.execution = execution;
    this.numbers = numbers;
  }

  /** Moves at most `budget` micro-steps; asks to be called again with the same request when they did not suffice. */
  advance(request: StepRequest, budget: number): Stop {
    const { execution } = this;
    const { run } = execution;
    const breaks = request.breakpoints ?? noBreaks;
    run.wanted = new Set(breaks.exceptions.map(({ filter }) => filter));
    this.origin ??= this.depart(request, breaks);
    const until = Math.min(execution.steps + budget, execution.bounds.steps);
    const stop = this.move(request, breaks, until, execution.work + budget);
    execution.settle();
    if (stop.reason !== 'budget') this.origin = null;
    return stop;
  }

  /** The run stands elsewhere: a request that was under way is forgotten. */
  forget(): void {
    this.origin = null;
  }

  private depart(request: StepRequest, { data = [] }: Breaks): StepOrigin {
    this.watcher.depart();
    if (data.length > 0)
      this.arriveAt(data, positionOf(this.execution), request.isFirst !== true && request.watchesHere !== true);
    const { engine, script } = this.execution.run;
    const agent = request.thread === undefined ? null : this.numbers.agent(request.thread);
    const activity =
      engine.activities.findLast((one) => one.agent === agent) ?? engine.current ?? engine.activities[0] ?? null;
    const frame = activity !== null && activity.top.info.name !== '' ? activity.top : null;
    for (const { top } of engine.activities)
      for (let one: Activation | null = top; one !== null; one = one.caller) this.entered.add(one);
    const block = blockOf(this.execution, activity)?.progress;
    const { calls, program } = landingOf(
      block?.control ?? script.control,
      block?.statement ?? this.execution.statement,
    );
    return {
      ...{ calls, program },
      activity: this.execution.isBetween ? null : activity,
      frame,
      depth: script.control.length,
      statement: this.execution.pending === null && request.isFirst !== true ? script.statements : -1,
    };
  }

  /** To a stop, or until so many micro-steps were taken, or so much work was done. */
  private move(request: StepRequest, breaks: Breaks, until: number, work: number): Stop {
    const { execution } = this;
    for (;;) {
      const stop = execution.isBetween
        ? this.passBoundary(request, breaks, until)
        : this.passStep(request, breaks, until);
      if (stop !== null) return stop;
      execution.heedLimits();
      if (execution.run.script.ended) return this.arriveAtEnd(breaks);
      if (execution.steps >= until || execution.work >= work) return { reason: 'budget', description: 'moving' };
    }
  }

  /** Hits of what happened on the way to a place, before which the run stops. */
  private arriveAt(data: readonly DataBreak[], position: Position, isOrigin = false): Stop | null {
    const { run } = this.execution;
    const scopes = scopesAt(this.execution);
    return this.stopFor(this.watcher.arrive(run, data, position, scopes, isOrigin));
  }

  private stopFor(hits: readonly DataHit[]): Stop | null {
    const [first] = hits;
    if (first === undefined) return null;
    const { at, description } = first;
    return { reason: 'data breakpoint', description, hits: hits.map(({ id }) => id), at };
  }

  private arriveAtEnd({ data = [] }: Breaks): Stop {
    const { execution } = this;
    const before =
      data.length === 0 ? null : this.arriveAt(data, { statement: execution.run.script.statements, step: 0 });
    if (before !== null) return before;
    execution.finish();
    const isWell = !hasErrors(this.execution.run.script.diagnostics);
    return { reason: 'end', description: isWell ? 'The scenario has ended' : 'The scenario has ended with errors' };
  }

  /** Between two statements: stops there, or begins the next. */
  private passBoundary(request: StepRequest, breaks: Breaks, until: number): Stop | null {
    const { execution } = this;
    const statement = execution.arrive(until);
    if (statement === null) return this.arriveAtEnd(breaks);
    if (statement === 'budget') return null;
    const changed = this.watchBoundary(breaks);
    if (changed !== null) return changed;
    const raised = this.takeRaised(breaks);
    if (raised !== null) return { ...raised, hits: hitsAt(breaks, statement.range.line, statement.range.file) };
    if (execution.run.script.statements !== this.origin?.statement) {
      const stop = this.stopAtStatement(request, breaks, statement);
      if (stop !== null) return stop;
    }
    execution.begin(statement);
    return null;
  }

  private watchBoundary({ data = [] }: Breaks): Stop | null {
    return data.length === 0 ? null : this.arriveAt(data, positionOf(this.execution));
  }

  /** At a micro-step, or before it where it is one with the beginning of its statement. */
  private watchStep({ data = [] }: Breaks, activity: Activity | null): Stop | null {
    if (data.length === 0 || activity === null || activity.wait !== null) return null;
    const isBeginning = activity.top.info.name === '' && this.isBeginning(activity);
    const changed = isBeginning ? null : this.arriveAt(data, positionOf(this.execution));
    return changed ?? this.stopFor(this.watcher.look(this.execution.run, data, activity));
  }

  private stopAtStatement(request: StepRequest, breaks: Breaks, statement: Statement): Stop | null {
    const { range } = statement;
    const { script } = this.execution.run;
    const thread = this.numbers.thread(currentThread(script)?.name ?? KERNEL_AGENT);
    const landing = landingOf(script.control, statement);
    const hits = landing.isResumed ? [] : hitsAt(breaks, range.line, range.file);
    const isWatched = (breaks.watch?.(range) ?? false) && !landing.isResumed;
    if (hits.length > 0 || isWatched)
      return { reason: 'breakpoint', description: 'Paused on breakpoint', thread, hits };
    const { depth = 0, calls = 0, frame = null, program = null } = this.origin ?? {};
    if (isOtherProgram(request, program, landing) && this.isAlive(program)) return null;
    const isOutOfBlock = calls === 0 && landing.calls === 0 && script.control.length < depth && !landing.isResumed;
    const isStep =
      endsAmongCalls(request, calls, landing) || (request.kind === 'out' && (isOutOfBlock || frame !== null));
    return isStep ? { reason: 'step', description: 'Paused on step', thread } : null;
  }

  private isAlive(thread: string | null): boolean {
    return this.execution.run.kernel.threads().some(({ name }) => name === thread);
  }

  /** Inside a statement: one micro-step, or as many as nobody wants to see. */
  private passStep(request: StepRequest, breaks: Breaks, until: number): Stop | null {
    const activity = this.execution.proceed(
      yieldAtFor(request, breaks, this.hasHandler ? Math.min(until, ONLY_KERNEL_STEPS) : until),
      until,
    );
    const watched = this.watchStep(breaks, activity);
    if (watched !== null) return watched;
    const raised = this.takeRaised(breaks);
    if (raised !== null) return raised;
    return activity === null ? null : this.stopAtStep(request, breaks, activity);
  }

  /** Breakpoints may stand in it. */
  private get hasHandler(): boolean {
    return this.execution.run.program.defs.faultHandler !== null;
  }

  private stopAtStep(request: StepRequest, breaks: Breaks, activity: Activity): Stop | null {
    const { top } = activity;
    if (activity.wait !== null) return null;
    if (top.info.name === '') return this.stopAtOwnStep(request, breaks, activity);
    const isEntered = !this.entered.has(top);
    this.entered.add(top);
    const thread = this.numbers.thread(activity.agent);
    const entered = isEntered ? accepted(breaks.functions, top) : [];
    const onStep = accepted(
      (breaks.steps ?? []).filter(({ label }) => label === top.label),
      top,
    );
    const hits = [...entered, ...onStep];
    if (entered.length > 0)
      return { reason: 'function breakpoint', description: `Paused in ${top.info.name}`, thread, hits };
    if (hits.length > 0)
      return { reason: 'breakpoint', description: `Paused on breakpoint at step ${top.label}`, thread, hits };
    if (!isStepDone(request, this.origin, top)) return null;
    return { reason: 'step', description: `Paused on step ${top.label}`, thread };
  }

  /** Before a statement of an interleaved block, or before an access. */
  private stopAtOwnStep(request: StepRequest, breaks: Breaks, activity: Activity): Stop | null {
    if (activity.top.label === AtStatement.before) return this.stopInBlock(request, breaks, activity);
    const { kind } = request;
    if ((kind !== 'in' && kind !== 'instruction') || this.isBeginning(activity)) return null;
    if (!isNestedStepDone(request, this.origin, activity, withinStatement)) return null;
    const { nextAccess } = activity;
    const description = nextAccess === null ? 'Paused inside the statement' : `Paused before the ${nextAccess.text}`;
    return { reason: 'step', description, thread: this.numbers.thread(activity.agent) };
  }

  /** The first micro-step of a statement is one with its beginning: nothing has happened in between. */
  private isBeginning(activity: Activity): boolean {
    const { pending, stepsOfStatement } = this.execution;
    return activity.isAtomic || (pending?.isInterleaved === false && stepsOfStatement <= STEPS_OF_BEGINNING);
  }

  private stopInBlock(request: StepRequest, breaks: Breaks, activity: Activity): Stop | null {
    const thread = this.numbers.thread(activity.agent);
    const { statement, control } = blockOf(this.execution, activity)?.progress ?? {
      statement: statementInHandler(this.execution),
      control: this.execution.run.script.control,
    };
    const landing = landingOf(control, statement ?? null);
    const range = statement?.range;
    const hits = range === undefined || landing.isResumed ? [] : hitsAt(breaks, range.line, range.file);
    if (hits.length > 0) return { reason: 'breakpoint', description: 'Paused on breakpoint', thread, hits };
    if (!isNestedStepDone(request, this.origin, activity, landing)) return null;
    return { reason: 'step', description: 'Paused on step', thread };
  }

  private takeRaised(breaks: Breaks): Stop | null {
    const { run } = this.execution;
    const trap = run.raised;
    run.raised = null;
    if (trap === null) return null;
    const wanted = breaks.exceptions.find(({ filter }) => filter === trap.filter);
    if (wanted === undefined || !(wanted.accept?.(trap) ?? true)) return null;
    const thread = currentThreadNumber(this.execution, this.numbers);
    return { reason: 'exception', description: trap.text, thread, exception: trap };
  }
}

/** That of the statement itself, and its first access. */
const STEPS_OF_BEGINNING = 2;

function yieldAtFor({ kind }: StepRequest, { functions, steps = [], data = [] }: Breaks, until: number): number {
  if (kind === 'in' || kind === 'instruction' || data.length > 0) return EVERY_STEP;
  return kind !== 'continue' || functions.length > 0 || steps.length > 0 ? ONLY_KERNEL_STEPS : until;
}

/** Those of a function, by its name or an alias, that want to stop there. */
function accepted(breaks: readonly FunctionBreak[], { info }: Activation): number[] {
  return breaks
    .filter(({ name }) => name === info.name || info.aliases?.includes(name) === true)
    .filter(({ accept }) => accept?.() ?? true)
    .map(({ id }) => id);
}

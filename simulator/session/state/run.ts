import type { Machine } from '../../hardware/machine.ts';
import { Engine } from '../../execution/engine.ts';
import type { Activation } from '../../execution/activation.ts';
import type { ProcessObject, ThreadObject } from '../../kernels/kernel.ts';
import type { BoundKernel } from '../../kernels/bound-kernel.ts';
import { captureProcess } from './ended-processes.ts';
import { kernelNote } from '../scenario/kernel-note.ts';
import type { Program } from '../scenario/program.ts';
import type { ScenarioFailure } from '../scenario/scenario-failure.ts';
import type { Replayer } from './replayer.ts';
import type { Script } from './script.ts';
import { noteAgent } from './agents.ts';
import type { World } from './world.ts';

/** Something that a debugger may want to stop at. */
export interface Trap {
  readonly filter: TrapFilter;
  /** One line. */
  readonly text: string;
  readonly details: Readonly<Record<string, string>>;
}

export type TrapFilter = 'page-fault' | 'cow-fault' | 'segv' | 'oom' | 'expectation';

/**
 * What executes a program on a world: an engine and what is raised while it runs. Not state: it can be rebuilt
 * around a world wherever no activity is alive.
 */
export interface Run {
  readonly program: Program;
  readonly kernel: BoundKernel;
  readonly world: World;
  readonly machine: Machine;
  readonly script: Script;
  readonly engine: Engine;
  readonly replayer: Replayer | null;
  /** Traps that make the running activity give way, so that the debugger can stop there. */
  wanted: ReadonlySet<TrapFilter>;
  /** The wanted trap that happened last and was not yet taken. */
  raised: Trap | null;
  /** The failure that stopped it; its finding is among the script's. */
  stoppedBy: ScenarioFailure | null;
}

const nothingWanted: ReadonlySet<TrapFilter> = new Set();

export function createRun(program: Program, world: World, replayer: Replayer | null = null): Run {
  const { machine, kernelState, script } = world;
  const engine = new Engine(machine, kernelState, program.config.cost.T_STEP);
  engine.steps = script.steps;
  engine.idleUntil = script.idleUntil;
  engine.nextId = script.nextActivity;
  const kernel = program.kernel.on(world);
  kernel.attach(engine);
  const run: Run = {
    program,
    kernel,
    world,
    machine,
    script,
    engine,
    replayer,
    wanted: nothingWanted,
    raised: null,
    stoppedBy: null,
  };
  engine.onSpawn = (agent) => {
    noteAgent(world.script, agent);
  };
  engine.onProcessEnding = (process) => {
    captureProcess(run, process as ProcessObject);
  };
  return run;
}

/** Carries what the engine counts into the world, so that a copy of the world is complete. */
export function settle(run: Run): void {
  run.script.steps = run.engine.steps;
  run.script.idleUntil = run.engine.idleUntil;
  run.script.nextActivity = run.engine.nextId;
}

/** Labels of an activity's base frame: before a statement of an interleaved block, and in it before anything was done. */
export const AtStatement = { before: 'statement', begun: 'begun' } as const;

/**
 * Begins one of the interpreter's own micro-steps: an access, the rest of an expression. `if (microStep(run)) yield;`
 * The first of a statement is one with the statement's beginning.
 */
export function microStep(run: Run, here: Activation): boolean {
  const { engine } = run;
  const { activity } = here;
  const isFirst = here.label === AtStatement.begun;
  if (isFirst) here.label = '';
  activity.isAtomic = isFirst && activity.top === here;
  activity.top = here;
  run.machine.cause.step = ++engine.steps;
  const isWanted = engine.steps >= engine.yieldAt || run.raised !== null;
  if (isWanted) activity.nextAccess = null;
  return isWanted;
}

/** Traps that are told in the kernel's words. */
const refusals: ReadonlySet<TrapFilter> = new Set(['segv', 'oom']);

export function raise(run: Run, filter: TrapFilter, told: () => Omit<Trap, 'filter'>): void {
  if (!run.wanted.has(filter)) return;
  const trap = told();
  run.raised = { ...trap, filter, text: refusals.has(filter) ? `${trap.text}${kernelNote(run.program)}` : trap.text };
}

/** Who runs an activity's statements: null for the kernel's own thread, outside `as`. */
export function threadOf(here: Activation): ThreadObject | null {
  return here.activity.thread as ThreadObject | null;
}

/** Threads and their call stacks, as a debugger shows them. */
import type { Activity } from '../../execution/activity.ts';
import type { Scopes } from '../calls/evaluation.ts';
import { scopesOfBlock, type InterleavedBlock } from '../statements/block-progress.ts';
import type { Activation } from '../../execution/activation.ts';
import type { Statement } from '../scenario/scenario.ts';
import { AtStatement } from '../state/run.ts';
import { callDepth, currentThread, scopesOf } from '../state/control.ts';
import type { ControlFrame } from '../state/script.ts';
import type { Execution } from './execution.ts';
import type { StackNumbers } from './stack-numbers.ts';
import type { SimulationFrame } from './stop.ts';
import { nextStatementOf } from './next-statement.ts';
import type { SourceFrame, SourcePosition } from '../scenario/scenario.ts';
import { KERNEL_AGENT } from '../statements/pending-statement.ts';

type Place = Pick<SimulationFrame, 'file' | 'line' | 'column' | 'endLine' | 'endColumn'>;

export interface ThreadEntry {
  readonly id: number;
  readonly name: string;
}

export function currentActivity({ run }: Execution): Activity | null {
  return run.engine.current ?? run.engine.activities[0] ?? null;
}

export function currentThreadNumber(execution: Execution, numbers: StackNumbers): number {
  return numbers.thread(currentActivity(execution)?.agent ?? currentAgent(execution));
}

function currentAgent({ run }: Execution): string {
  return currentThread(run.script)?.name ?? KERNEL_AGENT;
}

/** Simulated threads, and kernel servers while they run. */
export function threadsOf(execution: Execution, numbers: StackNumbers): ThreadEntry[] {
  const { engine, kernel } = execution.run;
  const running = engine.activities.map(({ agent }) => agent);
  const own = kernel.threads().map(({ name }) => name);
  return [...new Set([...running, currentAgent(execution), ...own])].map((name) => ({
    id: numbers.thread(name),
    name,
  }));
}

/**
 * Why a thread is not the one that executes, as words for beside its frames; null for the one that does. After the end
 * none executes.
 */
export function restOf(execution: Execution, numbers: StackNumbers, thread: number): string | null {
  const agent = numbers.agent(thread);
  if (agent === null || (!execution.isFinished && thread === currentThreadNumber(execution, numbers))) return null;
  const { run } = execution;
  const activity = run.engine.activities.findLast((one) => one.agent === agent);
  if (activity !== undefined)
    return activity.wait === null ? 'can run, and waits for its turn' : `waits for ${activity.wait.description()}`;
  if (run.kernel.threads().find(({ name }) => name === agent)?.alive === false) return 'has ended: its last statement';
  if (nextStatementOf(run, agent) !== null) return 'does nothing now: its next statement';
  return run.script.lastPlaces.has(agent) ? 'does nothing now: its last statement' : 'does nothing now';
}

/** Innermost first. A thread that does nothing now has one frame: where it stands. */
export function stackOf(execution: Execution, numbers: StackNumbers, thread: number): SimulationFrame[] {
  const agent = numbers.agent(thread);
  if (agent === null) return [];
  const activity = execution.run.engine.activities.findLast((one) => one.agent === agent);
  const frames = activity === undefined ? [] : kernelFrames(execution, numbers, thread, activity);
  const place = activity === undefined ? placeOfIdle(execution, agent) : placeOfActivity(execution, activity);
  if (place === null) return frames;
  const source = sourceOf(execution, agent, activity !== undefined);
  if (source !== null) return [...frames, ...sourceFrames(numbers, thread, agent, source)];
  const control =
    activity === undefined && agent !== currentAgent(execution) ? [] : controlOf(execution, activity ?? null);
  frames.push(...scenarioFrames(execution, numbers, { thread, agent, place, control }));
  return frames;
}

function kernelFrames(
  execution: Execution,
  numbers: StackNumbers,
  thread: number,
  activity: Activity,
): SimulationFrame[] {
  const frames: SimulationFrame[] = [];
  for (let frame: Activation | null = activity.top; frame !== null && frame.info.name !== ''; frame = frame.caller) {
    frames.push({
      ...placeOfActivity(execution, activity),
      id: numbers.frame(frame, thread),
      name: frame.info.name,
      kind: 'kernel',
      info: frame.info,
      label: frame.label,
      args: frame.args,
    });
  }
  return frames;
}

/** The levels of an activity's block, or of the script; those around a block first. */
export function controlOf(execution: Execution, activity: Activity | null): readonly ControlFrame[] {
  const { control } = execution.run.script;
  const block = blockOf(execution, activity);
  return block === undefined ? control : [...control, ...block.progress.control];
}

/** Where a thread of a recorded program is in its source, if its recording tells. */
function sourceOf(execution: Execution, agent: string, isBusy: boolean): SourcePosition | null {
  const { run, statement } = execution;
  const isOwn = isBusy || agent === currentAgent(execution);
  const own = isOwn ? statement : nextStatementOf(run, agent);
  return own?.kind === 'replay-step' ? own.source : null;
}

/** Deeper stacks end in a frame that says how many there are. */
const MOST_SOURCE_FRAMES = 10_000;

function sourceFrames(
  numbers: StackNumbers,
  thread: number,
  agent: string,
  { frames }: SourcePosition,
): SimulationFrame[] {
  const shown = frames.length > MOST_SOURCE_FRAMES ? [...frames.slice(0, MOST_SOURCE_FRAMES), leftOut(frames)] : frames;
  return shown.map((source, index) => {
    const below = shown.length - 1 - index;
    const id = below === 0 ? numbers.scenarioFrame(thread) : numbers.callFrame(thread, below - 1);
    return { ...source.range, id, name: agent, kind: 'scenario', source };
  });
}

function leftOut(frames: readonly SourceFrame[]): SourceFrame {
  const count = frames.length - MOST_SOURCE_FRAMES;
  return { ...(frames.at(-1) as SourceFrame), function: `${count.toLocaleString('en')} frames more` };
}

interface ScenarioStack {
  readonly thread: number;
  readonly agent: string;
  /** Of the innermost statement. */
  readonly place: Place;
  readonly control: readonly ControlFrame[];
}

/** A frame for each call of a def, where its statement stands, and one for the file. */
function scenarioFrames(execution: Execution, numbers: StackNumbers, stack: ScenarioStack): SimulationFrame[] {
  const { thread, agent, control } = stack;
  const { blocks } = execution.run.program;
  const frames: SimulationFrame[] = [];
  let { place } = stack;
  let calls = callDepth(control);
  for (let level = control.length - 1; level > 0; level--) {
    const frame = control[level] as ControlFrame;
    if (frame.kind !== 'def' && frame.kind !== 'handler') continue;
    calls -= 1;
    frames.push({ ...place, id: numbers.callFrame(thread, calls), name: agent, kind: 'scenario', def: frame.name });
    const caller = control[level - 1] as ControlFrame;
    // A statement that a fault interrupts has been passed; one that calls comes again.
    const next = frame.kind === 'handler' ? caller.next - 1 : caller.next;
    place = blocks.at(caller.block)[next]?.range ?? place;
  }
  frames.push({ ...place, id: numbers.scenarioFrame(thread), name: agent, kind: 'scenario' });
  return frames;
}

function placeOfActivity(execution: Execution, activity: Activity): Place {
  const statement = blockOf(execution, activity)?.progress.statement ?? statementInHandler(execution);
  return statement?.range ?? placeOfLine(execution, activity.line);
}

/** The innermost statement of a handler that a statement outside of interleaved blocks has run into; null where none runs. */
export function statementInHandler({ run }: Execution): Statement | null {
  const { control } = run.script;
  const frame = control.at(-1);
  if (frame === undefined || !control.some(({ kind }) => kind === 'handler')) return null;
  const isBefore = run.engine.current?.top.label === AtStatement.before;
  return run.program.blocks.at(frame.block)[isBefore ? frame.next : frame.next - 1] ?? null;
}

/** The block that an activity runs; undefined outside interleaved ones. */
export function blockOf({ pending }: Execution, activity: Activity | null): InterleavedBlock | undefined {
  return pending?.blocks.find((block) => block.activity === activity);
}

/** Of the script, or of the interleaved block that is about to run. */
export function scopesAt(execution: Execution): Scopes {
  const block = blockOf(execution, currentActivity(execution));
  return block === undefined ? scopesOf(execution.run.script) : scopesOfBlock(block.progress);
}

function placeOfLine({ statement, lastStatement }: Execution, line: number): Place {
  const range = statement?.range ?? lastStatement;
  if (line === 0 || line === range.line) return range;
  return { file: range.file, line, column: 1, endLine: line, endColumn: 1 };
}

/** Null for a thread of the kernel's that no statement ever ran as. */
function placeOfIdle(execution: Execution, agent: string): Place | null {
  if (agent === currentAgent(execution) && currentActivity(execution) === null) return placeOfLine(execution, 0);
  const { run } = execution;
  const next = nextStatementOf(run, agent);
  if (next !== null) return next.range;
  return run.script.lastPlaces.get(agent) ?? null;
}

/** Threads and their call stacks, as a debugger shows them. */
import type { Activity } from '../../execution/activity.ts';
import type { Frame } from '../../execution/frame.ts';
import { currentThread } from '../state/control.ts';
import type { Course } from './course.ts';
import type { StackNumbers } from './stack-numbers.ts';
import type { SimulationFrame } from './stop.ts';
import { nextStatementOf } from './whereabouts.ts';
import { KERNEL_AGENT } from '../statements/work.ts';

type Place = Pick<SimulationFrame, 'file' | 'line' | 'column' | 'endLine' | 'endColumn'>;

export interface ThreadEntry {
  readonly id: number;
  readonly name: string;
}

export function currentActivity({ run }: Course): Activity | null {
  return run.engine.current ?? run.engine.activities[0] ?? null;
}

export function currentThreadNumber(course: Course, numbers: StackNumbers): number {
  return numbers.thread(currentActivity(course)?.agent ?? currentAgent(course));
}

function currentAgent({ run }: Course): string {
  return currentThread(run.script)?.name ?? KERNEL_AGENT;
}

/** Simulated threads, and kernel servers while they run. */
export function threadsOf(course: Course, numbers: StackNumbers): ThreadEntry[] {
  const { engine, kernel, world } = course.run;
  const running = engine.activities.map(({ agent }) => agent);
  const own = kernel.threads(world.kernelState).map(({ name }) => name);
  return [...new Set([...running, currentAgent(course), ...own])].map((name) => ({ id: numbers.thread(name), name }));
}

/** Innermost first. A thread that does nothing now has one frame: where it stands. */
export function stackOf(course: Course, numbers: StackNumbers, thread: number): SimulationFrame[] {
  const agent = numbers.agent(thread);
  if (agent === null) return [];
  const activity = course.run.engine.activities.findLast((one) => one.agent === agent);
  const frames = activity === undefined ? [] : kernelFrames(course, numbers, thread, activity);
  const place = activity === undefined ? placeOfIdle(course, agent) : placeOfLine(course, activity.line);
  if (place !== null) frames.push({ ...place, id: numbers.scenarioFrame(thread), name: agent, kind: 'scenario' });
  return frames;
}

function kernelFrames(course: Course, numbers: StackNumbers, thread: number, activity: Activity): SimulationFrame[] {
  const frames: SimulationFrame[] = [];
  for (let frame: Frame | null = activity.top; frame !== null && frame.info.name !== ''; frame = frame.caller) {
    frames.push({
      ...placeOfLine(course, activity.line),
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

function placeOfLine({ statement, lastStatement }: Course, line: number): Place {
  const range = statement?.range ?? lastStatement;
  if (line === 0 || line === range.line) return range;
  return { file: range.file, line, column: 1, endLine: line, endColumn: 1 };
}

/** Null for a thread of the kernel's that no statement ever ran as. */
function placeOfIdle(course: Course, agent: string): Place | null {
  if (agent === currentAgent(course) && currentActivity(course) === null) return placeOfLine(course, 0);
  const { run } = course;
  const next = nextStatementOf(run, agent);
  if (next !== null) return next.range;
  const last = run.script.lastPlaces.get(agent);
  return last === undefined ? null : { file: last.file, line: last.line, column: 1, endLine: last.line, endColumn: 1 };
}

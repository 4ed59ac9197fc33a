/** The statement `replay "PATH"`, and whole recordings as scenarios of one statement. */
import {
  type Activation,
  type KernelGenerator,
  spawnStep,
  type ThreadObject,
} from '../../session/calls/replay-host.ts';
import { stepAt } from '../order/source-timeline.ts';
import { sourceSteps } from './source-steps.ts';
import type { SourceFile } from '../logs/walkrec-layout.ts';
import type { Replayer, ReplayBegun, ReplayRequest, ReplayStep } from '../../session/state/replayer.ts';
import type { Run } from '../../session/state/run.ts';
import type { Scenario, SourceRange } from '../../session/scenario/scenario.ts';
import { ScenarioFailure } from '../../session/scenario/scenario-failure.ts';
import type { MemoryNeed } from '../../session/scenario/sized-machine.ts';
import { type Recording, recordingName } from '../logs/recording.ts';
import { RecordingError } from '../logs/recording-error.ts';
import { lineOfStep, viewFile, viewText } from './recording-view.ts';
import { Replay } from './replay.ts';
import { inspectStep, relocate, type StepInspection } from './replay-inspection.ts';
import { createReplayState, defaultSettings, type ReplaySettings, type ReplayState } from '../order/replay-state.ts';
import { makeTimeline, MOST_STEPS, type TimelineStep } from '../order/timeline.ts';

/** Gives the recording at a path as the scenario wrote it; throws a RecordingError where there is none. */
export type RecordingSource = (path: string) => Recording;

/** What a recording reads like, in which order it is replayed, and the file name it goes by. */
export interface RecordingView {
  readonly file: string;
  readonly text: string;
  /** Line of the first step, and how many there are. */
  readonly firstStep: number;
  readonly steps: number;
}

/**
 * The files that the sources of a recording stand in, by their numbers: its steps are then visits of their lines. Null for a
 * recording that is stepped by the lines of its view.
 */
export type SourceFiles = (path: string, sources: readonly SourceFile[]) => readonly string[] | null;

/** A recording's replay, its steps, and what it reads like. */
interface Opened {
  readonly replay: Replay;
  readonly timeline: readonly TimelineStep[];
  readonly need: MemoryNeed;
  readonly steps: readonly ReplayStep[];
  /** Of each step, where it ends and whose it is. */
  readonly ends: readonly { readonly end: number; readonly log: number }[];
  readonly file: string;
}

export class RecordingReplayer implements Replayer {
  private readonly source: RecordingSource;
  private readonly settings: ReplaySettings;
  private readonly mostSteps: number;
  private readonly sourceFiles: SourceFiles;
  private readonly opened = new Map<string, Opened>();

  constructor(
    source: RecordingSource,
    settings: ReplaySettings = defaultSettings,
    mostSteps: number = MOST_STEPS,
    sourceFiles: SourceFiles = () => null,
  ) {
    this.source = source;
    this.settings = settings;
    this.mostSteps = mostSteps;
    this.sourceFiles = sourceFiles;
  }

  begin({ path, name, range }: ReplayRequest): ReplayBegun {
    const { replay, steps } = this.openAt(path, range);
    const settings = { path, binding: name };
    return { steps, state: createReplayState(name ?? replay.recording.name, this.settings, settings) };
  }

  need(path: string): MemoryNeed | null {
    try {
      return this.open(path).need;
    } catch (error) {
      if (error instanceof RecordingError) return null;
      throw error;
    }
  }

  thread(state: unknown): ThreadObject | null {
    const own = state as ReplayState;
    return this.open(own.path).replay.next(own)?.thread ?? null;
  }

  nextStepOf(state: unknown, thread: string): ReplayStep | null {
    const { path, position, processes } = state as ReplayState;
    const { ends, steps } = this.open(path);
    const own = processes.find(({ threads }) => [...threads.values()].some((one) => one?.name === thread));
    if (own === undefined) return null;
    for (let index = stepAt(ends, position); index < ends.length; index++)
      if (ends[index]?.log === own.log) return steps[index] ?? null;
    return null;
  }

  *perform(run: Run, here: Activation, state: unknown, step: ReplayStep): KernelGenerator<void> {
    const own = state as ReplayState;
    const { replay, ends } = this.open(step.path);
    const { end = 0 } = ends[step.index] ?? {};
    while (own.position < end) {
      const thread = replay.next(own, end)?.thread ?? null;
      const body = (inner: Activation): KernelGenerator<void> =>
        told(replay.run(run, inner, own, end, step.range), step.range);
      if (thread === here.activity.thread) yield* body(here);
      else yield* spawnStep(run, here, thread, step.range.line, body);
    }
  }

  *replay(run: Run, here: Activation, request: ReplayRequest): KernelGenerator<void> {
    const { steps, state } = this.begin(request);
    for (const step of steps) {
      const body = (inner: Activation): KernelGenerator<void> => this.perform(run, inner, state, step);
      yield* spawnStep(run, here, this.thread(state), step.range.line, body);
    }
  }

  /** The text whose lines the steps are. Throws a RecordingError where there is no such recording. */
  view(path: string): RecordingView {
    const { replay, timeline, file } = this.open(path);
    const text = viewText(replay.recording, this.settings, timeline);
    return { file, text, firstStep: lineOfStep(0), steps: timeline.length };
  }

  /** The step on a line of a recording's view, while its replay stands at `state`; on none: where that stands. Null for a line of the heading. */
  inspect(state: unknown, line: number | null): StepInspection | null {
    const own = state as ReplayState;
    const { replay } = this.open(own.path);
    const step = this.stepOn(own, line);
    return step === undefined ? null : inspectStep(replay.recording, own, step);
  }

  /** Where a recorded address of the process on that line is now. */
  relocate(state: unknown, line: number | null, address: number): number | null {
    const own = state as ReplayState;
    const step = this.stepOn(own, line);
    return step === undefined ? null : relocate(own, step, address);
  }

  private stepOn({ path, position }: ReplayState, line: number | null): TimelineStep | undefined {
    const { timeline } = this.open(path);
    return timeline[line === null ? stepAt(timeline, position) : line - lineOfStep(0)];
  }

  private openAt(path: string, range: SourceRange): Opened {
    try {
      return this.open(path);
    } catch (error) {
      if (error instanceof RecordingError) throw new ScenarioFailure('WALK226', error.message, range);
      throw error;
    }
  }

  /** Reads a recording once. */
  private open(path: string): Opened {
    const known = this.opened.get(path);
    if (known !== undefined) return known;
    const recording = this.source(path);
    const { steps: timeline, need } = makeTimeline(recording, this.settings, this.mostSteps);
    const file = viewFile(path, recording.name);
    const files = recording.sources === undefined ? null : this.sourceFiles(path, recording.sources.files);
    const inView = (index: number): SourceRange => {
      const line = lineOfStep(index);
      return { file, line, column: 1, endLine: line, endColumn: LINE_END };
    };
    const replay = new Replay(recording);
    const opened =
      recording.sources === undefined || files === null
        ? {
            ends: timeline,
            steps: timeline.map(({ makes }, index): ReplayStep => ({
              kind: 'replay-step',
              path,
              index,
              makes,
              source: null,
              range: inView(index),
            })),
          }
        : sourceSteps({ path, recording, sources: recording.sources, files }, this.settings, (position) =>
            inView(stepAt(timeline, position)),
          );
    const whole = { replay, timeline, need, file, ...opened };
    this.opened.set(path, whole);
    return whole;
  }
}

/** A file that turns out to be damaged where it is read during the replay. */
function* told(body: KernelGenerator<void>, range: SourceRange): KernelGenerator<void> {
  try {
    return yield* body;
  } catch (error) {
    if (error instanceof RecordingError) throw new ScenarioFailure('WALK226', error.message, range);
    throw error;
  }
}

/** Behind the end of any line of a view. */
const LINE_END = 1000;

/** A recording as FILE of the command line or a launch: a scenario that replays it. */
export function scenarioOfRecording(path: string): Scenario {
  const file = viewFile(path, recordingName(path));
  const range = { file, line: 1, column: 1, endLine: 1, endColumn: LINE_END };
  return {
    file,
    machine: null,
    kernel: null,
    files: [],
    body: [{ kind: 'replay', path, name: null, range }],
    tests: [],
    defs: [],
    handlers: [],
    otherKernels: [],
    mutexes: [],
  };
}

export function isWholeRecording({ file, body }: Scenario): boolean {
  const [first] = body;
  return body.length === 1 && first?.kind === 'replay' && viewFile(first.path, recordingName(first.path)) === file;
}

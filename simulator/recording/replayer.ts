/** The statement `replay "PATH"`, and whole recordings as scenarios of one statement. */
import { bindProcess, type Frame, type KernelGenerator, spawnStep } from '../session/replay-host.ts';
import type { Replayer, ReplayRequest } from '../session/replayer.ts';
import type { Run } from '../session/run.ts';
import type { Scenario } from '../session/scenario.ts';
import { ScenarioFailure } from '../session/scenario-failure.ts';
import { type Inflate, readRecording, type Recording, recordingFiles, recordingName } from './recording.ts';
import { RecordingError } from './recording-error.ts';
import { Replay } from './replay.ts';
import { defaultSettings, type ReplaySettings } from './replay-state.ts';

/** Gives the recording at a path as the scenario wrote it; throws a RecordingError where there is none. */
export type RecordingSource = (path: string) => Recording;

export class RecordingReplayer implements Replayer {
  private readonly source: RecordingSource;
  private readonly settings: ReplaySettings;
  private readonly opened = new Map<string, Replay>();

  constructor(source: RecordingSource, settings: ReplaySettings = defaultSettings) {
    this.source = source;
    this.settings = settings;
  }

  /** Reads a recording once. */
  open(path: string): Replay {
    const known = this.opened.get(path);
    if (known !== undefined) return known;
    const replay = new Replay(this.source(path));
    this.opened.set(path, replay);
    return replay;
  }

  *replay(run: Run, here: Frame, request: ReplayRequest): KernelGenerator<void> {
    const replay = this.openAt(request);
    const state = replay.begin(request.name ?? replay.recording.name, this.settings);
    for (let step = replay.next(state); step !== null; step = replay.next(state)) {
      const isFirst = step.thread === null;
      yield* spawnStep(run, here, step.thread, step.range.line, (inner) => replay.run(run, inner, state));
      const created = state.processes[0]?.process ?? null;
      if (isFirst && request.name !== null && created !== null) bindProcess(run, request.name, created);
    }
  }

  private openAt({ path, range }: ReplayRequest): Replay {
    try {
      return this.open(path);
    } catch (error) {
      if (error instanceof RecordingError) throw new ScenarioFailure('WALK226', error.message, range);
      throw error;
    }
  }
}

/** Recordings among a scenario's assets: bytes by the path as it is written there, or of files beside that path. */
export function recordingsIn(assets: Readonly<Record<string, Uint8Array>>, inflate: Inflate): RecordingSource {
  return (path) => {
    const folder = path.slice(0, Math.max(path.lastIndexOf('/'), path.lastIndexOf('\\')) + 1);
    const beside = Object.keys(assets)
      .filter((name) => name.startsWith(folder))
      .map((name) => name.slice(folder.length));
    const names = recordingFiles(path, beside);
    if (names.length === 0) {
      throw new RecordingError(
        { file: path },
        'no such recording: it needs NAME.layout.txt and NAME.PID.log, gzipped or not, or NAME.walkrec',
      );
    }
    const files = names.map((name) => ({ name, bytes: assets[folder + name] as Uint8Array }));
    return readRecording(recordingName(path), files, inflate);
  };
}

/** A recording as FILE of the command line or a launch: a scenario that replays it. */
export function scenarioOfRecording(path: string): Scenario {
  const range = { file: path, line: 1, column: 1, endLine: 1, endColumn: 1 };
  return {
    file: path,
    machine: null,
    kernel: null,
    files: [],
    body: [{ kind: 'replay', path, name: null, range }],
    tests: [],
  };
}

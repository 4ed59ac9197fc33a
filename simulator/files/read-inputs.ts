/** Everything that a scenario names, read before it runs: one way for the command line, the debugger and the editor. */
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Recording } from '../recording/logs/recording.ts';
import { RecordingError } from '../recording/logs/recording-error.ts';
import { isWholeRecording, type RecordingSource } from '../recording/replay/replayer.ts';
import type { Bounds } from '../session/scenario/bounds.ts';
import { namedFiles } from '../session/scenario/named-files.ts';
import type { Assets } from '../session/scenario/program.ts';
import { diagnostic } from '../session/scenario/scenario-failure.ts';
import type { Diagnostic, Scenario, SourceRange } from '../session/scenario/scenario.ts';
import { loadRecording } from './recording-files.ts';
import { readRegular, UnreadableFile } from './regular-file.ts';
import type { Workspace } from './workspace.ts';

export interface Inputs {
  readonly assets: Assets;
  /** Null where the scenario replays nothing. */
  readonly recordings: RecordingSource | null;
  /** Files that cannot be read, each with the reason. Without them the scenario cannot run. */
  readonly problems: readonly Diagnostic[];
  /** The real paths of all files that were read. */
  readonly places: readonly string[];
}

export async function readInputs(scenario: Scenario, workspace: Workspace, bounds: Bounds): Promise<Inputs> {
  const reading = new Reading(scenario, workspace, bounds);
  const { files, recordings } = namedFiles(scenario);
  for (const [written, range] of files) await reading.readAsset(written, range);
  for (const [written, range] of recordings) await reading.readRecording(written, range);
  const { assets, loaded, problems, places } = reading;
  const source: RecordingSource = (written) => {
    const recording = loaded.get(written);
    if (recording === undefined) throw new RecordingError({ file: written }, 'it was not read');
    return recording;
  };
  return { assets, recordings: recordings.size === 0 ? null : source, problems, places };
}

/** The folder that a scenario's paths start from: editors name scenarios by address. */
function folderOf({ file }: Scenario): string {
  return path.dirname(file.startsWith('file:') ? fileURLToPath(file) : file);
}

class Reading {
  readonly assets: Record<string, Uint8Array> = {};
  readonly loaded = new Map<string, Recording>();
  readonly problems: Diagnostic[] = [];
  readonly places: string[] = [];
  private readonly scenario: Scenario;
  private readonly workspace: Workspace;
  private readonly bounds: Bounds;

  constructor(scenario: Scenario, workspace: Workspace, bounds: Bounds) {
    this.scenario = scenario;
    this.workspace = workspace;
    this.bounds = bounds;
  }

  async readAsset(written: string, range: SourceRange): Promise<void> {
    const { workspace, scenario, bounds } = this;
    try {
      const place = await workspace.locate(written, folderOf(scenario));
      this.places.push(place);
      this.assets[written] = await readRegular(place, { name: 'fileSize', bounds });
    } catch (error) {
      if (!(error instanceof UnreadableFile)) throw error;
      this.problems.push(diagnostic('WALK226', 'error', `"${written}" cannot be read: ${error.message}`, range));
    }
  }

  async readRecording(written: string, range: SourceRange): Promise<void> {
    try {
      this.loaded.set(written, await loadRecording(written, this.bounds, (file) => this.locate(file)));
    } catch (error) {
      if (!(error instanceof RecordingError)) throw error;
      this.problems.push(this.recordingProblem(written, range, error));
    }
  }

  /** A recording that was launched itself is named as its user did; one that a scenario names lies in the workspace. */
  private async locate(file: string): Promise<string> {
    const { workspace, scenario } = this;
    const place = isWholeRecording(scenario) ? path.resolve(file) : await workspace.locate(file, folderOf(scenario));
    this.places.push(place);
    return place;
  }

  /** In the file of the recording that is to blame, and at the statement that replays it. */
  private recordingProblem(written: string, range: SourceRange, { place, reason }: RecordingError): Diagnostic {
    const { file, line = 1, byte } = place;
    const message = byte === undefined ? reason : `${reason} (byte ${String(byte)})`;
    const blamed = path.join(path.dirname(written), path.basename(file));
    if (!isWholeRecording(this.scenario)) {
      const where = place.line === undefined ? blamed : `${blamed}:${String(line)}`;
      return diagnostic('WALK226', 'error', `the recording "${written}" cannot be read: ${where}: ${message}`, range);
    }
    const at = { file: blamed, line, column: 1, endLine: line, endColumn: 1 };
    return diagnostic('WALK226', 'error', message, at);
  }
}

import type { Inputs } from '../../../simulator/files/read-inputs.ts';
import type { FoundSource, SourceMap } from '../../../simulator/files/find-sources.ts';
import type { SourceFile } from '../../../simulator/recording/logs/walkrec-layout.ts';
import type { Bounds } from '../../../simulator/session/scenario/bounds.ts';
import type { Scenario } from '../../../simulator/session/scenario/scenario.ts';

/** What the adapter needs of the machine it runs on; a worker thread, a test and a web worker each bring their own. */
export interface AdapterHost {
  /** The text of a scenario. Rejects with an error whose message says why there is none. */
  readScenario(path: string, bounds: Bounds): Promise<string>;
  /** Does the path name a recording, by one of its files or by what they have in common? */
  isRecording(path: string): Promise<boolean>;
  /** Everything that the scenario names. */
  readInputs(scenario: Scenario, bounds: Bounds): Promise<Inputs>;
  /** Where the source files of the recording at `recording` are. */
  findSources(
    recording: string,
    sources: readonly SourceFile[],
    map: SourceMap,
    bounds: Bounds,
  ): Promise<readonly FoundSource[]>;
  /** Runs the callback after pending messages have been read. */
  defer(callback: () => void): void;
  /** Milliseconds of any steady clock: decides how long a slice of the run loop is, nothing else. */
  now(): number;
  /** The path of a file without links, `..` or repeated slashes, from the current folder on; the path itself where there is no such file. */
  realPath(path: string): string;
  /** Whether the file holds exactly this text now; false where it cannot be read. Answers at once. */
  holdsNow(path: string, text: string): boolean;
}

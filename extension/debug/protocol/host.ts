import type { RecordingSource } from '../../../simulator/recording/replay/replayer.ts';

/** What the adapter needs of the machine it runs on; a worker thread, a test and a web worker each bring their own. */
export interface AdapterHost {
  /** Rejects with an error whose message says why. */
  readFile(path: string): Promise<Uint8Array>;
  /** Reads recordings by their paths as a program writes them. Rejects with an error that says what is wrong. */
  loadRecordings(paths: readonly string[], fromFile: string): Promise<RecordingSource>;
  /** Runs the callback after pending messages have been read. */
  defer(callback: () => void): void;
  /** Milliseconds of any steady clock: decides how long a slice of the run loop is, nothing else. */
  now(): number;
  /** The path of a file without links, `..` or repeated slashes, from the current folder on; the path itself where there is no such file. */
  realPath(path: string): string;
  /** Whether the file holds exactly these bytes now; false where it cannot be read. Answers at once. */
  holdsNow(path: string, bytes: Uint8Array): boolean;
  /** The real path of a file that is named relative to another one. */
  resolve(fromFile: string, path: string): string;
}

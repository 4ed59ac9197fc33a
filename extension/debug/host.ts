/** What the adapter needs of the machine it runs on; a worker thread, a test and a web worker each bring their own. */
export interface AdapterHost {
  /** Rejects with an error whose message says why. */
  readFile(path: string): Promise<Uint8Array>;
  /** Unpacks gzip. */
  inflate(bytes: Uint8Array): Promise<Uint8Array>;
  /** Runs the callback after pending messages have been read. */
  defer(callback: () => void): void;
  /** Milliseconds of any steady clock: decides how long a slice of the run loop is, nothing else. */
  now(): number;
  /** The folder part of a path, for files named relative to a scenario. */
  resolve(fromFile: string, path: string): string;
}

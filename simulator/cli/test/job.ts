/** One file to test, as a worker is sent it, and what comes back: plain data both. */
import type { Diagnostic } from '../../session/scenario/scenario.ts';
import type { ExitCode } from '../../session/scenario/outcome.ts';
import type { RunOptions } from '../options.ts';
import type { FileResult } from './results.ts';

export interface TestJob {
  /** Position of the file among all that are tested. */
  readonly index: number;
  readonly file: string;
  readonly options: TestOptions;
}

export interface TestOptions extends Omit<RunOptions, 'kernel'> {
  /** On each of these, where the file names no kernel; of those that it names, on these. */
  readonly kernel?: readonly string[];
  /** Only tests whose name contains this text, in capitals or not. */
  readonly filter?: string;
  /** Only the tests of these names; of a file without tests, its own name. */
  readonly only?: readonly string[];
  /** Notes which lines and which numbered steps of the kernel are run. */
  readonly coverage?: boolean;
}

/** What the options say of a run, apart from which tests are chosen. */
export function runOptionsOf(options: TestOptions): Omit<RunOptions, 'kernel'> {
  const { kernel: _kernel, filter: _filter, only: _only, coverage: _coverage, ...run } = options;
  return run;
}

export interface TestedFile {
  readonly index: number;
  readonly result: FileResult;
  readonly code: ExitCode;
  readonly diagnostics: readonly Diagnostic[];
}

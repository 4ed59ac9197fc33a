import type { Diagnostic } from './scenario.ts';

/** Exit codes of the command line, and of a debug session. */
export const ExitCode = {
  well: 0,
  /** An expectation or a test failed, or the simulated program died or panicked unexpectedly. */
  failed: 1,
  /** The input or the arguments are wrong. */
  badInput: 2,
  /** A bug of ours. */
  bug: 3,
} as const;
export type ExitCode = (typeof ExitCode)[keyof typeof ExitCode];

const VIOLATED_INVARIANT = 'WALK215';
const UNREADABLE_FILE = 'WALK226';

/** What a finished run's findings come to. */
export function exitCodeOf(diagnostics: readonly Diagnostic[]): ExitCode {
  const errors = diagnostics.filter(({ severity }) => severity === 'error');
  if (errors.some(({ code }) => code === VIOLATED_INVARIANT)) return ExitCode.bug;
  if (errors.some(({ code }) => code === UNREADABLE_FILE)) return ExitCode.badInput;
  return errors.length > 0 ? ExitCode.failed : ExitCode.well;
}

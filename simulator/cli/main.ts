/** The command line: reads the arguments, and turns outcomes into exit codes. */
import { CommanderError } from 'commander';
import { InputError } from '../files/input-error.ts';
import { isSystemError } from '../files/system-error.ts';
import { ExitCode } from '../session/scenario/outcome.ts';
import { commandLine } from './command-line.ts';
import { clearProgress, writeDiagnostics, writeError } from './output.ts';
import { OutputError } from './output-stream.ts';
import { causeOutside } from './outside-cause.ts';

/** `--order round-robin 500` reads like two arguments to everybody else. */
function joinOrder(args: readonly string[]): string[] {
  const at = args.findIndex((arg, index) => arg === 'round-robin' && args[index - 1] === '--order');
  const quantum = args[at + 1];
  if (at < 0 || quantum === undefined || !/^\d+$/.test(quantum)) return [...args];
  return [...args.slice(0, at), `round-robin ${quantum}`, ...args.slice(at + 2)];
}

function fail(error: unknown): ExitCode {
  try {
    clearProgress();
    return reportFailure(error);
  } catch {
    // Standard error is lost as well: only the exit code can tell.
    return ExitCode.badInput;
  }
}

function reportFailure(error: unknown): ExitCode {
  if (error instanceof CommanderError) return error.exitCode === 0 ? ExitCode.well : ExitCode.badInput;
  if (error instanceof InputError) {
    writeDiagnostics([error.toDiagnostic()]);
    return ExitCode.badInput;
  }
  const cause = causeOutside(error);
  if (cause !== null) {
    writeError(`pagewalk: ${cause}\n`);
    return ExitCode.badInput;
  }
  const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
  writeError(`pagewalk: this is a bug of Pagewalk, please report it with the file that shows it.\n${text}\n`);
  return ExitCode.bug;
}

/** Whoever reads the output has seen enough. */
function isReaderGone(error: unknown): boolean {
  return error instanceof OutputError ? error.isClosed : isSystemError(error) && error.code === 'EPIPE';
}

function endAtOnce(error: unknown): never {
  process.exit(isReaderGone(error) ? undefined : fail(error));
}

process.on('uncaughtException', endAtOnce);

try {
  await commandLine().parseAsync(joinOrder(process.argv.slice(2)), { from: 'user' });
} catch (error) {
  if (isReaderGone(error)) endAtOnce(error);
  process.exitCode = fail(error);
}

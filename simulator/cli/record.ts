/** `pagewalk record -- PROGRAM ARGUMENTS`: runs a program, and writes what it does with memory into one file. */
import path from 'node:path';
import type { Recording } from '../recording/logs/recording.ts';
import { RecordingError } from '../recording/logs/recording-error.ts';
import { InputError } from '../files/input-error.ts';
import { recordProgram } from '../files/record-program.ts';
import { ExitCode } from '../session/scenario/outcome.ts';
import { boundsOf, type RunOptions } from './options.ts';
import { checkOutputs } from './output-file.ts';
import { writeDiagnostics, writeError } from './output.ts';

export interface RecordFlags extends RunOptions {
  /** The file to write. */
  readonly to?: string;
  readonly cc?: string;
}

export async function record(command: readonly string[], flags: RecordFlags): Promise<ExitCode> {
  const [program = ''] = command;
  const output = flags.to ?? `${path.basename(program).replace(/\.\w+$/, '')}.walkrec`;
  const stop = new AbortController();
  const abort = (): void => stop.abort(new InputError(program, 'recording was cancelled; nothing was written'));
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, abort);
  try {
    await checkOutputs([output], [program]);
    const { recording, exit } = await recordProgram({
      command,
      output,
      compiler: flags.cc?.trim().split(/\s+/),
      bounds: boundsOf(flags),
      onProgress: showProgress,
      signal: stop.signal,
    });
    writeError(`pagewalk: ${output}: ${contentsOf(recording)}; the program ended with ${String(exit)}\n`);
    return ExitCode.well;
  } catch (error) {
    const failure = error instanceof RecordingError ? new InputError(error.place.file, error.reason) : error;
    if (!(failure instanceof InputError)) throw error;
    writeDiagnostics([failure.toDiagnostic()]);
    return ExitCode.badInput;
  } finally {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.off(signal, abort);
  }
}

/** `2 processes, 46,770 accesses, 61 calls`. */
export function contentsOf({ processes }: Recording): string {
  const accesses = processes.reduce((sum, log) => sum + log.accesses.length, 0);
  const calls = processes.reduce((sum, { events }) => sum + events.filter(({ kind }) => kind === 'call').length, 0);
  const counted = (count: number, one: string, several: string): string =>
    `${count.toLocaleString('en')} ${count === 1 ? one : several}`;
  return `${counted(processes.length, 'process', 'processes')}, ${counted(accesses, 'access', 'accesses')}, ${counted(calls, 'call', 'calls')}`;
}

function showProgress(accesses: number): void {
  if (process.stderr.isTTY) writeError(`\r\u001b[Krecording: about ${accesses.toLocaleString('en')} accesses`);
}

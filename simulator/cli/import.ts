/** `pagewalk import KIND FILE… -o OUT.walkrec`: makes one file of what another tool has recorded. */
import { type ImportKind, importRecording } from '../files/import-recording.ts';
import { InputError } from '../files/input-error.ts';
import { RecordingError } from '../recording/logs/recording-error.ts';
import { ExitCode } from '../session/scenario/outcome.ts';
import { boundsOf, type RunOptions } from './options.ts';
import { checkOutputs } from './output-file.ts';
import { writeDiagnostics, writeError } from './output.ts';
import { contentsOf } from './record.ts';

export interface ImportFlags extends RunOptions {
  /** The file to write. */
  readonly to: string;
}

export async function importFiles(kind: ImportKind, files: readonly string[], flags: ImportFlags): Promise<ExitCode> {
  try {
    await checkOutputs([flags.to], files);
    const recording = await importRecording({ kind, files, output: flags.to, bounds: boundsOf(flags) });
    writeError(`pagewalk: ${flags.to}: ${contentsOf(recording)}\n`);
    return ExitCode.well;
  } catch (error) {
    const failure = error instanceof RecordingError ? new InputError(error.place.file, error.message) : error;
    if (!(failure instanceof InputError)) throw error;
    writeDiagnostics([failure.toDiagnostic()]);
    return ExitCode.badInput;
  }
}

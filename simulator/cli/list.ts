/** `pagewalk list RECORDING`: the text whose lines diagnostics of a replay name, as the debugger shows it. */
import { ExitCode } from '../session/scenario/outcome.ts';
import { InputError } from '../files/input-error.ts';
import { isRecording } from '../files/recording-files.ts';
import type { RunOptions } from './options.ts';
import { writeDiagnostics, writeOut } from './output.ts';
import { readView } from './source-lines.ts';

export type ListFlags = Pick<RunOptions, 'order'>;

export async function list(file: string, flags: ListFlags): Promise<ExitCode> {
  try {
    if (!(await isRecording(file)))
      throw new InputError(
        file,
        'this is not a recording; one is called NAME.layout.txt, NAME.PID.log or NAME.walkrec',
      );
    writeOut((await readView(file, flags)).text);
    return ExitCode.well;
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    writeDiagnostics([error.toDiagnostic()]);
    return ExitCode.badInput;
  }
}

/** `pagewalk compare FILE --kernels a,b,…`: one run each, then a table and where the runs part. */
import { exitCodeOfComparison } from '../inspect/compare/compare.ts';
import { diagnosticJson } from '../inspect/state-json.ts';
import { ExitCode } from '../session/scenario/outcome.ts';
import { compareFile, type CompareOptions } from './compare-file.ts';
import { comparisonText } from './compare-text.ts';
import { InputError } from '../files/input-error.ts';
import { showProgress, writeDiagnostics, writeJson, writeNote, writeOut } from './output.ts';
import { sourceLines } from './source-lines.ts';

export interface CompareFlags extends CompareOptions {
  readonly json?: boolean;
  readonly lines?: boolean;
}

export async function compare(file: string, flags: CompareFlags): Promise<ExitCode> {
  try {
    const comparison = await compareFile(file, flags, (column, simulation) => {
      showProgress(`${file} on ${column}`, simulation);
    });
    if (flags.json === true) writeJson(comparison);
    else writeOut(comparisonText(comparison, await sourceLines(file, flags), flags.lines === true));
    writeNote(comparison.ok ? 'every run came to its end' : 'not every run came to its end');
    return exitCodeOfComparison(comparison);
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    const diagnostic = error.toDiagnostic();
    if (flags.json === true) writeJson({ version: 1, ok: false, diagnostics: [diagnosticJson(diagnostic)] });
    writeDiagnostics([diagnostic]);
    return ExitCode.badInput;
  }
}

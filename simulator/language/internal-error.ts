/** What a bug of ours becomes while a text is read: a finding like any other, so that no text stops the command line or the editor. */
import type { Diagnostic } from '../session/scenario/scenario.ts';
import type { DiagnosticCode } from './diagnostic-codes.ts';

const code: DiagnosticCode = 'WALK134';

/** At the beginning of the file: nobody knows which part of it is to blame. */
export function internalError(error: unknown, file: string): Diagnostic {
  const reason = error instanceof Error ? error.message : String(error);
  return {
    code,
    severity: 'error',
    message: `Pagewalk could not check this file, because of a bug in Pagewalk (${reason}). Please report it with the file.`,
    range: { file, line: 1, column: 1, endLine: 1, endColumn: 1 },
  };
}

export function isInternalError(diagnostic: Diagnostic): boolean {
  return diagnostic.code === code;
}

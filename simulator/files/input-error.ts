import type { Diagnostic } from '../session/scenario/scenario.ts';

/** The input cannot be used at all: missing, unreadable, of the wrong kind. The message names the remedy. */
export class InputError extends Error {
  override readonly name = 'InputError';
  readonly file: string;
  readonly line: number;

  constructor(file: string, message: string, line = 1) {
    super(message);
    this.file = file;
    this.line = line;
  }

  toDiagnostic(): Diagnostic {
    const { file, line, message } = this;
    const range = { file, line, column: 1, endLine: line, endColumn: 1 };
    return { code: 'WALK226', severity: 'error', message, range };
  }
}

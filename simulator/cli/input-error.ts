import path from 'node:path';
import type { RecordingError } from '../recording/logs/recording-error.ts';
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

/** A recording's own refusal, with the path of the file that is to blame. */
export function inputErrorOf(error: RecordingError, folder: string): InputError {
  const { file, line, byte } = error.place;
  const place = byte === undefined ? '' : ` (byte ${String(byte)})`;
  return new InputError(path.join(folder, path.basename(file)), `${error.reason}${place}`, line ?? 1);
}

/** The words of the system's own refusals. */
export function reasonOf(error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException;
  switch (code) {
    case 'ENOENT':
      return 'there is no such file';
    case 'EACCES':
    case 'EPERM':
      return 'there is no permission to read it; change its rights or run as somebody who may';
    case 'EISDIR':
      return 'it is a folder';
    case 'ENOSPC':
      return 'the disk is full';
    default:
      return message;
  }
}

/** Standard output carries what was asked for, standard error what is to be said about it. */
import type { Diagnostic } from '../session/scenario/scenario.ts';
import { formatDiagnostic } from './format-diagnostic.ts';
import { Progress } from './progress.ts';

const progress = new Progress(process.stderr);

export function showProgress(...[label, simulation]: Parameters<Progress['show']>): void {
  progress.show(label, simulation);
}

export function writeOut(text: string): void {
  progress.clear();
  process.stdout.write(text);
}

export function writeLine(text: string): void {
  writeOut(text.endsWith('\n') ? text : `${text}\n`);
}

export function writeJson(value: unknown): void {
  writeOut(`${JSON.stringify(value)}\n`);
}

export function writeError(text: string): void {
  progress.clear();
  process.stderr.write(text);
}

export function writeDiagnostics(diagnostics: readonly Diagnostic[]): void {
  for (const one of diagnostics) writeError(formatDiagnostic(one));
}

/** For people at a terminal only. */
export function writeNote(text: string): void {
  progress.clear();
  if (process.stderr.isTTY) process.stderr.write(`${text}\n`);
}

export function clearProgress(): void {
  progress.clear();
}

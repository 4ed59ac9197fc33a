/** Standard output gets the results, standard error everything else. */
import type { Diagnostic } from '../session/scenario/scenario.ts';
import { formatDiagnostic } from './format-diagnostic.ts';
import { OutputStream } from './output-stream.ts';
import { Progress } from './progress.ts';

const standardOutput = new OutputStream('standard output', 1);
const standardError = new OutputStream('standard error', 2);
const progress = new Progress({
  isTTY: standardError.isTTY,
  get columns() {
    return process.stderr.columns;
  },
  write: (text) => {
    standardError.write(text);
  },
});

export function showProgress(...[label, simulation]: Parameters<Progress['show']>): void {
  progress.show(label, simulation);
}

export function writeOut(text: string): void {
  progress.clear();
  standardOutput.write(text);
}

export function writeLine(text: string): void {
  writeOut(text.endsWith('\n') ? text : `${text}\n`);
}

export function writeJson(value: unknown): void {
  writeOut(`${JSON.stringify(value)}\n`);
}

export function writeError(text: string): void {
  progress.clear();
  standardError.write(text);
}

export function writeDiagnostics(diagnostics: readonly Diagnostic[]): void {
  for (const one of diagnostics) writeError(formatDiagnostic(one));
}

/** For people at a terminal only. */
export function writeNote(text: string): void {
  progress.clear();
  if (standardError.isTTY) standardError.write(`${text}\n`);
}

export function clearProgress(): void {
  progress.clear();
}

/** No more results follow. Throws an OutputError where some of them are lost. */
export function closeOutput(): void {
  progress.clear();
  if (!standardOutput.isTTY) standardOutput.close();
}

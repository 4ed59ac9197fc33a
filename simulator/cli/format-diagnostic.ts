import type { Diagnostic, SourceRange } from '../session/scenario/scenario.ts';

const severityWords = { error: 'error', warning: 'warning', information: 'info' } as const;

/** `file:line:column: error WALK101: message`, and a line for each place that is to blame as well. */
export function formatDiagnostic({ code, severity, message, range, related = [] }: Diagnostic): string {
  const lines = [`${placeText(range)}: ${severityWords[severity]} ${code}: ${indented(message)}`];
  for (const one of related) lines.push(`${placeText(one.range)}: note: ${indented(one.message)}`);
  return `${lines.join('\n')}\n`;
}

function placeText({ file, line, column }: SourceRange): string {
  return `${file}:${String(line)}:${String(column)}`;
}

/** A message of several lines must not look like several diagnostics. */
function indented(message: string): string {
  return message.replace(/\n/g, '\n    ');
}

/** One finding may turn up in every test of a file. */
export function withoutRepeats(diagnostics: readonly Diagnostic[]): Diagnostic[] {
  const seen = new Set<string>();
  return diagnostics.filter((one) => {
    const key = formatDiagnostic(one);
    return !seen.has(key) && seen.add(key);
  });
}

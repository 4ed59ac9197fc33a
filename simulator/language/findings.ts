/** How many findings one file gets: more of them help nobody, and an editor shows them all. */
import type { Diagnostic } from '../session/scenario/scenario.ts';

export const mostFindings = 1000;

const longestQuotation = 80;

/** What a message quotes from the text in backticks or quotes, cut where it is longer than anybody reads. */
export function shortened(message: string): string {
  if (message.length <= longestQuotation) return message;
  return message.replace(/([`"])([^`"\n]+)\1/g, (quoted: string, mark: string, text: string) =>
    text.length <= longestQuotation ? quoted : `${mark}${text.slice(0, longestQuotation)}…${mark}`,
  );
}

/** In source order, errors before others where not all have room, and then a last one that says how many are left out. */
export function boundedFindings(diagnostics: readonly Diagnostic[]): readonly Diagnostic[] {
  const sorted = [...diagnostics].sort(inSourceOrder);
  if (sorted.length <= mostFindings) return sorted;
  const isError = ({ severity }: Diagnostic): boolean => severity === 'error';
  const kept = [...sorted.filter(isError), ...sorted.filter((one) => !isError(one))].slice(0, mostFindings);
  const shown = kept.sort(inSourceOrder);
  return [...shown, leftOut(sorted.length - shown.length, shown)];
}

function leftOut(count: number, shown: readonly Diagnostic[]): Diagnostic {
  const [first] = shown;
  if (first === undefined) throw new Error('no findings are shown');
  return {
    code: 'WALK137',
    severity: 'information',
    message: `${String(count)} more findings are not shown: at most ${String(mostFindings)} are for one file.`,
    range: { ...first.range, line: 1, column: 1, endLine: 1, endColumn: 1 },
  };
}

function inSourceOrder(a: Diagnostic, b: Diagnostic): number {
  return a.range.line - b.range.line || a.range.column - b.range.column || (a.code < b.code ? -1 : 1);
}

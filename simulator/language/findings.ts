/** How many findings one file gets: more of them help nobody, and an editor shows them all. */
import { type Bounds, boundText, raiseHint } from '../session/scenario/bounds.ts';
import type { Diagnostic } from '../session/scenario/scenario.ts';

type FindingBounds = Pick<Bounds, 'findings' | 'setting'>;

const longestQuotation = 80;

/** What a message quotes from the text in backticks or quotes, cut where it is longer than anybody reads. */
export function shortened(message: string): string {
  if (message.length <= longestQuotation) return message;
  return message.replace(/([`"])([^`"\n]+)\1/g, (quoted: string, mark: string, text: string) =>
    text.length <= longestQuotation ? quoted : `${mark}${text.slice(0, longestQuotation)}…${mark}`,
  );
}

/** In source order, errors before others where not all have room, and then a last one that says how many are left out. */
export function boundedFindings(diagnostics: readonly Diagnostic[], bounds: FindingBounds): readonly Diagnostic[] {
  const sorted = [...diagnostics].sort(inSourceOrder);
  if (sorted.length <= bounds.findings) return sorted;
  const isError = ({ severity }: Diagnostic): boolean => severity === 'error';
  const kept = [...sorted.filter(isError), ...sorted.filter((one) => !isError(one))].slice(0, bounds.findings);
  const shown = kept.sort(inSourceOrder);
  return [...shown, leftOut(sorted.length - shown.length, shown, bounds)];
}

function leftOut(count: number, shown: readonly Diagnostic[], bounds: FindingBounds): Diagnostic {
  const [first] = shown;
  if (first === undefined) throw new Error('no findings are shown');
  return {
    code: 'WALK137',
    severity: 'information',
    message: `${boundText('findings', count)} more findings are not shown: at most ${boundText('findings', bounds.findings)} are for one file. To see more, ${raiseHint('findings', bounds)}.`,
    range: { ...first.range, line: 1, column: 1, endLine: 1, endColumn: 1 },
  };
}

function inSourceOrder(a: Diagnostic, b: Diagnostic): number {
  return a.range.line - b.range.line || a.range.column - b.range.column || (a.code < b.code ? -1 : 1);
}

/** What a run prints: kept up to its bounds, only counted beyond them. */
import { boundText, type Bounds, raiseHint } from '../scenario/bounds.ts';
import type { SourceRange } from '../scenario/scenario.ts';

export interface Print {
  readonly text: string;
  readonly line: number;
}

export type OutputBounds = Pick<Bounds, 'output' | 'outputSize' | 'setting'>;

/** Plain data of the run's state. */
export interface Output {
  readonly prints: Print[];
  /** Lines and characters in `prints`. */
  printedLines: number;
  printedSize: number;
  /** Lines that were not kept. */
  moreLines: number;
  /** Which bound was passed first, and where. */
  outputCut: { readonly bound: 'output' | 'outputSize'; readonly range: SourceRange } | null;
}

export function createOutput(): Output {
  return { prints: [], printedLines: 0, printedSize: 0, moreLines: 0, outputCut: null };
}

/** Keeps the text, or as many whole lines of it as there is room for. Once a line was not kept, no later one is. */
export function addPrint(output: Output, text: string, range: SourceRange, bounds: OutputBounds): void {
  const lines = countLines(text);
  if (output.outputCut !== null) {
    output.moreLines += lines;
    return;
  }
  const room = bounds.output - output.printedLines;
  const fits = lines <= room && text.length <= bounds.outputSize - output.printedSize;
  const kept = fits ? { text, lines } : firstLines(text, room, bounds.outputSize - output.printedSize);
  if (kept.lines > 0) output.prints.push({ text: kept.text, line: range.line });
  output.printedLines += kept.lines;
  output.printedSize += kept.text.length;
  if (fits) return;
  output.moreLines += lines - kept.lines;
  output.outputCut = { bound: kept.lines >= room ? 'output' : 'outputSize', range };
}

export function countLines(text: string): number {
  let count = 1;
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) count++;
  return count;
}

function firstLines(text: string, most: number, size: number): { readonly text: string; readonly lines: number } {
  let lines = 0;
  let end = 0;
  for (let at = text.indexOf('\n'); at >= 0 && at <= size && lines < most; at = text.indexOf('\n', at + 1)) {
    lines++;
    end = at;
  }
  return { text: text.slice(0, end), lines };
}

/** `… 12 more lines`, in place of what was not kept; null where everything was. */
export function moreLinesText({ moreLines: more }: Pick<Output, 'moreLines'>): string | null {
  return more === 0 ? null : `… ${more.toLocaleString('en')} more ${more === 1 ? 'line' : 'lines'}`;
}

/** Why lines were not kept, and how to keep them; null where all were. */
export function cutReason({ outputCut: cut, moreLines: more }: Output, bounds: OutputBounds): string | null {
  if (cut === null) return null;
  const { bound } = cut;
  const kept = boundText(bound, bounds[bound]) + (bound === 'output' ? ' lines' : '');
  const lines = more === 1 ? '1 line is' : `${more.toLocaleString('en')} lines are`;
  return `${lines} not shown, from here on: a run keeps ${kept} of its output; ${raiseHint(bound, bounds)}`;
}

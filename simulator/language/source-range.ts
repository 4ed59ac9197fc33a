/** From the parser's positions (counted from 0) to the scenario's (counted from 1). */
import type { CstNode } from 'langium';
import type { SourceRange } from '../session/scenario/scenario.ts';

/** A position range as the parser and the language server protocol count it: lines and characters from 0. */
export interface Range0 {
  readonly start: { readonly line: number; readonly character: number };
  readonly end: { readonly line: number; readonly character: number };
}

export function toSourceRange(range: Range0, file: string): SourceRange {
  return {
    file,
    line: range.start.line + 1,
    column: range.start.character + 1,
    endLine: range.end.line + 1,
    endColumn: range.end.character + 1,
  };
}

export function toRange0(range: SourceRange): Range0 {
  return {
    start: { line: range.line - 1, character: range.column - 1 },
    end: { line: range.endLine - 1, character: range.endColumn - 1 },
  };
}

/** A node that the parser built always has its text. */
export function rangeOfCst(node: CstNode | undefined, file: string): SourceRange {
  if (node === undefined) throw new Error('a syntax node without text');
  return toSourceRange(node.range, file);
}

/** What the last finished simulation of each document found; forgotten at the next key. */
import type { LangiumDocument } from 'langium';
import type { Position } from 'vscode-languageserver';
import type { SourceRange } from '../../session/scenario/scenario.ts';
import type { LiveResult } from './result.ts';

export class LiveValues {
  private readonly results = new Map<string, { readonly version: number; readonly result: LiveResult }>();

  set(document: LangiumDocument, result: LiveResult): void {
    this.results.set(document.textDocument.uri, { version: document.textDocument.version, result });
  }

  forget(uri: string): void {
    this.results.delete(uri);
  }

  /** Of the smallest expression at that position, as Markdown. */
  valueAt(document: LangiumDocument, { line, character }: Position): string | null {
    const known = this.results.get(document.textDocument.uri);
    if (known?.version !== document.textDocument.version) return null;
    const around = known.result.values.filter(({ range }) => covers(range, line + 1, character + 1));
    around.sort((a, b) => extent(a.range) - extent(b.range));
    const [value] = around;
    return value === undefined ? null : `In this run: \`${value.text}\``;
  }
}

function covers(range: SourceRange, line: number, column: number): boolean {
  const afterStart = line > range.line || (line === range.line && column >= range.column);
  const beforeEnd = line < range.endLine || (line === range.endLine && column < range.endColumn);
  return afterStart && beforeEnd;
}

function extent(range: SourceRange): number {
  return (range.endLine - range.line) * 100_000 + range.endColumn - range.column;
}

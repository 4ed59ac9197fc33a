/** What the last finished simulation of each document found; forgotten at the next key. */
import type { LangiumDocument } from 'langium';
import type { Position } from 'vscode-languageserver';
import type { LiveResult } from './result.ts';

export class LiveValues {
  private readonly results = new Map<string, { readonly version: number; readonly result: LiveResult }>();

  set(document: LangiumDocument, result: LiveResult): void {
    this.results.set(document.textDocument.uri, { version: document.textDocument.version, result });
  }

  forget(uri: string): void {
    this.results.delete(uri);
  }

  /** What the statement that begins there has bound, as Markdown. Null where the run has not told. */
  boundAt(document: LangiumDocument, { line, character }: Position): string | null {
    const known = this.results.get(document.textDocument.uri);
    if (known?.version !== document.textDocument.version) return null;
    const value = known.result.values.find(({ range }) => range.line === line + 1 && range.column === character + 1);
    return value === undefined ? null : `In this run: \`${value.text}\``;
  }
}

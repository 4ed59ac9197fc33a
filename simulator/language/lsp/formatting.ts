/** The formatter in the editor: whole documents, ranges, and the line that a closing brace ends. */
import type { LangiumDocument } from 'langium';
import type { Formatter } from 'langium/lsp';
import type {
  DocumentFormattingParams,
  DocumentOnTypeFormattingParams,
  DocumentRangeFormattingParams,
  Range,
  TextEdit,
} from 'vscode-languageserver';
import { formatChanges } from '../format.ts';
import { syntaxErrors } from '../syntax.ts';
import { modelOf } from './document-facts.ts';

export class WalkFormatter implements Formatter {
  readonly formatOnTypeOptions = { firstTriggerCharacter: '}' };

  formatDocument(document: LangiumDocument, _params: DocumentFormattingParams): TextEdit[] {
    return edits(document, null);
  }

  formatDocumentRange(document: LangiumDocument, params: DocumentRangeFormattingParams): TextEdit[] {
    return edits(document, params.range);
  }

  formatDocumentOnType(document: LangiumDocument, params: DocumentOnTypeFormattingParams): TextEdit[] {
    const { line } = params.position;
    return edits(document, { start: { line, character: 0 }, end: params.position });
  }
}

/** None while the text has a syntax error: its layout cannot be told. */
function edits(document: LangiumDocument, within: Range | null): TextEdit[] {
  if (syntaxErrors(document.parseResult, '').length > 0) return [];
  const { textDocument } = document;
  const [first, last] =
    within === null
      ? [0, Number.MAX_SAFE_INTEGER]
      : [textDocument.offsetAt(within.start), textDocument.offsetAt(within.end)];
  return formatChanges(modelOf(document), textDocument.getText())
    .filter(({ from, to }) => from >= first && to <= last)
    .map(({ from, to, text }) => ({
      range: { start: textDocument.positionAt(from), end: textDocument.positionAt(to) },
      newText: text,
    }));
}

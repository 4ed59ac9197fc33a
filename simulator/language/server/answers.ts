/** Which of the language's services answers which request about a document. */
import type { LangiumDocument } from 'langium';
import type { LangiumServices } from 'langium/lsp';
import {
  CodeLensRequest,
  CompletionRequest,
  DefinitionRequest,
  DocumentFormattingRequest,
  DocumentHighlightRequest,
  DocumentOnTypeFormattingRequest,
  DocumentRangeFormattingRequest,
  DocumentSymbolRequest,
  FoldingRangeRequest,
  HoverRequest,
  PrepareRenameRequest,
  ReferencesRequest,
  RenameRequest,
  SemanticTokensRangeRequest,
  SemanticTokensRequest,
  SignatureHelpRequest,
  type CancellationToken,
  type ProtocolRequestType,
} from 'vscode-languageserver';

type Answer<Params> = (
  lsp: LangiumServices['lsp'],
  document: LangiumDocument,
  params: Params,
  token: CancellationToken,
) => unknown;

/** The parameters are those of `parameters.ts`, which have been checked. */
function on<Params, Result, Partial, Failure, Options>(
  { method }: ProtocolRequestType<Params, Result, Partial, Failure, Options>,
  answer: Answer<Params>,
): readonly [method: string, answer: Answer<never>] {
  return [method, answer];
}

export const documentAnswers: ReadonlyMap<string, Answer<never>> = new Map([
  on(CodeLensRequest.type, (lsp, ...asked) => lsp.CodeLensProvider?.provideCodeLens(...asked)),
  on(CompletionRequest.type, (lsp, ...asked) => lsp.CompletionProvider?.getCompletion(...asked)),
  on(DefinitionRequest.type, (lsp, ...asked) => lsp.DefinitionProvider?.getDefinition(...asked)),
  on(DocumentFormattingRequest.type, (lsp, ...asked) => lsp.Formatter?.formatDocument(...asked)),
  on(DocumentHighlightRequest.type, (lsp, ...asked) => lsp.DocumentHighlightProvider?.getDocumentHighlight(...asked)),
  on(DocumentOnTypeFormattingRequest.type, (lsp, ...asked) => lsp.Formatter?.formatDocumentOnType(...asked)),
  on(DocumentRangeFormattingRequest.type, (lsp, ...asked) => lsp.Formatter?.formatDocumentRange(...asked)),
  on(DocumentSymbolRequest.type, (lsp, ...asked) => lsp.DocumentSymbolProvider?.getSymbols(...asked)),
  on(FoldingRangeRequest.type, (lsp, ...asked) => lsp.FoldingRangeProvider?.getFoldingRanges(...asked)),
  on(HoverRequest.type, (lsp, ...asked) => lsp.HoverProvider?.getHoverContent(...asked)),
  on(PrepareRenameRequest.type, (lsp, ...asked) => lsp.RenameProvider?.prepareRename(...asked)),
  on(ReferencesRequest.type, (lsp, ...asked) => lsp.ReferencesProvider?.findReferences(...asked)),
  on(RenameRequest.type, (lsp, ...asked) => lsp.RenameProvider?.rename(...asked)),
  on(SemanticTokensRangeRequest.type, (lsp, ...asked) => lsp.SemanticTokenProvider?.semanticHighlightRange(...asked)),
  on(SemanticTokensRequest.type, (lsp, ...asked) => lsp.SemanticTokenProvider?.semanticHighlight(...asked)),
  on(SignatureHelpRequest.type, (lsp, ...asked) => lsp.SignatureHelp?.provideSignatureHelp(...asked)),
]);

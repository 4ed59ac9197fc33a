/** The parameters of every message that the server reads. What it does not read of them is not checked. */
import { flag, integer, list, maybe, natural, object, text, textOrInteger, uri, type Shape } from './shape.ts';

const textDocument = object({ uri });
const position = object({ line: natural, character: natural });
const range = object({ start: position, end: position });
const ofDocument = object({ textDocument });
const atPosition = object({ textDocument, position });
const formattingOptions = object({ tabSize: natural, insertSpaces: flag });
const workspaceFolder = object({ uri, name: text });

export const requestParameters: ReadonlyMap<string, Shape> = new Map([
  [
    'initialize',
    object({ capabilities: object({}) }, { processId: natural, trace: text, workspaceFolders: list(workspaceFolder) }),
  ],
  ['textDocument/codeLens', ofDocument],
  ['textDocument/completion', atPosition],
  ['textDocument/definition', atPosition],
  ['textDocument/documentHighlight', atPosition],
  ['textDocument/documentSymbol', ofDocument],
  ['textDocument/foldingRange', ofDocument],
  ['textDocument/formatting', object({ textDocument, options: formattingOptions })],
  ['textDocument/hover', atPosition],
  ['textDocument/onTypeFormatting', object({ textDocument, position, ch: text, options: formattingOptions })],
  ['textDocument/prepareRename', atPosition],
  ['textDocument/rangeFormatting', object({ textDocument, range, options: formattingOptions })],
  ['textDocument/references', object({ textDocument, position, context: object({ includeDeclaration: flag }) })],
  ['textDocument/rename', object({ textDocument, position, newName: text })],
  ['textDocument/semanticTokens/full', ofDocument],
  ['textDocument/semanticTokens/range', object({ textDocument, range })],
  ['textDocument/signatureHelp', atPosition],
  ['workspace/symbol', object({ query: text })],
]);

const fileEvent = object({ uri, type: integer });

export const notificationParameters: ReadonlyMap<string, Shape> = new Map([
  ['$/cancelRequest', object({ id: textOrInteger })],
  ['$/setTrace', object({ value: text })],
  [
    'textDocument/didChange',
    object({
      textDocument: object({ uri, version: integer }),
      contentChanges: list(object({ text, range: maybe(range) })),
    }),
  ],
  ['textDocument/didClose', ofDocument],
  ['textDocument/didOpen', object({ textDocument: object({ uri, languageId: text, version: integer, text }) })],
  ['textDocument/didSave', ofDocument],
  ['textDocument/willSave', ofDocument],
  ['window/workDoneProgress/cancel', object({ token: textOrInteger })],
  ['workspace/didChangeConfiguration', object({})],
  ['workspace/didChangeWatchedFiles', object({ changes: list(fileEvent) })],
  [
    'workspace/didChangeWorkspaceFolders',
    object({
      event: object({ added: list(workspaceFolder), removed: list(workspaceFolder) }),
    }),
  ],
]);

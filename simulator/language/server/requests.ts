/** Answers every request: with a result that its client can read, or with an error; never not at all. */
import {
  ErrorCodes,
  type CancellationToken,
  type Connection,
  type TextDocumentIdentifier,
  type WorkspaceSymbolParams,
} from 'vscode-languageserver';
import type { WalkServices } from '../lsp/lsp-module.ts';
import { documentAnswers } from './answers.ts';
import type { ClientFeatures } from './client-features.ts';
import { CurrentDocuments } from './current-documents.ts';
import { forClient } from './for-client.ts';
import { asResponseError, cancelled } from './request-error.ts';

interface AboutDocument {
  readonly textDocument: TextDocumentIdentifier;
}

/** `client` is asked at each request: the client reports what it can after the server has begun to listen. */
export function answerRequests(
  connection: Connection,
  { shared, Walk }: WalkServices,
  client: () => ClientFeatures,
): void {
  const documents = new CurrentDocuments(shared);
  for (const [method, answer] of documentAnswers) {
    on<AboutDocument>(connection, method, async (params, token) => {
      const { uri } = params.textDocument;
      const document = await documents.get(uri, token);
      return forClient(method, await answer(Walk.lsp, document, params as never, token), client(), uri);
    });
  }
  on<WorkspaceSymbolParams>(connection, 'workspace/symbol', async (params, token) => {
    await shared.workspace.WorkspaceManager.ready;
    const symbols = await shared.lsp.WorkspaceSymbolProvider?.getSymbols(params, token);
    return forClient('workspace/symbol', symbols, client(), '');
  });
}

function on<Params>(
  connection: Connection,
  method: string,
  answer: (params: Params, token: CancellationToken) => Promise<unknown>,
): void {
  connection.onRequest(method, async (params: Params, token: CancellationToken) => {
    try {
      const result = await answer(params, token);
      return token.isCancellationRequested ? cancelled() : result;
    } catch (error) {
      const failure = asResponseError(error, method);
      if (failure.code === ErrorCodes.InternalError)
        connection.console.error(error instanceof Error ? (error.stack ?? failure.message) : failure.message);
      return failure;
    }
  });
}

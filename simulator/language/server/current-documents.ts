/** Documents as their clients have them: a request waits until the text that it speaks of has been read. */
import { DocumentState, URI, type LangiumDocument } from 'langium';
import { ErrorCodes, LSPErrorCodes, ResponseError, type CancellationToken } from 'vscode-languageserver';
import type { WalkSharedServices } from '../lsp/lsp-module.ts';
import { cancelled } from './request-error.ts';

export class CurrentDocuments {
  private readonly shared: WalkSharedServices;
  /** Requests that wait for a document; each looks again whenever something has happened. */
  private readonly waiting = new Set<() => void>();

  constructor(shared: WalkSharedServices) {
    this.shared = shared;
    const wake = (): void => {
      for (const look of [...this.waiting]) look();
    };
    const { DocumentBuilder, TextDocuments } = shared.workspace;
    DocumentBuilder.onDocumentPhase(DocumentState.Parsed, wake);
    DocumentBuilder.onUpdate(wake);
    TextDocuments.onDidClose(wake);
  }

  /** Rejects with the answer's error where no such document is open, or it is closed meanwhile. */
  async get(uri: string, token: CancellationToken): Promise<LangiumDocument> {
    const parsed = URI.parse(uri);
    if (!this.isKnown(parsed))
      throw new ResponseError(ErrorCodes.InvalidParams, `\`textDocument.uri\`: ${uri} is not an open document`);
    for (;;) {
      if (token.isCancellationRequested) throw cancelled();
      if (!this.isKnown(parsed)) throw new ResponseError(LSPErrorCodes.ContentModified, `${uri} was closed`);
      const document = this.shared.workspace.LangiumDocuments.getDocument(parsed);
      if (document !== undefined && this.shared.workspace.DocumentBuilder.isCurrent(document)) return document;
      await this.nextEvent(token);
    }
  }

  private async nextEvent(token: CancellationToken): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.waiting.add(resolve);
    const cancellation = token.onCancellationRequested(() => {
      resolve();
    });
    await promise;
    this.waiting.delete(resolve);
    cancellation.dispose();
  }

  private isKnown(uri: URI): boolean {
    const { LangiumDocuments, TextDocuments } = this.shared.workspace;
    return TextDocuments.get(uri) !== undefined || LangiumDocuments.hasDocument(uri);
  }
}

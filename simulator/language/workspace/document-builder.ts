/** Builds documents so that a fault in one, be it the file's or ours, leaves all others alone. */
import { DefaultDocumentBuilder, DocumentState, isOperationCancelled, type LangiumDocument, type URI } from 'langium';
import type { LangiumSharedServices } from 'langium/lsp';
import { DiagnosticSeverity, type CancellationToken, type Diagnostic } from 'vscode-languageserver';
import * as ast from '../generated/ast.ts';
import { diagnosticSource } from '../lsp/validation.ts';

type Build = (document: LangiumDocument) => unknown;

export class WalkDocumentBuilder extends DefaultDocumentBuilder {
  private readonly services: LangiumSharedServices;
  /** The text that each open document's tree was made from. */
  private readonly builtTexts = new WeakMap<LangiumDocument, string>();
  /** Documents whose last build threw. */
  private readonly failures = new WeakMap<LangiumDocument, Error>();

  constructor(services: LangiumSharedServices) {
    super(services);
    this.services = services;
  }

  /** Whether the tree is that of the text in the editor; of a closed file, whether it has been read. */
  isCurrent(document: LangiumDocument): boolean {
    if (document.state < DocumentState.Parsed) return false;
    const open = this.textDocuments?.get(document.uri);
    return open === undefined || this.builtTexts.get(document) === open.getText();
  }

  /** With a folder everything in it is deleted; what is open there is built again. */
  override update(changed: URI[], deleted: URI[], token?: CancellationToken): Promise<void> {
    const open = deleted
      .flatMap((uri) => this.langiumDocuments.getDocuments(uri))
      .filter(({ uri }) => this.textDocuments?.get(uri) !== undefined);
    return super.update([...changed, ...open.map(({ uri }) => uri)], deleted, token);
  }

  protected override runCancelable(
    documents: LangiumDocument[],
    state: DocumentState,
    token: CancellationToken,
    build: Build,
  ): Promise<void> {
    return super.runCancelable(documents, state, token, (document) => this.buildAlone(document, state, build));
  }

  /** Whoever waits for a document hears of it even where the build of the others has been cancelled meanwhile. */
  protected override async notifyDocumentPhase(
    document: LangiumDocument,
    state: DocumentState,
    token: CancellationToken,
  ): Promise<void> {
    for (const listener of [...this.documentPhaseListeners.get(state)]) {
      try {
        await listener(document, token);
      } catch (error) {
        this.log(`${document.uri.toString()}: ${asError(error).stack ?? ''}`);
      }
    }
  }

  private async buildAlone(document: LangiumDocument, state: DocumentState, build: Build): Promise<void> {
    const text = this.textDocuments?.get(document.uri)?.getText();
    if (state === DocumentState.Parsed) this.failures.delete(document);
    try {
      if (!this.failures.has(document)) await build(document);
    } catch (error) {
      if (isOperationCancelled(error)) throw error;
      this.fail(document, state, asError(error));
    }
    if (state === DocumentState.Parsed && text !== undefined) this.builtTexts.set(document, text);
    const failure = this.failures.get(document);
    if (state !== DocumentState.Validated || failure === undefined) return;
    document.diagnostics = [notChecked(failure)];
    this.markAsCompleted(document);
  }

  private fail(document: LangiumDocument, state: DocumentState, error: Error): void {
    if (state === DocumentState.Parsed) empty(document);
    if ('code' in error && this.textDocuments?.get(document.uri) === undefined) {
      // The file is gone or cannot be read.
      this.langiumDocuments.deleteDocument(document.uri);
      return;
    }
    this.failures.set(document, error);
    this.log(`${document.uri.toString()} could not be checked: ${error.stack ?? error.message}`);
  }

  private log(message: string): void {
    this.services.lsp.Connection?.console.error(message);
  }
}

function asError(reason: unknown): Error {
  return reason instanceof Error ? reason : new Error(String(reason));
}

function empty(document: LangiumDocument): void {
  const model: ast.Model = { $type: ast.Model.$type, $document: document, statements: [] };
  document.parseResult = { value: model, lexerErrors: [], parserErrors: [] };
}

function notChecked(failure: Error): Diagnostic {
  const start = { line: 0, character: 0 };
  return {
    source: diagnosticSource,
    severity: DiagnosticSeverity.Error,
    message: `This file could not be checked: ${failure.message}. This is a bug of Pagewalk.`,
    range: { start, end: start },
  };
}

/** What the client shows as problems: the last word about each document, and none about one that is gone. */
import { DocumentState, type LangiumDocument } from 'langium';
import { DiagnosticSeverity, type Diagnostic } from 'vscode-languageserver';
import type { WalkSharedServices } from './lsp-module.ts';

/** As the client can read it. */
export type AdaptDiagnostic = (diagnostic: Diagnostic) => Diagnostic;

export class Problems {
  private readonly services: WalkSharedServices;
  /** Set once the client has said what it can read. */
  adapt: AdaptDiagnostic = (diagnostic) => diagnostic;

  constructor(services: WalkSharedServices) {
    this.services = services;
    const { DocumentBuilder } = services.workspace;
    DocumentBuilder.onDocumentPhase(DocumentState.Validated, (document) => {
      this.tell(document, document.diagnostics ?? []);
    });
    DocumentBuilder.onUpdate((_changed, deleted) => {
      for (const uri of deleted) this.send(uri.toString(), []);
    });
  }

  /** Remarks are for whoever reads the file: of closed ones the list of problems shows problems only. */
  tell(document: LangiumDocument, diagnostics: readonly Diagnostic[]): void {
    // A newer text is on its way.
    if (!this.services.workspace.DocumentBuilder.isCurrent(document)) return;
    const { uri } = document.textDocument;
    const open = this.services.workspace.TextDocuments.get(uri);
    const shown = diagnostics.filter(
      ({ severity }) => open !== undefined || severity !== DiagnosticSeverity.Information,
    );
    this.send(uri, shown, open?.version);
  }

  private send(uri: string, diagnostics: readonly Diagnostic[], version?: number): void {
    const adapted = diagnostics.map((diagnostic) => this.adapt(diagnostic));
    void this.services.lsp.Connection?.sendDiagnostics({
      uri,
      diagnostics: adapted,
      ...(version === undefined ? {} : { version }),
    });
  }
}

/** From what the client says about files to what is built: the editor's text while a file is open, the disk's otherwise. */
import { URI } from 'langium';
import { DefaultDocumentUpdateHandler } from 'langium/lsp';
import type { DidChangeWatchedFilesParams } from 'vscode-languageserver';
import type { WalkSharedServices } from '../lsp/lsp-module.ts';

type Change = Parameters<DefaultDocumentUpdateHandler['didChangeContent']>[0];

export class WalkDocumentUpdates extends DefaultDocumentUpdateHandler {
  private readonly services: WalkSharedServices;

  constructor(services: WalkSharedServices) {
    super(services);
    this.services = services;
  }

  /** A closed file of the workspace is what is on the disk again; any other document is gone. */
  didCloseDocument({ document }: Change): void {
    void this.close(URI.parse(document.uri));
  }

  private async close(uri: URI): Promise<void> {
    const { TextDocuments, WorkspaceManager } = this.services.workspace;
    const isHeld = await WorkspaceManager.holds(uri);
    // It may have been opened again meanwhile.
    if (TextDocuments.get(uri) !== undefined) return;
    if (isHeld) this.fireDocumentUpdate([uri], []);
    else this.fireDocumentUpdate([], [uri]);
  }

  /** What is open stays what the editor shows, whatever happens to its file. */
  override didChangeWatchedFiles({ changes }: DidChangeWatchedFilesParams): void {
    const { TextDocuments } = this.services.workspace;
    super.didChangeWatchedFiles({ changes: changes.filter(({ uri }) => TextDocuments.get(uri) === undefined) });
  }

  protected override fireDocumentUpdate(changed: URI[], deleted: URI[]): void {
    void this.update(changed, deleted);
  }

  private async update(changed: URI[], deleted: URI[]): Promise<void> {
    try {
      await this.workspaceManager.ready;
      await this.workspaceLock.write((token) => this.documentBuilder.update(changed, deleted, token));
    } catch (error) {
      const reason = error instanceof Error ? (error.stack ?? error.message) : String(error);
      this.services.lsp.Connection?.console.error(`The documents could not be brought up to date: ${reason}`);
    }
  }
}

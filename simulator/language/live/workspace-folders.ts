/** The folders of the workspace: scenarios may read from them, beside their own. */
import type { LangiumSharedServices } from 'langium/lsp';
import type { Connection, InitializeParams } from 'vscode-languageserver';
import { fileURLToPath } from 'node:url';

/** Asks the client each time, as users change them while they work. */
export function workspaceFolders(
  connection: Connection,
  shared: LangiumSharedServices,
): () => Promise<readonly string[]> {
  let client: InitializeParams | null = null;
  shared.lsp.LanguageServer.onInitialize((params) => {
    client = params;
  });
  return async () => {
    const canAsk = client?.capabilities.workspace?.workspaceFolders === true;
    const folders = canAsk ? await connection.workspace.getWorkspaceFolders() : client?.workspaceFolders;
    return (folders ?? []).flatMap(({ uri }) => (uri.startsWith('file:') ? [fileURLToPath(uri)] : []));
  };
}

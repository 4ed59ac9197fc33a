/** Puts the language's services behind a connection. */
import { addConfigurationChangeHandler, addDocumentUpdateHandler } from 'langium/lsp';
import type { Connection, InitializeResult } from 'vscode-languageserver';
import type { WalkServices } from '../lsp/lsp-module.ts';
import { featuresOf, type ClientFeatures } from './client-features.ts';
import { diagnosticForClient } from './for-client.ts';
import { answerRequests } from './requests.ts';

/** Begins to listen. */
export function serve(connection: Connection, services: WalkServices, version: string): void {
  const { shared } = services;
  let client: ClientFeatures = featuresOf({});
  connection.onInitialize(async (params): Promise<InitializeResult> => {
    client = featuresOf(params.capabilities);
    const { capabilities } = await shared.lsp.LanguageServer.initialize(params);
    shared.lsp.Problems.adapt = (diagnostic) => diagnosticForClient(diagnostic, client);
    if (!client.prepareRename) capabilities.renameProvider = true;
    return { capabilities, serverInfo: { name: 'Pagewalk', version } };
  });
  connection.onInitialized((params) => {
    shared.lsp.LanguageServer.initialized(params);
  });
  addDocumentUpdateHandler(connection, shared);
  addConfigurationChangeHandler(connection, shared);
  answerRequests(connection, services, () => client);
  shared.workspace.TextDocuments.listen(connection);
  connection.listen();
}

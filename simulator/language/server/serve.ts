/** Puts the language's services behind a connection. */
import { addConfigurationChangeHandler, addDocumentUpdateHandler } from 'langium/lsp';
import type { Connection, InitializeResult } from 'vscode-languageserver';
import type { WalkServices } from '../lsp/lsp-module.ts';
import { recheckOnSettings } from '../workspace/recheck.ts';
import { commandLink, folderLink, type ManualLink } from '../manual-address.ts';
import { featuresOf, type ClientFeatures } from './client-features.ts';
import { diagnosticForClient } from './for-client.ts';
import { answerRequests } from './requests.ts';

/** Begins to listen. `manual` is the address of the folder with the manual's pages. */
export function serve(connection: Connection, services: WalkServices, version: string, manual: string): void {
  const { shared } = services;
  let client: ClientFeatures = featuresOf({}, folderLink(manual));
  connection.onInitialize(async (params): Promise<InitializeResult> => {
    client = featuresOf(params.capabilities, linkFor(params.initializationOptions) ?? folderLink(manual));
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
  recheckOnSettings(shared);
  answerRequests(connection, services, () => client);
  shared.workspace.TextDocuments.listen(connection);
  connection.listen();
}

/** A client that has a command for the manual's pages names it: `{ "openManual": "pagewalk.openManual" }`. */
function linkFor(options: unknown): ManualLink | null {
  if (typeof options !== 'object' || options === null || !('openManual' in options)) return null;
  return typeof options.openManual === 'string' ? commandLink(options.openManual) : null;
}

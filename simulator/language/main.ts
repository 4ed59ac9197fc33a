/** The language server's process: Node's connection, by IPC from the extension or `--stdio` for other editors. */
import { startLanguageServer } from 'langium/lsp';
import { NodeFileSystem } from 'langium/node';
import { createConnection, ProposedFeatures } from 'vscode-languageserver/node';
import { createWalkServices } from './lsp/lsp-module.ts';
import { standardCatalogue } from './standard-catalogue.ts';

const connection = createConnection(ProposedFeatures.all);
const { shared } = createWalkServices({ connection, ...NodeFileSystem }, standardCatalogue);
startLanguageServer(shared);

/** The language server's process: Node's connection, by IPC from the extension or `--stdio` for other editors. */
import { startLanguageServer } from 'langium/lsp';
import { NodeFileSystem } from 'langium/node';
import { createConnection, ProposedFeatures } from 'vscode-languageserver/node';
import { setTimeout as delay } from 'node:timers/promises';
import { readLiveAssets, startLiveWorker } from './live-host.ts';
import { WorkerSimulator } from './live-worker.ts';
import { LiveFeedback } from './lsp/live.ts';
import { createWalkServices } from './lsp/lsp-module.ts';
import { standardCatalogue } from './standard-catalogue.ts';

/** This file: a bundle's own name where it is one, else the source. */
const script = typeof __filename === 'string' ? __filename : import.meta.filename;

const connection = createConnection(ProposedFeatures.all);
const { shared, values } = createWalkServices({ connection, ...NodeFileSystem }, standardCatalogue);
const simulator = new WorkerSimulator(() => startLiveWorker(script), readLiveAssets);
new LiveFeedback(shared, standardCatalogue, simulator, values, async (milliseconds) => {
  await delay(milliseconds);
}).start();
startLanguageServer(shared);

/** The language server's process: messages by IPC from the extension, or by `--stdio` for other editors. */
import { Console } from 'node:console';
import { setTimeout as delay } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import { IPCMessageWriter, StreamMessageWriter } from 'vscode-languageserver/node';
import packageJson from '../../package.json' with { type: 'json' };
import { boundsIn } from './live/bounds.ts';
import { LiveFeedback } from './live/feedback.ts';
import { startLiveWorker } from './live/host.ts';
import { WorkerSimulator, type LiveWorker } from './live/worker-simulator.ts';
import { workspaceFolders } from './live/workspace-folders.ts';
import { createWalkServices } from './lsp/lsp-module.ts';
import { connectTo, type ServerHost } from './server/connection.ts';
import { BoundedFileSystem } from './server/file-system.ts';
import { serve } from './server/serve.ts';
import { listenToParent, listenToStream } from './server/transport.ts';
import { standardCatalogue } from './standard-catalogue.ts';

/** This file: a bundle's own name where it is one, else the source. */
const script = typeof __filename === 'string' ? __filename : import.meta.filename;

/** The manual's pages, which come with the bundle as with the source. */
const manual = new URL(typeof __filename === 'string' ? '../docs/' : '../../docs/', pathToFileURL(script)).href;

const host: ServerHost = {
  end(code, complaint) {
    if (complaint !== undefined) process.stderr.write(`pagewalk lsp: ${complaint}\n`);
    process.exit(code);
  },
  endWith(clientProcess, code) {
    const secondsBetween = 3;
    setInterval(() => {
      if (!isAlive(clientProcess)) process.exit(code());
    }, secondsBetween * 1000).unref();
  },
};

function isAlive(id: number): boolean {
  try {
    return process.kill(id, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== 'ESRCH';
  }
}

const isStdio = process.argv.includes('--stdio');
// Whatever is printed, by whichever package, stays out of the messages on standard output.
if (isStdio) globalThis.console = new Console(process.stderr);
else if (process.send === undefined) host.end(2, 'there is no editor to talk to; start it with --stdio');

const connection = isStdio
  ? connectTo(listenToStream(process.stdin), new StreamMessageWriter(process.stdout), host)
  : connectTo(listenToParent(process), new IPCMessageWriter(process), host);

// A fault in one request or one document ends neither the server nor the command line that started it.
for (const event of ['uncaughtException', 'unhandledRejection'] as const) {
  process.removeAllListeners(event).on(event, (reason: unknown) => {
    connection.console.error(reason instanceof Error ? (reason.stack ?? reason.message) : String(reason));
  });
}

const services = createWalkServices(
  { connection, fileSystemProvider: () => new BoundedFileSystem() },
  standardCatalogue,
);
const { ConfigurationProvider } = services.shared.workspace;
const startWorker = (): LiveWorker => startLiveWorker(script, boundsIn(ConfigurationProvider.current, 'live'));
const simulator = new WorkerSimulator(startWorker, workspaceFolders(connection, services.shared));
new LiveFeedback(services, simulator, async (milliseconds) => {
  await delay(milliseconds);
}).start();
serve(connection, services, packageJson.version, manual);

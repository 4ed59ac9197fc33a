import * as vscode from 'vscode';
import {
  LanguageClient,
  TransportKind,
  type LanguageClientOptions,
  type ServerOptions,
} from 'vscode-languageclient/node';
import { Command, LANGUAGE_ID } from './contributions.ts';

/** Starts the language server in a process of its own and stops it with the extension; it writes to the extension's own log. */
export async function startLanguageClient(
  context: vscode.ExtensionContext,
  outputChannel: vscode.LogOutputChannel,
): Promise<LanguageClient> {
  const module = vscode.Uri.joinPath(context.extensionUri, 'dist', 'server.cjs').fsPath;
  const server: ServerOptions = {
    run: { module, transport: TransportKind.ipc },
    debug: { module, transport: TransportKind.ipc, options: { execArgv: ['--nolazy', '--inspect=6009'] } },
  };
  const options: LanguageClientOptions = {
    documentSelector: [{ language: LANGUAGE_ID }],
    synchronize: { configurationSection: 'pagewalk' },
    outputChannel,
    // Links to the manual run the command; nothing else that a hover says may run one.
    initializationOptions: { openManual: Command.openManual },
    markdown: { isTrusted: { enabledCommands: [Command.openManual] } },
    middleware: {
      // The launched text of an edited file, which the debugger shows, has no problems of its own to list.
      handleDiagnostics: (uri, diagnostics, next) => {
        next(uri, uri.scheme === 'debug' ? [] : diagnostics);
      },
    },
  };
  const client = new LanguageClient('pagewalk', 'Pagewalk', server, options);
  context.subscriptions.push({ dispose: () => void client.dispose() });
  await client.start();
  return client;
}

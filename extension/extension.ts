import * as vscode from 'vscode';
import { registerBranchCommands } from './branch-commands.ts';
import { ChangedSources } from './changed-sources.ts';
import { DEBUG_TYPE } from './contributions.ts';
import { DebugWindows } from './debug-windows.ts';
import { ConfigurationProvider } from './debug/configuration-provider.ts';
import { WorkerAdapterFactory } from './debug/factory.ts';
import { registerGuide } from './guide/register.ts';
import { startLanguageClient } from './language-client.ts';
import { registerPanels } from './panels/register.ts';
import { ReverseCommands } from './reverse-commands.ts';
import { LineHints } from './recording/line-hints.ts';
import { registerLostSources } from './recording/lost-sources.ts';
import { registerRecordCommand } from './recording/record-command.ts';
import { RecordingEditor } from './recording/recording-editor.ts';
import { registerRunCommands } from './run-commands.ts';
import { StatusBar } from './status-bar.ts';
import { registerTesting } from './testing/register.ts';

export function activate(context: vscode.ExtensionContext): void {
  const log = vscode.window.createOutputChannel('Pagewalk', { log: true });
  context.subscriptions.push(
    log,
    ...registerDebugger(context),
    registerRunCommands(),
    new ReverseCommands(),
    registerGuide(context),
    registerBranchCommands(),
    new StatusBar(),
    new DebugWindows(),
    RecordingEditor.register(context),
    registerLostSources(),
    new LineHints(),
    registerRecordCommand(context),
    new ChangedSources(),
    registerTesting(context),
  );
  registerPanels(context, log);
  // Not awaited: debugging need not wait for the server's process.
  void startLanguageServer(context, log);
}

export function deactivate(): void {
  // Everything is disposed of with the context's subscriptions.
}

function registerDebugger(context: vscode.ExtensionContext): vscode.Disposable[] {
  const factory = new WorkerAdapterFactory(context.extensionUri);
  factory.prepare();
  const provider = new ConfigurationProvider();
  const { Initial, Dynamic } = vscode.DebugConfigurationProviderTriggerKind;
  return [
    factory,
    vscode.debug.registerDebugAdapterDescriptorFactory(DEBUG_TYPE, factory),
    vscode.debug.registerDebugConfigurationProvider(DEBUG_TYPE, provider, Initial),
    vscode.debug.registerDebugConfigurationProvider(DEBUG_TYPE, provider, Dynamic),
  ];
}

/** Debugging and panels work without the server, so its failure is told and not passed on. */
async function startLanguageServer(context: vscode.ExtensionContext, log: vscode.LogOutputChannel): Promise<void> {
  try {
    await startLanguageClient(context, log);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    void vscode.window.showErrorMessage(`Pagewalk's language server did not start: ${reason}`);
  }
}

import * as vscode from 'vscode';
import { Command } from './contributions.ts';
import { activeProgram, basename, configurationFor } from './debug/configuration-provider.ts';

/**
 * `pagewalk.runFile` and `pagewalk.debugFile`, from the editor's title bar, the explorer, the palette and code
 * lenses: an optional file and an optional test of it. Running prints to the debug console.
 */
export function registerRunCommands(): vscode.Disposable {
  return vscode.Disposable.from(
    vscode.commands.registerCommand(Command.runFile, (file?: unknown, test?: unknown) => start(file, test, true)),
    vscode.commands.registerCommand(Command.debugFile, (file?: unknown, test?: unknown) => start(file, test, false)),
  );
}

async function start(file: unknown, test: unknown, noDebug: boolean): Promise<boolean> {
  const uri = toUri(file) ?? activeProgram();
  if (uri === null) {
    void vscode.window.showErrorMessage('Open a .walk scenario or a recording first.');
    return false;
  }
  const what = typeof test === 'string' ? `${basename(uri)}: ${test}` : basename(uri);
  const configuration = {
    ...configurationFor(uri.fsPath, `${noDebug ? 'Run' : 'Debug'} ${what}`, noDebug),
    ...(typeof test === 'string' ? { test } : {}),
    ...(noDebug ? { internalConsoleOptions: 'openOnSessionStart' } : {}),
  };
  try {
    return await vscode.debug.startDebugging(vscode.workspace.getWorkspaceFolder(uri), configuration, { noDebug });
  } catch (error) {
    // A command that throws opens a modal dialog when it was chosen from the palette.
    void vscode.window.showErrorMessage(error instanceof Error ? error.message : String(error));
    return false;
  }
}

/** Menus pass a Uri, code lenses its text. */
function toUri(file: unknown): vscode.Uri | null {
  if (file instanceof vscode.Uri) return file;
  return typeof file === 'string' && file !== '' ? vscode.Uri.parse(file, true) : null;
}

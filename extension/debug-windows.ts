import * as vscode from 'vscode';
import { DEBUG_TYPE } from './contributions.ts';

interface ProtocolMessage {
  readonly type: string;
  readonly event?: string;
  readonly command?: string;
}

/**
 * Opens the Run and Debug view at the first stop of a session, and the debug console, with what the run has printed and
 * its result, at its end. VS Code itself opens the view for breakpoints only, and a stop on entry is none.
 */
export class DebugWindows implements vscode.Disposable, vscode.DebugAdapterTrackerFactory {
  private readonly registration = vscode.debug.registerDebugAdapterTrackerFactory(DEBUG_TYPE, this);

  dispose(): void {
    this.registration.dispose();
  }

  createDebugAdapterTracker(): vscode.DebugAdapterTracker {
    let hasStopped = false;
    let isGivenUp = false;
    return {
      onWillReceiveMessage: ({ command }: ProtocolMessage) => {
        if (command === 'terminate' || command === 'disconnect') isGivenUp = true;
      },
      onDidSendMessage: ({ event }: ProtocolMessage) => {
        if (event === 'stopped' && !hasStopped) {
          hasStopped = true;
          void openView();
        } else if (event === 'terminated' && !isGivenUp) void openConsole();
      },
    };
  }
}

const settings = (): vscode.WorkspaceConfiguration => vscode.workspace.getConfiguration('debug');

/** Whoever has chosen another moment for the view, or none, keeps it. */
async function openView(): Promise<void> {
  if (settings().get('openDebug') === 'openOnDebugBreak') await showBesideEditor('workbench.view.debug');
}

async function openConsole(): Promise<void> {
  if (settings().get('internalConsoleOptions') === 'neverOpen') return;
  await showBesideEditor('workbench.debug.action.focusRepl');
}

/** These commands take the focus, which belongs to the editor. */
async function showBesideEditor(command: string): Promise<void> {
  await vscode.commands.executeCommand(command);
  await vscode.commands.executeCommand('workbench.action.focusActiveEditorGroup');
}

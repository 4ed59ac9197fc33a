import * as vscode from 'vscode';
import { Command, DEBUG_TYPE } from './contributions.ts';

interface BranchRow {
  readonly name: string;
  readonly parent: string | null;
  readonly position: { readonly statement: number } | null;
  readonly edits: readonly { readonly text: string }[];
  readonly isCurrent: boolean;
}

/** `pagewalk.switchBranch`: the lines that the run of the active session has taken, to choose one from. */
export function registerBranchCommands(): vscode.Disposable {
  return vscode.commands.registerCommand(Command.switchBranch, switchBranch);
}

async function switchBranch(): Promise<void> {
  const session = vscode.debug.activeDebugSession;
  if (session?.type !== DEBUG_TYPE) {
    void vscode.window.showErrorMessage('Stop a Pagewalk debug session first: branches are lines of its run.');
    return;
  }
  try {
    const { branches } = (await session.customRequest('pagewalk/branches')) as { branches: BranchRow[] };
    const chosen = await vscode.window.showQuickPick(branches.map(itemOf), {
      title: 'Go to Branch',
      placeHolder: 'What was changed at a stop made a branch. Which line of the run do you want to see?',
    });
    if (chosen !== undefined) await session.customRequest('pagewalk/switchBranch', { name: chosen.label });
  } catch (error) {
    void vscode.window.showErrorMessage(error instanceof Error ? error.message : String(error));
  }
}

function itemOf({ name, parent, position, edits, isCurrent }: BranchRow): vscode.QuickPickItem {
  const from =
    parent === null || position === null ? '' : `leaves ${parent} at statement ${String(position.statement)}`;
  return {
    label: name,
    description: [isCurrent ? 'current' : '', from].filter((text) => text !== '').join(', '),
    detail: edits.map(({ text }) => text).join(' · '),
  };
}

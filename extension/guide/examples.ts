import * as vscode from 'vscode';
import { exists } from './exists.ts';

const folderName = 'pagewalk-examples';

/**
 * Copies the examples that come with the extension into a new folder inside `parent`, or inside one that the user picks,
 * and opens it. Gives the new folder; null when the user picks none.
 */
export async function openExamples(extensionUri: vscode.Uri, parent: unknown): Promise<vscode.Uri | null> {
  const into = parent instanceof vscode.Uri ? parent : await pickFolder();
  if (into === undefined) return null;
  const target = await unusedFolder(into);
  await vscode.workspace.fs.copy(vscode.Uri.joinPath(extensionUri, 'examples'), target);
  const isWindowInUse = vscode.workspace.workspaceFolders !== undefined;
  await vscode.commands.executeCommand('vscode.openFolder', target, { forceNewWindow: isWindowInUse });
  return target;
}

async function pickFolder(): Promise<vscode.Uri | undefined> {
  const [picked] =
    (await vscode.window.showOpenDialog({
      title: `Pick the folder in which to make ${folderName}`,
      openLabel: 'Copy Examples Here',
      canSelectFiles: false,
      canSelectFolders: true,
    })) ?? [];
  return picked;
}

/** What was copied before may have been edited since, so it is never written over. */
async function unusedFolder(parent: vscode.Uri): Promise<vscode.Uri> {
  for (let number = 1; ; number++) {
    const name = number === 1 ? folderName : `${folderName}-${String(number)}`;
    const folder = vscode.Uri.joinPath(parent, name);
    if (!(await exists(folder))) return folder;
  }
}

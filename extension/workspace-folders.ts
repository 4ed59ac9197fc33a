import * as vscode from 'vscode';

/** Paths of the folders that are open, as far as they are on a disk: what scenarios may read from. */
export function workspaceFolders(): string[] {
  const folders = vscode.workspace.workspaceFolders ?? [];
  return folders.filter(({ uri }) => uri.scheme === 'file').map(({ uri }) => uri.fsPath);
}

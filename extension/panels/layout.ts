import * as vscode from 'vscode';
import type { WebviewHost } from '../webview/webview-host.ts';

/** Source on the left; on the right the map above the table. Kept as the user has arranged it otherwise. */
export async function openBeside(above: WebviewHost, below: WebviewHost): Promise<void> {
  if (above.isOpen && below.isOpen) return;
  if (above.isOpen || below.isOpen) {
    const [open, closed] = above.isOpen ? [above, below] : [below, above];
    closed.show(open.column ?? vscode.ViewColumn.Beside, true);
    return;
  }
  if (vscode.window.tabGroups.all.length === 1) {
    const half = { size: 0.5 };
    const groups = [half, { size: 0.5, groups: [half, half] }];
    await vscode.commands.executeCommand('vscode.setEditorLayout', { orientation: 0, groups });
    above.show(vscode.ViewColumn.Two, true);
    below.show(vscode.ViewColumn.Three, true);
    return;
  }
  const column = Math.max(...vscode.window.tabGroups.all.map((group) => group.viewColumn));
  below.show(column, true);
  above.show(column, true);
}

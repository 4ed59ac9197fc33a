/** Ways from a panel to the text that is debugged. */
import * as vscode from 'vscode';

export async function revealLine(text: () => Promise<vscode.Uri | null>, line: number): Promise<void> {
  try {
    const uri = await text();
    if (uri === null) return;
    const document = await vscode.workspace.openTextDocument(uri);
    const shown = vscode.window.visibleTextEditors.find((editor) => editor.document === document);
    const position = new vscode.Position(Math.max(0, Math.min(line, document.lineCount) - 1), 0);
    const viewColumn = shown?.viewColumn ?? vscode.ViewColumn.One;
    await vscode.window.showTextDocument(document, { viewColumn, selection: new vscode.Range(position, position) });
  } catch (error) {
    void vscode.window.showErrorMessage(error instanceof Error ? error.message : String(error));
  }
}

/** One of the workspace's scenarios; undefined when there is none or the user goes away. */
export async function chooseScenario(placeHolder: string): Promise<vscode.Uri | undefined> {
  const found = await vscode.workspace.findFiles('**/*.walk', '**/node_modules/**', 500);
  const items = found
    .map((uri) => ({ label: vscode.workspace.asRelativePath(uri), uri }))
    .sort((one, other) => one.label.localeCompare(other.label));
  if (items.length === 0) {
    void vscode.window.showInformationMessage(
      'This workspace has no .walk scenario yet: create one, then press F5 in it.',
    );
    return undefined;
  }
  return (await vscode.window.showQuickPick(items, { placeHolder }))?.uri;
}

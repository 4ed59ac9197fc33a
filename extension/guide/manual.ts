import * as vscode from 'vscode';

const entryPage = 'README.md';

/** Shows a page of the manual that comes with the extension, as `kernels/haiku.md#faults`; without one, its entry. */
export async function openManual(extensionUri: vscode.Uri, page: unknown): Promise<void> {
  const [file = '', fragment = ''] = (typeof page === 'string' ? page : '').split('#');
  const uri = vscode.Uri.joinPath(extensionUri, 'docs', file === '' ? entryPage : file).with({ fragment });
  const commands = await vscode.commands.getCommands(true);
  // VS Code's own Markdown extension can be disabled.
  if (commands.includes('markdown.showPreview')) await vscode.commands.executeCommand('markdown.showPreview', uri);
  else await vscode.window.showTextDocument(uri);
}

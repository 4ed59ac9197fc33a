import * as vscode from 'vscode';
import { anchorIn } from './section-anchor.ts';

const entryPage = 'README.md';

/**
 * Shows a page of the manual that comes with the extension, as `kernels/haiku.md#4.9`: behind `#` stands a heading's anchor, or
 * a section's number. Without a page, its entry.
 */
export async function openManual(extensionUri: vscode.Uri, page: unknown): Promise<void> {
  const [file = '', named = ''] = (typeof page === 'string' ? page : '').split('#');
  const uri = vscode.Uri.joinPath(extensionUri, 'docs', file === '' ? entryPage : file);
  const fragment = named === '' ? '' : anchorIn(await textOf(uri), named);
  const commands = await vscode.commands.getCommands(true);
  // VS Code's own Markdown extension can be disabled.
  if (commands.includes('markdown.showPreview'))
    await vscode.commands.executeCommand('markdown.showPreview', uri.with({ fragment }));
  else await vscode.window.showTextDocument(uri);
}

async function textOf(uri: vscode.Uri): Promise<string> {
  return new TextDecoder().decode(await vscode.workspace.fs.readFile(uri));
}

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
  // VS Code's own Markdown extension can be disabled. Its commands are listed only after it has been activated.
  const markdown = vscode.extensions.getExtension('vscode.markdown-language-features');
  if (markdown === undefined) {
    await vscode.window.showTextDocument(uri);
    return;
  }
  await markdown.activate();
  await vscode.commands.executeCommand('markdown.showPreview', uri.with({ fragment }));
}

async function textOf(uri: vscode.Uri): Promise<string> {
  return new TextDecoder().decode(await vscode.workspace.fs.readFile(uri));
}

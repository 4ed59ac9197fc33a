import * as vscode from 'vscode';
import { commandLink, kernelPage } from '../../simulator/language/manual-address.ts';
import { Command } from '../contributions.ts';
import { listingLinks } from './listing-links.ts';

/** Makes the sections that a kernel function's listing names lead into the manual. */
export function registerListingLinks({ extensionUri }: vscode.ExtensionContext): vscode.Disposable {
  const link = commandLink(Command.openManual);
  return vscode.languages.registerDocumentLinkProvider(
    { scheme: 'debug', pattern: '**/*.md' },
    {
      async provideDocumentLinks(document) {
        // The adapter calls a listing KERNEL/FUNCTION.md.
        const [kernel = ''] = document.uri.path.replace(/^\//, '').split('/');
        const page = await pageText(vscode.Uri.joinPath(extensionUri, 'docs', kernelPage(kernel)));
        if (page === null) return [];
        return listingLinks(document.getText(), kernel, page).map(({ start, end, page: target }) => {
          const range = new vscode.Range(document.positionAt(start), document.positionAt(end));
          const found = new vscode.DocumentLink(range, vscode.Uri.parse(link(target)));
          found.tooltip = 'Open in the manual';
          return found;
        });
      },
    },
  );
}

/** Null: what is shown is no listing of a kernel that the manual has. */
async function pageText(uri: vscode.Uri): Promise<string | null> {
  try {
    return new TextDecoder().decode(await vscode.workspace.fs.readFile(uri));
  } catch {
    return null;
  }
}

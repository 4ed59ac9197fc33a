import * as vscode from 'vscode';
import { LANGUAGE_ID } from '../contributions.ts';
import type { TestFinder } from './finder.ts';

const pattern = '**/*.[wW][aA][lL][kK]';

/** An item a file, and below it one for each of its tests; a file without tests is a test itself. */
export class TestTree implements vscode.Disposable {
  private readonly controller: vscode.TestController;
  private readonly finder: TestFinder;
  private readonly subscriptions: vscode.Disposable;
  private isKnown = false;

  constructor(controller: vscode.TestController, finder: TestFinder) {
    this.controller = controller;
    this.finder = finder;
    controller.resolveHandler = (item) => (item === undefined ? this.discover() : this.refresh(item));
    controller.refreshHandler = () => this.discover();
    const watcher = vscode.workspace.createFileSystemWatcher(pattern);
    this.subscriptions = vscode.Disposable.from(
      watcher,
      watcher.onDidCreate((uri) => void this.refreshFile(uri)),
      watcher.onDidChange((uri) => void this.refreshFile(uri)),
      watcher.onDidDelete((uri) => {
        controller.items.delete(uri.toString());
      }),
      vscode.workspace.onDidOpenTextDocument((document) => void this.refreshDocument(document)),
      vscode.workspace.onDidChangeTextDocument(({ document }) => void this.refreshDocument(document)),
    );
    for (const document of vscode.workspace.textDocuments) void this.refreshDocument(document);
  }

  dispose(): void {
    this.subscriptions.dispose();
  }

  /** Every scenario of the workspace. Asked for when the Testing view is opened. */
  async discover(): Promise<void> {
    this.isKnown = true;
    const files = await vscode.workspace.findFiles(pattern, '**/node_modules/**');
    const names = new Set(files.map((uri) => uri.toString()));
    for (const [id, item] of this.controller.items)
      if (!names.has(id) && vscode.workspace.getWorkspaceFolder(item.uri ?? vscode.Uri.parse(id)) !== undefined)
        this.controller.items.delete(id);
    const items = files.map((uri) => this.itemOf(uri));
    for (const item of items) await this.refresh(item);
  }

  /** Reads the file again; what is open counts as it is typed. */
  async refresh(item: vscode.TestItem): Promise<void> {
    const { uri } = item;
    // A test of a file knows all about itself.
    if (uri === undefined || item.parent !== undefined) return;
    const text = await textOf(uri);
    if (text === null) {
      this.controller.items.delete(item.id);
      return;
    }
    const found = await this.finder.find(uri.fsPath, text);
    if (found === null) return;
    // While something is typed, a test may be unreadable for a moment.
    if (found.isBroken && found.tests.length < item.children.size) return;
    item.children.replace(
      found.tests.map(({ name, range }, index) => {
        const child = item.children.get(name) ?? this.controller.createTestItem(name, name, uri);
        child.range = new vscode.Range(range.line - 1, range.column - 1, range.endLine - 1, range.endColumn - 1);
        // The order of the file.
        child.sortText = String(index).padStart(6, '0');
        return child;
      }),
    );
    // No arrow before a file without tests.
    item.canResolveChildren = found.tests.length > 0;
  }

  private async refreshFile(uri: vscode.Uri): Promise<void> {
    if (this.isKnown) await this.refresh(this.itemOf(uri));
  }

  private async refreshDocument({ uri, languageId }: vscode.TextDocument): Promise<void> {
    // Only files can be run.
    if (languageId === LANGUAGE_ID && uri.scheme === 'file') await this.refresh(this.itemOf(uri));
  }

  private itemOf(uri: vscode.Uri): vscode.TestItem {
    const id = uri.toString();
    const known = this.controller.items.get(id);
    if (known !== undefined) return known;
    const item = this.controller.createTestItem(id, vscode.workspace.asRelativePath(uri), uri);
    item.canResolveChildren = true;
    this.controller.items.add(item);
    return item;
  }
}

/** Null where there is no such file any more. */
async function textOf(uri: vscode.Uri): Promise<string | null> {
  const open = vscode.workspace.textDocuments.find((document) => document.uri.toString() === uri.toString());
  if (open !== undefined) return open.getText();
  try {
    return new TextDecoder().decode(await vscode.workspace.fs.readFile(uri));
  } catch {
    // Gone, or not readable: running it says why.
    return null;
  }
}

import * as vscode from 'vscode';

/** A scenario to begin with: a file of `extension/templates/`, whose first comment is `// Title: detail`. */
export interface Template {
  /** Of the file, without `.walk`. */
  readonly name: string;
  readonly title: string;
  readonly detail: string;
  readonly text: string;
}

/** From the simplest one on, which is also the order in which they are offered. */
const names = ['first-steps', 'copy-on-write', 'tests', 'compare-kernels'];

export function readTemplates(extensionUri: vscode.Uri): Promise<Template[]> {
  const folder = vscode.Uri.joinPath(extensionUri, 'extension', 'templates');
  return Promise.all(names.map((name) => readTemplate(folder, name)));
}

async function readTemplate(folder: vscode.Uri, name: string): Promise<Template> {
  const bytes = await vscode.workspace.fs.readFile(vscode.Uri.joinPath(folder, `${name}.walk`));
  const text = new TextDecoder().decode(bytes);
  const [, title = name, detail = ''] = /^\/\/ ([^:\n]+): (.+)$/m.exec(text) ?? [];
  return { name, title, detail, text };
}

import * as vscode from 'vscode';
import { LANGUAGE_ID } from '../contributions.ts';
import { exists } from './exists.ts';
import { readTemplates, type Template } from './templates.ts';

/**
 * Makes a scenario from a template and shows it. With a folder open it becomes a file there, under a name that the user
 * chooses; otherwise a text that is saved later. Null when the user goes away.
 */
export async function newScenario(
  extensionUri: vscode.Uri,
  templateName: unknown,
  fileName: unknown,
): Promise<vscode.TextEditor | null> {
  const templates = await readTemplates(extensionUri);
  const template = templates.find(({ name }) => name === templateName) ?? (await pickTemplate(templates));
  if (template === undefined) return null;
  const [folder] = vscode.workspace.workspaceFolders ?? [];
  if (folder === undefined) {
    const document = await vscode.workspace.openTextDocument({ language: LANGUAGE_ID, content: template.text });
    return vscode.window.showTextDocument(document);
  }
  const name = typeof fileName === 'string' ? fileName : await askName(folder.uri, template);
  if (name === undefined) return null;
  const file = vscode.Uri.joinPath(folder.uri, withExtension(name));
  if (await exists(file)) throw new Error(`${withExtension(name)} exists already.`);
  await vscode.workspace.fs.writeFile(file, new TextEncoder().encode(template.text));
  return vscode.window.showTextDocument(file);
}

async function pickTemplate(templates: readonly Template[]): Promise<Template | undefined> {
  const items = templates.map((template) => ({ label: template.title, detail: template.detail, template }));
  const picked = await vscode.window.showQuickPick(items, {
    title: 'New Scenario',
    placeHolder: 'What should the scenario begin with?',
    matchOnDetail: true,
  });
  return picked?.template;
}

async function askName(folder: vscode.Uri, template: Template): Promise<string | undefined> {
  return vscode.window.showInputBox({
    title: 'New Scenario',
    prompt: 'Name of the new file',
    value: await unusedName(folder, template.name),
    ignoreFocusOut: true,
    validateInput: (name) => nameTrouble(folder, name.trim()),
  });
}

async function unusedName(folder: vscode.Uri, name: string): Promise<string> {
  for (let number = 1; ; number++) {
    const candidate = withExtension(number === 1 ? name : `${name}-${String(number)}`);
    if (!(await exists(vscode.Uri.joinPath(folder, candidate)))) return candidate;
  }
}

async function nameTrouble(folder: vscode.Uri, name: string): Promise<string | null> {
  if (name === '' || /[\\:*?"<>|]|(^|\/)\.\.?(\/|$)/.test(name)) return 'Type a file name such as first-steps.walk.';
  return (await exists(vscode.Uri.joinPath(folder, withExtension(name)))) ? `${name} exists already.` : null;
}

function withExtension(name: string): string {
  return name.trim().replace(/(\.walk)?$/i, '.walk');
}

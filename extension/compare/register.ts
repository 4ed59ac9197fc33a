import * as vscode from 'vscode';
import { Command, isRecordingPath } from '../contributions.ts';
import { activeProgram, basename } from '../debug/configuration-provider.ts';
import { chooseScenario, revealLine } from '../panels/reveal.ts';
import { ComparePanel, type ComparePanelAction } from './compare-panel.ts';
import type { WebviewContext, WebviewHost } from '../webview/webview-host.ts';
import { Comparer } from './comparer.ts';

/** `pagewalk.compareKernels`, from the editor's title bar, the explorer, the palette: an optional file, optional names. */
export function registerComparison(context: vscode.ExtensionContext, webviews: WebviewContext): WebviewHost {
  const comparer = new Comparer(context.extensionUri);
  const panel = new ComparePanel(webviews, comparer, (action) => void act(comparer, panel, action));
  context.subscriptions.push(
    comparer,
    panel,
    vscode.commands.registerCommand(Command.compareKernels, (file?: unknown, kernels?: unknown) =>
      reported(compare(comparer, panel, toUri(file) ?? activeProgram(), namesIn(kernels))),
    ),
  );
  return panel.host;
}

/** A command that throws opens a modal dialog when it was chosen from the palette. */
async function reported(done: Promise<void>): Promise<void> {
  try {
    await done;
  } catch (error) {
    void vscode.window.showErrorMessage(error instanceof Error ? error.message : String(error));
  }
}

async function compare(
  comparer: Comparer,
  panel: ComparePanel,
  file: vscode.Uri | null | undefined,
  names: readonly string[] | null,
): Promise<void> {
  const uri = file ?? (await chooseScenario('Which scenario do you want to compare kernels on?'));
  if (uri === undefined) return;
  if (uri.scheme !== 'file') throw new Error('Save the scenario first: kernels are compared on files.');
  const kernels = names ?? (await chooseKernels(comparer, uri));
  if (kernels === undefined) return;
  await save(uri);
  panel.show();
  comparer.start({ file: uri.toString(), kernels });
}

async function act(comparer: Comparer, panel: ComparePanel, action: ComparePanelAction): Promise<void> {
  const { request } = comparer;
  const file = request === null ? null : vscode.Uri.parse(request.file);
  if (action.type === 'reveal') await reveal(file, action.line);
  else if (action.action === 'cancel') comparer.cancel();
  else if (action.action === 'again' && request !== null)
    await reported(compare(comparer, panel, file, request.kernels));
  else await reported(compare(comparer, panel, file ?? visibleProgram(), null));
}

/** A recording's lines are those of its view, which only a debug session shows; the panel has their text. */
async function reveal(file: vscode.Uri | null, line: number): Promise<void> {
  if (file !== null && !isRecordingPath(file.path)) await revealLine(() => Promise.resolve(file), line);
}

/** The panel has the focus, so the file meant is one that is on the screen. */
function visibleProgram(): vscode.Uri | null {
  const editor = vscode.window.visibleTextEditors.find(({ document }) => document.languageId === 'walk');
  return editor?.document.uri ?? null;
}

/** All of them are chosen already; undefined when the user goes away. */
async function chooseKernels(comparer: Comparer, uri: vscode.Uri): Promise<readonly string[] | undefined> {
  const kernels = await comparer.kernels();
  const items = kernels.map(({ name, title, isWhole }) => ({ label: name, description: title, picked: isWhole }));
  const chosen = await vscode.window.showQuickPick(items, {
    canPickMany: true,
    title: `Compare kernels on ${basename(uri)}`,
    placeHolder: 'The first one is what the others are compared with',
  });
  return chosen === undefined || chosen.length === 0 ? undefined : chosen.map(({ label }) => label);
}

async function save(uri: vscode.Uri): Promise<void> {
  const open = vscode.workspace.textDocuments.find((document) => document.uri.toString() === uri.toString());
  if (open?.isDirty === true && !(await open.save())) throw new Error(`${basename(uri)} could not be saved.`);
}

function namesIn(value: unknown): readonly string[] | null {
  const isList = Array.isArray(value) && value.length > 0 && value.every((name) => typeof name === 'string');
  return isList ? value : null;
}

/** Menus pass a Uri, other commands its text. */
function toUri(file: unknown): vscode.Uri | null {
  if (file instanceof vscode.Uri) return file;
  return typeof file === 'string' && file !== '' ? vscode.Uri.parse(file, true) : null;
}

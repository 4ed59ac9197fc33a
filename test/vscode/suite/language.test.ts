import { strict as assert } from 'node:assert';
import * as vscode from 'vscode';
import { until } from '../../lifetime/waiting.ts';
import { openScenario, scenarioUri } from './support.ts';

const scenario = 'copy-on-write.walk';

describe('language', () => {
  afterEach(async () => {
    await vscode.commands.executeCommand('workbench.action.files.revert');
  });

  it('tells what is wrong while typing, and takes it back', async () => {
    const editor = await openScenario(scenario);
    const { document } = editor;
    await until(() => errorsOf(document).length === 0, 'the untouched file has no errors');
    const at = document.positionAt(document.getText().indexOf('mmap(') + 1);
    await editor.edit((edit) => {
      edit.insert(at, 'x');
    });
    const [error] = await until(
      () => (errorsOf(document).length > 0 ? errorsOf(document) : undefined),
      'an error appears',
    );
    assert.equal(error?.range.start.line, at.line);
    assert.match(error.message, /mxmap/);
    await vscode.commands.executeCommand('undo');
    await until(() => errorsOf(document).length === 0, 'the error goes');
  });

  it('tells a failed expectation from simulating the file', async () => {
    const editor = await openScenario(scenario);
    const { document } = editor;
    const text = 'expect read(buf) == 41';
    const start = document.getText().indexOf(text);
    const range = new vscode.Range(
      document.positionAt(start + text.length - 2),
      document.positionAt(start + text.length),
    );
    await editor.edit((edit) => {
      edit.replace(range, '40');
    });
    const [error] = await until(
      () => (errorsOf(document).length > 0 ? errorsOf(document) : undefined),
      'an error appears',
    );
    assert.match(error?.message ?? '', /41/);
    assert.equal(error?.range.start.line, range.start.line);
  });

  it('completes the functions of the kernel', async () => {
    const editor = await openScenario(scenario);
    const { document } = editor;
    const at = document.positionAt(document.getText().indexOf('write(buf, 41)'));
    const list = await until(async () => {
      const found = await vscode.commands.executeCommand<vscode.CompletionList>(
        'vscode.executeCompletionItemProvider',
        document.uri,
        at,
      );
      return found.items.some((item) => labelOf(item).startsWith('vmm_get_pte')) ? found : undefined;
    }, 'the completion offers vmm_get_pte');
    assert(list.items.some((item) => labelOf(item).startsWith('mmap')));
  });

  it('explains a function on hover', async () => {
    const { document } = await openScenario(scenario);
    const at = document.positionAt(document.getText().indexOf('mmap(') + 1);
    const text = await until(async () => {
      const hovers = await vscode.commands.executeCommand<vscode.Hover[]>(
        'vscode.executeHoverProvider',
        document.uri,
        at,
      );
      const shown = hovers
        .flatMap(({ contents }) => contents.map((part) => (typeof part === 'string' ? part : part.value)))
        .join('\n');
      return shown === '' ? undefined : shown;
    }, 'a hover comes');
    assert.match(text, /Maps memory/);
  });

  it('formats', async () => {
    const editor = await openScenario(scenario);
    const { document } = editor;
    const before = document.getText();
    const at = document.positionAt(before.indexOf('let buf'));
    await editor.edit((edit) => {
      edit.insert(at, '      ');
    });
    await vscode.commands.executeCommand('editor.action.formatDocument');
    await until(
      () => document.lineAt(at.line).text === '    let buf = mmap(64KiB, rw)',
      'the line is indented as it should be',
    );
  });

  it('offers to run and debug above the file', async () => {
    await openScenario(scenario);
    const lenses = await until(async () => {
      const found = await vscode.commands.executeCommand<vscode.CodeLens[]>(
        'vscode.executeCodeLensProvider',
        scenarioUri(scenario),
        10,
      );
      return found.length >= 2 ? found : undefined;
    }, 'the code lenses come');
    const commands = lenses.map(({ command }) => command?.command);
    assert(commands.includes('pagewalk.runFile') && commands.includes('pagewalk.debugFile'), commands.join(', '));
  });
});

function errorsOf({ uri }: vscode.TextDocument): vscode.Diagnostic[] {
  return vscode.languages.getDiagnostics(uri).filter(({ severity }) => severity === vscode.DiagnosticSeverity.Error);
}

function labelOf({ label }: vscode.CompletionItem): string {
  return typeof label === 'string' ? label : label.label;
}

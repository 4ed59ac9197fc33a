import { strict as assert } from 'node:assert';
import * as vscode from 'vscode';
import { until } from '../../lifetime/waiting.ts';
import { endSessions, Listener, openScenario, stackOf } from './support.ts';

const scenario = 'copy-on-write.walk';

describe('editing what is debugged', () => {
  let listener: Listener;
  let editor: vscode.TextEditor;
  let original = '';

  beforeEach(async () => {
    listener = new Listener();
    editor = await openScenario(scenario);
    original = editor.document.getText();
  });
  afterEach(async () => {
    await endSessions();
    await restore();
    listener.dispose();
  });

  /** The editor may have saved the change by itself. */
  const restore = async (): Promise<void> => {
    const { document } = await openScenario(scenario);
    const edit = new vscode.WorkspaceEdit();
    edit.replace(document.uri, new vscode.Range(0, 0, document.lineCount, 0), original);
    await vscode.workspace.applyEdit(edit);
    await document.save();
    assert.equal(document.getText(), original);
  };

  const insertLine = (): Thenable<boolean> =>
    editor.edit((edit) => {
      edit.insert(new vscode.Position(0, 0), '// A new first line.\n');
    });

  it('is told before it is saved, and the next stop is shown in the text that was launched', async () => {
    await vscode.commands.executeCommand('pagewalk.debugFile', editor.document.uri);
    await listener.stopped();
    await insertLine();
    const { session, body } = await listener.next<{ message: string }>('pagewalk/sourceChanged');
    assert.equal(body.message, `${scenario} has changed since this session started; restart to use the new text.`);
    await vscode.commands.executeCommand('workbench.action.debug.stepOver');
    const stop = await listener.stopped();
    const [frame] = await stackOf(session, stop.body.threadId);
    assert.equal(frame?.source?.name, `${scenario} (as launched)`);
    const shown = await until(
      () => vscode.window.visibleTextEditors.find(({ document }) => document.uri.scheme === 'debug'),
      'the launched text is shown',
    );
    assert.equal(shown.document.getText(), original);
    assert.equal(shown.document.languageId, 'walk');
    assert.deepEqual(vscode.languages.getDiagnostics(shown.document.uri), []);
    await until(() => shown.selection.active.line === frame.line - 1, 'the line of the stop is shown');
  });

  it('is taken back by undo', async () => {
    await vscode.commands.executeCommand('pagewalk.debugFile', editor.document.uri);
    await listener.stopped();
    await insertLine();
    await listener.next('pagewalk/sourceChanged');
    await vscode.commands.executeCommand('undo');
    await listener.next('loadedSource');
    await vscode.commands.executeCommand('workbench.action.debug.stepOver');
    const { session, body } = await listener.stopped();
    const [frame] = await stackOf(session, body.threadId);
    assert.equal(frame?.source?.name, scenario);
  });
});

import { strict as assert } from 'node:assert';
import * as vscode from 'vscode';
import { until } from '../../lifetime/waiting.ts';
import { endSessions, Listener, scenarioUri } from './support.ts';

describe('the first steps', () => {
  let listener: Listener;

  beforeEach(() => {
    listener = new Listener();
  });
  afterEach(async () => {
    await endSessions();
    listener.dispose();
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
  });

  it('New Scenario makes a file that can be debugged at once', async () => {
    const made = await vscode.commands.executeCommand('pagewalk.newScenario', 'first-steps', 'mine');
    assert.notEqual(made, null);
    const { activeTextEditor: editor } = vscode.window;
    assert.equal(editor?.document.uri.toString(), scenarioUri('mine.walk').toString());
    assert.equal(editor.document.languageId, 'walk');
    await vscode.commands.executeCommand('workbench.action.debug.start');
    await listener.stopped();
    await vscode.commands.executeCommand('workbench.action.debug.continue');
    await listener.next('terminated');
    assert.match(listener.output(), /\n42\n|^42\n/);
  });

  it('New Scenario never writes over a file', async () => {
    const before = await vscode.workspace.fs.readFile(scenarioUri('portable.walk'));
    assert.equal(await vscode.commands.executeCommand('pagewalk.newScenario', 'tests', 'portable.walk'), null);
    assert.deepEqual(await vscode.workspace.fs.readFile(scenarioUri('portable.walk')), before);
  });

  it('Open Manual shows the manual that comes with the extension', async () => {
    const extension = vscode.extensions.getExtension('pagewalk.pagewalk');
    assert(extension);
    await vscode.workspace.fs.stat(vscode.Uri.joinPath(extension.extensionUri, 'docs', 'README.md'));
    await vscode.commands.executeCommand('pagewalk.openManual');
    const isPreview = (): boolean => {
      const tab = vscode.window.tabGroups.activeTabGroup.activeTab;
      return tab?.input instanceof vscode.TabInputWebview && tab.label.includes('README.md');
    };
    await until(isPreview, 'the manual is shown as a page, not as text');
  });
});

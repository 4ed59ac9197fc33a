import { strict as assert } from 'node:assert';
import * as vscode from 'vscode';
import { until } from '../../lifetime/waiting.ts';

describe('activation', () => {
  it('activates in a folder with scenarios, whose tests the Testing view lists', async () => {
    const extension = vscode.extensions.getExtension('pagewalk.pagewalk');
    assert(extension, 'pagewalk.pagewalk is not installed');
    const [scenario] = await vscode.workspace.findFiles('copy-on-write.walk');
    assert(scenario, 'the workspace has no copy-on-write.walk');

    await until(() => extension.isActive, 'the extension is active');
    const document = await vscode.workspace.openTextDocument(scenario);
    await vscode.window.showTextDocument(document);
    assert.equal(document.languageId, 'walk');
  });
});

import { strict as assert } from 'node:assert';
import * as vscode from 'vscode';
import type { DescribedTests } from '../../../extension/testing/register.ts';
import { until } from '../../lifetime/waiting.ts';
import { scenarioUri } from './support.ts';

const file = 'tested.walk';
const text = `kernel lunaix
process shell { code 1 page  data 1 page }
test "holds" { expect shell.alive }
test "fails" {
    expect 1 == 2
}
`;

async function described(what: string, holds: (tests: DescribedTests) => boolean): Promise<DescribedTests> {
  return until(async () => {
    const tests = await vscode.commands.executeCommand<DescribedTests>('pagewalk.describeTests');
    return holds(tests) && tests;
  }, what);
}

const testsOf = ({ files }: DescribedTests, label = file): readonly string[] | undefined =>
  files.find((one) => one.label === label)?.tests;

describe('the Testing view', () => {
  const uri = scenarioUri(file);

  before(async () => {
    await vscode.workspace.fs.writeFile(uri, new TextEncoder().encode(text));
    await vscode.commands.executeCommand('workbench.view.testing.focus');
  });
  after(async () => {
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
    await vscode.workspace.fs.delete(uri);
    await described('a deleted file is gone', (tests) => testsOf(tests) === undefined);
  });

  it('lists the tests of every scenario, and files without tests', async () => {
    const tests = await described('the tests are found', (found) => testsOf(found)?.length === 2);
    assert.deepEqual(testsOf(tests), ['holds', 'fails']);
    assert.deepEqual(testsOf(tests, 'portable.walk'), []);
  });

  it('runs all, and knows what passed and what failed', async () => {
    await vscode.commands.executeCommand('testing.runAll');
    const { results } = await described(
      'all have run',
      (tests) => tests.results['portable.walk'] !== undefined && tests.results['fails'] !== undefined,
    );
    assert.equal(results['holds'], 'passed');
    assert.equal(results['fails'], 'expected 1 == 2');
  });

  it('follows what is typed', async () => {
    const editor = await vscode.window.showTextDocument(uri, { viewColumn: vscode.ViewColumn.One });
    await editor.edit((edit) => {
      edit.insert(new vscode.Position(2, 0), 'test "typed" { }\n');
    });
    const tests = await described('the new test is found', (found) => testsOf(found)?.length === 3);
    assert.deepEqual(testsOf(tests), ['typed', 'holds', 'fails']);
    await vscode.commands.executeCommand('workbench.action.files.revert');
    await described('the test is gone with its text', (found) => testsOf(found)?.length === 2);
  });

  it('runs the one at the cursor', async () => {
    const editor = await vscode.window.showTextDocument(uri, { viewColumn: vscode.ViewColumn.One });
    editor.selection = new vscode.Selection(4, 6, 4, 6);
    await vscode.commands.executeCommand('testing.runAtCursor');
    const { results } = await described('it has run', (tests) => Object.keys(tests.results).length === 1);
    assert.deepEqual(results, { fails: 'expected 1 == 2' });
  });
});

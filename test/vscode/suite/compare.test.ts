import { strict as assert } from 'node:assert';
import * as vscode from 'vscode';
import type { Description } from '../../../media/protocol/messages.ts';
import { until } from '../../lifetime/waiting.ts';
import { openScenario } from './support.ts';

const scenario = 'portable.walk';
const view = 'pagewalk.compare';

async function shown(what: string, holds: (description: Description) => boolean): Promise<Description> {
  return until(async () => {
    const description = await vscode.commands.executeCommand<Description | null>('pagewalk.describePanel', view);
    return description !== null && holds(description) && description;
  }, `the comparison shows ${what}`);
}

async function compare(uri: vscode.Uri, ...kernels: string[]): Promise<void> {
  await vscode.commands.executeCommand('pagewalk.compareKernels', uri, kernels);
}

/** Asks, and presses Enter until the question is gone. */
async function acceptChoice(uri: vscode.Uri): Promise<void> {
  let isAccepted = false;
  const asked = vscode.commands.executeCommand('pagewalk.compareKernels', uri);
  void asked.then(() => (isAccepted = true));
  await until(async () => {
    await vscode.commands.executeCommand('workbench.action.acceptSelectedQuickOpenItem');
    return isAccepted;
  }, 'the choice is accepted');
}

describe('comparing kernels', () => {
  afterEach(async () => {
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
  });

  it('opens a column a kernel beside the source, which keeps the focus', async () => {
    const editor = await openScenario(scenario);
    await compare(editor.document.uri, 'almos-mkh', 'lunaix');
    const { lines, process } = await shown(
      'two runs',
      ({ session, message }) => session === 'stopped' && message === null,
    );
    assert.equal(process, scenario);
    assert.equal(lines[0], 'almos-mkh ended | lunaix ended', lines.join('\n'));
    assert.ok(
      lines.some((line) => line.startsWith('page faults: 16 | 16')),
      lines.join('\n'),
    );
    assert.equal(vscode.window.activeTextEditor?.document, editor.document, 'the source keeps the focus');
  });

  it('says where the kernels part, and shows one that stops beside one that goes on', async () => {
    const editor = await openScenario('private-file.walk');
    await compare(editor.document.uri, 'almos-mkh', 'lunaix');
    const { lines } = await shown(
      'two runs',
      ({ session, process }) => session === 'stopped' && process === 'private-file.walk',
    );
    const all = lines.join('\n');
    assert.equal(lines[0], 'almos-mkh stopped | lunaix ended', all);
    assert.ok(
      lines.some((line) => line.startsWith('lunaix parts at line 6: almos-mkh stops')),
      all,
    );
    assert.ok(
      lines.some((line) => line.startsWith('line 7 write(view, 1): not reached | 1 page fault')),
      all,
    );
  });

  it('follows the cursor of the source', async () => {
    const editor = await openScenario(scenario);
    await compare(editor.document.uri, 'almos-mkh');
    await shown('a run', ({ session, lines }) => session === 'stopped' && lines.length > 0);
    for (const line of [6, 10]) {
      const position = new vscode.Position(line - 1, 4);
      editor.selection = new vscode.Selection(position, position);
      await shown(`line ${String(line)}`, ({ selected }) => selected === line);
    }
  });

  it('asks which kernels, all of them chosen already', async () => {
    const editor = await openScenario(scenario);
    // Accepted before the list has its marks, the choice is empty and nothing is compared: asked again then.
    await until(async () => {
      await acceptChoice(editor.document.uri);
      return (await vscode.commands.executeCommand('pagewalk.describePanel', view)) !== null;
    }, 'something is compared');
    const { lines } = await shown('all kernels', ({ session }) => session === 'stopped');
    assert.ok((lines[0] ?? '').split(' | ').length >= 2, lines[0]);
    assert.match(lines[0] ?? '', /^almos-mkh ended/);
  });

  it('tells what is wrong with the file instead of showing nothing', async () => {
    const editor = await openScenario(scenario);
    await compare(editor.document.uri.with({ path: `${editor.document.uri.path}.missing.walk` }), 'almos-mkh');
    const { message } = await shown('the failure', ({ session }) => session === 'ended');
    assert.match(message ?? '', /there is no such file/);
  });
});

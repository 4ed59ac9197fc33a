import { strict as assert } from 'node:assert';
import * as vscode from 'vscode';
import type { Description } from '../../../media/protocol/messages.ts';
import { until } from '../../lifetime/waiting.ts';
import { endSessions, Listener, scenarioUri, stackOf, type StackFrame } from './support.ts';

const recording = 'cow_fork.layout.txt.gz';

describe('debugging a recording', () => {
  let listener: Listener;

  beforeEach(() => {
    listener = new Listener();
  });
  afterEach(async () => {
    await endSessions();
    listener.dispose();
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
  });

  /** As F5 does where the recording is open. */
  async function debug(): Promise<void> {
    await vscode.commands.executeCommand('vscode.open', scenarioUri(recording));
    await until(
      () => vscode.window.tabGroups.activeTabGroup.activeTab?.label === recording,
      'the recording’s tab is active',
    );
    assert.equal(await vscode.commands.executeCommand('pagewalk.debugFile'), true);
  }

  async function bottom(): Promise<StackFrame> {
    const { session, body } = await listener.stopped();
    const frame = (await stackOf(session, body.threadId)).at(-1);
    assert.ok(frame !== undefined);
    return frame;
  }

  async function move(command: string): Promise<StackFrame> {
    await vscode.commands.executeCommand(`workbench.action.debug.${command}`);
    return bottom();
  }

  const view = (): Promise<vscode.TextEditor> =>
    until(() => {
      const { activeTextEditor: editor } = vscode.window;
      return editor?.document.languageId === 'walkreplay' && editor;
    }, 'the view of the recording is shown');

  const addressSpace = (what: string, holds: (description: Description) => boolean): Promise<Description> =>
    until(async () => {
      const panel = 'pagewalk.addressSpace';
      const description = await vscode.commands.executeCommand<Description | null>('pagewalk.describePanel', panel);
      return description !== null && holds(description) && description;
    }, `the address space shows ${what}`);

  it('shows its view, marks the line of the step, forwards and back, and the panels follow', async () => {
    await debug();
    assert.equal((await bottom()).line, 7);
    const { document } = await view();
    assert.equal(document.uri.scheme, 'debug');
    assert.match(document.lineAt(0).text, /^# cow_fork: a recording of/);
    for (const line of [8, 9, 10, 11]) {
      assert.equal((await move('stepOver')).line, line);
      const editor = await view();
      await until(() => editor.selection.active.line === line - 1, `the cursor is in line ${String(line)}`);
    }
    await addressSpace('the process', ({ process }) => process === 'cow_fork');
    assert.equal((await move('stepBack')).line, 10);
    await until(async () => (await view()).selection.active.line === 9, 'the cursor has gone back');
  });

  it('opens as a page of its own', async () => {
    await vscode.commands.executeCommand('vscode.open', scenarioUri(recording));
    const input = await until(() => vscode.window.tabGroups.activeTabGroup.activeTab?.input, 'a tab is open');
    assert(input instanceof vscode.TabInputCustom);
    assert.equal(input.viewType, 'pagewalk.recording');
  });

  it('takes breakpoints in its view', async () => {
    await debug();
    await bottom();
    const { document } = await view();
    const lines = document.getText().split('\n');
    const fork = lines.findIndex((line) => line.includes('clone('));
    const place = new vscode.Location(document.uri, new vscode.Position(fork, 0));
    vscode.debug.addBreakpoints([new vscode.SourceBreakpoint(place)]);
    assert.equal((await move('continue')).line, fork + 1);
    assert.equal((await move('stepOver')).line, fork + 2);
    await addressSpace('the child', ({ process }) => process?.includes('fork') === true);
  });
});

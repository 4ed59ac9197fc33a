import { strict as assert } from 'node:assert';
import * as vscode from 'vscode';
import type { Description } from '../../../media/protocol/messages.ts';
import { until } from '../../lifetime/waiting.ts';
import { endSessions, Listener, openScenario } from './support.ts';

const scenario = 'copy-on-write.walk';

async function shown(panel: string, what: string, holds: (description: Description) => boolean): Promise<Description> {
  return until(async () => {
    const description = await vscode.commands.executeCommand<Description | null>('pagewalk.describePanel', panel);
    return description !== null && holds(description) && description;
  }, `${panel} shows ${what}`);
}

/** VS Code drops a step that comes before it has chosen the thread. */
async function stepOver(): Promise<void> {
  await until(() => vscode.debug.activeStackItem !== undefined, 'a thread is selected');
  await vscode.commands.executeCommand('workbench.action.debug.stepOver');
}

async function closePanel(title: string): Promise<void> {
  const tabs = vscode.window.tabGroups.all.flatMap((group) => group.tabs);
  const panel = tabs.find((tab) => tab.input instanceof vscode.TabInputWebview && tab.label === title);
  assert.ok(panel !== undefined, title);
  await vscode.window.tabGroups.close(panel);
}

describe('panels', () => {
  let listener: Listener;

  beforeEach(() => {
    listener = new Listener();
  });
  afterEach(async () => {
    await endSessions();
    listener.dispose();
  });

  async function stepUntil(line: number): Promise<void> {
    for (let step = 0; step < 30; step++) {
      await stepOver();
      const { session, body } = await listener.stopped();
      const answer: unknown = await session.customRequest('stackTrace', { threadId: body.threadId });
      if ((answer as { stackFrames: { line: number }[] }).stackFrames[0]?.line === line) return;
    }
    assert.fail(`line ${String(line)} was not reached`);
  }

  it('open beside the source at the first stop, follow the thread, and mark what a step changed', async () => {
    const editor = await openScenario(scenario);
    await vscode.commands.executeCommand('pagewalk.debugFile', editor.document.uri);
    await listener.stopped();
    await shown(
      'pagewalk.addressSpace',
      'the process that is made already',
      ({ process, lines }) => process === 'shell' && lines.length > 0,
    );
    assert.equal(vscode.window.activeTextEditor?.document, editor.document, 'the source keeps the focus');

    const text = editor.document.getText().split('\n');
    const copy = text.findIndex((line) => line.includes('write(buf, 42)')) + 1;
    await stepUntil(copy);
    await stepOver();
    await listener.stopped();
    const space = await shown('pagewalk.addressSpace', 'the copied page', ({ lines }) =>
      lines.join('\n').includes('changed 1'),
    );
    assert.equal(space.process, 'child');
    assert.ok(
      space.lines.some((line) => line.startsWith('stack 0 rw-')),
      space.lines.join('\n'),
    );
    const table = await shown('pagewalk.pageTable', 'the copied page', ({ lines }) =>
      lines.some((line) => line.includes(', was ')),
    );
    assert.equal(table.process, 'child');
    const row = table.lines.find((line) => line.includes(', was '));
    assert.match(row ?? '', /^page 0x02000, .* V .* W .*anonymous, was /);
  });

  it('can be closed and asked for again, and then show the present', async () => {
    await openScenario(scenario);
    await vscode.commands.executeCommand('pagewalk.debugFile');
    await listener.stopped();
    await shown('pagewalk.addressSpace', 'the stop', ({ session }) => session === 'stopped');
    await closePanel('Address Space');
    assert.equal(await vscode.commands.executeCommand('pagewalk.describePanel', 'pagewalk.addressSpace'), null);
    await stepOver();
    await listener.stopped();
    await vscode.commands.executeCommand('pagewalk.showAddressSpace');
    const again = await shown('pagewalk.addressSpace', 'a process', ({ lines }) => lines.length > 0);
    assert.ok(again.lines.some((line) => line.startsWith('kentry r-x')));
  });

  it('show the structures that only this kernel has, with what a step made of them', async () => {
    const editor = await openScenario('portable.walk');
    const [folder] = vscode.workspace.workspaceFolders ?? [];
    const program = editor.document.uri.fsPath;
    const launch = {
      type: 'pagewalk',
      request: 'launch',
      name: 'portable',
      program,
      kernel: 'lunaix',
      stopOnEntry: true,
    };
    await vscode.debug.startDebugging(folder, launch);
    await listener.stopped();
    await vscode.commands.executeCommand('pagewalk.showKernel');
    await stepUntil(6);
    const before = await shown(
      'pagewalk.kernel',
      'a process',
      ({ process, lines }) => process === 'app' && lines.length > 0,
    );
    assert.ok(
      before.lines.some((line) => line.startsWith('# ')),
      before.lines.join('\n'),
    );
    await stepOver();
    await listener.stopped();
    await shown(
      'pagewalk.kernel',
      'what the step changed',
      ({ stop, lines }) => stop !== before.stop && lines.some((line) => / \[(new|changed)\]$/.test(line)),
    );
    await closePanel('Kernel');
  });

  it('show the frames of physical memory, whose they are, and what a step took', async () => {
    await openScenario(scenario);
    await vscode.commands.executeCommand('pagewalk.debugFile');
    await listener.stopped();
    await vscode.commands.executeCommand('pagewalk.showPhysicalMemory');
    await stepUntil(9);
    const before = await shown('pagewalk.physicalMemory', 'the process', ({ lines }) =>
      lines.some((line) => line.includes('shell')),
    );
    assert.ok(!before.lines.some((line) => /shell.*, changed/.test(line)), before.lines.join('\n'));
    await stepOver();
    await listener.stopped();
    const after = await shown('pagewalk.physicalMemory', 'the page that the write took', ({ lines }) =>
      lines.some((line) => /shell.*, changed/.test(line)),
    );
    assert.equal(after.cluster, '0,0');
    await closePanel('Physical Memory');
  });

  it('show the mesh: what each cluster runs inside a step, and its memory on request', async () => {
    await openScenario(scenario);
    await vscode.commands.executeCommand('pagewalk.debugFile');
    await listener.stopped();
    await vscode.commands.executeCommand('pagewalk.showCluster');
    const before = await shown('pagewalk.cluster', 'the mesh', ({ lines }) => lines.length >= 4);
    assert.match(before.lines[0] ?? '', /^cluster 0,0, 2 cores idle/);
    await stepUntil(8);
    await until(() => vscode.debug.activeStackItem !== undefined, 'a thread is selected');
    await vscode.commands.executeCommand('workbench.action.debug.stepInto');
    await listener.stopped();
    await shown('pagewalk.cluster', 'a kernel function', ({ lines }) =>
      lines.some((line) => /^cluster 0,0, .* in \w+, step /.test(line)),
    );
    await closePanel('Cluster');
  });

  it('draw the whole run as a timeline, and the simulation goes where it is asked to', async () => {
    await openScenario(scenario);
    await vscode.commands.executeCommand('pagewalk.debugFile');
    const { session } = await listener.stopped();
    await vscode.commands.executeCommand('pagewalk.showTimeline');
    const before = await shown('pagewalk.timeline', 'the whole run', ({ lines }) =>
      lines.some((line) => /^[1-9]\d* copies$/.test(line)),
    );
    assert.match(before.lines[0] ?? '', /^step \d+ of /);
    assert.ok(
      before.lines.some((line) => line.includes('write(buf, 42)')),
      before.lines.join('\n'),
    );
    await session.customRequest('pagewalk/seek', { position: { statement: 3, step: 0 } });
    await listener.stopped();
    await shown('pagewalk.timeline', 'the new moment', ({ lines }) => lines[0] !== before.lines[0]);
    await closePanel('Timeline');
  });

  it('say that the session has ended, and keep its last picture', async () => {
    await openScenario(scenario);
    await vscode.commands.executeCommand('pagewalk.debugFile');
    await listener.stopped();
    await stepOver();
    await listener.stopped();
    await shown(
      'pagewalk.addressSpace',
      'a process',
      ({ lines, session }) => session === 'stopped' && lines.length > 0,
    );
    await vscode.commands.executeCommand('workbench.action.debug.stop');
    const ended = await shown('pagewalk.addressSpace', 'the end', ({ session }) => session === 'ended');
    assert.ok(ended.lines.length > 0);
  });
});

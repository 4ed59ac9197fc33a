import { strict as assert } from 'node:assert';
import * as vscode from 'vscode';
import { until } from '../../lifetime/waiting.ts';
import { endSessions, Listener, openScenario, scenarioUri, stackOf } from './support.ts';

const scenario = 'copy-on-write.walk';

describe('debugging', () => {
  let listener: Listener;

  beforeEach(() => {
    listener = new Listener();
  });
  afterEach(async () => {
    await endSessions();
    listener.dispose();
  });

  it('F5 without a launch.json stops where the processes are made', async () => {
    await openScenario(scenario);
    await vscode.commands.executeCommand('workbench.action.debug.start');
    const { session, body } = await listener.stopped();
    assert.equal(body.reason, 'entry');
    const [frame] = await stackOf(session, body.threadId);
    assert.equal(frame?.line, 7);
    assert(frame.source?.path?.endsWith(scenarioUri(scenario).path), frame.source?.path);
    await until(() => vscode.debug.activeStackItem instanceof vscode.DebugStackFrame, 'the frame is selected');
  });

  it('stepping in opens the numbered steps of a kernel function, over the scenario line', async () => {
    await openScenario(scenario);
    await vscode.commands.executeCommand('pagewalk.debugFile');
    await listener.stopped();
    for (let step = 0; step < 40; step++) {
      await vscode.commands.executeCommand('workbench.action.debug.stepInto');
      const { session, body } = await listener.stopped();
      const stack = await stackOf(session, body.threadId);
      if ((stack[0]?.source?.sourceReference ?? 0) === 0) continue;
      assert.equal(stack.at(-1)?.source?.name, scenario);
      const editor = await until(
        () => vscode.window.visibleTextEditors.find(({ document }) => document.uri.scheme === 'debug'),
        'the listing is shown',
      );
      assert.match(editor.document.getText(), /## Steps/);
      assert.equal(editor.document.isUntitled, false);
      return;
    }
    assert.fail('forty steps in, and no kernel function');
  });

  it('stops at breakpoints and evaluates there', async () => {
    const editor = await openScenario(scenario);
    const line = lineOf(editor.document, 'write(buf, 42)');
    vscode.debug.addBreakpoints([
      new vscode.SourceBreakpoint(new vscode.Location(editor.document.uri, new vscode.Position(line, 0))),
    ]);
    await vscode.commands.executeCommand('pagewalk.debugFile', editor.document.uri);
    await listener.stopped();
    await vscode.commands.executeCommand('workbench.action.debug.continue');
    const { session, body } = await listener.stopped();
    assert.equal(body.reason, 'breakpoint');
    const [frame] = await stackOf(session, body.threadId);
    assert.equal(frame?.line, line + 1);
    const copies = (await session.customRequest('evaluate', {
      expression: 'count("page-copy")',
      frameId: frame.id,
    })) as { result: string };
    assert.equal(copies.result, '0');
  });

  it('the title bar’s Run runs to the end without a stop', async () => {
    const editor = await openScenario(scenario);
    await vscode.commands.executeCommand('pagewalk.runFile', editor.document.uri);
    await listener.next('terminated');
    assert.match(listener.output(), /Finished: .* 0 failed/);
  });

  it('can be stopped while it launches, and nothing is told as an error', async () => {
    const editor = await openScenario(scenario);
    for (const moment of ['initialize', 'launch', 'setExceptionBreakpoints', 'configurationDone']) {
      const isThere = listener.requested(moment);
      const started = vscode.commands.executeCommand('pagewalk.debugFile', editor.document.uri);
      await isThere;
      await vscode.debug.stopDebugging();
      await started;
      await until(() => vscode.debug.activeDebugSession === undefined, 'the session has ended');
    }
    assert.deepEqual(listener.errorsForTheUser, []);
    assert.equal(listener.output(), '');
  });

  it('explains a broken file with a message of its own, and an empty one', async () => {
    for (const [name, text] of [
      ['broken.walk', 'kernel almos-mkh\nas nobody { }\n'],
      ['empty.walk', '// Nothing yet.\n\n'],
    ] as const) {
      await vscode.workspace.fs.writeFile(scenarioUri(name), new TextEncoder().encode(text));
      await openScenario(name);
      await vscode.commands.executeCommand('pagewalk.debugFile');
      await until(() => vscode.debug.activeDebugSession === undefined, 'the session has ended');
      // What VS Code would show in its dialog.
      assert.deepEqual(listener.errorsForTheUser, []);
      await vscode.workspace.fs.delete(scenarioUri(name));
    }
    assert.match(listener.output(), /error WALK\d+: .*nobody/);
  });

  it('steps back', async () => {
    await openScenario(scenario);
    await vscode.commands.executeCommand('pagewalk.debugFile');
    const first = await listener.stopped();
    await vscode.commands.executeCommand('workbench.action.debug.stepOver');
    const second = await listener.stopped();
    assert.notEqual((await stackOf(second.session, second.body.threadId))[0]?.line, 7);
    await vscode.commands.executeCommand('workbench.action.debug.stepBack');
    const third = await listener.stopped();
    assert.equal((await stackOf(first.session, third.body.threadId))[0]?.line, 7);
  });
});

function lineOf(document: vscode.TextDocument, text: string): number {
  return document.positionAt(document.getText().indexOf(text)).line;
}

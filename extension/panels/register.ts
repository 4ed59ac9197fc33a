import * as vscode from 'vscode';
import type { Description } from '../../media/protocol/messages.ts';
import { registerComparison } from '../compare/register.ts';
import { Command, LANGUAGE_ID } from '../contributions.ts';
import { WebviewHost } from '../webview/webview-host.ts';
import { addressSpacePanel } from './address-space-panel.ts';
import { clusterPanel } from './cluster-panel.ts';
import { kernelPanel } from './kernel-panel.ts';
import { openBeside } from './layout.ts';
import { pageTablePanel } from './page-table-panel.ts';
import { physicalMemoryPanel } from './physical-memory-panel.ts';
import { chooseScenario, revealLine } from './reveal.ts';
import { SessionFollower } from './session-follower.ts';
import { followSession, type PanelAction } from './session-panel.ts';
import { timelinePanel } from './timeline-panel.ts';

/** For tests: what a panel shows, by its view type. Not in the palette. */
const DESCRIBE = 'pagewalk.describePanel';

export function registerPanels(context: vscode.ExtensionContext, log: vscode.LogOutputChannel): void {
  const follower = new SessionFollower();
  const webviews = { extensionUri: context.extensionUri, log };
  const addressSpace = new WebviewHost(addressSpacePanel, webviews);
  const pageTable = new WebviewHost(pageTablePanel, webviews);
  const kernel = new WebviewHost(kernelPanel, webviews);
  const physicalMemory = new WebviewHost(physicalMemoryPanel, webviews);
  const cluster = new WebviewHost(clusterPanel, webviews);
  const timeline = new WebviewHost(timelinePanel, webviews);
  const panels = [addressSpace, pageTable, kernel, physicalMemory, cluster, timeline];
  const showBeside = (command: string, panel: WebviewHost): vscode.Disposable =>
    vscode.commands.registerCommand(command, () => {
      panel.show(addressSpace.column ?? vscode.ViewColumn.Beside, false);
    });
  const compared = registerComparison(context, webviews);
  context.subscriptions.push(
    follower,
    ...panels,
    ...panels.map((panel) => followSession(panel, follower, (action) => void act(panels, panel, follower, action))),
    openOnFirstStop(follower, addressSpace, pageTable),
    vscode.commands.registerCommand(Command.showAddressSpace, () => {
      addressSpace.show(vscode.ViewColumn.Beside, false);
    }),
    showBeside(Command.showPageTable, pageTable),
    showBeside(Command.showKernel, kernel),
    showBeside(Command.showPhysicalMemory, physicalMemory),
    showBeside(Command.showCluster, cluster),
    showBeside(Command.showTimeline, timeline),
    vscode.commands.registerCommand(DESCRIBE, (viewType: unknown): Promise<Description | null> => {
      const shown = [...panels, compared].find((panel) => panel.kind.viewType === viewType);
      return shown?.describe() ?? Promise.resolve(null);
    }),
  );
}

/** Once a session: who closes a panel means it. */
function openOnFirstStop(
  follower: SessionFollower,
  addressSpace: WebviewHost,
  pageTable: WebviewHost,
): vscode.Disposable {
  const seen = new Set<string>();
  return follower.onDidStop((session) => {
    if (seen.has(session.id)) return;
    seen.add(session.id);
    const isWanted = vscode.workspace.getConfiguration('pagewalk').get<boolean>('panels.openOnStart', true);
    if (isWanted) void openBeside(addressSpace, pageTable);
  });
}

async function act(
  panels: readonly WebviewHost[],
  from: WebviewHost,
  follower: SessionFollower,
  message: PanelAction,
): Promise<void> {
  switch (message.type) {
    case 'select':
      for (const panel of panels) if (panel !== from) panel.tell(message);
      break;
    case 'reveal':
      await revealLine(() => follower.text(), message.line);
      break;
    case 'seek':
      await seek(follower, message.position);
      break;
    case 'showMemory': {
      const memory = panels.find((panel) => panel.kind === physicalMemoryPanel);
      memory?.show(from.column ?? vscode.ViewColumn.Beside, false);
      memory?.tellOnceReady({ type: 'cluster', cluster: message.cluster });
      break;
    }
    case 'start':
      await debugSomeScenario();
      break;
  }
}

/** The session that is shown goes to a moment of its run; why it cannot, for instance while it runs, is said. */
async function seek(follower: SessionFollower, position: object): Promise<void> {
  try {
    await follower.requireSession().customRequest('pagewalk/seek', { position });
  } catch (error) {
    void vscode.window.showWarningMessage(error instanceof Error ? error.message : String(error));
  }
}

/** The panel has the focus, so the scenario meant is one that is on the screen, or one to choose. */
async function debugSomeScenario(): Promise<void> {
  const visible = vscode.window.visibleTextEditors.find((editor) => editor.document.languageId === LANGUAGE_ID);
  const uri = visible?.document.uri ?? (await chooseScenario('Which scenario do you want to debug?'));
  if (uri !== undefined) await vscode.commands.executeCommand(Command.debugFile, uri);
}

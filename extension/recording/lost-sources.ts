import path from 'node:path';
import * as vscode from 'vscode';
import { DEBUG_TYPE } from '../contributions.ts';

const FIND = 'Find File';

/** A source file of a recorded program that is not where it was. */
interface SourceMissing {
  /** As the recording names it. */
  readonly recorded: string;
  readonly message: string;
}

/** Asks once for source files that have moved, keeps the answer in the setting, and begins the session again. */
export function registerLostSources(): vscode.Disposable {
  const asked = new Set<string>();
  return vscode.debug.onDidReceiveDebugSessionCustomEvent(({ session, event, body }) => {
    if (session.type !== DEBUG_TYPE || event !== 'pagewalk/sourceMissing') return;
    const missing = body as SourceMissing;
    if (asked.has(missing.recorded)) return;
    asked.add(missing.recorded);
    void ask(session, missing);
  });
}

async function ask(session: vscode.DebugSession, { recorded, message }: SourceMissing): Promise<void> {
  if ((await vscode.window.showWarningMessage(message, FIND)) !== FIND) return;
  const name = path.basename(recorded);
  const [chosen] = (await vscode.window.showOpenDialog({ title: `Where is ${name}?`, openLabel: 'Use' })) ?? [];
  if (chosen === undefined) return;
  const settings = vscode.workspace.getConfiguration('pagewalk');
  const map = { ...settings.get<Record<string, string>>('sourceMap'), ...mapping(recorded, chosen.fsPath) };
  const target = vscode.workspace.workspaceFolders === undefined ? vscode.ConfigurationTarget.Global : vscode.ConfigurationTarget.Workspace; // prettier-ignore
  await settings.update('sourceMap', map, target);
  await session.customRequest('restart', { arguments: { ...session.configuration, sourceMap: map } });
}

/** Of the folder, so that other files that have moved with it are found as well. */
function mapping(recorded: string, chosen: string): Record<string, string> {
  const name = path.basename(recorded);
  const folder = path.dirname(recorded);
  if (path.basename(chosen) !== name || folder === '.') return { [recorded]: chosen };
  return { [`${folder}/`]: `${path.dirname(chosen)}/` };
}

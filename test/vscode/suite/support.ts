// What the tests inside the extension host share: opening files, waiting, and listening in on debug sessions.
import { strict as assert } from 'node:assert';
import * as vscode from 'vscode';
import { until } from '../../lifetime/waiting.ts';

export async function openScenario(name: string): Promise<vscode.TextEditor> {
  const document = await vscode.workspace.openTextDocument(scenarioUri(name));
  // Not where a panel has the focus.
  return vscode.window.showTextDocument(document, vscode.ViewColumn.One);
}

export function scenarioUri(name: string): vscode.Uri {
  const [folder] = vscode.workspace.workspaceFolders ?? [];
  assert(folder, 'the window has no folder');
  return vscode.Uri.joinPath(folder.uri, name);
}

interface Message {
  readonly type: string;
  readonly event?: string;
  readonly command?: string;
  readonly success?: boolean;
  readonly message?: string;
  readonly body?: unknown;
}

export interface Stopped {
  readonly reason: string;
  readonly description: string;
  readonly threadId: number;
}

export interface StackFrame {
  readonly id: number;
  readonly name: string;
  readonly line: number;
  readonly source?: { readonly name: string; readonly path?: string; readonly sourceReference?: number };
}

/** Hears everything that Pagewalk's debug adapters send to the editor. */
export class Listener implements vscode.Disposable {
  private readonly events: { session: vscode.DebugSession; event: string; body: unknown }[] = [];
  private read = 0;
  /** Refusals that the window shows. */
  readonly errorsForTheUser: string[] = [];
  private readonly requests: string[] = [];
  private readonly registration: vscode.Disposable;

  constructor() {
    this.registration = vscode.debug.registerDebugAdapterTrackerFactory('pagewalk', {
      createDebugAdapterTracker: (session) => ({
        onWillReceiveMessage: ({ command }: Message) => {
          if (command !== undefined) this.requests.push(command);
        },
        onDidSendMessage: ({ type, event, body, success, message }: Message) => {
          if (type === 'event' && event !== undefined) this.events.push({ session, event, body });
          const isShown = (body as { error?: { showUser?: boolean } } | undefined)?.error?.showUser !== false;
          if (type === 'response' && success === false && isShown) this.errorsForTheUser.push(message ?? '');
        },
      }),
    });
  }

  dispose(): void {
    this.registration.dispose();
  }

  /** The next event of that name that no test has waited for. */
  async next<T>(event: string): Promise<{ session: vscode.DebugSession; body: T }> {
    const index = await until(() => {
      const found = this.events.findIndex((one, at) => at >= this.read && one.event === event);
      return found < 0 ? undefined : found + 1;
    }, `the debug adapter sends '${event}'`);
    this.read = index;
    const { session, body } = this.events[index - 1] as (typeof this.events)[number];
    return { session, body: body as T };
  }

  /** The next stop, once the window shows it: only then do its step commands work. */
  async stopped(): Promise<{ session: vscode.DebugSession; body: Stopped }> {
    const stop = await this.next<Stopped>('stopped');
    const [top] = await stackOf(stop.session, stop.body.threadId);
    await until(() => {
      const item = vscode.debug.activeStackItem;
      return item instanceof vscode.DebugStackFrame && item.session === stop.session && item.frameId === top?.id;
    }, 'the window shows the frame');
    return stop;
  }

  /** The next time that the editor sends this request. */
  async requested(command: string): Promise<void> {
    const { length } = this.requests;
    await until(() => this.requests.includes(command, length), `the editor sends '${command}'`);
  }

  output(): string {
    return this.events
      .filter(({ event }) => event === 'output')
      .map(({ body }) => (body as { output: string }).output)
      .join('');
  }
}

export async function stackOf(session: vscode.DebugSession, threadId: number): Promise<StackFrame[]> {
  const { stackFrames } = (await session.customRequest('stackTrace', { threadId })) as { stackFrames: StackFrame[] };
  return stackFrames;
}

export async function endSessions(): Promise<void> {
  await vscode.debug.stopDebugging();
  vscode.debug.removeBreakpoints(vscode.debug.breakpoints);
  await until(() => vscode.debug.activeDebugSession === undefined, 'no session is left');
}

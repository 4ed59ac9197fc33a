import * as vscode from 'vscode';
import { DEBUG_TYPE } from './contributions.ts';

const RESTART = 'Restart';

/** What the adapter tells when the debugged file has another text than it was launched with. */
interface SourceChanged {
  readonly path: string;
  readonly message: string;
}

/**
 * Watches the editors of the files that are debugged: what is typed changes the lines before anything is saved. Tells the
 * adapter, and shows what the adapter says of it, with a way to begin again.
 */
export class ChangedSources implements vscode.Disposable, vscode.DebugAdapterTrackerFactory {
  private readonly sessions = new Set<LaunchedSession>();
  private readonly subscriptions: vscode.Disposable;

  constructor() {
    this.subscriptions = vscode.Disposable.from(
      vscode.debug.registerDebugAdapterTrackerFactory(DEBUG_TYPE, this),
      vscode.workspace.onDidChangeTextDocument(({ document }) => {
        this.look(document, false);
      }),
      vscode.workspace.onDidOpenTextDocument((document) => {
        this.look(document, false);
      }),
      vscode.workspace.onDidCloseTextDocument((document) => {
        this.look(document, true);
      }),
      vscode.debug.onDidReceiveDebugSessionCustomEvent(({ session, event, body }) => {
        if (session.type === DEBUG_TYPE && event === 'pagewalk/sourceChanged')
          void offerRestart(session, body as SourceChanged);
      }),
    );
  }

  dispose(): void {
    this.subscriptions.dispose();
  }

  createDebugAdapterTracker(session: vscode.DebugSession): vscode.DebugAdapterTracker {
    const launched = new LaunchedSession(session);
    return {
      onDidSendMessage: (message: { type: string; command?: string; success?: boolean }) => {
        const isText = message.type === 'response' && (message.command === 'launch' || message.command === 'restart');
        if (!isText || message.success !== true) return;
        this.sessions.add(launched);
        launched.forget();
        for (const document of vscode.workspace.textDocuments) this.look(document, false);
      },
      onWillStopSession: () => {
        this.sessions.delete(launched);
      },
    };
  }

  private look(document: vscode.TextDocument, isClosed: boolean): void {
    if (document.uri.scheme !== 'file') return;
    for (const session of this.sessions) void session.look(document, isClosed);
  }
}

/** One session and the text that it was launched with. */
class LaunchedSession {
  private readonly session: vscode.DebugSession;
  private launchedText: Promise<string | null> | null = null;
  /** What the adapter was told last. */
  private told: boolean | null = null;

  constructor(session: vscode.DebugSession) {
    this.session = session;
  }

  /** The program has been read anew. */
  forget(): void {
    this.launchedText = null;
    this.told = null;
  }

  async look(document: vscode.TextDocument, isClosed: boolean): Promise<void> {
    const program: unknown = this.session.configuration['program'];
    if (typeof program !== 'string' || vscode.Uri.file(program).fsPath !== document.uri.fsPath) return;
    this.launchedText ??= this.readLaunchedText();
    const launched = await this.launchedText;
    if (launched === null) {
      // It could not be asked for yet.
      this.launchedText = null;
      return;
    }
    // Compared now, not when it was typed: the last one of several looks tells how things stand.
    const isOther = isClosed || document.isClosed ? null : document.getText() !== launched;
    // Nothing need be said of a text that was the launched one all the time.
    if (isOther === this.told || (this.told === null && isOther === false)) return;
    this.told = isOther;
    await this.ask('pagewalk/editorText', { path: program, isOther });
  }

  /** The protocol's own `source` request would do, but VS Code rewrites paths in its arguments. */
  private async readLaunchedText(): Promise<string | null> {
    const answer = (await this.ask('pagewalk/launchedText', {})) as { content: string | null } | null;
    return answer?.content ?? null;
  }

  /** Null when the session has ended meanwhile, or replays a recording, whose text is no file. */
  private async ask(command: string, args: object): Promise<unknown> {
    try {
      return (await this.session.customRequest(command, args)) as unknown;
    } catch {
      return null;
    }
  }
}

async function offerRestart(session: vscode.DebugSession, { path, message }: SourceChanged): Promise<void> {
  const chosen = await vscode.window.showWarningMessage(message, RESTART);
  if (chosen !== RESTART) return;
  const document = vscode.workspace.textDocuments.find(({ uri }) => uri.fsPath === vscode.Uri.file(path).fsPath);
  if (document?.isDirty === true) await document.save();
  try {
    await session.customRequest('restart', { arguments: session.configuration });
  } catch (error) {
    void vscode.window.showErrorMessage(error instanceof Error ? error.message : String(error));
  }
}

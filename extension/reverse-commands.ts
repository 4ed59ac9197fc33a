import * as vscode from 'vscode';
import { Command, ContextKey, DEBUG_TYPE } from './contributions.ts';

interface ProtocolMessage {
  readonly type: string;
  readonly event?: string;
  readonly body?: {
    readonly position?: { readonly statement: number; readonly step: number };
    readonly branches?: number;
  };
}

/** The commands that VS Code lacks, and the context keys that say whether anything lies before the present position. */
export class ReverseCommands implements vscode.Disposable, vscode.DebugAdapterTrackerFactory {
  /** Whether each session stands at its beginning; those that move are not among them. */
  private readonly standing = new Map<string, { readonly isAtStart: boolean; readonly hasBranches: boolean }>();
  private readonly subscriptions: vscode.Disposable;

  constructor() {
    this.subscriptions = vscode.Disposable.from(
      vscode.commands.registerCommand(Command.reverseStepInto, () => reverse('pagewalk/reverseStepIn')),
      vscode.commands.registerCommand(Command.reverseStepOut, () => reverse('pagewalk/reverseStepOut')),
      vscode.debug.registerDebugAdapterTrackerFactory(DEBUG_TYPE, this),
      vscode.debug.onDidChangeActiveDebugSession(() => {
        this.tell();
      }),
      vscode.debug.onDidTerminateDebugSession(({ id }) => {
        this.standing.delete(id);
        this.tell();
      }),
    );
    this.tell();
  }

  dispose(): void {
    this.subscriptions.dispose();
  }

  createDebugAdapterTracker({ id }: vscode.DebugSession): vscode.DebugAdapterTracker {
    return {
      onDidSendMessage: ({ type, event, body }: ProtocolMessage) => {
        if (type !== 'event' || event !== 'pagewalk/position' || body?.position === undefined) return;
        const { statement, step } = body.position;
        const isAtStart = statement === 0 && step === 0;
        this.standing.set(id, { isAtStart, hasBranches: (body.branches ?? 1) > 1 });
        this.tell();
      },
    };
  }

  private tell(): void {
    const session = vscode.debug.activeDebugSession;
    const standing = session === undefined ? undefined : this.standing.get(session.id);
    void vscode.commands.executeCommand('setContext', ContextKey.canStepBack, standing?.isAtStart === false);
    void vscode.commands.executeCommand('setContext', ContextKey.atStart, standing?.isAtStart === true);
    void vscode.commands.executeCommand('setContext', ContextKey.hasBranches, standing?.hasBranches === true);
  }
}

/** In the thread that is selected in the call stack. The stop that follows is announced like any other. */
async function reverse(command: string): Promise<void> {
  const item = vscode.debug.activeStackItem;
  if (item?.session.type !== DEBUG_TYPE) {
    void vscode.window.showErrorMessage('Stop a Pagewalk debug session first, and select a thread in the call stack.');
    return;
  }
  try {
    await item.session.customRequest(command, { threadId: item.threadId });
  } catch (error) {
    void vscode.window.showErrorMessage(error instanceof Error ? error.message : String(error));
  }
}

import * as vscode from 'vscode';
import { answer } from '../../media/protocol/channel.ts';
import type { Description, FromPanel, SessionStatus, ToPanel } from '../../media/protocol/messages.ts';
import { inspect } from './inspection.ts';
import { describing } from './describing.ts';
import type { SessionFollower } from './session-follower.ts';
import { webviewHtml } from './webview-html.ts';

/** What makes one panel differ from another. */
export interface PanelKind {
  readonly viewType: string;
  readonly title: string;
  /** Name of its bundle. */
  readonly bundle: string;
}

/** What a panel wants done, beside its questions. */
export type PanelAction = Exclude<FromPanel, { readonly type: 'ready' | 'description' | 'request' | 'compare' }>;

/** One kind of panel: at most one of it is open, and it survives a reload of the window. */
export class PanelHost implements vscode.Disposable, vscode.WebviewPanelSerializer {
  readonly kind: PanelKind;
  private readonly extensionUri: vscode.Uri;
  private readonly follower: SessionFollower;
  private readonly subscriptions: vscode.Disposable;
  private readonly messages = new vscode.EventEmitter<PanelAction>();
  private readonly describing = describing((message) => {
    this.tell(message);
  });
  private panel: vscode.WebviewPanel | null = null;
  private isReady = false;

  readonly onDidReceive = this.messages.event;

  constructor(kind: PanelKind, extensionUri: vscode.Uri, follower: SessionFollower) {
    this.kind = kind;
    this.extensionUri = extensionUri;
    this.follower = follower;
    this.subscriptions = vscode.Disposable.from(
      this.messages,
      vscode.window.registerWebviewPanelSerializer(kind.viewType, this),
      follower.onDidChange((session) => {
        this.tellSession(session);
      }),
    );
  }

  dispose(): void {
    this.panel?.dispose();
    this.subscriptions.dispose();
  }

  get viewType(): string {
    return this.kind.viewType;
  }

  get isOpen(): boolean {
    return this.panel !== null;
  }

  get column(): vscode.ViewColumn | null {
    return this.panel?.viewColumn ?? null;
  }

  show(column: vscode.ViewColumn, preserveFocus: boolean): void {
    if (this.panel !== null) {
      this.panel.reveal(undefined, preserveFocus);
      return;
    }
    const { viewType, title } = this.kind;
    this.adopt(vscode.window.createWebviewPanel(viewType, title, { viewColumn: column, preserveFocus }, {}));
  }

  deserializeWebviewPanel(panel: vscode.WebviewPanel): Promise<void> {
    // A second one of the kind cannot come to life.
    if (this.panel === null) this.adopt(panel);
    else panel.dispose();
    return Promise.resolve();
  }

  tell(message: ToPanel): void {
    if (this.isReady) void this.panel?.webview.postMessage(message);
  }

  /** What the panel shows, for tests; null when it is closed, hidden or silent. */
  describe(): Promise<Description | null> {
    if (!this.isReady || this.panel?.visible !== true) return Promise.resolve(null);
    return this.describing.ask();
  }

  private adopt(panel: vscode.WebviewPanel): void {
    const media = vscode.Uri.joinPath(this.extensionUri, 'dist', 'media');
    this.panel = panel;
    this.isReady = false;
    panel.iconPath = vscode.Uri.joinPath(this.extensionUri, 'media', 'icons', 'pagewalk.png');
    panel.webview.options = { enableScripts: true, localResourceRoots: [media] };
    panel.webview.onDidReceiveMessage((message: FromPanel) => {
      this.receive(panel, message);
    });
    panel.onDidDispose(() => {
      if (this.panel !== panel) return;
      this.panel = null;
      this.isReady = false;
    });
    panel.webview.html = webviewHtml(panel.webview, media, this.kind);
  }

  private receive(panel: vscode.WebviewPanel, message: FromPanel): void {
    switch (message.type) {
      case 'request':
        void answer(message, (request) => inspect(this.follower, request)).then((reply) =>
          panel.webview.postMessage(reply),
        );
        break;
      case 'ready':
        this.isReady = true;
        this.tellSession(this.follower.status);
        break;
      case 'description':
        this.describing.answer(message);
        break;
      case 'compare':
        break;
      default:
        this.messages.fire(message);
    }
  }

  private tellSession(session: SessionStatus): void {
    this.tell({ type: 'session', session });
  }
}

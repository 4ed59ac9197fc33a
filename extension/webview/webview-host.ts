import * as vscode from 'vscode';
import type { Description, FromPanel, ToPanel } from '../../media/protocol/messages.ts';
import { describing } from './describing.ts';
import { readMessage, WrongMessage } from './panel-messages.ts';
import { webviewHtml } from './webview-html.ts';

/** What makes one panel differ from another. */
export interface PanelKind {
  readonly viewType: string;
  readonly title: string;
  /** Name of its bundle. */
  readonly bundle: string;
  /** The messages that it may send, beside those that the host answers itself. */
  readonly sends: readonly PanelMessage['type'][];
}

/** What a panel says, beside that it is ready or what it shows. */
export type PanelMessage = Exclude<FromPanel, { readonly type: 'ready' | 'description' }>;

/** What a panel's host is made with. */
export interface WebviewContext {
  readonly extensionUri: vscode.Uri;
  /** Told of every message that is ignored, and why. */
  readonly log: vscode.LogOutputChannel;
}

/**
 * The extension's side of one kind of panel, whatever it shows: at most one of it is open, it survives a reload of the
 * window, and nothing that it sends gets further unchecked.
 */
export class WebviewHost implements vscode.Disposable, vscode.WebviewPanelSerializer {
  readonly kind: PanelKind;
  private readonly context: WebviewContext;
  private readonly subscriptions: vscode.Disposable;
  private readonly messages = new vscode.EventEmitter<PanelMessage>();
  private readonly ready = new vscode.EventEmitter<void>();
  private readonly restored = new vscode.EventEmitter<unknown>();
  private readonly describing = describing((message) => {
    this.tell(message);
  });
  private panel: vscode.WebviewPanel | null = null;
  private isReady = false;
  private firstMessage: ToPanel | null = null;

  readonly onDidReceive = this.messages.event;
  /** The page has loaded, for the first time or once more: it wants to be told what to show. */
  readonly onDidBecomeReady = this.ready.event;
  /** After a reload of the window, with the state that the page had kept. It is not checked. */
  readonly onDidRestore = this.restored.event;

  constructor(kind: PanelKind, context: WebviewContext) {
    this.kind = kind;
    this.context = context;
    this.subscriptions = vscode.Disposable.from(
      this.messages,
      this.ready,
      this.restored,
      vscode.window.registerWebviewPanelSerializer(kind.viewType, this),
    );
  }

  dispose(): void {
    this.panel?.dispose();
    this.subscriptions.dispose();
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

  deserializeWebviewPanel(panel: vscode.WebviewPanel, state: unknown): Promise<void> {
    this.restored.fire(state);
    // A second one of the kind cannot come to life.
    if (this.panel === null) this.adopt(panel);
    else panel.dispose();
    return Promise.resolve();
  }

  tell(message: ToPanel): void {
    if (this.isReady) void this.panel?.webview.postMessage(message);
  }

  /** At once, or behind what the panel is told when it has loaded. */
  tellOnceReady(message: ToPanel): void {
    if (this.isReady) this.tell(message);
    else this.firstMessage = message;
  }

  /** What the panel shows, for tests; null when it is closed, hidden or silent. */
  describe(): Promise<Description | null> {
    if (!this.isReady || this.panel?.visible !== true) return Promise.resolve(null);
    return this.describing.ask();
  }

  private adopt(panel: vscode.WebviewPanel): void {
    const { extensionUri } = this.context;
    const media = vscode.Uri.joinPath(extensionUri, 'dist', 'media');
    this.panel = panel;
    this.isReady = false;
    panel.iconPath = vscode.Uri.joinPath(extensionUri, 'media', 'icons', 'pagewalk.png');
    panel.webview.options = { enableScripts: true, localResourceRoots: [media] };
    panel.webview.onDidReceiveMessage((message: unknown) => {
      this.receive(message);
    });
    panel.onDidDispose(() => {
      if (this.panel !== panel) return;
      this.panel = null;
      this.isReady = false;
    });
    panel.webview.html = webviewHtml(panel.webview, media, this.kind);
  }

  private receive(sent: unknown): void {
    const message = this.checked(sent);
    if (message === null) return;
    switch (message.type) {
      case 'ready':
        this.isReady = true;
        this.ready.fire();
        if (this.firstMessage !== null) this.tell(this.firstMessage);
        this.firstMessage = null;
        break;
      case 'description':
        this.describing.answer(message);
        break;
      default:
        this.messages.fire(message);
    }
  }

  private checked(sent: unknown): FromPanel | null {
    const { title, sends } = this.kind;
    try {
      const message = readMessage(sent);
      const isKnown = message.type === 'ready' || message.type === 'description' || sends.includes(message.type);
      if (!isKnown) throw new WrongMessage(`this panel sends no '${message.type}'`);
      return message;
    } catch (error) {
      if (!(error instanceof WrongMessage)) throw error;
      this.context.log.warn(`A message of the panel ${title} was ignored: ${error.message}.`);
      return null;
    }
  }
}

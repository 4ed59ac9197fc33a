import * as vscode from 'vscode';
import type { CompareRequest } from '../../media/protocol/comparison.ts';
import type { Description, FromPanel, ToPanel } from '../../media/protocol/messages.ts';
import { describing } from '../panels/describing.ts';
import { webviewHtml } from '../panels/webview-html.ts';
import type { Comparer } from './comparer.ts';

const kind = { viewType: 'pagewalk.compare', title: 'Kernels Compared', bundle: 'compare' };

/** What a panel wants done. */
export type ComparePanelAction = Extract<FromPanel, { readonly type: 'compare' | 'reveal' }>;

/** The panel of compared kernels: at most one is open, and it survives a reload of the window with what it showed. */
export class ComparePanel implements vscode.Disposable, vscode.WebviewPanelSerializer {
  private readonly extensionUri: vscode.Uri;
  private readonly comparer: Comparer;
  private readonly subscriptions: vscode.Disposable;
  private readonly actions = new vscode.EventEmitter<ComparePanelAction>();
  private readonly describing = describing((message) => {
    this.tell(message);
  });
  private panel: vscode.WebviewPanel | null = null;
  private isReady = false;

  readonly viewType = kind.viewType;
  readonly onDidReceive = this.actions.event;

  constructor(extensionUri: vscode.Uri, comparer: Comparer) {
    this.extensionUri = extensionUri;
    this.comparer = comparer;
    this.subscriptions = vscode.Disposable.from(
      this.actions,
      vscode.window.registerWebviewPanelSerializer(kind.viewType, this),
      comparer.onDidChange((status) => {
        this.tell({ type: 'compare', status });
      }),
      vscode.window.onDidChangeTextEditorSelection(({ textEditor }) => {
        this.tellLine(textEditor);
      }),
      vscode.window.onDidChangeActiveTextEditor((editor) => {
        if (editor !== undefined) this.tellLine(editor);
      }),
    );
  }

  dispose(): void {
    this.panel?.dispose();
    this.subscriptions.dispose();
  }

  show(): void {
    if (this.panel !== null) {
      this.panel.reveal(undefined, true);
      return;
    }
    const place = { viewColumn: vscode.ViewColumn.Beside, preserveFocus: true };
    this.adopt(vscode.window.createWebviewPanel(kind.viewType, kind.title, place, {}));
  }

  deserializeWebviewPanel(panel: vscode.WebviewPanel, state: unknown): Promise<void> {
    const request = requestIn(state);
    if (request !== null) this.comparer.restore(request);
    // A second one cannot come to life.
    if (this.panel === null) this.adopt(panel);
    else panel.dispose();
    return Promise.resolve();
  }

  /** What the panel shows, for tests; null when it is closed, hidden or silent. */
  describe(): Promise<Description | null> {
    if (!this.isReady || this.panel?.visible !== true) return Promise.resolve(null);
    return this.describing.ask();
  }

  private tell(message: ToPanel): void {
    if (this.isReady) void this.panel?.webview.postMessage(message);
  }

  private tellLine({ document, selection }: vscode.TextEditor): void {
    const isCompared = document.uri.toString() === this.comparer.request?.file;
    if (isCompared) this.tell({ type: 'line', line: selection.active.line + 1 });
  }

  private adopt(panel: vscode.WebviewPanel): void {
    const media = vscode.Uri.joinPath(this.extensionUri, 'dist', 'media');
    this.panel = panel;
    this.isReady = false;
    panel.iconPath = vscode.Uri.joinPath(this.extensionUri, 'media', 'icons', 'pagewalk.png');
    panel.webview.options = { enableScripts: true, localResourceRoots: [media] };
    panel.webview.onDidReceiveMessage((message: FromPanel) => {
      this.receive(message);
    });
    panel.onDidDispose(() => {
      if (this.panel !== panel) return;
      this.panel = null;
      this.isReady = false;
    });
    panel.webview.html = webviewHtml(panel.webview, media, kind);
  }

  private receive(message: FromPanel): void {
    switch (message.type) {
      case 'ready': {
        this.isReady = true;
        const { status } = this.comparer;
        // What a restored panel shows came with it.
        if (status.state !== 'cancelled') this.tell({ type: 'compare', status });
        for (const editor of vscode.window.visibleTextEditors) this.tellLine(editor);
        break;
      }
      case 'description':
        this.describing.answer(message);
        break;
      case 'compare':
      case 'reveal':
        this.actions.fire(message);
        break;
      default:
        break;
    }
  }
}

function requestIn(state: unknown): CompareRequest | null {
  const { shown } = (state ?? {}) as { shown?: { request?: Partial<CompareRequest> } | null };
  const { file, kernels } = shown?.request ?? {};
  return typeof file === 'string' && Array.isArray(kernels) ? { file, kernels } : null;
}

import * as vscode from 'vscode';
import type { CompareRequest } from '../../media/protocol/comparison.ts';
import { WebviewHost, type PanelKind, type PanelMessage, type WebviewContext } from '../webview/webview-host.ts';
import type { Comparer } from './comparer.ts';

const kind: PanelKind = {
  viewType: 'pagewalk.compare',
  title: 'Kernels Compared',
  bundle: 'compare',
  sends: ['compare', 'reveal'],
};

/** What the panel wants done. */
export type ComparePanelAction = Extract<PanelMessage, { readonly type: 'compare' | 'reveal' }>;

/** The panel of compared kernels shows what the comparer says, also after a reload of the window. */
export class ComparePanel implements vscode.Disposable {
  readonly host: WebviewHost;
  private readonly comparer: Comparer;
  private readonly subscriptions: vscode.Disposable;

  constructor(webviews: WebviewContext, comparer: Comparer, act: (action: ComparePanelAction) => void) {
    const host = new WebviewHost(kind, webviews);
    this.host = host;
    this.comparer = comparer;
    this.subscriptions = vscode.Disposable.from(
      host,
      host.onDidBecomeReady(() => {
        this.tellAll();
      }),
      host.onDidRestore((state) => {
        const request = requestIn(state);
        if (request !== null) comparer.restore(request);
      }),
      host.onDidReceive((message) => {
        if (message.type === 'compare' || message.type === 'reveal') act(message);
      }),
      comparer.onDidChange((status) => {
        host.tell({ type: 'compare', status });
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
    this.subscriptions.dispose();
  }

  show(): void {
    this.host.show(vscode.ViewColumn.Beside, true);
  }

  private tellAll(): void {
    const { status } = this.comparer;
    // What a restored panel shows came with it.
    if (status.state !== 'cancelled') this.host.tell({ type: 'compare', status });
    for (const editor of vscode.window.visibleTextEditors) this.tellLine(editor);
  }

  private tellLine({ document, selection }: vscode.TextEditor): void {
    const isCompared = document.uri.toString() === this.comparer.request?.file;
    if (isCompared) this.host.tell({ type: 'line', line: selection.active.line + 1 });
  }
}

function requestIn(state: unknown): CompareRequest | null {
  const { shown } = (state ?? {}) as { shown?: { request?: Partial<CompareRequest> } | null };
  const { file, kernels } = shown?.request ?? {};
  const isNames = Array.isArray(kernels) && kernels.every((name) => typeof name === 'string');
  return typeof file === 'string' && isNames ? { file, kernels } : null;
}

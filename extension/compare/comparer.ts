import { Worker } from 'node:worker_threads';
import * as vscode from 'vscode';
import type { CompareRequest, CompareStatus } from '../../media/protocol/comparison.ts';
import { boundSettings } from '../bound-settings.ts';
import { workspaceFolders } from '../workspace-folders.ts';
import type { CompareJob, FromCompareThread, KernelChoice } from './protocol.ts';

/** Runs one comparison at a time, each on a thread of its own; a new one ends the one before it. */
export class Comparer implements vscode.Disposable {
  private readonly script: string;
  private readonly changed = new vscode.EventEmitter<CompareStatus>();
  private worker: Worker | null = null;
  private current: CompareStatus = { state: 'none' };

  readonly onDidChange = this.changed.event;

  constructor(extensionUri: vscode.Uri) {
    this.script = vscode.Uri.joinPath(extensionUri, 'dist', 'compare.cjs').fsPath;
  }

  get status(): CompareStatus {
    return this.current;
  }

  /** The file that is or was compared. */
  get request(): CompareRequest | null {
    return this.current.state === 'none' ? null : this.current.request;
  }

  dispose(): void {
    this.end();
    this.changed.dispose();
  }

  /** All kernels there are. */
  kernels(): Promise<readonly KernelChoice[]> {
    const worker = new Worker(this.script);
    return new Promise<readonly KernelChoice[]>((resolve, reject) => {
      worker.once('error', reject);
      worker.once('message', (message: FromCompareThread) => {
        if (message.type === 'kernels') resolve(message.kernels);
      });
    }).finally(() => void worker.terminate());
  }

  start(request: CompareRequest): void {
    this.end();
    const worker = new Worker(this.script);
    this.worker = worker;
    this.set({ state: 'running', request, progress: null });
    worker.on('message', (message: FromCompareThread) => {
      if (this.worker === worker) this.hear(request, message);
    });
    worker.on('error', (error) => {
      if (this.worker === worker)
        this.finish({ state: 'failed', request, message: `Pagewalk has failed: ${error.message}` });
    });
    worker.on('exit', () => {
      if (this.worker !== worker) return;
      this.finish({ state: 'failed', request, message: 'The thread that compares has ended too early.' });
    });
    const job: CompareJob = {
      path: vscode.Uri.parse(request.file).fsPath,
      kernels: request.kernels,
      folders: workspaceFolders(),
      bounds: boundSettings(),
    };
    worker.postMessage(job);
  }

  cancel(): void {
    if (this.current.state === 'running') this.finish({ state: 'cancelled', request: this.current.request });
  }

  private hear(request: CompareRequest, message: FromCompareThread): void {
    switch (message.type) {
      case 'kernels':
        break;
      case 'progress':
        this.set({ state: 'running', request, progress: message });
        break;
      case 'done':
        this.finish({ state: 'done', request, comparison: message.comparison, sources: message.sources });
        break;
      case 'failed':
        this.finish({ state: 'failed', request, message: message.message });
        break;
    }
  }

  private finish(status: CompareStatus): void {
    this.end();
    this.set(status);
  }

  private end(): void {
    const { worker } = this;
    this.worker = null;
    void worker?.terminate();
  }

  private set(status: CompareStatus): void {
    this.current = status;
    this.changed.fire(status);
  }

  /** After a reload of the window: what a panel had kept is what was compared last. */
  restore(request: CompareRequest): void {
    if (this.current.state === 'none') this.current = { state: 'cancelled', request };
  }
}

import { Worker } from 'node:worker_threads';
import * as vscode from 'vscode';
import { withOwnLaunchFailure } from '../launch-failures.ts';
import { workspaceFolders } from '../workspace-folders.ts';

/**
 * Gives every debug session a worker thread of its own, in which simulation and debug adapter live; the extension
 * host only passes messages on. A spare thread is kept ready, so that F5 does not wait for one to start.
 */
export class WorkerAdapterFactory implements vscode.DebugAdapterDescriptorFactory, vscode.Disposable {
  private readonly script: string;
  private spare: Worker | null = null;

  constructor(extensionUri: vscode.Uri) {
    this.script = vscode.Uri.joinPath(extensionUri, 'dist', 'worker.cjs').fsPath;
  }

  /** Starts the spare thread. */
  prepare(): void {
    if (this.spare !== null) return;
    const worker = new Worker(this.script);
    worker.unref();
    worker.once('exit', () => {
      if (this.spare === worker) this.spare = null;
    });
    // A thread that fails while nobody uses it is replaced by the next session's own, which reports the failure.
    worker.once('error', () => undefined);
    this.spare = worker;
  }

  createDebugAdapterDescriptor(): vscode.DebugAdapterDescriptor {
    const worker = this.spare ?? new Worker(this.script);
    this.spare = null;
    this.prepare();
    worker.postMessage(workspaceFolders());
    return new vscode.DebugAdapterInlineImplementation(new WorkerAdapter(worker));
  }

  dispose(): void {
    void this.spare?.terminate();
    this.spare = null;
  }
}

/** The extension host's end of one session's thread. */
class WorkerAdapter implements vscode.DebugAdapter {
  private readonly worker: Worker;
  private readonly messages = new vscode.EventEmitter<vscode.DebugProtocolMessage>();
  readonly onDidSendMessage = this.messages.event;
  private isDisposed = false;

  constructor(worker: Worker) {
    this.worker = worker;
    worker.on('message', (message: vscode.DebugProtocolMessage) => {
      this.messages.fire(withOwnLaunchFailure(message));
    });
    worker.on('error', (error) => {
      this.fail(error.message);
    });
    worker.on('exit', (code) => {
      if (code !== 0) this.fail(`the simulation's thread ended with code ${String(code)}`);
    });
  }

  handleMessage(message: vscode.DebugProtocolMessage): void {
    this.worker.postMessage(message);
  }

  dispose(): void {
    this.isDisposed = true;
    this.messages.dispose();
    void this.worker.terminate();
  }

  private fail(reason: string): void {
    if (this.isDisposed) return;
    const output = `Pagewalk has failed: ${reason}\n`;
    this.messages.fire({
      type: 'event',
      seq: 0,
      event: 'output',
      body: { category: 'stderr', output },
    });
    this.messages.fire({ type: 'event', seq: 0, event: 'terminated' });
  }
}

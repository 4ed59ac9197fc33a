import { randomBytes } from 'node:crypto';
import { Worker } from 'node:worker_threads';
import * as vscode from 'vscode';
import { boundSettings } from '../bound-settings.ts';
import { basename } from '../debug/configuration-provider.ts';
import type { FromRecordingThread, ReadJob } from './protocol.ts';
import { pageCommands, recordingPage, type PageContent } from './recording-page.ts';

const VIEW_TYPE = 'pagewalk.recording';

/** Shows what a recording is, with Debug, Run and Compare, instead of its packed bytes. */
export class RecordingEditor implements vscode.CustomReadonlyEditorProvider {
  private readonly script: string;

  constructor(extensionUri: vscode.Uri) {
    this.script = vscode.Uri.joinPath(extensionUri, 'dist', 'recording.cjs').fsPath;
  }

  static register({ extensionUri }: vscode.ExtensionContext): vscode.Disposable {
    return vscode.window.registerCustomEditorProvider(VIEW_TYPE, new RecordingEditor(extensionUri));
  }

  openCustomDocument(uri: vscode.Uri): vscode.CustomDocument {
    return { uri, dispose: () => undefined };
  }

  resolveCustomEditor({ uri }: vscode.CustomDocument, panel: vscode.WebviewPanel): void {
    const { webview } = panel;
    webview.options = { enableScripts: false, enableCommandUris: pageCommands, localResourceRoots: [] };
    const show = (content: PageContent): void => {
      webview.html = recordingPage(uri.toString(), basename(uri), content, randomBytes(16).toString('base64'));
    };
    show({ state: 'reading' });
    const worker = new Worker(this.script);
    panel.onDidDispose(() => void worker.terminate());
    const finish = (content: PageContent): void => {
      show(content);
      void worker.terminate();
    };
    worker.once('error', ({ message }) => {
      finish({ state: 'failed', message: `Pagewalk has failed: ${message}` });
    });
    worker.once('message', (message: FromRecordingThread) => {
      if (message.type === 'failed') finish({ state: 'failed', message: message.message });
      else if (message.type === 'summary') finish({ state: 'read', summary: message.summary });
    });
    const job: ReadJob = { kind: 'read', path: uri.fsPath, bounds: boundSettings() };
    worker.postMessage(job);
  }
}

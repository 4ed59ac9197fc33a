import path from 'node:path';
import { Worker } from 'node:worker_threads';
import * as vscode from 'vscode';
import { boundSettings } from '../bound-settings.ts';
import { Command } from '../contributions.ts';
import { configurationFor } from '../debug/configuration-provider.ts';
import type { FromRecordingThread, RecordJob } from './protocol.ts';

const C_FILE = /\.(c|cc|cpp|cxx|C)$/;
const TRUST = 'Manage Workspace Trust';

/** `pagewalk.recordProgram`: compiles a C or C++ file, or takes a program as it is, records its run, and steps it. */
export function registerRecordCommand({ extensionUri }: vscode.ExtensionContext): vscode.Disposable {
  const script = vscode.Uri.joinPath(extensionUri, 'dist', 'recording.cjs').fsPath;
  const output = vscode.window.createOutputChannel('Pagewalk Recording');
  const command = vscode.commands.registerCommand(Command.recordProgram, async (file?: unknown) => {
    const job = await jobFor(file);
    if (job === null) return false;
    output.clear();
    const isMade = await recordWithProgress(script, job, output);
    return isMade ? debug(job.output) : false;
  });
  return vscode.Disposable.from(command, output);
}

/** Null where there is nothing that may be recorded; why, has been said. */
async function jobFor(file: unknown): Promise<RecordJob | null> {
  if (!vscode.workspace.isTrusted) {
    void vscode.window
      .showErrorMessage('Recording compiles and runs a program, so it needs a trusted workspace.', TRUST)
      .then((chosen) => chosen && vscode.commands.executeCommand('workbench.trust.manage'));
    return null;
  }
  const uri = file instanceof vscode.Uri ? file : vscode.window.activeTextEditor?.document.uri;
  if (uri?.scheme !== 'file') {
    void vscode.window.showErrorMessage('Open a C or C++ file, or choose a program in the explorer, and record it.');
    return null;
  }
  const document = vscode.workspace.textDocuments.find((one) => one.uri.toString() === uri.toString());
  if (document?.isDirty === true && !(await document.save())) return null;
  const settings = vscode.workspace.getConfiguration('pagewalk.record', uri);
  const isC = uri.path.endsWith('.c');
  const compiler = settings.get<string>(isC ? 'cCompiler' : 'cppCompiler') ?? '';
  const place = uri.fsPath;
  return {
    kind: 'record',
    command: [place, ...(settings.get<string[]>('arguments') ?? [])],
    folder: path.dirname(place),
    output: `${place.replace(C_FILE, '')}.walkrec`,
    compiler: compiler.trim().split(/\s+/),
    bounds: boundSettings(),
  };
}

/** True when the recording is there; what went wrong has been said. */
async function recordWithProgress(script: string, job: RecordJob, output: vscode.OutputChannel): Promise<boolean> {
  const name = path.basename(job.command[0] ?? '');
  const options = { location: vscode.ProgressLocation.Notification, title: `Recording ${name}`, cancellable: true };
  const end = await vscode.window.withProgress(options, (progress, cancellation) => {
    const worker = new Worker(script);
    return new Promise<FromRecordingThread>((resolve) => {
      worker.on('message', (message: FromRecordingThread) => {
        if (message.type === 'progress')
          progress.report({ message: `about ${message.accesses.toLocaleString('en')} accesses` });
        else if (message.type === 'output') output.append(message.text);
        else resolve(message);
      });
      worker.once('error', ({ message }) => {
        resolve({ type: 'failed', message: `Pagewalk has failed: ${message}` });
      });
      cancellation.onCancellationRequested(() => {
        worker.postMessage({ kind: 'cancel' });
      });
      worker.postMessage(job);
    }).finally(() => void worker.terminate());
  });
  if (end.type === 'failed') void vscode.window.showErrorMessage(end.message);
  if (end.type !== 'recorded') return false;
  output.appendLine(`\n${name} ended with ${String(end.exit)}; its run is in ${job.output}.`);
  if (!end.hasSource)
    void vscode.window.showInformationMessage(
      `${name} has no debug information, so its calls and first touches are stepped; compile it with -g to step its source.`,
    );
  return true;
}

async function debug(recording: string): Promise<boolean> {
  const uri = vscode.Uri.file(recording);
  const configuration = configurationFor(recording, `Debug ${path.basename(recording)}`);
  return vscode.debug.startDebugging(vscode.workspace.getWorkspaceFolder(uri), configuration);
}

import { availableParallelism } from 'node:os';
import * as vscode from 'vscode';
import type { TestOptions } from '../../simulator/cli/test/job.ts';
import type { FileResult, TestResult } from '../../simulator/cli/test/results.ts';
import { boundSettings } from '../bound-settings.ts';
import { workspaceFolders } from '../workspace-folders.ts';
import { chosenFiles, type ChosenFile } from './chosen-tests.ts';
import { runFile } from './file-run.ts';
import { messagesOf, ScenarioCoverage, stepsText } from './outcomes.ts';
import type { TestTree } from './test-tree.ts';

/** Runs what is asked for, several files at the same time, each on a thread of its own. */
export class TestRunner {
  private readonly controller: vscode.TestController;
  private readonly tree: TestTree;
  private readonly script: string;
  /** What the last run found, by the names of its tests: for tests of this extension. */
  readonly last = new Map<string, string>();

  constructor(controller: vscode.TestController, tree: TestTree, script: string) {
    this.controller = controller;
    this.tree = tree;
    this.script = script;
  }

  async run(request: vscode.TestRunRequest, token: vscode.CancellationToken, coverage: boolean): Promise<void> {
    const run = this.controller.createTestRun(request);
    this.last.clear();
    const waiting = chosenFiles(request, this.controller.items);
    for (const { file, tests } of waiting) for (const item of tests ?? leaves(file)) run.enqueued(item);
    const lane = async (): Promise<void> => {
      for (let next = waiting.shift(); next !== undefined; next = waiting.shift())
        await this.runOne(run, next, coverage, token);
    };
    try {
      await Promise.all(Array.from({ length: Math.min(lanes(), waiting.length) }, lane));
    } finally {
      run.end();
    }
  }

  private async runOne(
    run: vscode.TestRun,
    { file, tests }: ChosenFile,
    coverage: boolean,
    token: vscode.CancellationToken,
  ): Promise<void> {
    const { uri } = file;
    if (token.isCancellationRequested || uri === undefined) return;
    // Tests that were typed a moment ago are to be found.
    await this.tree.refresh(file);
    const items = new Map((tests ?? leaves(file)).map((item) => [item === file ? base(uri) : item.id, item]));
    const options: TestOptions = {
      ...boundSettings(),
      ...kernelsWanted(),
      coverage,
      ...(tests === null ? {} : { only: [...items.keys()] }),
    };
    const job = { index: 0, file: uri.fsPath, options };
    const began = (name: string): void => {
      const item = items.get(name);
      if (item !== undefined) run.started(item);
    };
    try {
      const tested = await runFile(this.script, { type: 'run', job, folders: workspaceFolders() }, began, token);
      if (tested !== null) this.tell(run, tested.result, items, file);
    } catch (error) {
      const message = new vscode.TestMessage(error instanceof Error ? error.message : String(error));
      for (const item of items.values()) run.errored(item, message);
    }
  }

  private tell(
    run: vscode.TestRun,
    { tests, coverage, kernel }: FileResult,
    items: ReadonlyMap<string, vscode.TestItem>,
    file: vscode.TestItem,
  ): void {
    // A file that cannot run at all has one result, which is every test's.
    if (kernel === null) for (const [name, item] of items) this.tellOne(run, item, name, tests);
    else
      for (const [name, item] of items) {
        const own = tests.filter(({ test }) => test === name);
        if (own.length > 0) this.tellOne(run, item, name, own);
        else run.skipped(item);
      }
    if (coverage === undefined || file.uri === undefined) return;
    run.addCoverage(new ScenarioCoverage(file.uri, coverage));
    run.appendOutput(`${file.label}: ${stepsText(coverage)}`);
  }

  /** Its results on all kernels together. */
  private tellOne(run: vscode.TestRun, item: vscode.TestItem, name: string, results: readonly TestResult[]): void {
    const milliseconds = results.reduce((sum, { seconds }) => sum + seconds * 1000, 0);
    const failed = results.filter(({ ok }) => !ok);
    this.last.set(name, failed.length === 0 ? 'passed' : failed.map(({ message = '' }) => message).join('\n'));
    if (failed.length === 0) run.passed(item, milliseconds);
    else
      run.failed(
        item,
        failed.flatMap((result) => messagesOf(result, results.length > 1)),
        milliseconds,
      );
  }
}

/** What has a result of its own. */
function leaves(file: vscode.TestItem): vscode.TestItem[] {
  return file.children.size === 0 ? [file] : [...file.children].map(([, child]) => child);
}

function base({ path }: vscode.Uri): string {
  return path.slice(path.lastIndexOf('/') + 1);
}

const settings = (): vscode.WorkspaceConfiguration => vscode.workspace.getConfiguration('pagewalk.testing');

function kernelsWanted(): Pick<TestOptions, 'kernel'> {
  const kernel = settings().get<readonly string[]>('kernels', []);
  return kernel.length === 0 ? {} : { kernel };
}

/** One processor is left to the window. */
function lanes(): number {
  const jobs = settings().get<number>('jobs', 0);
  return jobs > 0 ? jobs : Math.max(1, availableParallelism() - 1);
}

import * as vscode from 'vscode';
import { Command } from '../contributions.ts';
import { chosenFiles } from './chosen-tests.ts';
import { TestFinder } from './finder.ts';
import { ScenarioCoverage } from './outcomes.ts';
import { TestRunner } from './test-run.ts';
import { TestTree } from './test-tree.ts';

/** For tests of this extension: what the Testing view has to show. */
const DESCRIBE = 'pagewalk.describeTests';

export interface DescribedTests {
  readonly files: readonly { readonly label: string; readonly tests: readonly string[] }[];
  /** Of the last run: `passed`, or what failed, by the name of the test. */
  readonly results: Readonly<Record<string, string>>;
}

/** The tests of scenarios in VS Code's Testing view. */
export function registerTesting(context: vscode.ExtensionContext): vscode.Disposable {
  const script = vscode.Uri.joinPath(context.extensionUri, 'dist', 'tests.cjs').fsPath;
  const controller = vscode.tests.createTestController('pagewalk', 'Pagewalk');
  const finder = new TestFinder(script);
  const tree = new TestTree(controller, finder);
  const runner = new TestRunner(controller, tree, script);
  const { Run, Debug, Coverage } = vscode.TestRunProfileKind;
  const run = controller.createRunProfile('Run', Run, (request, token) => runner.run(request, token, false), true);
  controller.createRunProfile('Debug', Debug, (request, token) => debug(request, controller, token), true);
  const coverage = controller.createRunProfile(
    'Run with Coverage',
    Coverage,
    (request, token) => runner.run(request, token, true),
    true,
  );
  coverage.loadDetailedCoverage = (_run, file) =>
    Promise.resolve(file instanceof ScenarioCoverage ? [...file.details] : []);
  for (const profile of [run, coverage])
    profile.configureHandler = () => {
      void vscode.commands.executeCommand('workbench.action.openSettings', 'pagewalk.testing');
    };
  const described = (): DescribedTests => ({
    files: [...controller.items].map(([, { label, children }]) => ({ label, tests: [...children].map(([id]) => id) })),
    results: Object.fromEntries(runner.last),
  });
  return vscode.Disposable.from(controller, finder, tree, vscode.commands.registerCommand(DESCRIBE, described));
}

/** One session after the other: a debugger shows one test at a time. */
async function debug(
  request: vscode.TestRunRequest,
  { items }: vscode.TestController,
  token: vscode.CancellationToken,
): Promise<void> {
  for (const { file, tests } of chosenFiles(request, items))
    for (const test of tests ?? (file.children.size === 0 ? [null] : [...file.children].map(([, child]) => child))) {
      if (token.isCancellationRequested) return;
      const ended = nextEnd();
      const isStarted = await vscode.commands.executeCommand<boolean>(Command.debugFile, file.uri, test?.id);
      if (!isStarted) return;
      await ended;
    }
}

function nextEnd(): Promise<void> {
  return new Promise((resolve) => {
    const subscription = vscode.debug.onDidTerminateDebugSession(() => {
      subscription.dispose();
      resolve();
    });
  });
}

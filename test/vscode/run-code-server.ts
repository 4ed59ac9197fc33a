// Runs the suite inside the extension host of VS Code as code-server, its window in a headless browser.
// node test/vscode/run-code-server.ts [NAME…] runs the files suite/NAME.test.ts alone.
import { existsSync, readFileSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rm } from 'node:fs/promises';
import path from 'node:path';
import { until } from '../lifetime/waiting.ts';
import { Watchdog } from '../lifetime/watchdog.ts';
import { cacheFolder, root, screenshotsFolder } from '../tools/paths.ts';
import { bundleSuite } from './bundle-suite.ts';
import { prepareWorkspace } from './suite-workspace.ts';
import { readOutcome, reportOutcome, type Outcome } from './outcome.ts';
import { Workbench } from './workbench.ts';

/** `begun` is told of everything that begins: no word for a long time means that something hangs. */
export async function runInCodeServer(begun: (what: string) => void, names?: readonly string[]): Promise<Outcome> {
  begun('VS Code’s start');
  const testsPath = await bundleSuite(names);
  await mkdir(cacheFolder, { recursive: true });
  const folder = await mkdtemp(path.join(cacheFolder, 'vscode-suite-'));
  const workspace = await prepareWorkspace(folder);
  await rm(screenshotsFolder, { recursive: true, force: true });
  try {
    return await runSuite(folder, workspace, testsPath, begun);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function runSuite(
  folder: string,
  workspace: string,
  testsPath: string,
  begun: (what: string) => void,
): Promise<Outcome> {
  const env = { PAGEWALK_TEST_OUTCOME: folder, PAGEWALK_TEST_PICTURES: '1' };
  const consoleLines: string[] = [];
  let hasEnded = false;
  const workbench = await Workbench.open({
    workspace,
    env,
    testsPath,
    beforeOpen: async (page) => {
      page.on('console', (message) => consoleLines.push(`${message.type()}: ${message.text()}`));
      // VS Code calls these two at the end of a run of tests.
      await page.exposeFunction('codeAutomationLog', () => undefined);
      await page.exposeFunction('codeAutomationExit', () => {
        hasEnded = true;
      });
    },
  });
  try {
    await follow({ folder, workbench, begun, hasEnded: () => hasEnded });
    const { outcome, isWhole } = await readOutcome(folder);
    if (!isWhole) {
      await workbench.screenshot(path.join(screenshotsFolder, 'no-outcome.png'));
      console.error('The suite did not come to its end. The window’s console ended with:');
      console.error(consoleLines.slice(-20).join('\n'));
      console.error(`The server’s log ended with:\n${(await readFile(workbench.serverLog, 'utf8')).slice(-4000)}`);
    }
    return outcome;
  } finally {
    await workbench.close();
  }
}

interface Following {
  readonly folder: string;
  readonly workbench: Workbench;
  readonly begun: (what: string) => void;
  readonly hasEnded: () => boolean;
}

/** Prints the suite's output as it comes and takes the pictures that it asks for, until it has ended. */
async function follow({ folder, workbench, begun, hasEnded }: Following): Promise<void> {
  const output = path.join(folder, 'output.txt');
  const running = path.join(folder, 'running.txt');
  let printed = 0;
  let title = '';
  await until(async () => {
    const isOver = (await readOutcome(folder)).isWhole || hasEnded();
    await takePicture(folder, workbench);
    const text = textOf(output);
    process.stdout.write(text.slice(printed));
    printed = text.length;
    if (textOf(running) !== title) begun((title = textOf(running)));
    return isOver;
  }, 'the suite has ended');
}

async function takePicture(folder: string, workbench: Workbench): Promise<void> {
  const request = path.join(folder, 'picture.request');
  if (!existsSync(request)) return;
  const name = readFileSync(request, 'utf8')
    .replaceAll(/[^\w]+/g, '-')
    .slice(0, 100);
  const file = path.join(screenshotsFolder, `${name}.png`);
  await workbench.screenshot(file);
  console.log(`picture: ${path.relative(root, file)}`);
  await rm(request, { force: true });
}

function textOf(file: string): string {
  return existsSync(file) ? readFileSync(file, 'utf8') : '';
}

if (import.meta.main) {
  const watchdog = new Watchdog();
  const begun = (what: string): void => {
    watchdog.begin(`tests in VS Code: ${what}`);
  };
  const names = process.argv.slice(2);
  reportOutcome(await runInCodeServer(begun, names.length === 0 ? undefined : names));
  watchdog.over();
}

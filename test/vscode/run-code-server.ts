// Runs the suite inside the extension host of VS Code as code-server, its window in a headless browser.
import { existsSync, readFileSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rm } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { cacheFolder, root, screenshotsFolder } from '../tools/paths.ts';
import { bundleSuite } from './bundle-suite.ts';
import { prepareWorkspace } from './suite-workspace.ts';
import { readOutcome, reportOutcome, type Outcome } from './outcome.ts';
import { Workbench } from './workbench.ts';

const timeLimit = 480_000;

export async function runInCodeServer(): Promise<Outcome> {
  const testsPath = await bundleSuite();
  await mkdir(cacheFolder, { recursive: true });
  const folder = await mkdtemp(path.join(cacheFolder, 'vscode-suite-'));
  const workspace = await prepareWorkspace(folder);
  await rm(screenshotsFolder, { recursive: true, force: true });
  try {
    return await runSuite(folder, workspace, testsPath);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function runSuite(folder: string, workspace: string, testsPath: string): Promise<Outcome> {
  const env = { PAGEWALK_TEST_OUTCOME: folder, PAGEWALK_TEST_PICTURES: '1' };
  const consoleLines: string[] = [];
  let ended = false;
  const workbench = await Workbench.open({
    workspace,
    env,
    testsPath,
    beforeOpen: async (page) => {
      page.on('console', (message) => consoleLines.push(`${message.type()}: ${message.text()}`));
      // VS Code calls these two at the end of a run of tests.
      await page.exposeFunction('codeAutomationLog', () => undefined);
      await page.exposeFunction('codeAutomationExit', () => {
        ended = true;
      });
    },
  });
  try {
    await follow(folder, workbench, () => ended);
    const outcome = await readOutcome(folder);
    if (outcome === undefined) {
      await workbench.screenshot(path.join(screenshotsFolder, 'no-outcome.png'));
      console.error(`The suite left no outcome within ${String(timeLimit / 1000)} s. The window’s console ended with:`);
      console.error(consoleLines.slice(-20).join('\n'));
      console.error(`The server’s log ended with:\n${(await readFile(workbench.serverLog, 'utf8')).slice(-4000)}`);
    }
    return outcome ?? { passed: 0, failed: 1, skipped: 0 };
  } finally {
    await workbench.close();
  }
}

/** Prints the suite's output as it comes and takes the pictures that it asks for, until it has ended. */
async function follow(folder: string, workbench: Workbench, hasEnded: () => boolean): Promise<void> {
  const deadline = Date.now() + timeLimit;
  const output = path.join(folder, 'output.txt');
  const request = path.join(folder, 'picture.request');
  let printed = 0;
  for (;;) {
    const ended = existsSync(path.join(folder, 'outcome.json')) || hasEnded() || Date.now() > deadline;
    if (existsSync(request)) {
      const name = readFileSync(request, 'utf8')
        .replaceAll(/[^\w]+/g, '-')
        .slice(0, 100);
      const file = path.join(screenshotsFolder, `${name}.png`);
      await workbench.screenshot(file);
      console.log(`picture: ${path.relative(root, file)}`);
      await rm(request, { force: true });
    }
    const text = existsSync(output) ? readFileSync(output, 'utf8') : '';
    process.stdout.write(text.slice(printed));
    printed = text.length;
    if (ended) return;
    await setTimeout(100);
  }
}

if (import.meta.main) reportOutcome(await runInCodeServer());

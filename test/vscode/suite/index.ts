// The entry that VS Code's extension host calls: runs every bundled test beside it with mocha and leaves the outcome
// in the folder that the launcher named.
import { appendFileSync, existsSync, readdirSync, renameSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { format } from 'node:util';
import Mocha from 'mocha';
import { endWaits, until } from '../../lifetime/waiting.ts';
import type { OutcomeSoFar } from '../outcome.ts';

export async function run(): Promise<void> {
  const folder = process.env['PAGEWALK_TEST_OUTCOME'];
  if (folder === undefined) throw new Error('PAGEWALK_TEST_OUTCOME names no folder for the outcome');
  const outcome: OutcomeSoFar = { passed: 0, failed: 0, skipped: 0, isWhole: false };
  try {
    await runMocha(folder, outcome);
  } catch (error) {
    outcome.failed++;
    report(folder, error instanceof Error ? (error.stack ?? error.message) : String(error));
  }
  outcome.isWhole = true;
  leave(folder, 'outcome.json', JSON.stringify(outcome));
  if (outcome.failed > 0) throw new Error(`${String(outcome.failed)} tests failed`);
}

function runMocha(folder: string, outcome: OutcomeSoFar): Promise<void> {
  Mocha.reporters.Base.consoleLog = (...parts: unknown[]) => {
    report(folder, format(...parts));
  };
  // The launcher's watchdog sees what hangs longer.
  const mocha = new Mocha({ ui: 'bdd', timeout: 300_000, reporter: 'spec', color: false, rootHooks: hooks(folder) });
  const here = __dirname;
  for (const file of readdirSync(here).sort()) {
    if (file.endsWith('.test.cjs')) mocha.addFile(path.join(here, file));
  }
  return new Promise((resolve) => {
    const runner = mocha.run(() => {
      count();
      resolve();
    });
    const count = (): void => {
      outcome.passed = runner.stats?.passes ?? 0;
      outcome.failed = runner.stats?.failures ?? 0;
      outcome.skipped = runner.stats?.pending ?? 0;
    };
    runner.on('test end', () => {
      count();
      leave(folder, 'outcome.json', JSON.stringify(outcome));
    });
  });
}

function hooks(folder: string): Mocha.RootHookObject {
  return {
    beforeEach(this: Mocha.Context) {
      leave(folder, 'running.txt', this.currentTest?.fullTitle() ?? 'a test');
    },
    async afterEach(this: Mocha.Context) {
      const unfinished = endWaits();
      const test = this.currentTest;
      if (test?.isFailed() !== true) return;
      if (unfinished.length > 0) report(folder, `It waited for this: ${unfinished.join('; ')}`);
      await requestPicture(folder, test.fullTitle());
    },
  };
}

/** After a failed test the launcher, where it can, takes a picture of the window before the next test changes it. */
async function requestPicture(folder: string, title: string): Promise<void> {
  if (process.env['PAGEWALK_TEST_PICTURES'] !== '1') return;
  const request = path.join(folder, 'picture.request');
  writeFileSync(request, title);
  await until(() => !existsSync(request), 'the picture is taken');
}

/** Writes a file that the launcher reads, whole or not at all. */
function leave(folder: string, name: string, text: string): void {
  const file = path.join(folder, name);
  writeFileSync(`${file}.new`, text);
  renameSync(`${file}.new`, file);
}

function report(folder: string, line: string): void {
  appendFileSync(path.join(folder, 'output.txt'), `${line}\n`);
}

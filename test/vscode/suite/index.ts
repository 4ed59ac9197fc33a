// The entry that VS Code's extension host calls: runs every bundled test beside it with mocha and leaves the outcome
// in the folder that the launcher named.
import { appendFileSync, existsSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { format } from 'node:util';
import Mocha from 'mocha';
import type { Outcome } from '../outcome.ts';

export async function run(): Promise<void> {
  const folder = process.env['PAGEWALK_TEST_OUTCOME'];
  if (folder === undefined) throw new Error('PAGEWALK_TEST_OUTCOME names no folder for the outcome');
  const outcome: Outcome = { passed: 0, failed: 0, skipped: 0 };
  try {
    await runMocha(folder, outcome);
  } catch (error) {
    outcome.failed++;
    report(folder, error instanceof Error ? (error.stack ?? error.message) : String(error));
  }
  writeFileSync(path.join(folder, 'outcome.json'), JSON.stringify(outcome));
  if (outcome.failed > 0) throw new Error(`${String(outcome.failed)} tests failed`);
}

function runMocha(folder: string, outcome: Outcome): Promise<void> {
  Mocha.reporters.Base.consoleLog = (...parts: unknown[]) => {
    report(folder, format(...parts));
  };
  const mocha = new Mocha({ ui: 'bdd', timeout: 30_000, reporter: 'spec', color: false, rootHooks: pictures(folder) });
  const here = __dirname;
  for (const file of readdirSync(here).sort()) {
    if (file.endsWith('.test.cjs')) mocha.addFile(path.join(here, file));
  }
  return new Promise((resolve) => {
    const runner = mocha.run(() => {
      outcome.passed = runner.stats?.passes ?? 0;
      outcome.failed = runner.stats?.failures ?? 0;
      outcome.skipped = runner.stats?.pending ?? 0;
      resolve();
    });
  });
}

/** After a failed test the launcher, where it can, takes a picture of the window before the next test changes it. */
function pictures(folder: string): Mocha.RootHookObject {
  if (process.env['PAGEWALK_TEST_PICTURES'] !== '1') return {};
  return {
    afterEach: async function (this: Mocha.Context) {
      const test = this.currentTest;
      if (test?.state !== 'failed') return;
      const request = path.join(folder, 'picture.request');
      writeFileSync(request, test.fullTitle());
      for (let waited = 0; existsSync(request) && waited < 5000; waited += 50) await setTimeout(50);
      rmSync(request, { force: true });
    },
  };
}

function report(folder: string, line: string): void {
  appendFileSync(path.join(folder, 'output.txt'), `${line}\n`);
}

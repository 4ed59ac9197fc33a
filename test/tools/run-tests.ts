// Everything: builds, checks, and runs every tier of tests. Ends with the totals over all tiers on a line of their own.
import { globSync } from 'node:fs';
import { mkdtemp, mkdir, rm } from 'node:fs/promises';
import path from 'node:path';
import { Watchdog } from '../lifetime/watchdog.ts';
import { readOutcome, reportOutcome, type Outcome } from '../vscode/outcome.ts';
import { runInCodeServer } from '../vscode/run-code-server.ts';
import { cacheFolder, root } from './paths.ts';
import { run } from './process.ts';

/** Tiers of mocha tests that need no VS Code, by the folders that they take; what no other tier takes is a unit test. */
const conformance = ['test/simulator/kernels/', 'test/conformance/'];
const protocol = 'test/extension/';
const elsewhere = [...conformance, protocol, 'test/vscode/'];

const total: Outcome = { passed: 0, failed: 0, skipped: 0 };
const troubles: string[] = [];
const watchdog = new Watchdog();
/** For a whole stage, in seconds. Mocha's runs have a watchdog of their own (test/lifetime/hooks.ts), which comes first. */
const STAGE_LIMIT = 3600;

async function stage(name: string, action: () => Promise<Outcome>): Promise<void> {
  console.log(`\n── ${name}`);
  watchdog.begin(name, STAGE_LIMIT);
  const started = Date.now();
  let outcome: Outcome;
  try {
    outcome = await action();
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    outcome = { passed: 0, failed: 1, skipped: 0 };
  }
  total.passed += outcome.passed;
  total.failed += outcome.failed;
  total.skipped += outcome.skipped;
  if (outcome.failed > 0) troubles.push(name);
  watchdog.count(total);
  console.log(`── ${name}: ${String(Math.round((Date.now() - started) / 1000))} s`);
}

/** A script that passes or fails as a whole; only its failure counts. */
async function script(name: string): Promise<Outcome> {
  const code = await run('npm', ['run', '--silent', name], { cwd: root });
  return { passed: 0, failed: code === 0 ? 0 : 1, skipped: 0 };
}

async function mocha(files: string[]): Promise<Outcome> {
  if (files.length === 0) throw new Error('this tier has no test file');
  await mkdir(cacheFolder, { recursive: true });
  const folder = await mkdtemp(path.join(cacheFolder, 'mocha-'));
  try {
    const program = path.join(root, 'node_modules', 'mocha', 'bin', 'mocha.js');
    const reporter = ['--reporter', 'test/tools/totals-reporter.cjs'];
    const output = ['--reporter-option', `output=${path.join(folder, 'outcome.json')}`];
    const code = await run(process.execPath, [program, '--forbid-only', ...reporter, ...output, ...files], {
      cwd: root,
    });
    const { outcome } = await readOutcome(folder);
    // A file that cannot be loaded, a crash, or no test at all.
    if (outcome.failed === 0 && (code !== 0 || outcome.passed === 0)) outcome.failed = 1;
    return outcome;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function testFiles(isWanted: (file: string) => boolean): string[] {
  const files = globSync('test/*/**/*.test.ts', { cwd: root }).sort();
  return files.filter((file) => isWanted(file.replaceAll(path.sep, '/')));
}

function isIn(...folders: string[]): (file: string) => boolean {
  return (file) => folders.some((folder) => file.startsWith(folder));
}

async function vscodeTier(): Promise<Outcome> {
  const outcome = await runInCodeServer((what) => {
    watchdog.begin(`tests in VS Code: ${what}`);
  });
  if (outcome.passed + outcome.failed === 0) throw new Error('no test was run');
  return outcome;
}

await stage('build', () => script('build'));
for (const check of ['types', 'lint', 'layers', 'format', 'dead']) await stage(check, () => script(`check:${check}`));
await stage('unit tests', () => mocha(testFiles((file) => !elsewhere.some((folder) => file.startsWith(folder)))));
await stage('conformance tests', () => mocha(testFiles(isIn(...conformance))));
await stage('protocol tests', () => mocha(testFiles(isIn(protocol))));
await stage('tests in VS Code', vscodeTier);

console.log(troubles.length === 0 ? '\nAll is well.' : `\nFailed: ${troubles.join(', ')}`);
reportOutcome(total);
watchdog.over();

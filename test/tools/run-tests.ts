// Everything: builds, checks, and runs every tier of tests, what is independent side by side. Ends with the totals over all
// tiers on a line of their own.
import { globSync } from 'node:fs';
import { mkdtemp, mkdir, rm } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import path from 'node:path';
import { Watchdog } from '../lifetime/watchdog.ts';
import { readOutcome, reportOutcome, type Outcome } from '../vscode/outcome.ts';
import { runInCodeServer } from '../vscode/run-code-server.ts';
import { Heartbeat } from './heartbeat.ts';
import { cacheFolder, root } from './paths.ts';
import { run } from './process.ts';

/** Tiers of mocha tests that need no VS Code, by the folders that they take; what no other tier takes is a unit test. */
const conformance = ['test/simulator/kernels/', 'test/conformance/'];
const protocol = 'test/extension/';
const elsewhere = [...conformance, protocol, 'test/vscode/'];

/** Where a stage's programs write. */
type Output = (text: string) => void;

const total: Outcome = { passed: 0, failed: 0, skipped: 0 };
const troubles: string[] = [];
const watchdog = new Watchdog();
/** For a whole stage, in seconds. Mocha's runs have a watchdog of their own (test/lifetime/hooks.ts), which comes first. */
const STAGE_LIMIT = 3600;

const running = new Set<string>();
const heartbeat = new Heartbeat(console.log);

/** A stage's output is printed as a whole when it has ended, lest that of several be mixed up. */
async function stage(name: string, action: (output: Output) => Promise<Outcome>): Promise<void> {
  console.log(`── ${name}: begins`);
  running.add(name);
  heartbeat.begin(name);
  watchdog.begin([...running].join(', '), STAGE_LIMIT);
  const started = Date.now();
  const texts: string[] = [];
  let outcome: Outcome;
  try {
    outcome = await action((text) => texts.push(text));
  } catch (error) {
    texts.push(`${error instanceof Error ? error.message : String(error)}\n`);
    outcome = { passed: 0, failed: 1, skipped: 0 };
  }
  running.delete(name);
  heartbeat.end(name);
  // Stages run side by side: what is still running has the stage's time again.
  if (running.size > 0) watchdog.begin([...running].join(', '), STAGE_LIMIT);
  process.stdout.write(texts.join(''));
  total.passed += outcome.passed;
  total.failed += outcome.failed;
  total.skipped += outcome.skipped;
  if (outcome.failed > 0) troubles.push(name);
  watchdog.count(total);
  console.log(`── ${name}: ${String(Math.round((Date.now() - started) / 1000))} s`);
}

/** A script that passes or fails as a whole; only its failure counts. */
async function script(name: string, output: Output): Promise<Outcome> {
  const code = await run('npm', ['run', '--silent', name], { cwd: root, onOutput: output });
  return { passed: 0, failed: code === 0 ? 0 : 1, skipped: 0 };
}

async function mocha(files: string[], output: Output): Promise<Outcome> {
  if (files.length === 0) throw new Error('this tier has no test file');
  await mkdir(cacheFolder, { recursive: true });
  const folder = await mkdtemp(path.join(cacheFolder, 'mocha-'));
  try {
    const program = path.join(root, 'node_modules', 'mocha', 'bin', 'mocha.js');
    const reporter = ['--reporter', 'test/tools/totals-reporter.cjs'];
    const totals = ['--reporter-option', `output=${path.join(folder, 'outcome.json')}`];
    const code = await run(process.execPath, [program, '--forbid-only', ...reporter, ...totals, ...files], {
      cwd: root,
      onOutput: output,
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

interface Job {
  readonly name: string;
  readonly perform: (output: Output) => Promise<Outcome>;
}

function checks(): Job[] {
  return ['types', 'lint', 'layers', 'format', 'dead'].map((name) => ({
    name,
    perform: (output) => script(`check:${name}`, output),
  }));
}

/** A tier in so many parts of about the same size, so that the lanes stay busy to the end. */
function tier(name: string, parts: number, isWanted: (file: string) => boolean): Job[] {
  const files = testFiles(isWanted);
  return Array.from({ length: parts }, (_, part) => ({
    name: parts === 1 ? name : `${name}, part ${String(part + 1)} of ${String(parts)}`,
    perform: (output) =>
      mocha(
        files.filter((_file, index) => index % parts === part),
        output,
      ),
  }));
}

/** The longest first: that of VS Code waits for downloads and for windows, and leaves the processor to the others meanwhile. */
function jobs(): Job[] {
  return [
    { name: 'tests in VS Code', perform: vscodeTier },
    ...tier('unit tests', 4, (file) => !isIn(...elsewhere)(file)),
    ...tier('conformance tests', 2, isIn(...conformance)),
    ...checks(),
    ...tier('protocol tests', 1, isIn(protocol)),
  ];
}

/** As many side by side as there are processors, within what the memory of a usual machine holds. */
async function inLanes(waiting: Job[]): Promise<void> {
  const lane = async (): Promise<void> => {
    for (let job = waiting.shift(); job !== undefined; job = waiting.shift()) await stage(job.name, job.perform);
  };
  await Promise.all(Array.from({ length: Math.min(4, availableParallelism()) }, lane));
}

await stage('build', (output) => script('build', output));
await inLanes(jobs());

console.log(troubles.length === 0 ? '\nAll is well.' : `\nFailed: ${troubles.join(', ')}`);
reportOutcome(total);
watchdog.over();

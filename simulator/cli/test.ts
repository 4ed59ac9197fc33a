/** `pagewalk test PATH…`: all tests of all scenarios, in files and folders. */
import { readdir, stat } from 'node:fs/promises';
import path from 'node:path';
import { exitCodeOf, ExitCode } from '../session/scenario/outcome.ts';
import type { Diagnostic } from '../session/scenario/scenario.ts';
import { withoutRepeats } from './format-diagnostic.ts';
import { InputError } from '../files/input-error.ts';
import { reasonOf } from '../files/system-error.ts';
import { Guard } from './guard.ts';
import { kernelTitle, load, type Loaded } from './load.ts';
import type { Simulation } from '../session/moves/simulation.ts';
import { boundsOf, type RunOptions } from './options.ts';
import { showProgress, writeDiagnostics, writeOut } from './output.ts';
import { type FileResult, reporters, type ReporterName } from './reporters.ts';
import type { Kernel } from '../kernels/bound-kernel.ts';
import { findKernel } from '../kernels/registry.ts';
import { kernelsOf } from '../session/scenario/scenario-kernels.ts';
import { runTest, testNames, testResult, type TestResult } from './test-results.ts';

export interface TestFlags extends RunOptions {
  readonly reporter: ReporterName;
}

export async function test(paths: readonly string[], flags: TestFlags): Promise<ExitCode> {
  const reporter = reporters[flags.reporter];
  const results: FileResult[] = [];
  const codes: ExitCode[] = [];
  for (const file of await scenarioFiles(paths)) {
    const { result, code, diagnostics } = await testFile(file, flags);
    results.push(result);
    codes.push(code);
    writeOut(reporter.file(result, results.length));
    writeDiagnostics(diagnostics);
  }
  writeOut(reporter.end(results));
  return codes.reduce((worst, code) => (code > worst ? code : worst), ExitCode.well);
}

interface Tested {
  readonly result: FileResult;
  readonly code: ExitCode;
  readonly diagnostics: readonly Diagnostic[];
}

async function testFile(file: string | InputError, flags: TestFlags): Promise<Tested> {
  if (typeof file !== 'string') return refused(file.file, path.basename(file.file), [file.toDiagnostic()]);
  const title = path.basename(file);
  const guard = new Guard(boundsOf(flags));
  let loaded: Loaded;
  try {
    loaded = await load(file, flags);
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    return refused(file, title, [error.toDiagnostic()]);
  }
  const { program, diagnostics } = loaded;
  if (program === null) return refused(file, title, diagnostics);
  const { scenario } = program;
  // Every test on every kernel that the file names, unless one is asked for.
  const names =
    scenario.otherKernels.length > 0 && flags.kernel === undefined ? kernelsOf(scenario) : [program.kernel.name];
  const tests = names.flatMap((name) =>
    testOn(file, { ...program, kernel: kernelNamed(name) }, names.length > 1, guard),
  );
  const found = tests.flatMap((one) => one.diagnostics);
  // A machine that was refused never ran.
  const code = tests.some(({ isRefused }) => isRefused) ? ExitCode.badInput : exitCodeOf(found);
  const kernel = names.length > 1 ? names.join(', ') : kernelTitle(program);
  const skipped = Math.max(1, scenario.tests.length) * names.length - tests.length;
  return { result: { file, kernel, tests, skipped }, code, diagnostics: withoutRepeats([...diagnostics, ...found]) };
}

function kernelNamed(name: string): Kernel {
  const kernel = findKernel(name);
  if (kernel === null) throw new Error(`internal: the kernel ${name} was not refused`);
  return kernel;
}

/** With `isOneOfSeveral` the names of the results say which kernel it is. */
function testOn(
  file: string,
  program: NonNullable<Loaded['program']>,
  isOneOfSeveral: boolean,
  guard: Guard,
): readonly TestResult[] {
  const kernel = program.kernel.name;
  return testNames(program.scenario, kernel).map((name) => {
    const look = (simulation: Simulation): void => {
      showProgress(name === undefined ? file : `${file}: ${name}`, simulation);
    };
    const title = name ?? path.basename(file);
    return runTest(program, name, isOneOfSeveral ? `${title} [${kernel}]` : title, guard, look).result;
  });
}

function refused(file: string, title: string, diagnostics: readonly Diagnostic[]): Tested {
  const tests: readonly TestResult[] = [testResult(title, diagnostics, true)];
  return { result: { file, kernel: null, tests, skipped: 0 }, code: ExitCode.badInput, diagnostics };
}

/** Files as they were named; of folders, the scenarios in them and below, in the order of their names. */
async function scenarioFiles(paths: readonly string[]): Promise<(string | InputError)[]> {
  const files: (string | InputError)[] = [];
  for (const place of paths) {
    const status = await stat(place).catch(() => null);
    if (status?.isDirectory() !== true) {
      files.push(place);
      continue;
    }
    const inside = await scenariosBelow(place);
    if (inside.length === 0) files.push(new InputError(place, 'there is no .walk file in this folder or below it'));
    files.push(...inside);
  }
  return [...new Set(files)];
}

/** A folder that cannot be read is a failure of its own: the others are tested. */
async function scenariosBelow(folder: string): Promise<(string | InputError)[]> {
  const found: (string | InputError)[] = [];
  const entries = await readdir(folder, { withFileTypes: true }).catch((error: unknown) => {
    found.push(new InputError(folder, `the folder cannot be read: ${reasonOf(error)}`));
    return [];
  });
  for (const entry of entries.sort((left, right) => (left.name < right.name ? -1 : 1))) {
    const place = path.join(folder, entry.name);
    if (entry.isDirectory()) {
      if (!entry.name.startsWith('.') && entry.name !== 'node_modules') found.push(...(await scenariosBelow(place)));
    } else if (/\.walk$/i.test(entry.name)) found.push(place);
  }
  return found;
}

/** The tests of a file, each on a fresh machine, and what comes of them: plain data. */
import type { Diagnostic, Scenario, TestDeclaration } from '../../session/scenario/scenario.ts';
import { testsOn } from '../../session/scenario/scenario-kernels.ts';
import type { Script } from '../../session/state/script.ts';
import type { SimulationSettings } from '../../session/moves/simulation.ts';
import { now } from '../clock.ts';
import type { Guard } from '../guard.ts';
import { simulate, type Look } from '../simulate.ts';
import type { Coverage, CoverageRecorder } from './coverage.ts';

export interface TestResult {
  /** With the kernel, where the file runs on several. */
  readonly name: string;
  /** The test as the file names it; of a file without tests, the file's own name. Left out where the file cannot run. */
  readonly test?: string;
  readonly kernel?: string;
  readonly ok: boolean;
  /** Of the first error, as are its code and its line. */
  readonly message?: string;
  readonly code?: string;
  readonly line?: number;
  /** What the test is worth, where the file says so. */
  readonly points?: number;
  /** Time of this computer. */
  readonly seconds: number;
  readonly diagnostics: readonly Diagnostic[];
  /** The machine was refused: nothing ran. */
  readonly isRefused: boolean;
}

export interface FileResult {
  readonly file: string;
  /** What it ran on; null for a file that could not run. */
  readonly kernel: string | null;
  readonly tests: readonly TestResult[];
  /** Tests that do not run on the kernel, or that were not asked for. */
  readonly skipped: number;
  /** Where it was asked for, and the file could run. */
  readonly coverage?: Coverage;
}

/** Who follows a run. */
export interface Following {
  readonly look: Look;
  readonly recorder?: CoverageRecorder | undefined;
}

/** What is to be run there; a file without tests is one test, which has no name of its own. */
export function testsToRun(scenario: Scenario, kernel: string): readonly (TestDeclaration | undefined)[] {
  return scenario.tests.length === 0 ? [undefined] : testsOn(scenario, kernel);
}

/** Without a script where the machine was refused. */
export function runTest(
  settings: SimulationSettings,
  test: TestDeclaration | undefined,
  title: string,
  guard: Guard,
  { look, recorder }: Following,
): { readonly result: TestResult; readonly script: Script | null } {
  const begun = now();
  const done = simulate(
    { ...settings, test: test?.name },
    guard,
    look,
    recorder === undefined
      ? {}
      : { begin: (simulation) => simulation.onEvents(recorder.listen), eachStep: recorder.look },
  );
  const seconds = (now() - begun) / 1000;
  const points = test?.points ?? null;
  const more = { seconds, ...(points === null ? {} : { points }) };
  if ('diagnostics' in done) return { result: { ...testResult(title, done.diagnostics, true), ...more }, script: null };
  const { script } = done.world;
  return { result: { ...testResult(title, script.diagnostics), ...more }, script };
}

export function testResult(name: string, diagnostics: readonly Diagnostic[], isRefused = false): TestResult {
  const error = diagnostics.find(({ severity }) => severity === 'error');
  const common = { name, seconds: 0, diagnostics, isRefused };
  if (error === undefined) return { ...common, ok: true };
  return { ...common, ok: false, message: error.message, code: error.code, line: error.range.line };
}

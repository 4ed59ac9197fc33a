/** The tests of a file, each on a fresh machine. */
import type { Diagnostic, Scenario } from '../session/scenario/scenario.ts';
import { testsOn } from '../session/scenario/scenario-kernels.ts';
import type { Script } from '../session/state/script.ts';
import type { SimulationSettings } from '../session/moves/simulation.ts';
import type { Guard } from './guard.ts';
import { simulate, type Look } from './simulate.ts';

export interface TestResult {
  readonly name: string;
  readonly ok: boolean;
  /** Of the first error. */
  readonly message?: string;
  readonly line?: number;
  readonly diagnostics: readonly Diagnostic[];
  /** The machine was refused: nothing ran. */
  readonly isRefused: boolean;
}

/** Names of what is to be run there; a file without tests is one test, which has no name of its own. */
export function testNames(scenario: Scenario, kernel: string): readonly (string | undefined)[] {
  return scenario.tests.length === 0 ? [undefined] : testsOn(scenario, kernel).map(({ name }) => name);
}

/** Without a script where the machine was refused. */
export function runTest(
  settings: SimulationSettings,
  test: string | undefined,
  title: string,
  guard: Guard,
  look: Look,
): { readonly result: TestResult; readonly script: Script | null } {
  const done = simulate({ ...settings, test }, guard, look);
  if ('diagnostics' in done) return { result: testResult(title, done.diagnostics, true), script: null };
  const { script } = done.world;
  return { result: testResult(title, script.diagnostics), script };
}

export function testResult(name: string, diagnostics: readonly Diagnostic[], isRefused = false): TestResult {
  const error = diagnostics.find(({ severity }) => severity === 'error');
  if (error === undefined) return { name, ok: true, diagnostics, isRefused };
  return { name, ok: false, message: error.message, line: error.range.line, diagnostics, isRefused };
}

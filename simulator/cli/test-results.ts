/** The tests of a file, each on a fresh machine. */
import type { Diagnostic, Scenario } from '../session/scenario/scenario.ts';
import type { Script } from '../session/state/script.ts';
import type { SimulationSettings } from '../session/moves/simulation.ts';
import { simulate, type Look } from './simulate.ts';

export interface TestResult {
  readonly name: string;
  readonly ok: boolean;
  /** Of the first error. */
  readonly message?: string;
  readonly line?: number;
  readonly diagnostics: readonly Diagnostic[];
  /** Null where the machine was refused. */
  readonly script: Script | null;
}

/** Names of what is to be run; a file without tests is one test, which has no name of its own. */
export function testNames(scenario: Scenario): readonly (string | undefined)[] {
  return scenario.tests.length === 0 ? [undefined] : scenario.tests.map(({ name }) => name);
}

export function runTest(settings: SimulationSettings, test: string | undefined, title: string, look: Look): TestResult {
  const done = simulate({ ...settings, test }, look);
  const script = 'world' in done ? done.world.script : null;
  return testResult(title, 'world' in done ? done.world.script.diagnostics : done.diagnostics, script);
}

export function testResult(name: string, diagnostics: readonly Diagnostic[], script: Script | null): TestResult {
  const error = diagnostics.find(({ severity }) => severity === 'error');
  if (error === undefined) return { name, ok: true, diagnostics, script };
  return { name, ok: false, message: error.message, line: error.range.line, diagnostics, script };
}

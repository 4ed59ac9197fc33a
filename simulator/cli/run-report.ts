/** The common part of a file and its tests, each run on a machine of its own, told as one run. */
import { testsOn } from '../session/scenario/scenario-kernels.ts';
import type { RunReport } from '../inspect/state-json.ts';
import type { Bounds } from '../session/scenario/bounds.ts';
import { exitCodeOf, ExitCode } from '../session/scenario/outcome.ts';
import type { Diagnostic } from '../session/scenario/scenario.ts';
import { addPrint, countLines, createOutput, type Print } from '../session/state/output.ts';
import type { Script } from '../session/state/script.ts';
import type { Simulation } from '../session/moves/simulation.ts';
import { withoutRepeats } from './format-diagnostic.ts';
import type { Guard } from './guard.ts';
import type { Loaded } from './load.ts';
import { showProgress } from './output.ts';
import type { Printer } from './printer.ts';
import { runTest, testResult, type TestResult } from './test/results.ts';

export type Program = NonNullable<Loaded['program']>;

/** What is left of a test's run when it has ended: its world is large. */
export interface TestRun {
  readonly result: TestResult;
  readonly passed: number;
  readonly failed: number;
  readonly prints: readonly Print[];
  readonly moreLines: number;
  readonly emulated: Script['emulated'];
}

/** A failure in the common part is every test's. The common part runs once more in every test; what it told is told once. */
export function runTests(
  program: Program,
  { world: { script: common } }: Simulation,
  guard: Guard,
  printer: Printer,
): TestRun[] {
  const isBroken = exitCodeOf(common.diagnostics) !== ExitCode.well;
  let room = program.limits.output - common.printedLines;
  return testsOn(program.scenario, program.kernel.name).map((test) => {
    const { name } = test;
    if (isBroken) return { result: testResult(name, common.diagnostics), ...nothing };
    printer.restart();
    const limits = { ...program.limits, output: common.printedLines + room };
    const look = (simulation: Simulation): void => {
      printer.print(simulation.world.script, common.prints.length);
      showProgress(name, simulation);
    };
    const { result, script } = runTest({ ...program, limits }, test, name, guard, { look });
    if (script === null) return { result, ...nothing };
    room -= script.printedLines - common.printedLines;
    return {
      result,
      passed: Math.max(0, script.passed - common.passed),
      failed: Math.max(0, script.failed - common.failed),
      prints: script.prints.slice(common.prints.length),
      moreLines: Math.max(0, script.moreLines - common.moreLines),
      emulated: script.emulated.slice(common.emulated.length),
    };
  });
}

const nothing = { passed: 0, failed: 0, prints: [], moreLines: 0, emulated: [] };

/** All runs of the file together. */
export function reportOf(
  checked: readonly Diagnostic[],
  { world: { script } }: Simulation,
  tests: readonly TestRun[],
): RunReport {
  const sum = (of: (one: TestRun) => number, start: number): number =>
    tests.reduce((total, one) => total + of(one), start);
  // Whether something was left over shows at a test's end only.
  const found = tests.length > 0 ? tests.flatMap(({ result }) => result.diagnostics) : script.diagnostics;
  return {
    passed: sum(({ passed }) => passed, script.passed),
    failed: sum(({ failed }) => failed, script.failed),
    prints: [...script.prints, ...tests.flatMap(({ prints }) => prints)],
    moreLines: sum(({ moreLines }) => moreLines, script.moreLines),
    emulated: [...script.emulated, ...tests.flatMap(({ emulated }) => emulated)],
    diagnostics: withoutRepeats([...checked, ...found]),
  };
}

/** Adds what the kernel's own display function prints of every living process, as far as there is room for it. */
export function withDumps(report: RunReport, { kernel, scenario }: Simulation, bounds: Bounds): RunReport {
  const used = report.prints.reduce((lines, { text }) => lines + countLines(text), 0);
  const dumps = createOutput();
  const room = { ...bounds, output: Math.max(0, bounds.output - used) };
  const nowhere = { file: scenario.file, line: 0, column: 1, endLine: 0, endColumn: 1 };
  for (const process of kernel.processes().filter(({ alive }) => alive)) {
    const text = kernel.dump(process).replace(/\n$/, '');
    addPrint(dumps, text, nowhere, room);
  }
  return {
    ...report,
    prints: [...report.prints, ...dumps.prints],
    moreLines: report.moreLines + dumps.moreLines,
  };
}

/** `pagewalk run FILE`: simulates a scenario or a recording, its tests included. */
import { framesPerCluster } from '../hardware/physical-memory.ts';
import { clusterCount } from '../hardware/machine-config.ts';
import { diagnosticJson, runState, type RunReport, type TestJson } from '../inspect/state-json.ts';
import { exitCodeOf, ExitCode } from '../session/scenario/outcome.ts';
import type { Diagnostic } from '../session/scenario/scenario.ts';
import type { Script } from '../session/state/script.ts';
import type { Simulation } from '../session/moves/simulation.ts';
import { withoutRepeats } from './format-diagnostic.ts';
import { InputError } from './input-error.ts';
import { load, type Loaded } from './load.ts';
import type { RunOptions } from './options.ts';
import { showProgress, writeDiagnostics, writeJson, writeLine, writeNote } from './output.ts';
import { simulate } from './simulate.ts';
import { runTest, testResult, type TestResult } from './test-results.ts';
import { untilLine, type Until } from './until.ts';

export interface RunFlags extends RunOptions {
  readonly until?: number;
  readonly json?: boolean;
  readonly frames?: boolean;
  readonly dump?: boolean;
}

type Program = NonNullable<Loaded['program']>;

/** More frames make a text that no longer fits into one JSON object. */
const MOST_FRAMES = 1 << 20;

export async function run(file: string, flags: RunFlags): Promise<ExitCode> {
  try {
    return await runFile(file, flags);
  } catch (error) {
    if (error instanceof InputError) return refuse([error.toDiagnostic()], flags);
    throw error;
  }
}

async function runFile(file: string, flags: RunFlags): Promise<ExitCode> {
  const { program, diagnostics } = await load(file, flags);
  if (program === null) return refuse(diagnostics, flags);
  const until = flags.until === undefined ? null : untilLine(program.scenario, flags.until, program.replayer);
  const printer = new Printer(flags);
  const look = (simulation: Simulation): void => {
    printer.print(simulation.world.script.prints);
    showProgress(file, simulation);
  };
  const simulation = simulate({ ...program, test: until?.test }, look, until?.lines);
  if ('diagnostics' in simulation) return refuse([...diagnostics, ...simulation.diagnostics], flags);
  if (flags.frames === true) refuseManyFrames(file, simulation);
  const tests = flags.until === undefined ? runTests(program, simulation, printer) : [];
  const report = reportOf(diagnostics, simulation, tests);
  if (flags.dump === true) report.prints.push(...dumps(simulation, printer));
  if (flags.json === true) writeState(simulation, report, tests, flags);
  writeDiagnostics(report.diagnostics);
  writeNote(summary(report, tests, until));
  return exitCodeOf(report.diagnostics);
}

/** There is no machine whose state could be told. */
function refuse(diagnostics: readonly Diagnostic[], flags: RunFlags): ExitCode {
  if (flags.json === true) writeJson({ version: 1, ok: false, diagnostics: diagnostics.map(diagnosticJson) });
  writeDiagnostics(diagnostics);
  return ExitCode.badInput;
}

/** What the simulation prints, as soon as it does; silent where standard output belongs to the JSON object. */
class Printer {
  private readonly isSilent: boolean;
  private printed = 0;

  constructor({ json }: RunFlags) {
    this.isSilent = json === true;
  }

  /** `prints` are all of a run so far; those up to `from` were printed by another run. */
  print(prints: Script['prints'], from = 0): void {
    if (this.isSilent) return;
    for (const { text } of prints.slice(Math.max(from, this.printed))) writeLine(text);
    this.printed = prints.length;
  }

  restart(): void {
    this.printed = 0;
  }

  line(text: string): void {
    if (!this.isSilent) writeLine(text);
  }
}

/** A failure in the common part is every test's. */
function runTests(program: Program, common: Simulation, printer: Printer): TestResult[] {
  const { diagnostics, prints } = common.world.script;
  const isBroken = exitCodeOf(diagnostics) !== ExitCode.well;
  return program.scenario.tests.map(({ name }) => {
    if (isBroken) return testResult(name, diagnostics, null);
    printer.restart();
    return runTest(program, name, name, (simulation) => {
      printer.print(simulation.world.script.prints, prints.length);
      showProgress(name, simulation);
    });
  });
}

/** The common part runs once more in every test; what it told is told once. */
function reportOf(
  checked: readonly Diagnostic[],
  { world: { script } }: Simulation,
  tests: readonly TestResult[],
): RunReport {
  const own = tests.flatMap((test) => (test.script === null ? [] : [test.script]));
  const beyond = (pick: (one: Script) => number): number =>
    own.reduce((sum, one) => sum + Math.max(0, pick(one) - pick(script)), pick(script));
  // Whether something was left over shows at a test's end only.
  const found = own.length > 0 ? own.flatMap((one) => one.diagnostics) : script.diagnostics;
  return {
    passed: beyond(({ passed }) => passed),
    failed: beyond(({ failed }) => failed),
    prints: [...script.prints, ...own.flatMap(({ prints }) => prints.slice(script.prints.length))],
    emulated: [...script.emulated, ...own.flatMap(({ emulated }) => emulated.slice(script.emulated.length))],
    diagnostics: withoutRepeats([...checked, ...found]),
  };
}

/** What the kernel's own display function prints of every living process. */
function dumps({ kernel }: Simulation, printer: Printer): Script['prints'] {
  const living = kernel.processes().filter(({ alive }) => alive);
  return living.map((process) => {
    const text = kernel.dump(process).replace(/\n$/, '');
    printer.line(text);
    return { text, line: 0 };
  });
}

function refuseManyFrames(file: string, { world: { machine } }: Simulation): void {
  const frames = framesPerCluster(machine) * clusterCount(machine.config);
  if (frames <= MOST_FRAMES) return;
  const most = MOST_FRAMES.toLocaleString('en');
  throw new InputError(
    file,
    `${frames.toLocaleString('en')} frames: --frames lists ${most} at most; use a smaller machine`,
  );
}

function writeState(
  { kernel, world }: Simulation,
  report: RunReport,
  results: readonly TestResult[],
  flags: RunFlags,
): void {
  const tests = results.map(({ name, ok, message }): TestJson =>
    message === undefined ? { name, ok } : { name, ok, message },
  );
  writeJson(runState({ kernel, world, tests, report, withFrames: flags.frames === true }));
}

function summary(report: RunReport, tests: readonly TestResult[], until: Until | null): string {
  const errors = report.diagnostics.filter(({ severity }) => severity === 'error').length;
  const parts = [errors === 0 ? 'ok' : counted(errors, 'error')];
  if (report.passed + report.failed > 0)
    parts.push(`${counted(report.passed, 'expectation')} met, ${String(report.failed)} failed`);
  if (tests.length > 0)
    parts.push(`${String(tests.filter(({ ok }) => ok).length)} of ${counted(tests.length, 'test')} passed`);
  if (until !== null) parts.push(`stopped at line ${String(until.lines[0])} or after`);
  return parts.join('; ');
}

function counted(count: number, noun: string): string {
  return `${count.toLocaleString('en')} ${noun}${count === 1 ? '' : 's'}`;
}

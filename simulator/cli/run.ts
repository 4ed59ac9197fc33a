/** `pagewalk run FILE`: simulates a scenario or a recording, its tests included. */
import { framesPerCluster } from '../hardware/physical-memory.ts';
import { clusterCount } from '../hardware/machine-config.ts';
import { diagnosticJson, runState, type RunReport, type TestJson } from '../inspect/state-json.ts';
import { exitCodeOf, ExitCode } from '../session/scenario/outcome.ts';
import { type Bounds, boundText, raiseHint } from '../session/scenario/bounds.ts';
import type { Diagnostic } from '../session/scenario/scenario.ts';
import type { Simulation } from '../session/moves/simulation.ts';
import { InputError } from '../files/input-error.ts';
import { Guard } from './guard.ts';
import { kernelTitle, load } from './load.ts';
import { boundsOf, type RunOptions } from './options.ts';
import { showProgress, writeDiagnostics, writeError, writeJson, writeNote } from './output.ts';
import { checkOutputs } from './output-file.ts';
import { TraceFile } from './trace-file.ts';
import { simulate } from './simulate.ts';
import { Printer } from './printer.ts';
import { type Program, reportOf, runTests, withDumps } from './run-report.ts';
import type { TestResult } from './test/results.ts';
import { untilLine, type Until } from './until.ts';

export interface RunFlags extends RunOptions {
  readonly until?: number;
  readonly json?: boolean;
  readonly frames?: boolean;
  readonly dump?: boolean;
  /** Path of the file for its events. */
  readonly trace?: string;
}

export async function run(file: string, flags: RunFlags): Promise<ExitCode> {
  try {
    return await runFile(file, flags);
  } catch (error) {
    if (error instanceof InputError) return refuse([error.toDiagnostic()], flags);
    throw error;
  }
}

async function runFile(file: string, flags: RunFlags): Promise<ExitCode> {
  const guard = new Guard(boundsOf(flags));
  const { program, diagnostics, places } = await load(file, flags);
  if (flags.trace !== undefined) await checkOutputs([flags.trace], places);
  if (program === null) return refuse(diagnostics, flags);
  const until = flags.until === undefined ? null : untilLine(program.scenario, flags.until, program.replayer);
  const printer = new Printer(flags.json === true);
  const look = (simulation: Simulation): void => {
    printer.print(simulation.world.script);
    showProgress(file, simulation);
  };
  const trace = flags.trace === undefined ? null : new TraceFile(flags.trace);
  const settings = { ...program, test: until?.test, isTraced: trace !== null };
  const begin = (running: Simulation): void => trace?.listen(running);
  const simulation = simulate(settings, guard, look, { lines: until?.lines, begin });
  trace?.close();
  if ('diagnostics' in simulation) {
    tellKernel(program, file);
    return refuse([...diagnostics, ...simulation.diagnostics], flags);
  }
  if (flags.frames === true) refuseManyFrames(file, simulation, program.limits);
  const tests = flags.until === undefined ? runTests(program, simulation, guard, printer) : [];
  const told = reportOf(diagnostics, simulation, tests);
  const report = flags.dump === true ? withDumps(told, simulation, program.limits) : told;
  printer.rest(report, told.prints.length);
  const results = tests.map(({ result }) => result);
  if (flags.json === true) writeState(simulation, report, results, flags);
  tellKernel(program, file);
  writeDiagnostics(report.diagnostics);
  writeNote(summary(report, results, until));
  return exitCodeOf(report.diagnostics);
}

/** What a finding means depends on the kernel, which the file need not name. */
function tellKernel(program: Program, file: string): void {
  writeError(`pagewalk: ${file} runs on ${kernelTitle(program)}\n`);
}

/** There is no machine whose state could be told. */
function refuse(diagnostics: readonly Diagnostic[], flags: RunFlags): ExitCode {
  if (flags.json === true) writeJson({ version: 1, ok: false, diagnostics: diagnostics.map(diagnosticJson) });
  writeDiagnostics(diagnostics);
  return ExitCode.badInput;
}

function refuseManyFrames(file: string, { world: { machine } }: Simulation, bounds: Bounds): void {
  const frames = framesPerCluster(machine) * clusterCount(machine.config);
  if (frames <= bounds.listedFrames) return;
  const [all, most] = [frames, bounds.listedFrames].map((count) => boundText('listedFrames', count));
  throw new InputError(
    file,
    `the machine has ${all} frames, and --frames lists at most ${most}: use a smaller machine, or ${raiseHint('listedFrames', bounds)}`,
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

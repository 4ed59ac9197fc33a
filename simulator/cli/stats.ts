/** `pagewalk stats FILE`: a run in figures. */
import { styleText } from 'node:util';
import { flatten, type Figure } from '../inspect/metrics/flatten.ts';
import type { Metrics } from '../inspect/metrics/metrics.ts';
import { ExitCode, exitCodeOf } from '../session/scenario/outcome.ts';
import { csvLine } from './csv.ts';
import { Guard } from './guard.ts';
import { kernelTitle, load } from './load.ts';
import { lineTableCsv, lineTableText, measureLines, sortedLines } from './line-table.ts';
import { measure } from './measure.ts';
import { InputError } from '../files/input-error.ts';
import { boundsOf, type RunOptions } from './options.ts';
import { showProgress, writeDiagnostics, writeError, writeJson, writeOut } from './output.ts';

export interface StatsFlags extends RunOptions {
  readonly json?: boolean;
  readonly csv?: boolean;
  /** Figures of lines instead of the run's. */
  readonly lines?: boolean;
  /** The counter by which lines are sorted. */
  readonly sort?: string;
}

/** Of what stands outside tests. */
export async function stats(file: string, flags: StatsFlags): Promise<ExitCode> {
  const guard = new Guard(boundsOf(flags));
  if (flags.lines === true) return lineStats(file, flags, guard);
  const { program, diagnostics } = await load(file, flags);
  if (program === null) {
    writeDiagnostics(diagnostics);
    return ExitCode.badInput;
  }
  const measured = measure(program, guard, (simulation) => {
    showProgress(file, simulation);
  });
  writeError(`pagewalk: ${file} runs on ${kernelTitle(program)}\n`);
  writeDiagnostics([...diagnostics, ...measured.diagnostics]);
  if (measured.isRefused) return ExitCode.badInput;
  if (flags.json === true) writeJson(measured.metrics);
  else if (flags.csv === true) writeOut(csvOf(measured.metrics));
  else writeOut(textOf(measured.metrics));
  return exitCodeOf(measured.diagnostics);
}

/** Of every line that ran; of a recorded program's source where the recording knows it. */
async function lineStats(file: string, flags: StatsFlags, guard: Guard): Promise<ExitCode> {
  const { program, diagnostics } = await load(file, flags, undefined, (_, sources) => sources.map((one) => one.path));
  if (program === null) {
    writeDiagnostics(diagnostics);
    return ExitCode.badInput;
  }
  const measured = measureLines(program, guard, (simulation) => {
    showProgress(file, simulation);
  });
  writeError(`pagewalk: ${file} runs on ${kernelTitle(program)}\n`);
  writeDiagnostics([...diagnostics, ...measured.diagnostics]);
  if (measured.isRefused) return ExitCode.badInput;
  const { sort = 'page-fault' } = flags;
  const lines = sortedLines(measured.lines, sort);
  if (lines === null)
    throw new InputError(
      file,
      `no line has the counter ${sort}: sort by visits, page-fault, tlb-miss or another event`,
    );
  if (flags.json === true) writeJson({ version: 1, sort, lines });
  else writeOut(flags.csv === true ? lineTableCsv(lines) : lineTableText(lines, sort));
  return exitCodeOf(measured.diagnostics);
}

function csvOf(metrics: Metrics): string {
  return csvLine(['metric', 'value']) + flatten(metrics).map(csvLine).join('');
}

/** A heading for each group, its figures aligned; counters that are 0 say nothing. */
function textOf({ version: _, counters, ...metrics }: Metrics): string {
  const used = Object.fromEntries(Object.entries(counters).filter(([, count]) => count > 0));
  const groups = Object.entries({ ...metrics, counters: used });
  return groups.map(([group, value]) => groupText(group, value)).join('');
}

function groupText(group: string, value: unknown): string {
  const figures = flatten(value);
  if (figures.length === 1 && figures[0]?.[0] === '') return `${group} ${figureText(figures[0][1])}\n`;
  const width = Math.max(0, ...figures.map(([name]) => name.length));
  const lines = figures.map(([name, figure]) => `  ${name.padEnd(width)}  ${figureText(figure)}\n`);
  return `${styleText('bold', group, { stream: process.stdout })}\n${lines.join('')}`;
}

function figureText(figure: Figure[1]): string {
  if (figure === null) return '-';
  return typeof figure === 'number' ? figure.toLocaleString('en', { maximumFractionDigits: 4 }) : String(figure);
}

/** `pagewalk sweep FILE --vary NAME=VALUES…`: one run for every combination of settings, as a table. */
import { appendFile, readFile, writeFile } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { InputError } from '../../files/input-error.ts';
import { boundText, raiseHint } from '../../session/scenario/bounds.ts';
import { ExitCode } from '../../session/scenario/outcome.ts';
import type { Figure } from '../../inspect/metrics/flatten.ts';
import { csvLine, parseCsv } from '../csv.ts';
import { load } from '../load.ts';
import { boundsOf, type RunOptions } from '../options.ts';
import { cannotWrite, checkOutputs } from '../output-file.ts';
import { writeDiagnostics, writeError, writeJson, writeNote, writeOut } from '../output.ts';
import { contentsOf, jobIds, type Job, type JobResult } from './job.ts';
import { companionUrl } from '../companion.ts';
import { runJobs, type Workers } from '../workers/pool.ts';
import { slurmScript } from './slurm.ts';
import { grid, gridSize, type Choice, type Varied } from './vary.ts';

export interface SweepFlags extends RunOptions {
  readonly vary: readonly Varied[];
  readonly jobs?: number;
  /** Number of the only run to make, from 0. */
  readonly only?: number;
  readonly table?: string;
  readonly json?: boolean;
  readonly export?: 'slurm';
}

interface Row {
  readonly choice: Choice;
  readonly cells: readonly (readonly [name: string, value: Figure[1]])[];
}

export async function sweep(file: string, flags: SweepFlags): Promise<ExitCode> {
  const { vary, jobs: workers = availableParallelism(), only, table, json, export: target, ...options } = flags;
  if (file === '-') throw new InputError(file, 'a sweep reads its file many times: name a file');
  const bounds = boundsOf(options);
  const size = gridSize(vary);
  if (size > bounds.sweepRuns) {
    const [all, most] = [size, bounds.sweepRuns].map((count) => boundText('sweepRuns', count));
    throw new InputError(
      file,
      `the sweep has ${all} runs, and at most ${most} can be made: vary less, or ${raiseHint('sweepRuns', bounds)}`,
    );
  }
  if (target === 'slurm') {
    writeOut(slurmScript(file, vary, size, process.argv.slice(2)));
    return ExitCode.well;
  }
  const loaded = await load(file, options);
  if (loaded.program === null) {
    writeDiagnostics(loaded.diagnostics);
    return ExitCode.badInput;
  }
  const { scenario } = loaded.program;
  for (const name of ['kernel', 'machine'] as const)
    if (scenario[name] !== null && vary.some((one) => one.name === name))
      throw new InputError(file, `the file itself names the ${name}: remove the line \`${name} …\` to vary it`);
  if (table !== undefined) await checkOutputs([table], loaded.places);
  const choices = grid(vary);
  const ids = jobIds(await contentsOf(loaded.places), options, choices);
  const all = choices.map((choice, index): Job => ({ id: ids[index] as string, file, choice, options }));
  if (only !== undefined && only >= all.length)
    throw new InputError(file, `there is no run ${String(only)}: the sweep has runs 0 to ${String(all.length - 1)}`);
  const jobs = only === undefined ? all : all.slice(only, only + 1);
  return report(await runAll(jobs, vary, table, workers), jobs, { vary, table, json: json === true });
}

const workersOf = (count: number): Workers<Job, JobResult> => ({
  url: new URL(companionUrl('sweep-worker.mjs', 'simulator/cli/sweep/worker.ts')),
  count,
  failed: ({ id }, reason) => ({ id, code: ExitCode.bug, problem: `this run failed: ${reason}`, figures: [] }),
});

/** Results by job. Those of an earlier run that was interrupted are in the table already. */
async function runAll(
  jobs: readonly Job[],
  vary: readonly Varied[],
  table: string | undefined,
  workers: number,
): Promise<Map<string, Row['cells']>> {
  const results = table === undefined ? new Map<string, Row['cells']>() : await knownResults(table, jobs);
  const known = results.size;
  if (known > 0)
    writeError(`pagewalk: ${String(known)} of ${String(jobs.length)} runs are in ${table ?? ''} already\n`);
  const waiting = jobs.filter(({ id }) => !results.has(id));
  const choiceOf = new Map(jobs.map(({ id, choice }) => [id, choice]));
  let header = known > 0;
  await runJobs(waiting, workersOf(workers), async (result) => {
    const cells = cellsOf(result);
    results.set(result.id, cells);
    writeNote(`${String(results.size)} of ${String(jobs.length)} runs`);
    if (table === undefined || result.figures.length === 0) return;
    // Each result is kept as soon as it is there. The table is put in order at the end.
    const choice = choiceOf.get(result.id) ?? {};
    const text = (header ? '' : headerOf(vary, cells)) + rowOf(vary, choice, cells);
    header = true;
    await (known === 0 && results.size === 1 ? writeFile(table, text) : appendFile(table, text)).catch(
      (error: unknown) => {
        throw cannotWrite(table, error);
      },
    );
  });
  return results;
}

function cellsOf({ id, code, problem, figures }: JobResult): Row['cells'] {
  return [['job', id], ['code', code], ['problem', problem], ...figures];
}

function headerOf(vary: readonly Varied[], cells: Row['cells']): string {
  return csvLine([...vary.map(({ name }) => name), ...cells.map(([name]) => name)].map(columnName(vary)));
}

/** A run's kernel is a figure as well as what may be varied. */
function columnName(vary: readonly Varied[]): (name: string, index: number) => string {
  return (name, index) => (index >= vary.length && vary.some((one) => one.name === name) ? `run.${name}` : name);
}

function rowOf(vary: readonly Varied[], choice: Choice, cells: Row['cells']): string {
  return csvLine([...vary.map(({ name }) => choice[name] ?? ''), ...cells.map(([, value]) => value)]);
}

async function knownResults(table: string, jobs: readonly Job[]): Promise<Map<string, Row['cells']>> {
  const text = await readFile(table, 'utf8').catch((error: unknown) => {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return '';
    throw cannotWrite(table, error);
  });
  const [header = [], ...rows] = parseCsv(text);
  const at = header.indexOf('job');
  if (text !== '' && at < 0)
    throw new InputError(table, 'this file exists and is not a table of a sweep; choose another name');
  const wanted = new Set(jobs.map(({ id }) => id));
  const known = new Map<string, Row['cells']>();
  for (const row of rows) {
    const id = row[at] ?? '';
    // The last line of an interrupted run may be a part of one.
    if (!wanted.has(id) || row.length !== header.length) continue;
    known.set(
      id,
      header.slice(at).map((name, index) => [name, valueOf(name, row[at + index] ?? '')] as const),
    );
  }
  return known;
}

function valueOf(name: string, text: string): Figure[1] {
  if (name === 'job' || name === 'problem') return text;
  if (text === '') return null;
  return Number.isNaN(Number(text)) ? text : Number(text);
}

async function report(
  results: ReadonlyMap<string, Row['cells']>,
  jobs: readonly Job[],
  {
    vary,
    table,
    json,
  }: { readonly vary: readonly Varied[]; readonly table: string | undefined; readonly json: boolean },
): Promise<ExitCode> {
  const rows = jobs.map(({ id, choice }): Row => ({ choice, cells: results.get(id) ?? [] }));
  const problems = rows.filter(({ cells }) => value(cells, 'problem') !== '');
  for (const { choice, cells } of problems)
    writeError(`pagewalk: ${choiceText(choice)}: ${String(value(cells, 'problem'))}\n`);
  if (table !== undefined)
    await writeFile(table, tableOf(vary, rows)).catch((error: unknown) => {
      throw cannotWrite(table, error);
    });
  if (json)
    writeJson({
      version: 1,
      runs: rows.map(({ choice, cells }) => ({ vary: choice, ...Object.fromEntries(cells) })),
    });
  else if (table === undefined) writeOut(tableOf(vary, rows));
  const codes = rows.map(({ cells }) => Number(value(cells, 'code') ?? ExitCode.bug));
  if (codes.every((code) => code === ExitCode.well)) return ExitCode.well;
  return codes.includes(ExitCode.bug) ? ExitCode.bug : ExitCode.failed;
}

/** All rows under one header: runs on other kernels have other counters. */
function tableOf(vary: readonly Varied[], rows: readonly Row[]): string {
  const names = [...new Set(rows.flatMap(({ cells }) => cells.map(([name]) => name)))];
  const full = rows.map(({ choice, cells }): Row => {
    const values = new Map(cells);
    return { choice, cells: names.map((name) => [name, values.get(name) ?? null] as const) };
  });
  const [first] = full;
  if (first === undefined) return '';
  return headerOf(vary, first.cells) + full.map(({ choice, cells }) => rowOf(vary, choice, cells)).join('');
}

function value(cells: Row['cells'], name: string): Figure[1] | undefined {
  return cells.find(([own]) => own === name)?.[1];
}

function choiceText(choice: Choice): string {
  return Object.entries(choice)
    .map(([name, text]) => `${name}=${text}`)
    .join(' ');
}

/** One run of a sweep: what it is given, what it gives, and the name under which a result is known again. */
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import packageJson from '../../../package.json' with { type: 'json' };
import { flatten, type Figure } from '../../inspect/metrics/flatten.ts';
import { exitCodeOf, ExitCode } from '../../session/scenario/outcome.ts';
import { Guard } from '../guard.ts';
import { formatDiagnostic } from '../format-diagnostic.ts';
import { load } from '../load.ts';
import { measure } from '../measure.ts';
import { boundsOf, type RunOptions } from '../options.ts';
import { optionsOf, overridesOf } from './choice-options.ts';
import type { Choice } from './vary.ts';

export interface Job {
  readonly id: string;
  readonly file: string;
  readonly choice: Choice;
  readonly options: RunOptions;
}

export interface JobResult {
  readonly id: string;
  /** What `pagewalk run` would end with. */
  readonly code: ExitCode;
  /** The first error, as it is written; empty where there is none. */
  readonly problem: string;
  /** Empty where nothing ran. */
  readonly figures: readonly Figure[];
}

/** Equal for equal inputs, settings and versions of Pagewalk, on every computer. */
export function jobIds(contents: readonly Uint8Array[], options: RunOptions, choices: readonly Choice[]): string[] {
  const inputs = createHash('sha256');
  for (const content of contents) inputs.update(`${String(content.length)}\n`).update(content);
  const common = `${packageJson.version}\n${inputs.digest('hex')}\n${sortedJson(options)}`;
  return choices.map((choice) =>
    createHash('sha256')
      .update(`${common}\n${sortedJson(choice)}`)
      .digest('hex')
      .slice(0, 16),
  );
}

function sortedJson(record: object): string {
  return JSON.stringify(Object.entries(record).sort(([left], [right]) => (left < right ? -1 : 1)));
}

export async function contentsOf(files: readonly string[]): Promise<Uint8Array[]> {
  return Promise.all(files.map((file) => readFile(file)));
}

/** Throws an InputError where a file cannot be read. */
export async function perform({ id, file, choice, options: common }: Job): Promise<JobResult> {
  const options = optionsOf(choice, common);
  const guard = new Guard(boundsOf(options));
  const { program, diagnostics } = await load(file, options);
  const measured =
    program === null
      ? { metrics: null, diagnostics, isRefused: true as const }
      : measure({ ...program, overrides: overridesOf(choice) }, guard, () => undefined);
  const error = measured.diagnostics.find(({ severity }) => severity === 'error');
  return {
    id,
    code: measured.isRefused ? ExitCode.badInput : exitCodeOf(measured.diagnostics),
    problem: error === undefined ? '' : (formatDiagnostic({ ...error, related: [] }).split('\n')[0] ?? ''),
    figures: measured.metrics === null ? [] : sweepFigures(measured.metrics),
  };
}

/** One row for every run, so what depends on the scenario's names is left out. */
function sweepFigures(metrics: NonNullable<ReturnType<typeof measure>['metrics']>): Figure[] {
  const { version: _version, processes: _processes, machine: _machine, kernel, counters, ...rest } = metrics;
  const { walks, faults, ...others } = rest;
  const { byTables: _byTables, ...walkTotals } = walks;
  return [
    ['kernel', kernel],
    ...flatten({ ...others, walks: walkTotals, faults: { total: faults.total, ...faults.byCause } }),
    ...flatten(latencies(faults.latency), 'latency'),
    ...Object.entries(counters).filter(([name]) => !name.includes(':')),
  ];
}

function latencies(latency: Readonly<Record<string, { p50: number; p99: number; mean: number } | null>>): object {
  return Object.fromEntries(
    Object.entries(latency).map(([cause, found]) => [
      cause,
      { mean: found?.mean ?? null, p50: found?.p50 ?? null, p99: found?.p99 ?? null },
    ]),
  );
}

/** `pagewalk stats FILE --lines`: what each line has cost, as a table, the hottest first. */
import path from 'node:path';
import { LineCounter, type LineFigures, hottest, lineCounters } from '../inspect/lines/line-figures.ts';
import type { Diagnostic } from '../session/scenario/scenario.ts';
import type { SimulationSettings } from '../session/moves/simulation.ts';
import { csvLine } from './csv.ts';
import type { Guard } from './guard.ts';
import { simulate, type Look } from './simulate.ts';

export type MeasuredLines =
  | { readonly lines: readonly LineFigures[]; readonly diagnostics: readonly Diagnostic[]; readonly isRefused: false }
  | { readonly lines: null; readonly diagnostics: readonly Diagnostic[]; readonly isRefused: true };

export function measureLines(settings: SimulationSettings, guard: Guard, look: Look): MeasuredLines {
  const counter = new LineCounter();
  const done = simulate(settings, guard, look, {
    watch: (simulation, range) => {
      counter.begin(simulation.world.machine, range);
    },
  });
  if ('diagnostics' in done) return { lines: null, diagnostics: done.diagnostics, isRefused: true };
  const { machine, script } = done.world;
  return { lines: counter.finish(machine), diagnostics: script.diagnostics, isRefused: false };
}

/** Null for a counter that no line has. */
export function sortedLines(lines: readonly LineFigures[], sort: string): LineFigures[] | null {
  const isKnown = sort === 'visits' || lines.some(({ counts }) => sort in counts);
  return isKnown || lineCounters.some(({ name }) => name === sort) ? hottest(lines, sort) : null;
}

/** Columns of counters that some line has, the one that it is sorted by first. */
export function lineTableText(lines: readonly LineFigures[], sort: string): string {
  const used = lineCounters
    .map(({ name }) => name as string)
    .filter((name) => lines.some(({ counts }) => name in counts));
  const columns = [...new Set([...(sort === 'visits' ? [] : [sort]), ...used])];
  const rows = lines.map(({ file, line, visits, counts }) => [
    `${path.basename(file)}:${String(line)}`,
    ...[visits, ...columns.map((name) => counts[name] ?? 0)].map((count) => count.toLocaleString('en')),
  ]);
  const table = [['line', 'visits', ...columns], ...rows];
  const widths = (table[0] ?? []).map((_, column) => Math.max(...table.map((row) => row[column]?.length ?? 0)));
  const aligned = (text: string, column: number): string =>
    column === 0 ? text.padEnd(widths[0] ?? 0) : text.padStart(widths[column] ?? 0);
  return table.map((row) => `${row.map(aligned).join('  ')}\n`).join('');
}

export function lineTableCsv(lines: readonly LineFigures[]): string {
  const names = [...new Set(lines.flatMap(({ counts }) => Object.keys(counts)))].sort();
  const rows = lines.map(({ file, line, visits, counts }) => [
    file,
    line,
    visits,
    ...names.map((name) => counts[name] ?? 0),
  ]);
  return [['file', 'line', 'visits', ...names], ...rows].map(csvLine).join('');
}

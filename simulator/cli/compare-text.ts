/** A comparison for people at a terminal. */
import type {
  CellModel,
  ColumnModel,
  Comparison,
  Counts,
  PartingModel,
  SideModel,
} from '../inspect/compare/compare.ts';

/** Null: not told of this column. */
type Measure = (column: ColumnModel) => number | string | null;

const count =
  (event: keyof Counts): Measure =>
  ({ totals }) =>
    totals === null ? null : (totals.counts[event] ?? 0);

const measures: readonly (readonly [title: string, Measure])[] = [
  [
    'machine',
    ({ machine }) => (machine === null ? null : `${machine.preset} ${machine.mesh.join('x')}, ${machine.paging}`),
  ],
  ['page faults', count('page-fault')],
  ['copy-on-write faults', count('cow-fault')],
  ['false faults', count('false-fault')],
  ['refused accesses', count('segv')],
  ['out of memory', count('oom')],
  ['pages copied', count('page-copy')],
  ['pages zeroed', count('page-zero')],
  ['pages read from files', count('page-in')],
  ['pages written to files', count('page-out')],
  ['frames in use after boot', ({ totals }) => totals?.frames.boot ?? null],
  ['frames in use at the peak', ({ totals }) => totals?.frames.peak ?? null],
  ['frames in use at the end', ({ totals }) => totals?.frames.end ?? null],
  ['page-table frames at the peak', ({ totals }) => totals?.tableFrames.peak ?? null],
  ['page-table frames at the end', ({ totals }) => totals?.tableFrames.end ?? null],
  ['TLB misses', count('tlb-miss')],
  ['TLB entries dropped', count('tlb-flush')],
  ['RPCs', count('rpc')],
  ['locks waited for', count('lock-wait')],
  ['emulated calls', ({ emulated, totals }) => (totals === null ? null : emulated)],
  ['cycles', ({ totals }) => totals?.cycles ?? null],
];

/** `sources` are the file's lines; without them, as of a recording, only numbers are told. */
export function comparisonText(comparison: Comparison, sources: readonly string[] | null, withLines: boolean): string {
  const parts = [totalsText(comparison), haltsText(comparison), partingsText(comparison, sources)];
  if (withLines) parts.push(linesText(comparison, sources));
  return `${parts.filter((part) => part !== '').join('\n\n')}\n`;
}

function totalsText({ columns }: Comparison): string {
  const rows = measures.map(([title, measure]) => [title, ...columns.map((column) => cellText(measure(column)))]);
  return tableText([['', ...columns.map(({ name }) => name)], ...rows]);
}

function cellText(value: number | string | null): string {
  if (value === null) return '-';
  return typeof value === 'string' ? value : value.toLocaleString('en');
}

/** The first column to the left, the others to the right. */
function tableText(rows: readonly (readonly string[])[]): string {
  const widths = (rows[0] ?? []).map((_, index) => Math.max(...rows.map((row) => (row[index] ?? '').length)));
  return rows
    .map((row) =>
      row
        .map((cell, index) => (index === 0 ? cell.padEnd(widths[0] ?? 0) : cell.padStart(widths[index] ?? 0)))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

function haltsText({ columns }: Comparison): string {
  const lines = columns.flatMap(({ name, state, halt }) => {
    if (halt === null) return [];
    const place = `line ${String(halt.line)}: ${halt.code}: ${halt.message.replace(/\n/g, '\n    ')}`;
    return [state === 'refused' ? `${name} was not run: ${place}` : `${name} stopped in ${place}`];
  });
  return lines.join('\n');
}

function partingsText({ columns, partings, compared }: Comparison, sources: readonly string[] | null): string {
  const ran = columns.filter(({ state }) => state !== 'refused');
  const first = ran[0];
  if (first === undefined || ran.length < 2) return '';
  const texts = partings.map((parting) => partingText(parting, columns, first, sources));
  const parted = partings.map(({ column }) => columns[column]);
  const alike = ran.filter((column) => column !== first && !parted.includes(column)).map(({ name }) => name);
  if (alike.length > 0) texts.push(`${alike.join(', ')}: the same as ${first.name} in ${statementsText(compared)}.`);
  return texts.join('\n\n');
}

function statementsText(count: number): string {
  return count === 1 ? 'the only statement' : `all ${count.toLocaleString('en')} statements`;
}

function partingText(
  { column, line, sides, summary, episode }: PartingModel,
  columns: readonly ColumnModel[],
  first: ColumnModel,
  sources: readonly string[] | null,
): string {
  const name = columns[column]?.name ?? '';
  const source = sourceText(sources, line);
  const go = episode > 1 ? `, go ${String(episode)}` : '';
  return [
    `${name} parts from ${first.name} in line ${String(line)}${go}${source === '' ? '' : `: ${source}`}`,
    `  ${summary}`,
    ...sideLines(first.name, sides[0], line),
    ...sideLines(name, sides[1], line),
  ].join('\n');
}

function sideLines(name: string, { happened, event, halt }: SideModel, line: number): string[] {
  const lines = [`  ${name}: ${halt === null ? happened.join(', ') || 'goes on' : `stops with ${halt.code}`}`];
  if (event === null) return lines;
  const where = event.line === line ? '' : `, line ${String(event.line)} of the recording`;
  lines.push(`    ${event.name}: ${event.text} (${event.thread}, cycle ${event.cycle.toLocaleString('en')}${where})`);
  for (const { name: called, section, label, text } of event.functions.slice(0, 3))
    lines.push(`    in ${called}${section === '' ? '' : ` (${section})`}, step ${label}: ${text}`);
  return lines;
}

function sourceText(sources: readonly string[] | null, line: number): string {
  return (sources?.[line - 1] ?? '').replace(/\s*\/\/.*$/, '').trim();
}

/** Only lines where the runs differ, with what each did there. */
function linesText({ rows, columns }: Comparison, sources: readonly string[] | null): string {
  const texts = rows
    .filter(({ parts }) => parts.length > 0)
    .map(({ line, cells }) => {
      const told = cells.map((cell, index) => [`    ${columns[index]?.name ?? ''}`, countsText(cell)]);
      const width = Math.max(...told.map(([name = '']) => name.length));
      const head = `  line ${String(line)}: ${sourceText(sources, line)}`.trimEnd();
      return [head, ...told.map(([name = '', text = '']) => `${name.padEnd(width)}  ${text}`)].join('\n');
    });
  return texts.length === 0 ? '' : `Lines where the runs differ:\n${texts.join('\n')}`;
}

function countsText(cell: CellModel | null): string {
  if (cell === null) return 'not reached';
  const counts = Object.entries(cell.counts).map(([event, times]) => `${event} ${times.toLocaleString('en')}`);
  return counts.join(', ') || 'nothing';
}

/** A comparison for people at a terminal. */
import { measures, measureText } from '../inspect/compare/measures.ts';
import type { CellModel, ColumnModel, Comparison, PartingModel, SideModel } from '../inspect/compare/compare.ts';

/** `sources` are the file's lines; without them only numbers are told. */
export function comparisonText(comparison: Comparison, sources: readonly string[] | null, withLines: boolean): string {
  const parts = [totalsText(comparison), haltsText(comparison), partingsText(comparison, sources)];
  if (withLines) parts.push(linesText(comparison, sources));
  return `${parts.filter((part) => part !== '').join('\n\n')}\n`;
}

function totalsText({ columns }: Comparison): string {
  if (columns.every(({ state }) => state === 'refused')) return '';
  const rows = measures.map(({ title, value }) => [title, ...columns.map((column) => measureText(value(column)))]);
  return tableText([['', ...columns.map(({ name }) => name)], ...rows]);
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

function partingsText(
  { columns, partings, compared, moreStatements }: Comparison,
  sources: readonly string[] | null,
): string {
  const ran = columns.filter(({ state }) => state !== 'refused');
  const first = ran[0];
  if (first === undefined || ran.length < 2) return '';
  const texts = partings.map((parting) => partingText(parting, columns, first, sources));
  const parted = partings.map(({ column }) => columns[column]);
  const alike = ran.filter((column) => column !== first && !parted.includes(column)).map(({ name }) => name);
  if (alike.length > 0)
    texts.push(`${alike.join(', ')}: the same as ${first.name} in ${statementsText(compared, moreStatements)}.`);
  return texts.join('\n\n');
}

function statementsText(count: number, more: number): string {
  if (more > 0)
    return `the first ${count.toLocaleString('en')} statements; the ${more.toLocaleString('en')} after them were not compared (--compare-statements)`;
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
  const go = episode > 1 ? `, trap ${String(episode)}` : '';
  return [
    `${name} first differs from ${first.name} in line ${String(line)}${go}${source === '' ? '' : `: ${source}`}`,
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
    lines.push(
      `    in ${called}${section === '' ? '' : ` (${section})`}, step ${label}${text === '' ? '' : `: ${text}`}`,
    );
  return lines;
}

function sourceText(sources: readonly string[] | null, line: number): string {
  return (sources?.[line - 1] ?? '').replace(/\s*\/\/.*$/, '').trim();
}

/** Only lines where the runs differ, with what each did there. */
function linesText({ rows, moreRows, columns }: Comparison, sources: readonly string[] | null): string {
  const texts = rows
    .filter(({ parts }) => parts.length > 0)
    .map(({ line, cells }) => {
      const told = cells.map((cell, index) => [`    ${columns[index]?.name ?? ''}`, countsText(cell)]);
      const width = Math.max(...told.map(([name = '']) => name.length));
      const head = `  line ${String(line)}: ${sourceText(sources, line)}`.trimEnd();
      return [head, ...told.map(([name = '', text = '']) => `${name.padEnd(width)}  ${text}`)].join('\n');
    });
  if (moreRows > 0) texts.push(`  … ${moreRows.toLocaleString('en')} further lines are not listed (--compare-rows)`);
  return texts.length === 0 ? '' : `Lines where the runs differ:\n${texts.join('\n')}`;
}

function countsText(cell: CellModel | null): string {
  if (cell === null) return 'not reached';
  const counts = Object.entries(cell.counts).map(([event, times]) => `${event} ${times.toLocaleString('en')}`);
  return counts.join(', ') || 'nothing';
}

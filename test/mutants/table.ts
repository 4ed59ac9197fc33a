/** What became of one family of mutants. */
export interface Row {
  readonly name: string;
  readonly tried: number;
  readonly killed: number;
  /** Excused with a reason: without observable effect. */
  readonly excused: number;
  readonly survived: readonly string[];
  /** Excused, but killed after all: the excuse has to go. */
  readonly stale: readonly string[];
  /** Steps that no test takes, or that have nothing to switch off. */
  readonly notes: readonly string[];
}

const heads = ['', 'tried', 'killed', 'without observable effect', 'survived'] as const;

export function printTable(rows: readonly Row[]): void {
  const cells = rows.map(({ name, tried, killed, excused, survived }) => [
    name,
    ...[tried, killed, excused, survived.length].map(String),
  ]);
  const widths = heads.map((head, column) => Math.max(head.length, ...cells.map((row) => (row[column] ?? '').length)));
  const line = (row: readonly string[]): string =>
    row
      .map((cell, column) => (column === 0 ? cell.padEnd(widths[0] ?? 0) : cell.padStart(widths[column] ?? 0)))
      .join('  ');
  console.log();
  for (const row of [heads, ...cells]) console.log(line(row).trimEnd());
  for (const { name, survived, stale, notes } of rows) {
    for (const note of notes) console.log(`${name}: ${note}`);
    for (const mutant of stale) console.log(`${name}: is excused, but killed: ${mutant}`);
    for (const mutant of survived) console.log(`${name}: SURVIVED: ${mutant}`);
  }
}

/** The table of docs/truth.md, between two comments. */
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { type Measured, reasonFor } from './compare.ts';

const page = path.join(import.meta.dirname, '../../docs/truth.md');

export function writeTable(measured: readonly Measured[]): void {
  const kernels = [...new Set(measured.map(({ kernel }) => kernel))];
  const rows = new Map<string, { linux: number; here: Map<string, number> }>();
  for (const { program, who, label, figure, kernel, linux, here } of measured) {
    const key = `\`${program}\` | ${who}, ${label} | ${figure}`;
    const row = rows.get(key) ?? { linux, here: new Map<string, number>() };
    row.here.set(kernel, here);
    rows.set(key, row);
  }
  const head = `| program | where | figure | Linux | ${kernels.join(' | ')} |\n| --- | --- | --- | ---: |${' ---: |'.repeat(kernels.length)}`;
  const cell = (linux: number, here: number | undefined): string => (here === linux ? '=' : String(here));
  const table = [...rows].map(
    ([key, { linux, here }]) =>
      `| ${key} | ${String(linux)} | ${kernels.map((kernel) => cell(linux, here.get(kernel))).join(' | ')} |`,
  );
  const why = new Map<string, Set<string>>();
  for (const one of measured) {
    const reason = one.linux === one.here ? null : reasonFor(one);
    if (reason === null) continue;
    const key = `${one.kernel}: ${reason}`;
    why.set(key, (why.get(key) ?? new Set()).add(one.program));
  }
  const list = [...why].map(([reason, programs]) => `- **${reason.replace(':', '**:')} (${[...programs].join(', ')})`);
  const text = readFileSync(page, 'utf8');
  const equal = measured.filter(({ linux, here }) => linux === here).length;
  const sum = `${String(equal)} of ${String(measured.length)} figures are equal.`;
  const written = [sum, '', head, ...table, '', '## Why they differ', '', ...list].join('\n');
  writeFileSync(
    page,
    text.replace(/(<!-- truth: written by npm run truth -->)[^]*(<!-- end of truth -->)/, `$1\n\n${written}\n\n$2`),
  );
}

/** For people. */
import { styleText } from 'node:util';
import type { Coverage } from '../coverage.ts';
import type { TestResult } from '../results.ts';
import { pointsIn, totals, type Reporter } from './reporter.ts';

export const spec: Reporter = {
  file: ({ file, kernel, tests, coverage }) => {
    if (tests.length === 0) return '';
    const covered = coverage === undefined ? [] : coverageLines(coverage);
    const title = kernel === null ? file : `${file} on ${kernel}`;
    return [title, ...tests.map(line), ...covered, ''].map((one) => `${one}\n`).join('');
  },
  end: (results) => {
    const { passed, failed } = totals(results);
    const points = pointsIn(results);
    const score = points === null ? '' : `${String(points.earned)} of ${String(points.of)} points\n`;
    const outcome = `${String(passed)} passed, ${String(failed)} failed`;
    return `${score}${colored(failed === 0 ? 'green' : 'red', outcome)}\n`;
  },
};

function line({ name, ok, message = '', line: number, points }: TestResult): string {
  const title = points === undefined ? name : `${name} (${ok ? '' : '0 of '}${pointsText(points)})`;
  if (ok) return `  ${colored('green', '✓')} ${title}`;
  return `  ${colored('red', '✗')} ${title}\n      line ${String(number)}: ${message.replace(/\n/g, '\n      ')}`;
}

function coverageLines({ lines, steps }: Coverage): string[] {
  const missed = lines.filter(({ count }) => count === 0).map((one) => one.line);
  const ran = `  ${String(lines.length - missed.length)} of ${String(lines.length)} lines ran`;
  return [
    missed.length === 0 ? ran : `${ran}; not: ${spans(missed)}`,
    ...steps.map(
      ({ kernel, taken, declared }) =>
        `  ${String(taken.length)} of ${String(declared)} numbered steps of ${kernel} were taken`,
    ),
  ];
}

/** `3, 5-7`, of lines in order. */
function spans(lines: readonly number[]): string {
  const found: [number, number][] = [];
  for (const one of lines) {
    const last = found.at(-1);
    if (last?.[1] === one - 1) last[1] = one;
    else found.push([one, one]);
  }
  return found.map(([from, to]) => (from === to ? String(from) : `${String(from)}-${String(to)}`)).join(', ');
}

function pointsText(points: number): string {
  return points === 1 ? '1 point' : `${String(points)} points`;
}

function colored(color: 'green' | 'red', text: string): string {
  return styleText(color, text, { stream: process.stdout });
}

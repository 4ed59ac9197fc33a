/** For people. */
import { styleText } from 'node:util';
import type { TestResult } from '../results.ts';
import { pointsIn, totals, type Reporter } from './reporter.ts';

export const spec: Reporter = {
  file: ({ file, kernel, tests }) =>
    tests.length === 0
      ? ''
      : [kernel === null ? file : `${file} on ${kernel}`, ...tests.map(line), ''].map((one) => `${one}\n`).join(''),
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

function pointsText(points: number): string {
  return points === 1 ? '1 point' : `${String(points)} points`;
}

function colored(color: 'green' | 'red', text: string): string {
  return styleText(color, text, { stream: process.stdout });
}

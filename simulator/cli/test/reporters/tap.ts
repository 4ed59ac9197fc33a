/** The Test Anything Protocol, version 14, with a list of all tests over all files. */
import type { TestResult } from '../results.ts';
import { nothing, totals, type Reporter } from './reporter.ts';

export const tap: Reporter = {
  file: nothing,
  end: (results) => {
    const lines = ['TAP version 14', `1..${String(totals(results).all)}`];
    let number = 0;
    for (const { file, kernel, tests } of results) {
      if (kernel !== null && tests.length > 0) lines.push(`# ${file} on ${kernel}`);
      for (const test of tests) lines.push(...tapLines(file, test, ++number));
    }
    return `${lines.join('\n')}\n`;
  },
};

function tapLines(file: string, { name, ok, message, line }: TestResult, number: number): string[] {
  const title = `${file}: ${name}`.replace(/[\\#]/g, '\\$&').replace(/\s+/g, ' ');
  const first = `${ok ? 'ok' : 'not ok'} ${String(number)} - ${title}`;
  if (ok) return [first];
  const at = `${file}:${String(line)}`;
  return [first, '  ---', `  message: ${JSON.stringify(message)}`, `  at: ${JSON.stringify(at)}`, '  ...'];
}

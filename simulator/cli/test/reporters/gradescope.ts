/** Gradescope's results.json for one hand-in (Gradescope autograder documentation, "Output Format"). */
import type { FileResult, TestResult } from '../results.ts';
import { nothing, pointsIn, totals, type Reporter } from './reporter.ts';

export const gradescope: Reporter = {
  isOfOneFile: true,
  file: nothing,
  end: (results) => {
    const { passed, failed } = totals(results);
    // Where no test says what it is worth, each is worth one point.
    const standard = pointsIn(results) === null ? 1 : 0;
    const tests = results.flatMap(({ tests: all }) => all);
    const graded = {
      output: `${String(passed)} passed, ${String(failed)} failed`,
      output_format: 'text',
      execution_time: Number(tests.reduce((sum, { seconds }) => sum + seconds, 0).toFixed(3)),
      score: tests.reduce((sum, { ok, points = standard }) => sum + (ok ? points : 0), 0),
      tests: results.flatMap((result) => result.tests.map((test) => testOf(result, test, standard))),
    };
    return `${JSON.stringify(graded, null, 2)}\n`;
  },
};

function testOf(
  { file }: FileResult,
  { name, ok, message = '', code = '', line, points }: TestResult,
  standard: number,
) {
  const worth = points ?? standard;
  return {
    name,
    status: ok ? 'passed' : 'failed',
    score: ok ? worth : 0,
    max_score: worth,
    output: ok ? '' : `${file}:${String(line)}: ${code}: ${message}`,
    output_format: 'text',
  };
}

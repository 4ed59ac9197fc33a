/** One JSON object. */
import { nothing, pointsIn, skippedIn, totals, type Reporter } from './reporter.ts';

export const json: Reporter = {
  file: nothing,
  end: (results) => {
    const { passed, failed } = totals(results);
    const points = pointsIn(results);
    const files = results.map(({ file, tests, coverage }) => ({
      file,
      coverage,
      tests: tests.map(({ name, ok, message, code, line, seconds, points: worth }) => ({
        name,
        ok,
        message,
        code,
        line,
        points: worth,
        seconds: Number(seconds.toFixed(6)),
      })),
    }));
    const skipped = skippedIn(results);
    return `${JSON.stringify({ version: 1, passed, failed, skipped, ...(points === null ? {} : { points }), files })}\n`;
  },
};

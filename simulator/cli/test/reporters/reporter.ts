/** What writes results of tests, for people or for other programs. */
import type { FileResult } from '../results.ts';

export interface Reporter {
  /** It has no form for several files. */
  readonly isOfOneFile?: boolean;
  /** What is written as soon as a file is done; `number` counts the files from 1. */
  file(result: FileResult, number: number): string;
  end(results: readonly FileResult[]): string;
}

export const nothing = (): string => '';

export function totals(results: readonly FileResult[]): { all: number; passed: number; failed: number } {
  const tests = results.flatMap((result) => result.tests);
  const passed = tests.filter(({ ok }) => ok).length;
  return { all: tests.length, passed, failed: tests.length - passed };
}

export function skippedIn(results: readonly FileResult[]): number {
  return results.reduce((sum, { skipped }) => sum + skipped, 0);
}

/** Null where no test is worth any. */
export function pointsIn(results: readonly FileResult[]): { earned: number; of: number } | null {
  const tests = results.flatMap((result) => result.tests).filter(({ points }) => points !== undefined);
  if (tests.length === 0) return null;
  const sum = (wanted: typeof tests): number => wanted.reduce((total, { points = 0 }) => total + points, 0);
  return { earned: sum(tests.filter(({ ok }) => ok)), of: sum(tests) };
}

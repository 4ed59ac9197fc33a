import { readFile } from 'node:fs/promises';
import path from 'node:path';

/** What one tier of the tests ended with. */
export interface Outcome {
  passed: number;
  failed: number;
  skipped: number;
}

/** The outcome that the suite has left in this folder, if it came that far. */
export async function readOutcome(folder: string): Promise<Outcome | undefined> {
  try {
    return JSON.parse(await readFile(path.join(folder, 'outcome.json'), 'utf8')) as Outcome;
  } catch {
    return undefined;
  }
}

/** Prints the totals as the last line and sets the exit code; a run without a test is a failure. */
export function reportOutcome(outcome: Outcome): void {
  if (outcome.skipped > 0) console.log(`${String(outcome.skipped)} skipped`);
  if (outcome.passed + outcome.failed === 0) console.error('no test was run');
  console.log(`${String(outcome.passed)} passed, ${String(outcome.failed)} failed`);
  process.exitCode = outcome.failed > 0 || outcome.passed === 0 ? 1 : 0;
}

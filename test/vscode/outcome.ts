import { readFile } from 'node:fs/promises';
import path from 'node:path';

/** What one tier of the tests ended with. */
export interface Outcome {
  passed: number;
  failed: number;
  skipped: number;
}

/** What a run leaves in its folder after every test. */
export interface OutcomeSoFar extends Outcome {
  /** It has come to its end. */
  isWhole: boolean;
}

/** The outcome in this folder. A run that did not come to its end counts as one failure more. */
export async function readOutcome(folder: string): Promise<{ outcome: Outcome; isWhole: boolean }> {
  try {
    const text = await readFile(path.join(folder, 'outcome.json'), 'utf8');
    const { isWhole, ...outcome } = JSON.parse(text) as OutcomeSoFar;
    return { outcome: isWhole ? outcome : { ...outcome, failed: outcome.failed + 1 }, isWhole };
  } catch {
    return { outcome: { passed: 0, failed: 1, skipped: 0 }, isWhole: false };
  }
}

/** Prints the totals as the last line and sets the exit code; a run without a test is a failure. */
export function reportOutcome(outcome: Outcome): void {
  if (outcome.skipped > 0) console.log(`${String(outcome.skipped)} skipped`);
  if (outcome.passed + outcome.failed === 0) console.error('no test was run');
  console.log(`${String(outcome.passed)} passed, ${String(outcome.failed)} failed`);
  process.exitCode = outcome.failed > 0 || outcome.passed === 0 ? 1 : 0;
}

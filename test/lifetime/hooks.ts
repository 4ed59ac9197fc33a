// Mocha loads this before any test (.mocharc.json): whatever a test has started ends with it, and no run hangs.
import type { Context } from 'mocha';
import { endAll, whatLives, type Started } from './started.ts';
import { endWaits } from './waiting.ts';
import { Watchdog } from './watchdog.ts';
import { usualLimits, type WatchdogLimits } from './watchdog-message.ts';

/** `PAGEWALK_WATCHDOG=TEST,END` in seconds, for the watchdog's own tests. */
function limits(): WatchdogLimits {
  const [test = 0, end = 0] = (process.env['PAGEWALK_WATCHDOG'] ?? '').split(',').map(Number);
  return { test: test > 0 ? test : usualLimits.test, end: end > 0 ? end : usualLimits.end };
}

const watchdog = new Watchdog(limits());
watchdog.begin('loading the files of tests');

const count = { passed: 0, failed: 0 };
/** What lived before the test: the suites' own hooks end it, at the latest the end of the run. */
let ofSuites: ReadonlySet<Started> = new Set();

export const mochaHooks = {
  beforeEach(this: Context): void {
    ofSuites = new Set(whatLives());
    watchdog.begin(this.currentTest?.fullTitle() ?? 'a test');
  },

  async afterEach(this: Context): Promise<void> {
    const title = this.currentTest?.fullTitle() ?? 'a test';
    const hasFailed = this.currentTest?.isFailed() === true;
    const unfinished = endWaits();
    if (hasFailed && unfinished.length > 0) console.error(`${title}: it waited for this: ${unfinished.join('; ')}`);
    count[hasFailed ? 'failed' : 'passed']++;
    watchdog.count(count);
    await endAll(ofSuites);
    watchdog.begin(`the hooks after: ${title}`);
  },

  async afterAll(): Promise<void> {
    await endAll();
    watchdog.over();
  },
};

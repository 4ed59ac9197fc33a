import type { Started } from './started.ts';

/** What the watchdog's thread hears of the tests. */
export type WatchdogMessage =
  /** This has begun: the name of a test, or what else is being done. */
  | { readonly type: 'begin'; readonly what: string; readonly seconds: number }
  /** Tests that have ended so far. */
  | { readonly type: 'count'; readonly passed: number; readonly failed: number }
  /** What lives beside this process, with its processes. */
  | { readonly type: 'alive'; readonly started: readonly Pick<Started, 'what' | 'pid'>[] }
  /** All tests have ended; these resources of Node may still keep the process. */
  | { readonly type: 'over'; readonly resources: readonly string[] };

export interface WatchdogLimits {
  /** How long, in seconds, one test may take, or whatever else has begun. */
  readonly test: number;
  /** How long, in seconds, the process may last after the last test. */
  readonly end: number;
}

/** Far more than any test takes, on a machine ten times slower as well: mocha's own limit comes first (.mocharc.json). */
export const usualLimits: WatchdogLimits = { test: 420, end: 60 };

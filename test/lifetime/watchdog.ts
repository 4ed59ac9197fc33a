import { Worker } from 'node:worker_threads';
import { onChange } from './started.ts';
import { usualLimits, type WatchdogLimits, type WatchdogMessage } from './watchdog-message.ts';

/**
 * Ends the whole run if a test hangs, or if something that tests have left keeps the process from ending. It says what
 * was running and what still lives, prints the totals so far as `N passed, N failed` with the hang as a failure, and kills
 * the process.
 */
export class Watchdog {
  private readonly worker: Worker;
  private readonly limits: WatchdogLimits;

  constructor(limits: WatchdogLimits = usualLimits) {
    this.limits = limits;
    this.worker = new Worker(new URL('watchdog-thread.ts', import.meta.url), { workerData: limits });
    // It lasts as long as the process, and not longer.
    this.worker.unref();
    onChange((alive) => {
      this.tell({ type: 'alive', started: alive.map(({ what, pid }) => ({ what, pid })) });
    });
  }

  /** Something else has begun, and may take that many seconds. */
  begin(what: string, seconds = this.limits.test): void {
    this.tell({ type: 'begin', what, seconds });
  }

  count({ passed, failed }: { readonly passed: number; readonly failed: number }): void {
    this.tell({ type: 'count', passed, failed });
  }

  over(): void {
    this.tell({ type: 'over', resources: process.getActiveResourcesInfo() });
  }

  private tell(message: WatchdogMessage): void {
    this.worker.postMessage(message);
  }
}

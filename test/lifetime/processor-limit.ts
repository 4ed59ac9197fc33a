import { Worker } from 'node:worker_threads';

/**
 * Kills this process where one piece of work takes too much of the processor or of memory, even in a loop that does not end. It counts
 * the processor's time, which is the same on a machine that is busy with other things as well.
 */
export class ProcessorLimit {
  private readonly worker = new Worker(new URL('processor-limit-thread.ts', import.meta.url));

  constructor() {
    // It lasts as long as the process, and not longer.
    this.worker.unref();
  }

  /** From now on the process may take so many seconds of the processor. */
  begin(seconds: number): void {
    this.worker.postMessage(seconds);
  }

  end(): void {
    this.worker.postMessage(null);
  }
}

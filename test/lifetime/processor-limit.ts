import { Worker } from 'node:worker_threads';

/**
 * Kills this process where one piece of work takes too much of the processor, even in a loop that does not end. It counts
 * the processor's time, which is the same on a machine that is busy with other things as well.
 */
export class ProcessorLimit {
  private readonly worker: Worker;

  constructor(seconds: number) {
    this.worker = new Worker(new URL('processor-limit-thread.ts', import.meta.url), { workerData: { seconds } });
    this.worker.unref();
  }

  begin(): void {
    this.worker.postMessage('begin');
  }

  end(): void {
    this.worker.postMessage('end');
  }
}

/**
 * Runs the newest of many jobs: while one runs, only the last asked for waits, and what an outdated one brings is
 * dropped. Quick stepping thus never queues up pictures that nobody will see.
 */
export class Latest<T> {
  private running = false;
  private waiting: (() => Promise<T>) | null = null;
  private readonly done: (result: T) => void;
  private readonly failed: (error: Error) => void;

  constructor(done: (result: T) => void, failed: (error: Error) => void) {
    this.done = done;
    this.failed = failed;
  }

  run(job: () => Promise<T>): void {
    if (this.running) this.waiting = job;
    else void this.start(job);
  }

  private async start(job: () => Promise<T>): Promise<void> {
    this.running = true;
    let outcome: () => void;
    try {
      const result = await job();
      outcome = () => {
        this.done(result);
      };
    } catch (error) {
      outcome = () => {
        this.failed(error instanceof Error ? error : new Error(String(error)));
      };
    }
    this.running = false;
    const next = this.waiting;
    this.waiting = null;
    if (next === null) outcome();
    else void this.start(next);
  }
}

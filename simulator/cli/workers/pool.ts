/** Runs jobs on worker threads. A job whose worker dies is run once more, on a new one. */
import { Worker } from 'node:worker_threads';

export interface Workers<Job, Result> {
  /** The program of a worker: it answers each job that it is sent with one result. */
  readonly url: URL;
  readonly count: number;
  /** The result of a job that was lost twice. */
  failed(job: Job, reason: string): Result;
}

/** `done` hears of each result as it comes, which need not be the order of the jobs. */
export async function runJobs<Job, Result>(
  jobs: readonly Job[],
  workers: Workers<Job, Result>,
  done: (result: Result) => void | Promise<void>,
): Promise<void> {
  const waiting = [...jobs];
  const lane = async (): Promise<void> => {
    const worker = new LaneWorker(workers);
    try {
      for (let job = waiting.shift(); job !== undefined; job = waiting.shift()) await done(await worker.run(job));
    } finally {
      await worker.end();
    }
  };
  await Promise.all(Array.from({ length: Math.min(workers.count, jobs.length) }, lane));
}

class LaneWorker<Job, Result> {
  private readonly workers: Workers<Job, Result>;
  private worker: Worker | null = null;

  constructor(workers: Workers<Job, Result>) {
    this.workers = workers;
  }

  async run(job: Job): Promise<Result> {
    try {
      return await this.ask(job);
    } catch {
      return this.ask(job).catch((error: unknown) =>
        this.workers.failed(
          job,
          `it could not be finished, twice: ${error instanceof Error ? error.message : String(error)}`,
        ),
      );
    }
  }

  async end(): Promise<void> {
    await this.worker?.terminate();
  }

  private ask(job: Job): Promise<Result> {
    const worker = (this.worker ??= new Worker(this.workers.url));
    return new Promise((resolve, reject) => {
      const forget = (): void => {
        worker.off('message', succeed).off('error', lose).off('exit', end);
      };
      const succeed = (result: Result): void => {
        forget();
        resolve(result);
      };
      const lose = (error: unknown): void => {
        forget();
        this.worker = null;
        reject(error instanceof Error ? error : new Error(String(error)));
      };
      const end = (code: number): void => {
        lose(new Error(`its worker ended with code ${String(code)}`));
      };
      worker.on('message', succeed).on('error', lose).on('exit', end);
      worker.postMessage(job);
    });
  }
}

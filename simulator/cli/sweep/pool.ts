/** Runs jobs on worker threads. A job whose worker dies is run once more, on a new one. */
import { Worker } from 'node:worker_threads';
import { ExitCode } from '../../session/scenario/outcome.ts';
import { companionUrl } from '../companion.ts';
import type { Job, JobResult } from './job.ts';

const workerUrl = new URL(companionUrl('sweep-worker.mjs', 'simulator/cli/sweep/worker.ts'));

export async function runJobs(
  jobs: readonly Job[],
  workers: number,
  done: (result: JobResult) => void | Promise<void>,
): Promise<void> {
  const waiting = [...jobs];
  const lane = async (): Promise<void> => {
    const worker = new LaneWorker();
    try {
      for (let job = waiting.shift(); job !== undefined; job = waiting.shift()) await done(await worker.run(job));
    } finally {
      await worker.end();
    }
  };
  await Promise.all(Array.from({ length: Math.min(workers, jobs.length) }, lane));
}

class LaneWorker {
  private worker: Worker | null = null;

  async run(job: Job): Promise<JobResult> {
    try {
      return await this.ask(job);
    } catch {
      return this.ask(job).catch((error: unknown) => failed(job, error));
    }
  }

  async end(): Promise<void> {
    await this.worker?.terminate();
  }

  private ask(job: Job): Promise<JobResult> {
    const worker = (this.worker ??= new Worker(workerUrl));
    return new Promise((resolve, reject) => {
      const forget = (): void => {
        worker.off('message', succeed).off('error', lose).off('exit', end);
      };
      const succeed = (result: JobResult): void => {
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

function failed({ id }: Job, error: unknown): JobResult {
  const problem = `this run could not be finished, twice: ${error instanceof Error ? error.message : String(error)}`;
  return { id, code: ExitCode.bug, problem, figures: [] };
}

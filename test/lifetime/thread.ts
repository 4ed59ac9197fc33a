import { Worker } from 'node:worker_threads';
import { keep } from './started.ts';

/** Starts a thread that ends at the latest with the test that started it. */
export function startThread(script: URL): Worker {
  const worker = new Worker(script);
  const forget = keep({ what: `the thread ${script.pathname}`, end: () => worker.terminate() });
  worker.once('exit', forget);
  return worker;
}

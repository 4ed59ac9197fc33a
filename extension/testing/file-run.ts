import { Worker } from 'node:worker_threads';
import type { CancellationToken } from 'vscode';
import type { TestedFile } from '../../simulator/cli/test/job.ts';
import type { FromTestThread, ToTestThread } from './protocol.ts';

/** Runs the tests of one file on a thread of its own. Null where it was cancelled; throws where the thread fails. */
export function runFile(
  script: string,
  message: Extract<ToTestThread, { type: 'run' }>,
  began: (test: string) => void,
  token: CancellationToken,
): Promise<TestedFile | null> {
  const worker = new Worker(script);
  return new Promise<TestedFile | null>((resolve, reject) => {
    token.onCancellationRequested(() => {
      resolve(null);
    });
    worker.on('message', (heard: FromTestThread) => {
      if (heard.type === 'began') began(heard.test);
      else if (heard.type === 'done') resolve(heard.tested);
    });
    worker.on('error', reject);
    worker.on('exit', (code) => {
      reject(new Error(`The thread that runs the tests ended with code ${String(code)}.`));
    });
    worker.postMessage(message);
    if (token.isCancellationRequested) resolve(null);
  }).finally(() => void worker.terminate());
}

/** A worker thread of `pagewalk test`: tests the files that it is sent, one after the other. */
import { parentPort } from 'node:worker_threads';
import type { TestJob } from './job.ts';
import { testFile } from './test-file.ts';

const port = parentPort;
if (port === null) throw new Error('internal: this is no worker thread');

// What is thrown ends the worker, and its job is told as failed by whoever sent it.
port.on('message', (job: TestJob) => {
  void testFile(job).then((tested) => {
    port.postMessage(tested);
  });
});

/** A worker thread of a sweep: runs the jobs that it is sent, one after the other. */
import { parentPort } from 'node:worker_threads';
import { InputError } from '../../files/input-error.ts';
import { formatDiagnostic } from '../format-diagnostic.ts';
import { ExitCode } from '../../session/scenario/outcome.ts';
import { perform, type Job, type JobResult } from './job.ts';

const port = parentPort;
if (port === null) throw new Error('internal: this is no worker thread');

port.on('message', (job: Job) => {
  void answer(job);
});

async function answer(job: Job): Promise<void> {
  let result: JobResult;
  try {
    result = await perform(job);
  } catch (error) {
    // Whatever else is thrown ends the worker, and its job is told as failed by whoever sent it.
    if (!(error instanceof InputError)) throw error;
    const problem = formatDiagnostic(error.toDiagnostic()).split('\n')[0] ?? '';
    result = { id: job.id, code: ExitCode.badInput, problem, figures: [] };
  }
  port?.postMessage(result);
}

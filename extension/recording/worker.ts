// The thread that reads a recording to say what it is: one job, and it is ended when nobody waits for it any more.
import { parentPort } from 'node:worker_threads';
import { summarizeRecording } from '../../simulator/files/recording-summary.ts';
import { RecordingError } from '../../simulator/recording/logs/recording-error.ts';
import { standardBounds } from '../../simulator/session/scenario/bounds.ts';
import type { FromReadThread, ReadJob } from './protocol.ts';

if (parentPort === null) throw new Error('recordings are read in a worker thread');
const port = parentPort;

port.once('message', (job: ReadJob) => {
  void perform(job).then((message) => {
    port.postMessage(message);
  });
});

async function perform({ path, bounds }: ReadJob): Promise<FromReadThread> {
  try {
    return { type: 'summary', summary: await summarizeRecording(path, { ...standardBounds, ...bounds }) };
  } catch (error) {
    if (!(error instanceof RecordingError)) throw error;
    return { type: 'failed', message: error.message };
  }
}

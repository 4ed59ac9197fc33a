// The thread that reads a recording to say what it is, or makes one: one job, and it is ended when nobody waits for it any more.
import { parentPort } from 'node:worker_threads';
import { InputError } from '../../simulator/files/input-error.ts';
import { recordProgram } from '../../simulator/files/record-program.ts';
import { summarizeRecording } from '../../simulator/files/recording-summary.ts';
import { RecordingError } from '../../simulator/recording/logs/recording-error.ts';
import { standardBounds } from '../../simulator/session/scenario/bounds.ts';
import type { FromRecordingThread, ReadJob, RecordJob, ToRecordingThread } from './protocol.ts';

if (parentPort === null) throw new Error('recordings are read in a worker thread');
const port = parentPort;
const stop = new AbortController();

class Cancelled extends Error {}

port.on('message', (job: ToRecordingThread) => {
  if (job.kind === 'cancel') stop.abort(new Cancelled());
  else void perform(job).then(say);
});

function say(message: FromRecordingThread): void {
  port.postMessage(message);
}

async function perform(job: ReadJob | RecordJob): Promise<FromRecordingThread> {
  try {
    if (job.kind === 'record') return await record(job);
    const { path, bounds } = job;
    return { type: 'summary', summary: await summarizeRecording(path, { ...standardBounds, ...bounds }) };
  } catch (error) {
    if (error instanceof Cancelled) return { type: 'cancelled' };
    if (error instanceof RecordingError || error instanceof InputError)
      return { type: 'failed', message: error.message };
    throw error;
  }
}

async function record({ bounds, ...job }: RecordJob): Promise<FromRecordingThread> {
  const { recording, exit } = await recordProgram({
    ...job,
    bounds: { ...standardBounds, ...bounds },
    signal: stop.signal,
    onProgress: (accesses) => {
      say({ type: 'progress', accesses });
    },
    onOutput: (text) => {
      say({ type: 'output', text });
    },
  });
  return { type: 'recorded', exit, hasSource: recording.sources !== undefined };
}

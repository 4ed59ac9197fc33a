/** A worker that takes long to start, and answers at once then. */
import { parentPort } from 'node:worker_threads';
import type { FromLiveWorker, LiveRequest } from '../../../../simulator/language/live/worker-simulator.ts';

Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1500);
const tell = (message: FromLiveWorker): void => parentPort?.postMessage(message);
parentPort?.on('message', ({ id }: LiveRequest) => {
  tell({ id, begun: true });
  tell({ id, result: { diagnostics: [], values: [] } });
});

/** A worker that begins and never answers. */
import { parentPort } from 'node:worker_threads';
import type { FromLiveWorker, LiveRequest } from '../../../../simulator/language/live/worker-simulator.ts';

parentPort?.on('message', ({ id }: LiveRequest) => {
  parentPort?.postMessage({ id, begun: true } satisfies FromLiveWorker);
  for (;;);
});

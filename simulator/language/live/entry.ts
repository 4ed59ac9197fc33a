/** The worker that simulates while somebody types: one request at a time, ended by whoever started it. */
import { parentPort } from 'node:worker_threads';
import { gunzipSync } from 'node:zlib';
import { findKernel, kernels } from '../../kernels/registry.ts';
import { RecordingReplayer, recordingsIn } from '../../recording/replay/replayer.ts';
import { liveLimits, simulateForEditor, type LiveResult } from '../../session/moves/live.ts';
import type { Scenario } from '../../session/scenario/scenario.ts';
import { answerLive, type LiveAssets, type LiveRequest } from './worker-simulator.ts';

function simulate(scenario: Scenario, assets: LiveAssets): LiveResult {
  const kernel = findKernel(scenario.kernel?.name ?? kernels[0]?.name ?? '');
  if (kernel === null) return { diagnostics: [], values: [] };
  const replayer = new RecordingReplayer(recordingsIn(assets, (bytes) => gunzipSync(bytes)));
  return simulateForEditor(scenario, kernel, liveLimits, assets, replayer);
}

parentPort?.on('message', (request: LiveRequest) => {
  parentPort?.postMessage(answerLive(request, simulate));
});

/** The worker that simulates while somebody types: one request at a time, ended by whoever started it. */
import { parentPort } from 'node:worker_threads';
import { readInputs } from '../../files/read-inputs.ts';
import { Workspace } from '../../files/workspace.ts';
import { defaultKernel, findKernel } from '../../kernels/registry.ts';
import { RecordingReplayer } from '../../recording/replay/replayer.ts';
import { simulateForEditor, type Watch } from '../../session/moves/live.ts';
import { reasonOf, type HostBound } from './bounds.ts';
import type { LiveResult } from './result.ts';
import { answerLive, HostWord, type LiveOrder, type Simulate } from './worker-simulator.ts';

/** The host's clock decides; it is looked at, since a simulation runs to its end without hearing messages. */
function simulator(word: Int32Array): Simulate {
  return async ({ scenario, folders, bounds }, tell) => {
    const kernel = scenario.kernel === null ? defaultKernel : findKernel(scenario.kernel.name);
    if (kernel === null) return { diagnostics: [], values: [] };
    const { assets, recordings, problems } = await readInputs(scenario, new Workspace(folders), bounds);
    if (problems.length > 0) return { diagnostics: problems, values: [] };
    const replayer = recordings === null ? null : new RecordingReplayer(recordings);
    let isFirst = true;
    const watch: Watch = (cutHere, isLong) => {
      const said = Atomics.load(word, 0);
      const cutAt = (bound: HostBound): LiveResult => cutHere(reasonOf(bound, bounds));
      if (said === HostWord.stop) return cutAt('seconds');
      if (!isFirst && !isLong && said !== HostWord.tell) return null;
      isFirst = false;
      Atomics.compareExchange(word, 0, HostWord.tell, HostWord.nothing);
      tell({ seconds: cutAt('seconds'), hostMemory: cutAt('hostMemory') });
      return null;
    };
    return simulateForEditor(scenario, kernel, bounds, assets, replayer, watch);
  };
}

parentPort?.on('message', ({ request, word }: LiveOrder) => {
  void answerLive(request, simulator(word), (reply) => {
    parentPort?.postMessage(reply);
  });
});

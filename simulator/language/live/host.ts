/** Live simulation on Node: a worker thread beside the server, and the files that a scenario names, read from disk. */
import { readFile, readdir } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import { recordingFiles } from '../../recording/logs/recording.ts';
import { namedFiles } from '../../session/scenario/named-files.ts';
import type { Scenario } from '../../session/scenario/scenario.ts';
import type { LiveAssets, LiveReply, LiveWorker } from './worker-simulator.ts';

/** Bounds the time of one simulation; the steps are bounded by `liveLimits`. */
const MOST_MILLISECONDS = 5000;

/** The worker's script lies beside the server's: `live.cjs` in a bundle, `live/entry.ts` among the sources. */
function workerScript(server: string): string {
  return path.join(path.dirname(server), server.endsWith('.ts') ? 'live/entry.ts' : 'live.cjs');
}

export function startLiveWorker(server: string): LiveWorker {
  const worker = new Worker(workerScript(server));
  let timer: NodeJS.Timeout | undefined;
  let giveUp = (_id: number): void => undefined;
  return {
    post(request) {
      worker.postMessage(request);
      timer = setTimeout(() => {
        giveUp(request.id);
      }, MOST_MILLISECONDS);
    },
    listen(reply, failed) {
      giveUp = (id) => {
        const cutShort = `it was ended after ${String(MOST_MILLISECONDS / 1000)} s`;
        reply({ id, result: { diagnostics: [], values: [], cutShort } });
        failed(cutShort);
      };
      worker.on('message', (message: LiveReply) => {
        clearTimeout(timer);
        reply(message);
      });
      worker.on('error', (error) => {
        failed(error.message);
      });
    },
    end() {
      clearTimeout(timer);
      void worker.terminate();
    },
  };
}

/** What cannot be read is left out: the simulation then says which line needs it. */
export async function readLiveAssets(scenario: Scenario): Promise<LiveAssets> {
  const assets: Record<string, Uint8Array> = {};
  const folder = path.dirname(scenario.file.startsWith('file:') ? fileURLToPath(scenario.file) : scenario.file);
  const { files, recordings } = namedFiles(scenario);
  const wanted = [...files];
  for (const recording of recordings) {
    const beside = path.posix.dirname(recording);
    const names = await readdir(path.resolve(folder, beside)).catch((): string[] => []);
    for (const name of recordingFiles(recording, names)) wanted.push(beside === '.' ? name : `${beside}/${name}`);
  }
  for (const name of wanted) {
    const bytes = await readFile(path.resolve(folder, name)).catch(() => null);
    if (bytes !== null) assets[name] = bytes;
  }
  return assets;
}

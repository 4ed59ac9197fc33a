/** Live simulation on Node: a worker thread beside the server, and the files that a scenario names, read from disk. */
import { readFile, readdir } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import { recordingFiles } from '../../recording/logs/recording.ts';
import { namedFiles } from '../../session/scenario/named-files.ts';
import type { Scenario } from '../../session/scenario/scenario.ts';
import type { HostBound } from './bounds.ts';
import { HostWord, type LiveAssets, type LiveOrder, type LiveReply, type LiveWorker } from './worker-simulator.ts';

/** The worker itself heeds its time between two statements; after so much longer it is ended inside one. */
const GRACE_MILLISECONDS = 1000;
/** So often the worker is asked how far it has come: what it has found until then outlives it. */
const MILLISECONDS_BETWEEN_PROGRESS = 200;
/** Longer times a timer does not know. */
const MOST_MILLISECONDS = 2_000_000_000;

/** The worker's script lies beside the server's: `live.cjs` in a bundle, `live/entry.ts` among the sources. */
function workerScript(server: string): string {
  return path.join(path.dirname(server), server.endsWith('.ts') ? 'live/entry.ts' : 'live.cjs');
}

/** `memory` bounds its heap, in MiB. */
export function startLiveWorker(server: string, memory: number): LiveWorker {
  const worker = new Worker(workerScript(server), { resourceLimits: { maxOldGenerationSizeMb: memory } });
  let clock: Clock | null = null;
  let fail = (_reason: HostBound | Error): void => undefined;
  return {
    post(request) {
      clock?.stop();
      clock = new Clock(request.bounds.seconds, () => {
        fail('seconds');
      });
      worker.postMessage({ request, word: clock.word } satisfies LiveOrder);
    },
    listen(reply, failed) {
      fail = failed;
      worker.on('message', (message: LiveReply) => {
        // It counts from the worker's first word: it may have had to be loaded.
        if ('progress' in message) clock?.start();
        else clock?.stop();
        reply(message);
      });
      worker.on('error', (error: NodeJS.ErrnoException) => {
        failed(error.code === 'ERR_WORKER_OUT_OF_MEMORY' ? 'memory' : error);
      });
    },
    end() {
      clock?.stop();
      void worker.terminate();
    },
  };
}

/** Tells the worker how time passes, and gives it up where it does not look. */
class Clock {
  readonly word = new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT));
  private readonly seconds: number;
  private readonly giveUp: () => void;
  private timers: NodeJS.Timeout[] = [];

  constructor(seconds: number, giveUp: () => void) {
    this.seconds = seconds;
    this.giveUp = giveUp;
  }

  start(): void {
    if (this.timers.length > 0) return;
    const most = Math.min(this.seconds * 1000, MOST_MILLISECONDS);
    this.timers = [
      setInterval(() => {
        Atomics.compareExchange(this.word, 0, HostWord.nothing, HostWord.tell);
      }, MILLISECONDS_BETWEEN_PROGRESS),
      setTimeout(() => Atomics.store(this.word, 0, HostWord.stop), most),
      setTimeout(this.giveUp, most + GRACE_MILLISECONDS),
    ];
  }

  stop(): void {
    for (const timer of this.timers) clearTimeout(timer);
    this.timers = [];
  }
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

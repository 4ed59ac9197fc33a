/** Live simulation on Node: a worker thread beside the server. */
import path from 'node:path';
import { Worker } from 'node:worker_threads';
import type { Bounds } from '../../session/scenario/bounds.ts';
import type { HostBound } from './bounds.ts';
import { HostWord, type LiveOrder, type LiveReply, type LiveWorker } from './worker-simulator.ts';

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

/** `hostMemory` bounds its heap, in bytes. */
export function startLiveWorker(server: string, { hostMemory }: Pick<Bounds, 'hostMemory'>): LiveWorker {
  const maxOldGenerationSizeMb = Math.ceil(hostMemory / 2 ** 20);
  const worker = new Worker(workerScript(server), { resourceLimits: { maxOldGenerationSizeMb } });
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
        failed(error.code === 'ERR_WORKER_OUT_OF_MEMORY' ? 'hostMemory' : error);
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

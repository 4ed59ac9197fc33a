/**
 * The worker's side of simulation while typing, and the server's view of it. Knows only a port: a worker thread's on the
 * desktop, a web worker's in a browser. A simulation runs to its end without looking at messages, so it is cancelled by ending
 * its worker; the next one gets a fresh worker.
 */
import type { Scenario } from '../../session/scenario/scenario.ts';
import type { LiveResult, LiveSimulator } from './result.ts';

/** Bytes of the files that a scenario names, by the path as it is written there. */
export type LiveAssets = Readonly<Record<string, Uint8Array>>;

export interface LiveRequest {
  readonly id: number;
  readonly scenario: Scenario;
  readonly assets: LiveAssets;
}

export type LiveReply =
  { readonly id: number; readonly result: LiveResult } | { readonly id: number; readonly error: string };

/** What runs in the worker. */
export type Simulate = (scenario: Scenario, assets: LiveAssets) => LiveResult;

/** Answers one request; a failure of the simulator becomes a reply, so that the server can say it. */
export function answerLive(request: LiveRequest, simulate: Simulate): LiveReply {
  const { id, scenario, assets } = request;
  try {
    return { id, result: simulate(scenario, assets) };
  } catch (error) {
    return { id, error: error instanceof Error ? (error.stack ?? error.message) : String(error) };
  }
}

/** One worker, as its starter sees it. */
export interface LiveWorker {
  post(request: LiveRequest): void;
  /** `reply` hears every answer, `failed` of the worker's untimely end. */
  listen(reply: (reply: LiveReply) => void, failed: (reason: string) => void): void;
  end(): void;
}

interface Pending {
  readonly id: number;
  readonly resolve: (result: LiveResult) => void;
  readonly reject: (reason: Error) => void;
}

/**
 * Simulates in one worker, one scenario at a time. Aborting ends the worker and starts the next one at once, so that it is ready
 * when it is asked.
 */
export class WorkerSimulator implements LiveSimulator {
  private readonly startWorker: () => LiveWorker;
  private readonly readAssets: (scenario: Scenario) => Promise<LiveAssets>;
  private worker: LiveWorker | null = null;
  private pending: Pending | null = null;
  private lastId = 0;

  constructor(startWorker: () => LiveWorker, readAssets: (scenario: Scenario) => Promise<LiveAssets>) {
    this.startWorker = startWorker;
    this.readAssets = readAssets;
  }

  async simulate(scenario: Scenario, signal: AbortSignal): Promise<LiveResult> {
    const assets = await this.readAssets(scenario);
    signal.throwIfAborted();
    return this.ask({ id: ++this.lastId, scenario, assets }, signal);
  }

  private ask(request: LiveRequest, signal: AbortSignal): Promise<LiveResult> {
    const { promise, resolve, reject } = Promise.withResolvers<LiveResult>();
    this.pending = { id: request.id, resolve, reject };
    const cancel = (): void => {
      this.fail('cancelled by the next key');
      this.running();
    };
    signal.addEventListener('abort', cancel, { once: true });
    this.running().post(request);
    return promise.finally(() => {
      signal.removeEventListener('abort', cancel);
    });
  }

  private running(): LiveWorker {
    if (this.worker !== null) return this.worker;
    const worker = this.startWorker();
    worker.listen(
      (reply) => this.settle(reply),
      (reason) => {
        if (this.worker === worker) this.fail(reason);
      },
    );
    this.worker = worker;
    return worker;
  }

  private settle(reply: LiveReply): void {
    const { pending } = this;
    if (pending?.id !== reply.id) return;
    this.pending = null;
    if ('result' in reply) pending.resolve(reply.result);
    else pending.reject(new Error(reply.error));
  }

  private fail(reason: string): void {
    this.worker?.end();
    this.worker = null;
    const { pending } = this;
    this.pending = null;
    pending?.reject(new Error(reason));
  }
}

/**
 * The worker's side of simulation while typing, and the server's view of it. Knows only a port: a worker thread's on the
 * desktop, a web worker's in a browser. A simulation runs to its end without looking at messages, so it is cancelled by ending
 * its worker; the next one gets a fresh worker.
 */
import type { Bounds } from '../../session/scenario/bounds.ts';
import type { Scenario } from '../../session/scenario/scenario.ts';
import type { HostBound } from './bounds.ts';
import type { LiveResult, LiveSimulator } from './result.ts';

export interface LiveRequest {
  readonly id: number;
  readonly scenario: Scenario;
  /** Folders that the scenario may read from, beside its own. */
  readonly folders: readonly string[];
  readonly bounds: Bounds;
}

/** What the host says while the worker is busy, in memory that both see. */
export const HostWord = { nothing: 0, tell: 1, stop: 2 } as const;

/** A request as it is sent, with the place of the host's word. */
export interface LiveOrder {
  readonly request: LiveRequest;
  readonly word: Int32Array;
}

/** What the answer would be if a bound ended the simulation now. */
export type LiveProgress = Readonly<Record<HostBound, LiveResult>>;

export type LiveReply = { readonly id: number } & (
  { readonly progress: LiveProgress } | { readonly result: LiveResult } | { readonly error: string }
);

/** What runs in the worker. `tell` may be called at any time before it returns. */
export type Simulate = (request: LiveRequest, tell: (progress: LiveProgress) => void) => Promise<LiveResult>;

/** Answers one request; a failure of the simulator becomes a reply, so that the server can say it. */
export async function answerLive(
  request: LiveRequest,
  simulate: Simulate,
  reply: (reply: LiveReply) => void,
): Promise<void> {
  const { id } = request;
  try {
    const result = await simulate(request, (progress) => {
      reply({ id, progress });
    });
    reply({ id, result });
  } catch (error) {
    reply({ id, error: error instanceof Error ? (error.stack ?? error.message) : String(error) });
  }
}

/** One worker, as its starter sees it. */
export interface LiveWorker {
  post(request: LiveRequest): void;
  /** `reply` hears every answer, `failed` of the worker's untimely end: at a bound, or by a fault. */
  listen(reply: (reply: LiveReply) => void, failed: (reason: HostBound | Error) => void): void;
  end(): void;
}

interface Pending {
  readonly id: number;
  progress: LiveProgress | null;
  readonly resolve: (result: LiveResult) => void;
  readonly reject: (reason: Error) => void;
}

/**
 * Simulates in one worker, one scenario at a time. Aborting ends the worker and starts the next one at once, so that it is ready
 * when it is asked.
 */
export class WorkerSimulator implements LiveSimulator {
  private readonly startWorker: () => LiveWorker;
  private readonly folders: () => Promise<readonly string[]>;
  private worker: LiveWorker | null = null;
  private pending: Pending | null = null;
  private lastId = 0;

  constructor(startWorker: () => LiveWorker, folders: () => Promise<readonly string[]>) {
    this.startWorker = startWorker;
    this.folders = folders;
  }

  async simulate(scenario: Scenario, bounds: Bounds, signal: AbortSignal): Promise<LiveResult> {
    const folders = await this.folders();
    signal.throwIfAborted();
    return this.ask({ id: ++this.lastId, scenario, folders, bounds }, signal);
  }

  private ask(request: LiveRequest, signal: AbortSignal): Promise<LiveResult> {
    const { promise, resolve, reject } = Promise.withResolvers<LiveResult>();
    this.pending = { id: request.id, progress: null, resolve, reject };
    const cancel = (): void => {
      this.fail(new Error('cancelled by the next key'));
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
      (reply) => {
        this.receive(reply);
      },
      (reason) => {
        if (this.worker === worker) this.fail(reason);
      },
    );
    this.worker = worker;
    return worker;
  }

  private receive(reply: LiveReply): void {
    const { pending } = this;
    if (pending?.id !== reply.id) return;
    if ('progress' in reply) {
      pending.progress = reply.progress;
      return;
    }
    this.pending = null;
    if ('result' in reply) pending.resolve(reply.result);
    else pending.reject(new Error(reply.error));
  }

  /** At a bound what was found until then is the answer. */
  private fail(reason: HostBound | Error): void {
    this.worker?.end();
    this.worker = null;
    const { pending } = this;
    this.pending = null;
    if (pending === null) return;
    const { progress } = pending;
    if (reason instanceof Error) pending.reject(reason);
    else if (progress === null) pending.reject(new Error(`the bound of ${reason} was reached before anything ran`));
    else pending.resolve(progress[reason]);
  }
}

/** Requests and their replies over a port that only carries messages. Every request ends: answered, refused or timed out. */
import { codeOf, PanelError } from './panel-error.ts';
import type { Reply, Request, RequestName, Requests } from './messages.ts';

interface Pending {
  resolve(body: unknown): void;
  reject(error: Error): void;
  readonly timer: ReturnType<typeof setTimeout>;
}

/** The asking side. */
export class Requester {
  private readonly pending = new Map<number, Pending>();
  private readonly post: (request: Request) => void;
  private readonly timeoutMilliseconds: number;
  private nextId = 1;

  constructor(post: (request: Request) => void, timeoutMilliseconds = 60_000) {
    this.post = post;
    this.timeoutMilliseconds = timeoutMilliseconds;
  }

  request<K extends RequestName>(command: K, args: Requests[K]['args']): Promise<Requests[K]['reply']> {
    const id = this.nextId++;
    return new Promise((resolve, reject) => {
      const expire = () => {
        this.pending.delete(id);
        reject(new Error(`no answer to '${command}' within ${String(this.timeoutMilliseconds / 1000)} s`));
      };
      const timer = setTimeout(expire, this.timeoutMilliseconds);
      this.pending.set(id, { resolve: resolve, reject, timer });
      this.post({ type: 'request', id, command, args });
    });
  }

  /** A reply nobody waits for any more is dropped. */
  settle(reply: Reply): void {
    const pending = this.pending.get(reply.id);
    if (pending === undefined) return;
    this.pending.delete(reply.id);
    clearTimeout(pending.timer);
    if (reply.ok) pending.resolve(reply.body);
    else pending.reject(new PanelError(reply.code, reply.error));
  }
}

/** The answering side: whatever the handler does, the asker hears of it. */
export async function answer(request: Request, handle: (request: Request) => Promise<unknown>): Promise<Reply> {
  try {
    return { type: 'reply', id: request.id, ok: true, body: await handle(request) };
  } catch (error) {
    const text = error instanceof Error ? error.message : String(error);
    return { type: 'reply', id: request.id, ok: false, code: codeOf(error), error: text };
  }
}

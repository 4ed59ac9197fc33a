/**
 * The rules of the dialogue with a client: what is a message at all, what may be asked when, and with which parameters. Judges
 * every message before anything else sees it, so that no handler meets what it does not expect and no request stays unanswered.
 */
import { ErrorCodes, type Message } from 'vscode-languageserver';
import { notificationParameters, requestParameters } from './parameters.ts';

export type RequestId = string | number;

/** `deliver`: these messages, in this order. `answer`: with an error. `drop`: `why` is for the log, null where there is nothing to say. */
export type Verdict =
  | { readonly kind: 'deliver'; readonly messages: readonly Message[] }
  | { readonly kind: 'answer'; readonly id: RequestId | null; readonly code: number; readonly message: string }
  | { readonly kind: 'drop'; readonly why: string | null };

type Fields = Readonly<Record<string, unknown>>;

export class Dialogue {
  private stage: 'new' | 'initializing' | 'initialized' | 'shutDown' = 'new';
  /** Requests of the client that have no answer yet. */
  private readonly unanswered = new Set<string>();

  get isShutDown(): boolean {
    return this.stage === 'shutDown';
  }

  get isWaitedFor(): boolean {
    return this.unanswered.size > 0;
  }

  judge(message: unknown): Verdict {
    if (typeof message !== 'object' || message === null || Array.isArray(message))
      return invalid(null, 'a message must be one JSON object');
    const fields = message as Fields;
    const { id, method } = fields;
    if (method === undefined && isResponse(fields)) return { kind: 'deliver', messages: [message as Message] };
    if (typeof method !== 'string') return invalid(isId(id) ? id : null, '`method` must be a string');
    if (id === undefined) return this.judgeNotification(method, fields);
    if (!isId(id)) return invalid(null, '`id` must be a string or an integer');
    return this.judgeRequest(id, method, fields);
  }

  /** The answer to that request has been sent. */
  answered(id: RequestId | null): void {
    this.unanswered.delete(String(id));
  }

  private judgeRequest(id: RequestId, method: string, fields: Fields): Verdict {
    if (this.unanswered.has(String(id)))
      return invalid(id, `\`id\` ${String(id)} belongs to a request that has no answer yet`);
    const untimely = this.untimely(method);
    if (untimely !== null) return { kind: 'answer', id, ...untimely };
    const problem = requestParameters.get(method)?.(fields['params'], '') ?? null;
    if (problem !== null)
      return { kind: 'answer', id, code: ErrorCodes.InvalidParams, message: `${method}: ${problem}` };
    this.unanswered.add(String(id));
    const messages = this.advance(method, fields);
    if (method === 'initialize') this.stage = 'initializing';
    if (method === 'shutdown') this.stage = 'shutDown';
    return { kind: 'deliver', messages };
  }

  private untimely(method: string): { readonly code: number; readonly message: string } | null {
    const isInitialize = method === 'initialize';
    if (this.stage === 'shutDown')
      return { code: ErrorCodes.InvalidRequest, message: `${method}: after shutdown only exit may follow` };
    if (this.stage === 'new')
      return isInitialize
        ? null
        : { code: ErrorCodes.ServerNotInitialized, message: `${method}: the first request must be initialize` };
    return isInitialize ? { code: ErrorCodes.InvalidRequest, message: 'initialize: it may be asked once' } : null;
  }

  private judgeNotification(method: string, fields: Fields): Verdict {
    if (method === 'exit') return { kind: 'deliver', messages: [fields as unknown as Message] };
    const isOutside = this.stage === 'new' || this.stage === 'shutDown';
    if (isOutside || (method === 'initialized' && this.stage === 'initialized')) return { kind: 'drop', why: null };
    const problem = notificationParameters.get(method)?.(fields['params'], '') ?? null;
    if (problem !== null) return { kind: 'drop', why: `${method}: ${problem}` };
    return { kind: 'deliver', messages: this.advance(method, fields) };
  }

  /** A client that leaves out `initialized` is taken to have said it: requests would wait for it for ever. */
  private advance(method: string, fields: Fields): Message[] {
    const message = fields as unknown as Message;
    if (this.stage !== 'initializing') return [message];
    this.stage = 'initialized';
    if (method === 'initialized') return [message];
    return [{ jsonrpc: '2.0', method: 'initialized', params: {} } as Message, message];
  }
}

function invalid(id: RequestId | null, message: string): Verdict {
  return { kind: 'answer', id, code: ErrorCodes.InvalidRequest, message };
}

function isId(id: unknown): id is RequestId {
  return typeof id === 'string' || Number.isSafeInteger(id);
}

/** To a request of the server. */
function isResponse({ id, result, error }: Fields): boolean {
  return (isId(id) || id === null) && (result !== undefined || (typeof error === 'object' && error !== null));
}

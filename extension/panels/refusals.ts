/**
 * Why the debug adapter refused a panel's question. VS Code passes the text of a refusal to whoever asked, but not the
 * number of the error; the tracker of the session sees both. A question carries a mark by which the two are joined.
 */
import { ErrorId } from '../debug/protocol/errors.ts';
import type { ErrorCode } from '../../media/protocol/panel-error.ts';

interface Asked {
  readonly seq?: number;
  readonly arguments?: { readonly ask?: unknown } | null;
}

interface Answered {
  readonly request_seq?: number;
  readonly success?: boolean;
  readonly body?: { readonly error?: { readonly id?: unknown } } | null;
}

const codes: Readonly<Partial<Record<number, ErrorCode>>> = {
  [ErrorId.unknownProcess]: 'unknown-process',
  [ErrorId.unknownCluster]: 'unknown-cluster',
};

export class Refusals {
  /** Mark of a question by the number of its request. */
  private readonly asked = new Map<number, number>();
  private readonly refused = new Map<number, ErrorCode>();
  private marks = 0;

  /** For the arguments of a request: `ask`. */
  mark(): number {
    return ++this.marks;
  }

  sent({ seq, arguments: args }: Asked): void {
    if (seq !== undefined && typeof args?.ask === 'number') this.asked.set(seq, args.ask);
  }

  answered({ request_seq, success, body }: Answered): void {
    const mark = request_seq === undefined ? undefined : this.asked.get(request_seq);
    if (request_seq === undefined || mark === undefined) return;
    this.asked.delete(request_seq);
    if (success !== false) return;
    const id = body?.error?.id;
    this.refused.set(mark, (typeof id === 'number' ? codes[id] : undefined) ?? 'failed');
  }

  /** Asked once, after the request with that mark failed. */
  codeOf(mark: number): ErrorCode {
    const code = this.refused.get(mark) ?? 'failed';
    this.refused.delete(mark);
    return code;
  }
}

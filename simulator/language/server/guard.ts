/** Stands between the transport and everything else: only what the dialogue allows comes in. */
import {
  AbstractMessageReader,
  AbstractMessageWriter,
  ErrorCodes,
  type DataCallback,
  type Disposable,
  type Message,
  type MessageWriter,
} from 'vscode-languageserver';
import type { Dialogue, RequestId } from './dialogue.ts';
import type { Listen, WireListener } from './transport.ts';

/** What is left of the guard's findings for whoever runs the server. */
export interface GuardListener extends Pick<WireListener, 'lost' | 'closed'> {
  /** A notification that cannot be answered and was not understood. */
  dropped(why: string): void;
}

/** Hands on what the dialogue allows, and answers the rest itself. */
export class GuardedReader extends AbstractMessageReader {
  private readonly listenTo: Listen;
  private readonly writer: MessageWriter;
  private readonly dialogue: Dialogue;
  private readonly listener: GuardListener;

  constructor(listenTo: Listen, writer: MessageWriter, dialogue: Dialogue, listener: GuardListener) {
    super();
    this.listenTo = listenTo;
    this.writer = writer;
    this.dialogue = dialogue;
    this.listener = listener;
  }

  override listen(callback: DataCallback): Disposable {
    this.listenTo({
      message: (message) => {
        this.judge(message, callback);
      },
      unreadable: (reason) => {
        this.answer(null, ErrorCodes.ParseError, `a message's body is no JSON: ${reason}`);
      },
      lost: (reason) => {
        this.listener.lost(reason);
      },
      closed: () => {
        this.listener.closed();
      },
    });
    return { dispose: () => undefined };
  }

  private judge(message: unknown, callback: DataCallback): void {
    const verdict = this.dialogue.judge(message);
    if (verdict.kind === 'deliver') for (const allowed of verdict.messages) callback(allowed);
    else if (verdict.kind === 'answer') this.answer(verdict.id, verdict.code, verdict.message);
    else if (verdict.why !== null) this.listener.dropped(verdict.why);
  }

  private answer(id: RequestId | null, code: number, message: string): void {
    void this.writer.write({ jsonrpc: '2.0', id, error: { code, message } } as Message);
  }
}

/** Tells the dialogue which requests have their answer. */
export class GuardedWriter extends AbstractMessageWriter implements MessageWriter {
  private readonly writer: MessageWriter;
  private readonly dialogue: Dialogue;
  private readonly written: () => void;

  /** `written` is called after every answer. */
  constructor(writer: MessageWriter, dialogue: Dialogue, written: () => void) {
    super();
    this.writer = writer;
    this.dialogue = dialogue;
    this.written = written;
  }

  async write(message: Message): Promise<void> {
    const { id, method } = message as { readonly id?: RequestId | null; readonly method?: string };
    await this.writer.write(message);
    if (method !== undefined || id === undefined) return;
    this.dialogue.answered(id);
    this.written();
  }

  end(): void {
    this.writer.end();
  }
}

/** The language server's process, spoken to over standard input and output as any editor does. It ends with the test. */
import { strict as assert } from 'node:assert';
import type { ChildProcessWithoutNullStreams } from 'node:child_process';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { startProgram } from '../../../lifetime/program.ts';
import { awaited } from '../../../lifetime/waiting.ts';
import { programFile } from '../../../support/programs.ts';

const root = fileURLToPath(new URL('../../../../', import.meta.url));

export interface Failure {
  readonly code: number;
  readonly message: string;
}

export interface Message {
  readonly id?: number | string | null;
  readonly method?: string;
  readonly params?: unknown;
  readonly result?: unknown;
  readonly error?: Failure;
}

export interface Finding {
  readonly code?: string;
  readonly severity: number;
  readonly message: string;
  readonly range: { readonly start: { readonly line: number; readonly character: number } };
  readonly tags?: readonly number[];
  readonly codeDescription?: { readonly href: string };
  readonly relatedInformation?: readonly unknown[];
}

export interface Published {
  readonly uri: string;
  readonly version?: number;
  readonly diagnostics: readonly Finding[];
}

export interface Ended {
  readonly code: number | null;
  readonly stderr: string;
}

export class ServerProcess {
  readonly messages: Message[] = [];
  private readonly hasEnded: Promise<Ended>;
  private readonly child: ChildProcessWithoutNullStreams;
  private received = Buffer.alloc(0);
  private stderr = '';
  private isOver = false;
  private arrived = Promise.withResolvers<void>();
  private lastId = 0;

  constructor() {
    const env = { ...process.env, NODE_COMPILE_CACHE: path.join(root, '.cache/compile') };
    this.child = startProgram(process.execPath, [programFile('server'), '--stdio'], { cwd: root, env });
    this.child.stdout.on('data', (chunk: Buffer) => {
      this.receive(chunk);
    });
    this.child.stderr.setEncoding('utf8').on('data', (text: string) => (this.stderr += text));
    // Writing to a server that has just ended is no failure of a test.
    this.child.stdin.on('error', () => undefined);
    this.hasEnded = new Promise((resolve) => {
      this.child.on('close', (code) => {
        this.isOver = true;
        this.wake();
        resolve({ code, stderr: this.stderr });
      });
    });
  }

  /** The answer as it came: with a result or with an error. */
  async ask(method: string, params: unknown): Promise<Message> {
    const id = this.begin(method, params);
    return this.answerTo(id);
  }

  /** The result, which must have come. */
  async request(method: string, params: unknown): Promise<unknown> {
    const { result, error } = await this.ask(method, params);
    assert.equal(error, undefined, `${method}: ${JSON.stringify(error)}`);
    return result;
  }

  /** The id of a request whose answer is awaited later. */
  begin(method: string, params: unknown): number {
    const id = ++this.lastId;
    this.send({ id, method, params });
    return id;
  }

  answerTo(id: number | string | null): Promise<Message> {
    return this.next(`the answer to request ${String(id)}`, (one) => one.id === id && one.method === undefined);
  }

  notify(method: string, params: unknown): void {
    this.send({ method, params });
  }

  send(message: object): void {
    this.sendBody(JSON.stringify({ jsonrpc: '2.0', ...message }));
  }

  sendBody(body: string | Uint8Array): void {
    this.sendBytes(`Content-Length: ${String(Buffer.byteLength(body))}\r\n\r\n`);
    this.sendBytes(body);
  }

  sendBytes(bytes: string | Uint8Array): void {
    this.child.stdin.write(bytes);
  }

  closeInput(): void {
    this.child.stdin.end();
  }

  /** Fails where the server ends without it. */
  async next(what: string, wanted: (message: Message) => boolean): Promise<Message> {
    for (;;) {
      const found = this.messages.find(wanted);
      if (found !== undefined) return found;
      if (this.isOver) assert.fail(`the server has ended: ${this.stderr}`);
      await awaited(this.arrived.promise, what);
    }
  }

  async initialize(capabilities: object = {}, more: object = {}): Promise<Record<string, unknown>> {
    const params = { processId: null, rootUri: null, capabilities, ...more };
    const result = (await this.request('initialize', params)) as Record<string, unknown>;
    this.notify('initialized', {});
    return result;
  }

  open(uri: string, text: string, version = 1, languageId = 'walk'): void {
    this.notify('textDocument/didOpen', { textDocument: { uri, languageId, version, text } });
  }

  change(uri: string, text: string, version: number): void {
    this.notify('textDocument/didChange', { textDocument: { uri, version }, contentChanges: [{ text }] });
  }

  close(uri: string): void {
    this.notify('textDocument/didClose', { textDocument: { uri } });
  }

  /** What has been published for a document, oldest first. */
  published(uri: string): Published[] {
    return this.messages
      .filter(({ method }) => method === 'textDocument/publishDiagnostics')
      .map(({ params }) => params as Published)
      .filter((published) => published.uri === uri);
  }

  /** The first list for that document that is wanted, the ones that came already included unless `from` leaves them out. */
  async problems(uri: string, wanted: (published: Published) => boolean, from = 0): Promise<readonly Finding[]> {
    await this.next(`problems of ${uri}`, () => this.published(uri).slice(from).some(wanted));
    return this.published(uri).slice(from).find(wanted)?.diagnostics ?? [];
  }

  /** Resolves when the process is gone. */
  ended(): Promise<Ended> {
    return awaited(this.hasEnded, 'the end of the server');
  }

  async end(): Promise<Ended> {
    await this.request('shutdown', null);
    this.notify('exit', null);
    return this.ended();
  }

  private receive(chunk: Buffer): void {
    this.received = Buffer.concat([this.received, chunk]);
    for (;;) {
      const head = /^Content-Length: (\d+)\r\n\r\n/.exec(this.received.toString('latin1', 0, 100));
      if (head === null) break;
      const end = head[0].length + Number(head[1]);
      if (this.received.length < end) break;
      this.messages.push(JSON.parse(this.received.toString('utf8', head[0].length, end)) as Message);
      this.received = this.received.subarray(end);
    }
    this.wake();
  }

  private wake(): void {
    this.arrived.resolve();
    this.arrived = Promise.withResolvers();
  }
}

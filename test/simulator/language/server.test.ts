/** The language server's process, spoken to over standard input and output as any editor does. */
import { strict as assert } from 'node:assert';
import type { ChildProcessWithoutNullStreams } from 'node:child_process';
import { startProgram } from '../../lifetime/program.ts';
import { awaited } from '../../lifetime/waiting.ts';

interface Message {
  readonly id?: number;
  readonly method?: string;
  readonly params?: unknown;
  readonly result?: unknown;
}

class Client {
  private readonly server: ChildProcessWithoutNullStreams;
  private received = Buffer.alloc(0);
  private readonly messages: Message[] = [];
  private arrived = Promise.withResolvers<void>();
  private lastId = 0;

  constructor() {
    this.server = startProgram(globalThis.process.execPath, ['simulator/language/main.ts', '--stdio']);
    this.server.stdout.on('data', (chunk: Buffer) => this.receive(chunk));
  }

  async request(method: string, params: unknown): Promise<unknown> {
    const id = ++this.lastId;
    this.send({ id, method, params });
    const answer = await this.next(`the answer to ${method}`, (one) => one.id === id && one.method === undefined);
    return answer.result;
  }

  notify(method: string, params: unknown): void {
    this.send({ method, params });
  }

  async next(what: string, wanted: (message: Message) => boolean): Promise<Message> {
    for (;;) {
      const found = this.messages.find(wanted);
      if (found !== undefined) return found;
      await awaited(this.arrived.promise, what);
    }
  }

  async end(): Promise<number | null> {
    const over = new Promise<number | null>((resolve) => this.server.on('exit', resolve));
    await this.request('shutdown', null);
    this.notify('exit', null);
    return over;
  }

  private send(message: Message): void {
    const body = JSON.stringify({ jsonrpc: '2.0', ...message });
    this.server.stdin.write(`Content-Length: ${String(Buffer.byteLength(body))}\r\n\r\n${body}`);
  }

  private receive(chunk: Buffer): void {
    this.received = Buffer.concat([this.received, chunk]);
    for (;;) {
      const head = this.received.indexOf('\r\n\r\n');
      const length = Number(/Content-Length: (\d+)/.exec(this.received.toString('latin1', 0, Math.max(0, head)))?.[1]);
      if (head < 0 || this.received.length < head + 4 + length) break;
      this.messages.push(JSON.parse(this.received.toString('utf8', head + 4, head + 4 + length)) as Message);
      this.received = this.received.subarray(head + 4 + length);
    }
    this.arrived.resolve();
    this.arrived = Promise.withResolvers<void>();
  }
}

describe('the language server', () => {
  it('checks, completes and formats an open document', async () => {
    const client = new Client();
    const { capabilities } = (await client.request('initialize', {
      processId: null,
      rootUri: null,
      capabilities: {},
    })) as {
      capabilities: Record<string, unknown>;
    };
    for (const provider of 'completion signatureHelp hover definition references rename documentSymbol documentHighlight documentFormatting codeLens foldingRange semanticTokens'.split(
      ' ',
    )) {
      assert.ok(capabilities[`${provider}Provider`], provider);
    }
    client.notify('initialized', {});
    const uri = 'file:///nowhere/a.walk';
    const text = 'let   a = 1\nprint b\n';
    client.notify('textDocument/didOpen', { textDocument: { uri, languageId: 'walk', version: 1, text } });
    const { params } = await client.next('diagnostics', ({ method }) => method === 'textDocument/publishDiagnostics');
    const { diagnostics } = params as { diagnostics: { code: string; range: { start: { line: number } } }[] };
    assert.deepEqual(
      diagnostics.map(({ code, range }) => [code, range.start.line]),
      [
        ['WALK107', 0],
        ['WALK101', 1],
      ],
    );
    const textDocument = { uri };
    const completion = (await client.request('textDocument/completion', {
      textDocument,
      position: { line: 1, character: 6 },
    })) as {
      items: { label: string }[];
    };
    assert.ok(completion.items.some(({ label }) => label === 'a'));
    const options = { tabSize: 4, insertSpaces: true };
    const edits = (await client.request('textDocument/formatting', { textDocument, options })) as {
      newText: string;
    }[];
    assert.deepEqual(
      edits.map(({ newText }) => newText),
      [' '],
    );
    assert.equal(await client.end(), 0);
  });

  /** Codes and lines of what is published for a version, once one of the live findings is among it. */
  async function findings(client: Client, version: number, isWanted: (codes: string[]) => boolean): Promise<string[]> {
    interface Published {
      readonly version?: number;
      readonly diagnostics: { readonly code: string; readonly range: { readonly start: { readonly line: number } } }[];
    }
    const codesOf = ({ diagnostics }: Published): string[] =>
      diagnostics.map(({ code, range }) => `${code} line ${String(range.start.line + 1)}`);
    const message = await client.next(`findings of version ${String(version)}`, (candidate) => {
      const params = candidate.params as Published;
      if (candidate.method !== 'textDocument/publishDiagnostics' || params.version !== version) return false;
      return isWanted(codesOf(params));
    });
    return codesOf(message.params as Published);
  }

  const scenario = (expected: string): string =>
    `kernel almos-mkh\nprocess p { code 1 page  data 1 page }\nas p {\n    let byte = read(p.data)\n    expect byte == ${expected}\n}\n`;

  it('simulates what is typed, and the next key takes it back', async () => {
    const client = new Client();
    const uri = 'file:///live.walk';
    await client.request('initialize', { processId: null, rootUri: null, capabilities: {} });
    client.notify('initialized', {});
    const open = { uri, languageId: 'walk', version: 1, text: scenario('7') };
    client.notify('textDocument/didOpen', { textDocument: open });
    assert.deepEqual(await findings(client, 1, (codes) => codes.length > 0), ['WALK201 line 5']);
    const change = { textDocument: { uri, version: 2 }, contentChanges: [{ text: scenario('0') }] };
    client.notify('textDocument/didChange', change);
    assert.deepEqual(await findings(client, 2, () => true), []);
    const loop = 'kernel almos-mkh\nfor i in 0..1000000000000 {\n    print i\n}\n';
    const endless = { textDocument: { uri, version: 3 }, contentChanges: [{ text: loop }] };
    client.notify('textDocument/didChange', endless);
    const cut = await findings(client, 3, (codes) => codes.some((code) => code.startsWith('WALK220')));
    assert.ok(cut.length > 0);
    assert.equal(await client.end(), 0);
  });
});

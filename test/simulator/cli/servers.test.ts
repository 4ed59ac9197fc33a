import { strict as assert } from 'node:assert';
import { once } from 'node:events';
import { connect } from 'node:net';
import type { Readable, Writable } from 'node:stream';
import { startServer } from '../../lifetime/server.ts';
import { awaited } from '../../lifetime/waiting.ts';
import { examples, pagewalk, startPagewalk } from './pagewalk.ts';

interface Message {
  readonly type?: string;
  readonly command?: string;
  readonly event?: string;
  readonly id?: number;
  readonly success?: boolean;
  readonly body?: Readonly<Record<string, unknown>>;
  readonly result?: { readonly capabilities?: Readonly<Record<string, unknown>> };
}

/** Both protocols frame their messages alike: a header with the length, an empty line, JSON. */
class Wire {
  readonly received: Message[] = [];
  private readonly output: Writable;
  private pending = Buffer.alloc(0);
  private readonly waiting: (() => void)[] = [];

  constructor(input: Readable, output: Writable) {
    this.output = output;
    input.on('data', (chunk: Buffer) => {
      this.pending = Buffer.concat([this.pending, chunk]);
      this.split();
    });
  }

  send(message: object): void {
    const text = JSON.stringify(message);
    this.output.write(`Content-Length: ${String(Buffer.byteLength(text))}\r\n\r\n${text}`);
  }

  async message(what: string, matches: (message: Message) => boolean): Promise<Message> {
    for (;;) {
      const found = this.received.find(matches);
      if (found !== undefined) return found;
      await awaited(new Promise<void>((resolve) => this.waiting.push(resolve)), what);
    }
  }

  private split(): void {
    for (;;) {
      const head = /^Content-Length: (\d+)\r\n\r\n/.exec(this.pending.toString('latin1'));
      if (head === null) return;
      const end = head[0].length + Number(head[1]);
      if (this.pending.length < end) return;
      this.received.push(JSON.parse(this.pending.subarray(head[0].length, end).toString()) as Message);
      this.pending = this.pending.subarray(end);
      for (const resolve of this.waiting.splice(0)) resolve();
    }
  }
}

/** Launches an example without stopping, and waits for its end. */
async function debugDialogue(wire: Wire): Promise<void> {
  wire.send({ seq: 1, type: 'request', command: 'initialize', arguments: { adapterID: 'pagewalk' } });
  const { success, body } = await wire.message('the answer to initialize', ({ command }) => command === 'initialize');
  assert.equal(success, true);
  assert.equal(body?.['supportsStepBack'], true);
  wire.send({
    seq: 2,
    type: 'request',
    command: 'launch',
    arguments: { program: `${examples}/cow-fork.walk`, noDebug: true },
  });
  await wire.message('the event initialized', ({ event }) => event === 'initialized');
  wire.send({ seq: 3, type: 'request', command: 'configurationDone' });
  const exited = await wire.message('the event exited', ({ event }) => event === 'exited');
  assert.equal(exited.body?.['exitCode'], 0);
}

describe('servers of the command line', () => {
  it('pagewalk dap debugs on standard input and output until the client goes', async () => {
    const child = startPagewalk(['dap']);
    const closed = once(child, 'close');
    await debugDialogue(new Wire(child.stdout, child.stdin));
    child.stdin.end();
    assert.deepEqual(await closed, [0, null]);
  });

  it('pagewalk dap --port debugs on a port, session after session', async () => {
    const child = startPagewalk(['dap', '--port', '0']);
    const [line] = (await once(child.stderr.setEncoding('utf8'), 'data')) as [string];
    const port = Number(/127\.0\.0\.1:(\d+)\n$/.exec(line)?.[1]);
    assert.ok(port > 0, line);
    for (let session = 0; session < 2; session++) {
      const socket = connect(port, '127.0.0.1');
      await debugDialogue(new Wire(socket, socket));
      socket.end();
    }
  });

  it('pagewalk dap --port says when the port is taken', async () => {
    const { port } = await startServer();
    const { code, stderr } = await pagewalk(['dap', '--port', String(port)]);
    assert.equal(code, 2);
    assert.match(stderr, /somebody else listens there; choose another/);
  });

  it('pagewalk lsp --stdio serves the language', async () => {
    const child = startPagewalk(['lsp', '--stdio']);
    const closed = once(child, 'close');
    const wire = new Wire(child.stdout, child.stdin);
    wire.send({
      jsonrpc: '2.0',
      id: 1,
      method: 'initialize',
      params: { processId: null, rootUri: null, capabilities: {} },
    });
    const { result } = await wire.message('the answer to initialize', ({ id }) => id === 1);
    assert.ok(result?.capabilities?.['hoverProvider']);
    wire.send({ jsonrpc: '2.0', id: 2, method: 'shutdown' });
    await wire.message('the answer to shutdown', ({ id }) => id === 2);
    wire.send({ jsonrpc: '2.0', method: 'exit' });
    assert.deepEqual(await closed, [0, null]);
  });
});

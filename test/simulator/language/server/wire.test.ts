/** What is no message, and what is no message now: every byte is answered, refused, or ends the server with a reason. */
import { strict as assert } from 'node:assert';
import fc from 'fast-check';
import { Framing, FramingError } from '../../../../simulator/language/server/framing.ts';
import { ServerProcess } from './server-process.ts';

const encoder = new TextEncoder();
const seed = 20_260_101;

function bodiesOf(framing: Framing, ...chunks: readonly (string | Uint8Array)[]): string[] {
  const bytes = chunks.map((chunk) => (typeof chunk === 'string' ? encoder.encode(chunk) : chunk));
  return bytes.flatMap((chunk) => [...framing.feed(chunk)]).map((body) => new TextDecoder().decode(body));
}

describe('the framing of messages', () => {
  it('finds bodies wherever the stream is cut', () => {
    const bodies = fc.array(fc.string({ unit: 'grapheme', maxLength: 20 }), { maxLength: 5 });
    fc.assert(
      fc.property(bodies, fc.array(fc.nat(200), { maxLength: 8 }), (texts, cuts) => {
        const stream = Buffer.concat(
          texts.flatMap((text) => [
            Buffer.from(`Content-Length: ${String(Buffer.byteLength(text))}\r\n\r\n`),
            Buffer.from(text),
          ]),
        );
        const edges = [0, ...cuts.map((cut) => cut % (stream.length + 1)).sort((a, b) => a - b), stream.length];
        const chunks = edges.slice(1).map((edge, index) => stream.subarray(edges[index], edge));
        const framing = new Framing();
        assert.deepEqual(bodiesOf(framing, ...chunks), texts);
        assert.equal(framing.isBetween, true);
      }),
      { numRuns: 500, seed },
    );
  });

  it('reads headers as clients write them', () => {
    const text =
      '\r\ncontent-length:2\nContent-Type: application/vscode-jsonrpc; charset=utf-8\r\n\r\nab\r\nContent-Length: 0\r\n\r\n';
    assert.deepEqual(bodiesOf(new Framing(), text), ['ab', '']);
    const half = new Framing();
    assert.deepEqual(bodiesOf(half, 'Content-Length: 5\r\n\r\nab'), []);
    assert.equal(half.isBetween, false);
  });

  const refused: readonly (readonly [string, RegExp])[] = [
    ['Content-Length: -4\r\n\r\n', /"Content-Length: -4" gives no length in bytes/],
    ['Content-Length: 4.5\r\n\r\n', /gives no length/],
    ['Content-Length: \r\n\r\n', /gives no length/],
    ['Content-Length: 99999999999999999999\r\n\r\n', /exceeds the 67108864 bytes of a message/],
    ['Content-Length: 1\r\nContent-Length: 2\r\n\r\n', /two lengths/],
    ['Content-Type: text\r\n\r\n', /has no Content-Length/],
    ['GET / HTTP/1.1\r\n', /"GET \/ HTTP\/1\.1" has no "NAME: VALUE"/],
    ['\0\0\0', /the byte 0x00/],
    ['Content-Length: ä', /the byte 0xc3/],
    ['x'.repeat(5000), /longer than 4096 bytes/],
  ];
  for (const [text, reason] of refused) {
    it(`refuses ${JSON.stringify(text.slice(0, 45))} at once`, () => {
      assert.throws(
        () => bodiesOf(new Framing(), text),
        (error) => error instanceof FramingError && reason.test(error.message),
      );
    });
  }

  it('never waits for ever on bytes that are no header', () => {
    const soup = fc.uint8Array({ minLength: 1, maxLength: 400 });
    fc.assert(
      fc.property(soup, (bytes) => {
        const framing = new Framing({ header: 64, body: 64 });
        try {
          bodiesOf(framing, bytes, 'x'.repeat(200));
        } catch (error) {
          assert.ok(error instanceof FramingError);
          return;
        }
        assert.fail(`still listening after ${JSON.stringify([...bytes])}`);
      }),
      { numRuns: 1000, seed },
    );
  });
});

describe('a server that hears nonsense', () => {
  for (const bytes of ['Content-Length: -4\r\n\r\n{}', '\0\0\0\0', 'hello\r\n\r\n']) {
    it(`ends with a reason after ${JSON.stringify(bytes)}`, async () => {
      const server = new ServerProcess();
      await server.initialize();
      server.sendBytes(bytes);
      const { code, stderr } = await server.ended();
      assert.equal(code, 2);
      assert.match(stderr, /^pagewalk lsp: cannot follow the client's messages: [^\n]+\. A message is [^\n]+\n$/);
    });
  }

  it('ends with a reason when the input ends inside a message', async () => {
    const server = new ServerProcess();
    server.sendBytes('Content-Length: 100\r\n\r\n{');
    server.closeInput();
    const { code, stderr } = await server.ended();
    assert.equal(code, 2);
    assert.match(stderr, /the input ends inside a message/);
  });

  it('answers what is no JSON, no message or no request, and goes on', async () => {
    const server = new ServerProcess();
    await server.initialize();
    const codes: number[] = [];
    for (const body of [
      '{',
      '',
      '\u{feff}[',
      'null',
      '3',
      '[]',
      '{}',
      '{"method":5}',
      '{"id":true,"method":"x"}',
      '{"id":null,"method":"x"}',
      '{"id":1.5,"method":"x"}',
    ]) {
      const before = server.messages.length;
      server.sendBody(body);
      const { error } = await server.next(
        `an answer to ${body}`,
        (message) => server.messages.indexOf(message) >= before && message.id === null,
      );
      codes.push(error?.code ?? 0);
    }
    server.sendBody(new Uint8Array([0xff, 0xfe]));
    assert.deepEqual(codes, [-32700, -32700, -32700, ...Array<number>(8).fill(-32600)]);
    assert.equal((await server.ask('no/such', {})).error?.code, -32601);
    assert.equal((await server.end()).code, 0);
  });

  it('keeps the order of a session', async () => {
    const server = new ServerProcess();
    const early = await server.ask('textDocument/hover', {});
    assert.deepEqual(
      [early.error?.code, early.error?.message],
      [-32002, 'textDocument/hover: the first request must be initialize'],
    );
    assert.equal((await server.ask('initialize', {})).error?.message, 'initialize: `capabilities` is missing');
    // Without `initialized`, which clients forget.
    await server.request('initialize', { processId: null, capabilities: {} });
    assert.deepEqual(await server.request('workspace/symbol', { query: '' }), []);
    assert.equal((await server.ask('initialize', { capabilities: {} })).error?.code, -32600);
    server.send({ id: 'twice', method: 'workspace/symbol', params: { query: '' } });
    server.send({ id: 'twice', method: 'workspace/symbol', params: { query: '' } });
    await server.next('the refusal', ({ id, error }) => id === 'twice' && error?.code === -32600);
    await server.next('the result', ({ id, result }) => id === 'twice' && result !== undefined);
    await server.request('shutdown', null);
    assert.equal((await server.ask('textDocument/hover', {})).error?.code, -32600);
    server.notify('exit', null);
    assert.equal((await server.ended()).code, 0);
  });

  it('ends with 1 when it is left without a shutdown, and answers first what was asked', async () => {
    const abandoned = new ServerProcess();
    await abandoned.initialize();
    abandoned.closeInput();
    assert.equal((await abandoned.ended()).code, 1);
    const told = new ServerProcess();
    told.notify('exit', null);
    assert.equal((await told.ended()).code, 1);
    const piped = new ServerProcess();
    const asked = piped.begin('initialize', { capabilities: {} });
    const last = piped.begin('shutdown', null);
    piped.closeInput();
    await piped.answerTo(asked);
    await piped.answerTo(last);
    assert.equal((await piped.ended()).code, 0);
  });
});

import { strict as assert } from 'node:assert';
import { connect } from 'node:net';
import { PassThrough } from 'node:stream';
import { servePort, serveStreams } from '../../extension/debug/server.ts';
import { keepServer } from '../lifetime/server.ts';

function frame(message: object): string {
  const json = JSON.stringify(message);
  return `Content-Length: ${String(Buffer.byteLength(json))}\r\n\r\n${json}`;
}

const initialize = { seq: 1, type: 'request', command: 'initialize', arguments: { adapterID: 'pagewalk' } };

async function answerOf(stream: NodeJS.ReadableStream): Promise<string> {
  for await (const chunk of stream) {
    const text = String(chunk);
    if (text.includes('supportsStepBack')) return text;
  }
  return '';
}

describe('debug adapter for other editors', () => {
  it('speaks over streams, and ends with its client', async () => {
    const input = new PassThrough();
    const output = new PassThrough();
    const over = serveStreams(input, output);
    input.write(frame(initialize));
    assert.match(await answerOf(output), /^Content-Length: \d+\r\n\r\n.*"request_seq":1.*"success":true/s);
    input.end();
    await over;
  });

  it('survives what is no protocol', async () => {
    const input = new PassThrough();
    const output = new PassThrough();
    const over = serveStreams(input, output);
    input.write('Content-Length: 5\r\n\r\n{bad}');
    input.write(frame([] as object));
    input.write(frame({ seq: 2, type: 'nonsense' }));
    input.write(frame(initialize));
    assert.match(await answerOf(output), /"request_seq":1/);
    input.end();
    await over;
  });

  it('serves a port, each connection a session of its own', async () => {
    const { port } = keepServer(await servePort(0));
    const sockets = [connect(port, '127.0.0.1'), connect(port, '127.0.0.1')];
    for (const socket of sockets) socket.write(frame(initialize));
    for (const socket of sockets) {
      assert.match(await answerOf(socket), /"request_seq":1/);
      socket.destroy();
    }
  });

  it('ends its session when the client disconnects, though the stream stays open', async () => {
    const input = new PassThrough();
    const output = new PassThrough();
    const over = serveStreams(input, output);
    input.write(frame(initialize));
    assert.match(await answerOf(output), /"request_seq":1/);
    input.write(frame({ seq: 2, type: 'request', command: 'disconnect' }));
    await over;
    assert.equal(input.readableEnded, false);
  });

  it('drops a connection that does not begin as the protocol does', async () => {
    const { port } = keepServer(await servePort(0));
    const message = frame(initialize);
    const requests = [
      `POST / HTTP/1.1\r\nHost: localhost\r\nContent-Type: text/plain\r\nContent-Length: ${String(message.length)}\r\n\r\n${message}`,
      `\r\n${message}`,
      'Content-Type: x\r\n\r\n',
      '{}',
    ];
    for (const request of requests) {
      const socket = connect(port, '127.0.0.1');
      socket.write(request);
      assert.equal(await answerOf(socket), '', request);
      socket.destroy();
    }
  });

  it('takes a first header that arrives in pieces', async () => {
    const { port } = keepServer(await servePort(0));
    const socket = connect(port, '127.0.0.1');
    socket.setNoDelay(true);
    const message = frame(initialize);
    for (const part of [message.slice(0, 3), message.slice(3, 9), message.slice(9)]) {
      await new Promise((sent) => socket.write(part, sent));
    }
    assert.match(await answerOf(socket), /"request_seq":1/);
    socket.destroy();
  });
});

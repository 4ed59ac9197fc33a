/** The debug adapter for editors other than VS Code: `pagewalk dap`. */
import { createServer, type Server, type Socket } from 'node:net';
import { PagewalkAdapter } from './adapter.ts';
import { nodeHost } from './node-host.ts';

/** Serves one session; resolves when the client has disconnected or closes the stream. */
export function serveStreams(input: NodeJS.ReadableStream, output: NodeJS.WritableStream): Promise<void> {
  return new Promise((resolve) => {
    const end = (): void => {
      adapter.end();
      resolve();
    };
    const adapter = new PagewalkAdapter(nodeHost([process.cwd()]), end);
    adapter.on('close', end);
    input.on('end', end);
    adapter.start(input, output);
  });
}

/** Serves every connection to the port as a session of its own; port 0 takes a free one. */
export function servePort(port: number, host = '127.0.0.1'): Promise<Server> {
  return new Promise((resolve, reject) => {
    const server = createServer((socket) => {
      // A client that goes in the middle of a message is no reason to end the others.
      socket.on('error', () => socket.destroy());
      void whenProtocol(socket).then(async (isProtocol) => {
        if (isProtocol) await serveStreams(socket, socket);
        socket.end();
      });
    });
    server.once('error', reject);
    server.listen(port, host, () => {
      resolve(server);
    });
  });
}

const FIRST_HEADER = 'content-length';

/**
 * Waits for the first bytes and puts them back: a client of the protocol begins with the header `Content-Length`. Anything
 * else is refused: a web page can make a browser send an HTTP request whose body holds a debug adapter message.
 */
function whenProtocol(socket: Socket): Promise<boolean> {
  return new Promise((resolve) => {
    let seen = Buffer.alloc(0);
    const settle = (isProtocol: boolean): void => {
      socket.off('data', look);
      socket.off('close', close);
      socket.pause();
      if (isProtocol) socket.unshift(seen);
      resolve(isProtocol);
    };
    const close = (): void => {
      settle(false);
    };
    const look = (chunk: Buffer): void => {
      seen = Buffer.concat([seen, chunk]);
      const start = seen.toString('latin1', 0, FIRST_HEADER.length).toLowerCase();
      if (!FIRST_HEADER.startsWith(start)) settle(false);
      else if (start === FIRST_HEADER) settle(true);
    };
    socket.on('data', look);
    socket.on('close', close);
  });
}

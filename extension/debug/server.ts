/** The debug adapter for editors other than VS Code: `pagewalk dap`. */
import { createServer, type Server } from 'node:net';
import { PagewalkAdapter } from './adapter.ts';
import { nodeHost } from './node-host.ts';

/** Serves one session; resolves when the client closes the stream. */
export function serveStreams(input: NodeJS.ReadableStream, output: NodeJS.WritableStream): Promise<void> {
  return new Promise((resolve) => {
    const adapter = new PagewalkAdapter(nodeHost);
    adapter.on('close', () => {
      adapter.end();
      resolve();
    });
    input.on('end', () => adapter.emit('close'));
    adapter.start(input, output);
  });
}

/** Serves every connection to the port as a session of its own; port 0 takes a free one. */
export function servePort(port: number, host = '127.0.0.1'): Promise<Server> {
  return new Promise((resolve, reject) => {
    const server = createServer((socket) => void serveStreams(socket, socket));
    server.once('error', reject);
    server.listen(port, host, () => {
      resolve(server);
    });
  });
}

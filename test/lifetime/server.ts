import { once } from 'node:events';
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { keep } from './started.ts';

export interface KeptServer {
  readonly port: number;
  readonly close: () => Promise<unknown>;
}

/** Closes a server, with its connections, at the latest at the end of the test that started it. */
export function keepServer(server: Server): KeptServer {
  const sockets = new Set<Socket>();
  server.on('connection', (socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
  });
  const { port } = server.address() as AddressInfo;
  const closed = once(server, 'close');
  const close = (): Promise<unknown> => {
    server.close();
    for (const socket of sockets) socket.destroy();
    return closed;
  };
  server.once('close', keep({ what: `the server on port ${String(port)}`, end: close }));
  return { port, close };
}

/** Listens on a free port of this machine. */
export async function startServer(): Promise<KeptServer> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  return keepServer(server);
}

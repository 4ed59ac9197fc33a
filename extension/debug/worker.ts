// The thread on which the simulation and its debug adapter live.
import { parentPort } from 'node:worker_threads';
import type { DebugProtocol } from '@vscode/debugprotocol';
import { PagewalkAdapter } from './adapter.ts';
import { nodeHost } from './node-host.ts';

if (parentPort === null) throw new Error('the simulation runs in a worker thread');
const port = parentPort;
const adapter = new PagewalkAdapter(nodeHost);
adapter.onDidSendMessage((message) => {
  port.postMessage(message);
});
port.on('message', (message: DebugProtocol.ProtocolMessage) => {
  adapter.handleMessage(message);
});

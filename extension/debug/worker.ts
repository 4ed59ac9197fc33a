// The thread on which the simulation and its debug adapter live.
import { parentPort } from 'node:worker_threads';
import type { DebugProtocol } from '@vscode/debugprotocol';
import { PagewalkAdapter } from './adapter.ts';
import { nodeHost } from './node-host.ts';

if (parentPort === null) throw new Error('the simulation runs in a worker thread');
const port = parentPort;

// The first message names the folders of the workspace; all others are the protocol's.
port.once('message', (folders: readonly string[]) => {
  const adapter = new PagewalkAdapter(nodeHost(folders));
  adapter.onDidSendMessage((message) => {
    port.postMessage(message);
  });
  port.on('message', (message: DebugProtocol.ProtocolMessage) => {
    adapter.handleMessage(message);
  });
});

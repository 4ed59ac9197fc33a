/** `pagewalk dap`: the debug adapter, for editors other than VS Code. */
import type { AddressInfo, Server } from 'node:net';
import { ExitCode } from '../session/scenario/outcome.ts';
import { companionUrl } from './companion.ts';
import { writeError } from './output.ts';

/** What the adapter's own program exports. */
interface DebugServer {
  serveStreams(input: NodeJS.ReadableStream, output: NodeJS.WritableStream): Promise<void>;
  servePort(port: number): Promise<Server>;
}

export interface DapFlags {
  readonly port?: number;
}

/** On standard input and output until the client goes, or on a port until somebody stops it. */
export async function dap({ port }: DapFlags): Promise<ExitCode> {
  const url = companionUrl('dap.mjs', 'extension/debug/server.ts');
  const loaded = (await import(/* webpackIgnore: true */ url)) as DebugServer & { readonly default?: DebugServer };
  // As a CommonJS bundle its exports arrive as the default one.
  const server = loaded.default ?? loaded;
  if (port === undefined) {
    await server.serveStreams(process.stdin, process.stdout);
    // An open pipe would keep the process alive after its client has gone.
    process.stdin.destroy();
    return ExitCode.well;
  }
  let listening: Server;
  try {
    listening = await server.servePort(port);
  } catch (error) {
    const reason =
      (error as NodeJS.ErrnoException).code === 'EADDRINUSE' ? 'somebody else listens there' : String(error);
    writeError(`pagewalk: port ${String(port)} cannot be used: ${reason}; choose another, or 0 for any free one\n`);
    return ExitCode.badInput;
  }
  const { address, port: taken } = listening.address() as AddressInfo;
  writeError(`pagewalk: debug adapter on ${address}:${String(taken)}\n`);
  return ExitCode.well;
}

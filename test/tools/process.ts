import { spawn, type ChildProcess } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import { createServer } from 'node:net';
import path from 'node:path';
import { setTimeout } from 'node:timers/promises';

interface RunOptions {
  cwd?: string;
  env?: NodeJS.ProcessEnv;
  /** Called with every piece of output; the output still reaches the terminal. */
  onOutput?: (text: string) => void;
}

/** Runs a program with its output on the terminal and gives its exit code. */
export function run(command: string, args: string[], options: RunOptions = {}): Promise<number> {
  const { onOutput } = options;
  const child = spawn(command, args, {
    cwd: options.cwd,
    env: options.env ?? process.env,
    stdio: ['inherit', onOutput ? 'pipe' : 'inherit', onOutput ? 'pipe' : 'inherit'],
  });
  if (onOutput) {
    child.stdout?.on('data', (data: Buffer) => {
      process.stdout.write(data);
      onOutput(data.toString());
    });
    child.stderr?.on('data', (data: Buffer) => {
      process.stderr.write(data);
      onOutput(data.toString());
    });
  }
  return new Promise((resolve, reject) => {
    child.once('error', (error) => {
      reject(new Error(`cannot start ${command}: ${error.message}`, { cause: error }));
    });
    child.once('close', (code, signal) => {
      resolve(code ?? (signal ? 1 : 0));
    });
  });
}

/** Like `run`, but a non-zero exit code is an error. */
export async function must(command: string, args: string[], options: RunOptions = {}): Promise<void> {
  const code = await run(command, args, options);
  if (code !== 0) throw new Error(`${command} ${args.join(' ')} ended with exit code ${String(code)}`);
}

/** The first executable of these names on the PATH. */
export function findProgram(...names: string[]): string | undefined {
  for (const name of names) {
    for (const folder of (process.env['PATH'] ?? '').split(path.delimiter)) {
      const candidate = path.join(folder, name);
      if (folder !== '' && isExecutable(candidate)) return candidate;
    }
  }
  return undefined;
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => {
        if (address !== null && typeof address === 'object') resolve(address.port);
        else reject(new Error('the system gave no port'));
      });
    });
  });
}

/** Ends a detached child with everything it has started: asks first, kills after the grace period. */
export async function endGroup(child: ChildProcess, graceMilliseconds = 4000): Promise<void> {
  if (child.pid === undefined) return;
  signalGroup(child.pid, 'SIGTERM');
  const deadline = Date.now() + graceMilliseconds;
  while (signalGroup(child.pid, 0) && Date.now() < deadline) await setTimeout(50);
  signalGroup(child.pid, 'SIGKILL');
}

/** False when nothing of the group is left. */
function signalGroup(leader: number, signal: NodeJS.Signals | 0): boolean {
  try {
    process.kill(-leader, signal);
    return true;
  } catch {
    return false;
  }
}

import type { ChildProcess } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import path from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { startProgram } from '../lifetime/program.ts';
import { startServer } from '../lifetime/server.ts';
import { signalTree } from '../lifetime/signals.ts';

interface RunOptions {
  cwd?: string;
  env?: NodeJS.ProcessEnv;
  /** Is given the output instead of the terminal. */
  onOutput?: (text: string) => void;
}

/** Runs a program to its end and gives its exit code. */
export function run(command: string, args: string[], options: RunOptions = {}): Promise<number> {
  const { onOutput } = options;
  const child = startProgram(command, args, {
    cwd: options.cwd,
    env: options.env ?? process.env,
    stdio: ['inherit', onOutput ? 'pipe' : 'inherit', onOutput ? 'pipe' : 'inherit'],
    // A process group of its own, so that it can be ended with all that it starts.
    detached: true,
  });
  if (onOutput) {
    child.stdout?.setEncoding('utf8').on('data', onOutput);
    child.stderr?.setEncoding('utf8').on('data', onOutput);
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

/** A port on which nothing listens. */
export async function freePort(): Promise<number> {
  const { port, close } = await startServer();
  await close();
  return port;
}

/** Ends a detached child with everything it has started: asks first, kills after the grace period. */
export async function endGroup(child: ChildProcess, graceMilliseconds = 4000): Promise<void> {
  if (child.pid === undefined) return;
  signalTree(-child.pid, 'SIGTERM');
  const deadline = Date.now() + graceMilliseconds;
  while (signalTree(-child.pid, 0) && Date.now() < deadline) await setTimeout(50);
  signalTree(-child.pid, 'SIGKILL');
}

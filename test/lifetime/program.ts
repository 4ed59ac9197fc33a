import { spawn, type ChildProcess, type ChildProcessWithoutNullStreams, type SpawnOptions } from 'node:child_process';
import { once } from 'node:events';
import { signalTree } from './signals.ts';
import { keep } from './started.ts';

/** Starts a program that ends at the latest with the test, and with this process, that started it. */
export function startProgram(
  command: string,
  args: readonly string[],
  options?: SpawnOptions & { stdio?: 'pipe' },
): ChildProcessWithoutNullStreams;
export function startProgram(command: string, args: readonly string[], options: SpawnOptions): ChildProcess;
export function startProgram(command: string, args: readonly string[], options: SpawnOptions = {}): ChildProcess {
  const child = spawn(command, [...args], options);
  // Without a process id it never began, which its own 'error' event tells.
  if (child.pid === undefined) return child;
  const pid = options.detached === true ? -child.pid : child.pid;
  const exited = once(child, 'exit');
  const forget = keep({
    what: `the program '${[command, ...args].join(' ')}' (process ${String(child.pid)})`,
    pid,
    end: () => {
      signalTree(pid, 'SIGKILL');
      return exited;
    },
  });
  child.once('exit', forget);
  return child;
}

// What lives beside this process because a test or a tool has started it: programs, threads, servers, browsers. All of it
// is kept here, so that it can be ended by whoever ends the test, and ends at the latest with this process.
import { signalTree } from './signals.ts';

export interface Started {
  /** How a message names it. */
  readonly what: string;
  /** Of a program: its process, below zero if it leads a process group that ends with it. */
  readonly pid?: number | undefined;
  /** Ends it and waits until it has ended. */
  readonly end: () => unknown;
}

type Listener = (alive: readonly Started[]) => void;

const alive = new Set<Started>();
const listeners: Listener[] = [];

/** Everything that still lives. */
export function whatLives(): readonly Started[] {
  return [...alive];
}

/** Calls `listener` now and whenever something has begun or ended. */
export function onChange(listener: Listener): void {
  listeners.push(listener);
  listener(whatLives());
}

function tellListeners(): void {
  for (const listener of listeners) listener(whatLives());
}

/** Keeps something until the function that this gives is called: it has ended. */
export function keep(started: Started): () => void {
  if (alive.size === 0) listenToSignals();
  alive.add(started);
  tellListeners();
  return () => {
    if (alive.delete(started)) tellListeners();
  };
}

/** Ends what still lives, but not what is excepted. */
export async function endAll(except: ReadonlySet<Started> = new Set()): Promise<void> {
  const ending = whatLives().filter((started) => !except.has(started));
  await Promise.all(ending.map((started) => started.end()));
}

/** Ends the programs at once, without waiting: the last thing that a process does. */
function killPrograms(): void {
  for (const { pid } of alive) if (pid !== undefined) signalTree(pid, 'SIGKILL');
}

process.on('exit', killPrograms);

let isListening = false;

/** A Ctrl+C at the terminal reaches the children of this process, but no process group of their own. */
function listenToSignals(): void {
  if (isListening) return;
  isListening = true;
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.once(signal, () => {
      killPrograms();
      // Whoever else listens, such as mocha or `npm start`, decides what becomes of this process.
      if (process.listenerCount(signal) === 0) process.kill(process.pid, signal);
    });
  }
}

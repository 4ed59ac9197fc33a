// Tests wait for conditions, never for seconds. The one limit is that of the test as a whole (.mocharc.json); where it
// runs out, these waits end, and the failure says what was awaited.
import { setTimeout } from 'node:timers/promises';

const waits = new Set<string>();
let turn = 0;

/** The awaited promise; while it is pending, `what` is known as what the test waits for. */
export async function awaited<T>(promise: Promise<T>, what: string): Promise<T> {
  waits.add(what);
  try {
    return await promise;
  } finally {
    waits.delete(what);
  }
}

/** The first value that is neither undefined nor false. */
export async function until<T>(
  probe: () => T | undefined | false | PromiseLike<T | undefined | false>,
  what: string,
): Promise<T> {
  const ownTurn = turn;
  waits.add(what);
  for (;;) {
    const value = await probe();
    if (ownTurn !== turn) throw new Error(`the test ended before ${what}`);
    if (value !== undefined && value !== false) {
      waits.delete(what);
      return value;
    }
    await setTimeout(20);
  }
}

/** Ends all waits, whose test is over, and gives what they were for. */
export function endWaits(): string[] {
  turn++;
  const unfinished = [...waits];
  waits.clear();
  return unfinished;
}

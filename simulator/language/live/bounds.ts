/** How much a simulation while typing may take: settings under `pagewalk.live`. */

export interface LiveBounds {
  readonly seconds: number;
  /** Micro-steps. */
  readonly steps: number;
  /** Statements and rounds of loops. */
  readonly statements: number;
  /** MiB of the worker's heap. */
  readonly memory: number;
}

export const defaultBounds: LiveBounds = { seconds: 5, steps: 2_000_000, statements: 100_000, memory: 1024 };

/** The settings under `pagewalk` as a client sends them; whatever is no positive number is as if it were not set. */
export function boundsFrom(settings: unknown): LiveBounds {
  const live = isObject(settings) && isObject(settings['live']) ? settings['live'] : {};
  const bound = (name: keyof LiveBounds): number => {
    const value = live[name];
    return typeof value === 'number' && value > 0 && Number.isFinite(value) ? value : defaultBounds[name];
  };
  return { seconds: bound('seconds'), steps: bound('steps'), statements: bound('statements'), memory: bound('memory') };
}

/** The bounds that only the worker's host can keep, since the worker may be busy inside one statement. */
export type HostBound = 'seconds' | 'memory';

/** As in "simulation while typing stopped …". */
export function reasonOf(bound: HostBound, { seconds, memory }: LiveBounds): string {
  const much =
    bound === 'memory'
      ? `at ${String(memory)} MiB of memory`
      : `after ${String(seconds)} second${seconds === 1 ? '' : 's'}`;
  return `${much}, the bound of pagewalk.live.${bound}`;
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}

import type { Stop } from '../../../simulator/session/moves/stop.ts';
import type { TrapFilter } from '../../../simulator/session/state/run.ts';

/** What a `stopped` event says. */
export interface StopReport {
  readonly reason: string;
  readonly description: string;
  readonly thread?: number;
  readonly text?: string;
  readonly hits?: readonly number[];
  readonly exception?: NonNullable<Stop['exception']>;
}

const pausedOn: Readonly<Record<TrapFilter, string>> = {
  'page-fault': 'Paused on page fault',
  'cow-fault': 'Paused on copy-on-write fault',
  segv: 'Paused on refused access',
  oom: 'Paused on out-of-memory',
  expectation: 'Paused on failed expectation',
};

/** The same for a stop whichever way the simulation came to it. */
export function reportOf({ reason, description, thread, hits, exception }: Stop): StopReport {
  return {
    reason,
    // The whole text stands at the line; beside the thread's name there is room for a few words.
    description: exception === undefined ? description : pausedOn[exception.filter],
    ...(thread === undefined ? {} : { thread }),
    ...(exception === undefined ? {} : { text: exception.text, exception }),
    ...(hits === undefined ? {} : { hits }),
  };
}

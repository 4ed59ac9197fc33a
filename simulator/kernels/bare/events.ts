import { ownEvents } from '../../hardware/own-events.ts';

/** What the scenario's own kernel does to memory, so that an entry's history is known. */
const events = ownEvents({
  poke: { pa: 'physical', value: 'entry', bytes: 'bytes' },
  'set-root': { process: 'process', root: 'ppn' },
});

export const bareEvents = events;
export const Own = { poke: events.kinds.poke, setRoot: events.kinds['set-root'] };

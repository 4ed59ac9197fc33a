/** What this kernel tells beyond the common events. */
import { ownEvents } from '../../../hardware/own-events.ts';

export const haikuEvents = ownEvents({
  /** 8.5: a flush by list, or of everything where the list is too long. */
  'list-invalidate': { pages: 'count' },
  'global-invalidate': { pages: 'count' },
  /** 4.22: a region is deleted once more, by a holder's reference. */
  'refcount-steal': { region: 'count' },
  /** A lock is taken under one of a higher rank. */
  'lock-order': { lock: 'text', rank: 'count', held: 'count' },
  /** A call that this kernel does not have. */
  unsupported: { call: 'text' },
});

export const Own = haikuEvents.kinds;

/** Which source line mapped or unmapped a range of addresses last: for messages that name the line that is to blame. */
import type { Machine } from './machine.ts';
import type { VirtualAddress } from './word.ts';

export interface RegionNote {
  readonly action: 'mapped' | 'unmapped';
  /** Whose addresses they are. */
  readonly owner: number;
  /** `[start, end)`. */
  readonly start: VirtualAddress;
  readonly end: VirtualAddress;
  readonly line: number;
}

/** Older ones are forgotten. */
const MOST_NOTES = 512;

type Range = Pick<RegionNote, 'action' | 'start' | 'end'> & { readonly owner?: number | undefined };

/** Notes that the running line did that. A removed region notes itself, by its event; this is for parts of one. */
export function noteRegion({ regionLog, cause }: Machine, { action, start, end, owner = cause.owner }: Range): void {
  regionLog.push({ action, owner, start, end, line: cause.line });
  if (regionLog.length > MOST_NOTES) regionLog.shift();
}

/** The last line that did that to an address of an owner, or null. */
export function lineThat(
  { regionLog }: Machine,
  action: RegionNote['action'],
  owner: number,
  address: VirtualAddress,
): number | null {
  const note = regionLog.findLast(
    (known) => known.action === action && known.owner === owner && address >= known.start && address < known.end,
  );
  return note?.line ?? null;
}

/** Which source line mapped or unmapped a range of addresses last: for messages that name the line that is to blame. */
import type { FieldsOfEvent } from './event-shapes.ts';
import type { Machine } from './machine.ts';
import { emit, EventKind } from './trace-event.ts';
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

/** Notes that the running line did that to a part of a region. */
export function noteRegion({ regionLog, cause }: Machine, { action, start, end, owner = cause.owner }: Range): void {
  regionLog.push({ action, owner, start, end, line: cause.line });
  if (regionLog.length > MOST_NOTES) regionLog.shift();
}

/** Emits the end of a whole region, and notes it. */
export function emitRemoval(machine: Machine, cluster: number, removed: FieldsOfEvent<'region-remove'>): void {
  const { process: owner, start, end } = removed;
  noteRegion(machine, { action: 'unmapped', start, end, owner });
  emit(machine, EventKind.regionRemove, cluster, removed);
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

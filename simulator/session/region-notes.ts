import type { Frame } from '../execution/frame.ts';
import type { Run } from './run.ts';
import type { RegionNote } from './script.ts';

/** Older ones are forgotten: they are for messages only. */
const MOST_NOTES = 512;

/** Remembers which line mapped or unmapped a range of the current process. */
export function noteRegion(run: Run, here: Frame, action: RegionNote['action'], start: number, end: number): void {
  const { regionNotes } = run.script;
  regionNotes.push({ action, owner: here.activity.owner, start, end, line: here.activity.line });
  if (regionNotes.length > MOST_NOTES) regionNotes.shift();
}

/** The last line that did that to an address of a process, or null. */
export function lineThat(run: Run, action: RegionNote['action'], owner: number, address: number): number | null {
  const note = run.script.regionNotes.findLast(
    (known) => known.action === action && known.owner === owner && address >= known.start && address < known.end,
  );
  return note?.line ?? null;
}

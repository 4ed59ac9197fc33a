/** Every page that has something to show: present now, or cleared by the last step. */
import type { Subject } from './context.ts';
import { CowBits, entryFlags, isChanged } from './entry.ts';
import { CellFlag } from './models.ts';
import type { Inspection } from './inspection.ts';
import type { ScannedEntry } from '../hardware/table-scan.ts';

export interface MarkedPage {
  readonly vpn: number;
  readonly pages: number;
  readonly flags: number;
  /** Null: the last step cleared it. */
  readonly now: ScannedEntry | null;
  readonly before: ScannedEntry | null;
}

/** In order of addresses. */
export function markedPages(inspection: Inspection, subject: Subject): MarkedPage[] {
  const cow = new CowBits(inspection);
  const { scan, before } = subject;
  const marked = scan.entries.map((now): MarkedPage => {
    const old = before?.byVpn.get(now.vpn) ?? null;
    const changed = before !== null && isChanged(now, old) ? CellFlag.changed : 0;
    return {
      vpn: now.vpn,
      pages: now.pages,
      flags: entryFlags(inspection, subject, now, cow) | changed,
      now,
      before: old,
    };
  });
  const cleared = (before?.entries ?? [])
    .filter((old) => !scan.byVpn.has(old.vpn))
    .map((old): MarkedPage => ({ vpn: old.vpn, pages: old.pages, flags: CellFlag.changed, now: null, before: old }));
  return cleared.length === 0 ? marked : [...marked, ...cleared].sort((one, other) => one.vpn - other.vpn);
}

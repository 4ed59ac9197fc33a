/** Everything about one page. */
import { CellFlag, type PageModel } from './models.ts';
import { regionOfPage } from './address-space.ts';
import { contextOf, findSubject, regionOf, type Subject, type Target } from './context.ts';
import { CowBits, entryFlags, entryModel, isChanged, wordTexts } from './entry.ts';
import { frameOf } from './frames.ts';
import { InspectError } from './inspect-error.ts';
import type { Inspection } from './inspection.ts';
import { inspectEntry } from '../hardware/page-table-walker.ts';
import { addressOfVpn } from '../hardware/word.ts';
import { entryOf } from '../hardware/table-scan.ts';
import { whyPage } from './why.ts';

export function page(inspection: Inspection, target: Target, vpn: number): PageModel {
  const subject = findSubject(inspection, target);
  if (subject === null) throw new InspectError('there is no process yet, so there is no page to show');
  const region = regionOf(subject, vpn);
  const now = entryOf(subject.scan, vpn);
  const before = subject.before === null ? null : entryOf(subject.before, vpn);
  const changed = subject.before !== null && isChanged(now, before) ? CellFlag.changed : 0;
  const flags = changed | (now === null ? 0 : entryFlags(inspection, subject, now, new CowBits(inspection)));
  const known = now === null && changed === 0 ? null : entryModel(inspection, now, before, flags);
  const address = addressOfVpn(vpn);
  const guard =
    region?.guard ??
    subject.regions.find(({ guard: range }) => range !== undefined && address >= range.start && address < range.end)
      ?.guard;
  return {
    context: contextOf(inspection, subject),
    vpn,
    region: region === null ? null : regionOfPage(inspection, subject, region),
    entry: known?.entry ?? emptyEntry(inspection, subject, address),
    previous: known?.previous ?? null,
    frame: now === null ? null : frameOf(inspection, now.ppn + (vpn - now.vpn)),
    guard: guard !== undefined && address >= guard.start && address < guard.end,
    why: whyPage(inspection, subject, vpn),
  };
}

/** An entry that is in its table but maps nothing; null where not even the table is there. */
function emptyEntry(inspection: Inspection, { scan, ended }: Subject, address: number): PageModel['entry'] {
  // The tables of a process that has ended are in memory no more.
  const view = ended === null ? inspectEntry(inspection.machine, scan.root, address) : null;
  if (view === null) return null;
  return {
    address: view.address,
    level: view.level,
    present: false,
    words: wordTexts(inspection, view.words),
    bits: [],
    ppn: 0,
    frameCluster: null,
    pages: 1,
    flags: 0,
  };
}

/** Everything about one page. */
import { CellFlag, type PageModel } from './models.ts';
import { regionOfPage } from './address-space.ts';
import { contextOf, findSubject, regionOf, type Subject, type Target } from './context.ts';
import { CowBits, entryFlags, entryModel, isChanged, wordTexts } from './entry.ts';
import { frameOf } from './frames.ts';
import { InspectError } from './inspect-error.ts';
import type { Moment } from './moment.ts';
import { inspectEntry } from '../hardware/page-table-walker.ts';
import { addressOfVpn } from '../hardware/word.ts';
import { entryOf } from '../hardware/table-scan.ts';
import { whyPage } from './why.ts';

export function page(moment: Moment, target: Target, vpn: number): PageModel {
  const subject = findSubject(moment, target);
  if (subject === null) throw new InspectError('there is no process yet, so there is no page to show');
  const region = regionOf(subject, vpn);
  const now = entryOf(subject.scan, vpn);
  const before = subject.before === null ? null : entryOf(subject.before, vpn);
  const changed = subject.before !== null && isChanged(now, before) ? CellFlag.changed : 0;
  const flags = changed | (now === null ? 0 : entryFlags(moment, subject, now, new CowBits(moment)));
  const known = now === null && changed === 0 ? null : entryModel(moment, now, before, flags);
  const address = addressOfVpn(vpn);
  const guard =
    region?.guard ??
    subject.regions.find(({ guard: range }) => range !== undefined && address >= range.start && address < range.end)
      ?.guard;
  return {
    context: contextOf(moment, subject),
    vpn,
    region: region === null ? null : regionOfPage(moment, subject, region),
    entry: known?.entry ?? emptyEntry(moment, subject, address),
    previous: known?.previous ?? null,
    frame: now === null ? null : frameOf(moment, now.ppn + (vpn - now.vpn)),
    guard: guard !== undefined && address >= guard.start && address < guard.end,
    why: whyPage(moment, subject, vpn),
  };
}

/** An entry that is in its table but maps nothing; null where not even the table is there. */
function emptyEntry(moment: Moment, { scan, ended }: Subject, address: number): PageModel['entry'] {
  // The tables of a process that has ended are in memory no more.
  const view = ended === null ? inspectEntry(moment.machine, scan.root, address) : null;
  if (view === null) return null;
  return {
    address: view.address,
    level: view.level,
    present: false,
    words: wordTexts(moment, view.words),
    bits: [],
    ppn: 0,
    frameCluster: null,
    pages: 1,
    flags: 0,
  };
}

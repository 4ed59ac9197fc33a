/** One page-table entry for people: its words, its named bits with what changed, and the flags of its cell. */
import { viewEntry } from '../hardware/entry-view.ts';
import { pagingFormat } from '../hardware/layouts/formats.ts';
import type { Field } from '../hardware/layouts/layout.ts';
import type { LevelFormat, PageFormat } from '../hardware/layouts/paging-format.ts';
import { clusterX, clusterY } from '../hardware/machine-config.ts';
import type { EntryView } from '../hardware/page-table-walker.ts';
import { clusterOfPpn } from '../hardware/physical-memory.ts';
import type { Ppn } from '../hardware/word.ts';
import type { Subject } from './context.ts';
import { CellFlag, type BitModel, type ClusterName, type EntryModel, type PreviousEntry } from './models.ts';
import { isShared, type Inspection } from './inspection.ts';
import { attributeWords, type ScannedEntry } from '../hardware/table-scan.ts';

export function clusterName(inspection: Pick<Inspection, 'machine'>, cluster: number): ClusterName {
  const { config } = inspection.machine;
  return { index: cluster, x: clusterX(config, cluster), y: clusterY(config, cluster) };
}

export function frameClusterName(inspection: Inspection, ppn: Ppn): ClusterName | null {
  const cluster = clusterOfPpn(inspection.machine, ppn);
  return cluster < 0 ? null : clusterName(inspection, cluster);
}

/** The hardware's view of an entry that was read before. */
export function viewOfScanned(inspection: Inspection, entry: ScannedEntry): EntryView {
  return viewOfWords(inspection, entry, entry.first, entry.second);
}

function viewOfWords(
  inspection: Inspection,
  { table, address, vpn, rights }: ScannedEntry,
  first: number,
  second: number,
): EntryView {
  const format = pagingFormat(inspection.machine.config.paging);
  const level = format.levels[table.level - 1] as LevelFormat;
  const sizeShift = format.sizeShifts[(level.page as PageFormat).size] as number;
  return viewEntry(level, table.level, address, [first, second], vpn, sizeShift, rights);
}

/** COW is the kernel's word, not the hardware's; it depends on the attribute bits alone, so it is asked for once each. */
export class CowBits {
  private readonly known = new Map<string, boolean>();
  private readonly inspection: Inspection;

  constructor(inspection: Inspection) {
    this.inspection = inspection;
  }

  has(entry: ScannedEntry): boolean {
    const level = pagingFormat(this.inspection.machine.config.paging).levels[entry.table.level - 1] as LevelFormat;
    const key = `${entry.table.level} ${attributeWords(level, entry).join(' ')}`;
    let isCow = this.known.get(key);
    if (isCow === undefined) {
      isCow = this.inspection.kernel.softwareBits(viewOfScanned(this.inspection, entry)).cow;
      this.known.set(key, isCow);
    }
    return isCow;
  }
}

export function isChanged(now: ScannedEntry | null, before: ScannedEntry | null): boolean {
  if (now === null || before === null) return now !== before;
  return now.first !== before.first || now.second !== before.second;
}

/** `changed` left out: it needs the stop before. */
export function entryFlags(
  inspection: Inspection,
  { table, ended }: Subject,
  entry: ScannedEntry,
  cow: CowBits,
): number {
  const { page } = pagingFormat(inspection.machine.config.paging).levels[entry.table.level - 1] as LevelFormat;
  const { accessedMask, accessedRemoteMask, dirtyMask } = page as PageFormat;
  const frameCluster = clusterOfPpn(inspection.machine, entry.ppn);
  return (
    CellFlag.present |
    (entry.writable ? CellFlag.writable : 0) |
    ((entry.first & (accessedMask | accessedRemoteMask)) !== 0 ? CellFlag.accessed : 0) |
    ((entry.first & dirtyMask) !== 0 ? CellFlag.dirty : 0) |
    (cow.has(entry) ? CellFlag.cow : 0) |
    (frameCluster >= 0 && frameCluster !== table.cluster ? CellFlag.elsewhere : 0) |
    ((ended?.shared.includes(entry.ppn) ?? isShared(inspection, entry.ppn)) ? CellFlag.shared : 0)
  );
}

export function wordTexts({ machine }: Inspection, words: readonly number[]): string[] {
  const texts = words.map((word) => (word >>> 0).toString(16).toUpperCase().padStart(8, '0'));
  return pagingFormat(machine.config.paging).entryWords === 'one-number' ? [texts.reverse().join('')] : texts;
}

/** Bits that no kernel of ours uses, or that always have one value in a page's entry: shown only when they surprise. */
function isQuiet({ name, meaning }: Field): boolean {
  if (name === 'COW') return false;
  return /^software|free for software|pointer to|maps a big page|maps \d/.test(meaning);
}

function namedBits(inspection: Inspection, view: EntryView): { name: string; set: boolean }[] {
  const format = pagingFormat(inspection.machine.config.paging);
  const { fields } = ((format.levels[view.level - 1] as LevelFormat).page as PageFormat).layout;
  const quiet = new Map(fields.filter(isQuiet).map((field) => [field.name, field.meaning]));
  const named = new Set(view.bits.map((bit) => bit.name));
  // What the kernel calls a bit that the manual leaves to software says more than the bit's number.
  const own = inspection.kernel.softwareBits(view).names.map((name) => name.toUpperCase());
  const ours = own.filter((name) => !named.has(name)).map((name) => ({ name, set: true }));
  const isShown = ({ name, set }: { name: string; set: boolean }) => {
    const meaning = quiet.get(name);
    return (
      meaning === undefined || (set && meaning.includes('software') && (ours.length === 0 || !meaning.includes('free')))
    );
  };
  return [...view.bits.filter(isShown), ...ours];
}

/** Both states' bits under one head, in the format's order. */
export function bitModels(inspection: Inspection, now: EntryView, before: EntryView | null): BitModel[] {
  const current = namedBits(inspection, now);
  if (before === null) return current.map((bit) => ({ ...bit, changed: false }));
  const previous = new Map(namedBits(inspection, before).map((bit) => [bit.name, bit.set]));
  const bits = current.map(({ name, set }) => ({ name, set, changed: (previous.get(name) ?? false) !== set }));
  const names = new Set(current.map((bit) => bit.name));
  const gone = [...previous]
    .filter(([name, set]) => set && !names.has(name))
    .map(([name]) => ({ name, set: false, changed: true }));
  return [...bits, ...gone];
}

/** An entry as it is, next to what it was. `now` null: the last step cleared it. */
export function entryModel(
  inspection: Inspection,
  now: ScannedEntry | null,
  before: ScannedEntry | null,
  flags: number,
): { entry: EntryModel; previous: PreviousEntry | null } {
  const known = (now ?? before) as ScannedEntry;
  const view = now === null ? viewOfWords(inspection, known, 0, 0) : viewOfScanned(inspection, now);
  const changed = (flags & CellFlag.changed) !== 0;
  const was = changed && before !== null ? viewOfScanned(inspection, before) : null;
  return {
    entry: {
      address: view.address,
      level: view.level,
      present: now !== null,
      words: wordTexts(inspection, view.words),
      bits: bitModels(inspection, view, was),
      ppn: now?.ppn ?? 0,
      frameCluster: now === null ? null : frameClusterName(inspection, now.ppn),
      pages: known.pages,
      flags,
    },
    previous: changed ? previousEntry(inspection, before) : null,
  };
}

function previousEntry(inspection: Inspection, before: ScannedEntry | null): PreviousEntry {
  if (before === null) return { present: false, words: [], ppn: 0, frameCluster: null };
  const { words } = viewOfScanned(inspection, before);
  return {
    present: true,
    words: wordTexts(inspection, words),
    ppn: before.ppn,
    frameCluster: frameClusterName(inspection, before.ppn),
  };
}

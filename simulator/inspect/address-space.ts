/** The map of an address space: its regions, the state of each page, and the totals by kind. */
import { PAGE_SIZE } from '../hardware/word.ts';
import type { Protection, RegionKind, RegionView } from '../kernels/view.ts';
import { cellsOf, type Mark } from './cells.ts';
import { contextOf, findSubject, type Subject, type Target } from './context.ts';
import { clusterName } from './entry.ts';
import { markedPages, type MarkedPage } from './marked-pages.ts';
import { CellFlag, type AddressSpaceModel, type KindTotal, type RegionModel } from './models.ts';
import type { Inspection } from './inspection.ts';

export interface AddressSpaceRange {
  /** Bytes; only regions that reach into `[start, end)` are told. */
  readonly start: number;
  readonly end: number;
  /** Most cells for a region. */
  readonly buckets: number;
}

export function addressSpace(inspection: Inspection, target: Target, range: AddressSpaceRange): AddressSpaceModel {
  const subject = findSubject(inspection, target);
  const context = contextOf(inspection, subject);
  if (subject === null) return { context, regions: [], totals: [], changed: 0 };
  const marked = markedPages(inspection, subject);
  const all = subject.regions.map((view) => ({ view, pages: pagesIn(marked, view) }));
  return {
    context,
    regions: all
      .filter(({ view }) => view.start < range.end && view.end > range.start)
      .map(({ view, pages }) => ({
        ...regionFacts(inspection, view, pages),
        ...regionCells(view, pages, range.buckets),
      })),
    totals: totalsOf(all),
    changed: marked.filter((page) => (page.flags & CellFlag.changed) !== 0).length,
  };
}

/** The pages of a region that have something to show, a big page as many. */
export function pagesIn(marked: readonly MarkedPage[], region: RegionView): Mark[] {
  const first = Math.floor(region.start / PAGE_SIZE);
  const end = Math.ceil(region.end / PAGE_SIZE);
  const marks: Mark[] = [];
  for (const page of marked) {
    const from = Math.max(page.vpn, first);
    const to = Math.min(page.vpn + page.pages, end);
    for (let vpn = from; vpn < to; vpn++) marks.push({ vpn, flags: page.flags });
  }
  return marks;
}

/** `rw-`, with a further letter only where the kernel has one. */
export function protectionText({ read, write, execute, user }: Protection): string {
  return (read ? 'r' : '-') + (write ? 'w' : '-') + (execute ? 'x' : '-') + (user === true ? 'u' : '');
}

export function regionFacts(
  inspection: Inspection,
  view: RegionView,
  marks: readonly Mark[],
): Omit<RegionModel, 'cells' | 'bucketPages'> {
  const count = (flag: number) => marks.reduce((sum, mark) => sum + ((mark.flags & flag) !== 0 ? 1 : 0), 0);
  return {
    start: view.start,
    end: view.end,
    protection: protectionText(view.protection),
    kind: view.kind,
    name: view.name,
    cluster: view.cluster === null ? null : clusterName(inspection, view.cluster),
    note: view.note,
    pages: Math.ceil(view.end / PAGE_SIZE) - Math.floor(view.start / PAGE_SIZE),
    resident: count(CellFlag.present),
    shared: count(CellFlag.shared),
    cow: count(CellFlag.cow),
    changed: count(CellFlag.changed),
    guard: view.guard ?? null,
  };
}

function regionCells(
  view: RegionView,
  marks: readonly Mark[],
  limit: number,
): Pick<RegionModel, 'cells' | 'bucketPages'> {
  const first = Math.floor(view.start / PAGE_SIZE);
  return cellsOf(first, Math.ceil(view.end / PAGE_SIZE) - first, withGuard(view, marks), limit);
}

/** A guard inside its region is marked like a page; one beside it is told apart. */
function withGuard(view: RegionView, marks: readonly Mark[]): readonly Mark[] {
  const { guard } = view;
  if (guard === undefined) return marks;
  const own: Mark[] = [];
  const from = Math.max(guard.start, view.start) / PAGE_SIZE;
  const to = Math.min(guard.end, view.end) / PAGE_SIZE;
  const known = new Map(marks.map((mark) => [mark.vpn, mark.flags]));
  for (let vpn = from; vpn < to; vpn++) own.push({ vpn, flags: (known.get(vpn) ?? 0) | CellFlag.guard });
  const rest = marks.filter((mark) => mark.vpn < from || mark.vpn >= to);
  return own.length === 0 ? marks : [...rest, ...own].sort((one, other) => one.vpn - other.vpn);
}

function totalsOf(all: readonly { view: RegionView; pages: readonly Mark[] }[]): KindTotal[] {
  const totals = new Map<RegionKind, KindTotal>();
  for (const { view, pages } of all) {
    const known = totals.get(view.kind) ?? { kind: view.kind, reserved: 0, resident: 0, shared: 0 };
    const bytes = (flag: number) => pages.filter((page) => (page.flags & flag) !== 0).length * PAGE_SIZE;
    totals.set(view.kind, {
      kind: view.kind,
      reserved: known.reserved + view.end - view.start,
      resident: known.resident + bytes(CellFlag.present),
      shared: known.shared + bytes(CellFlag.shared),
    });
  }
  return [...totals.values()];
}

/** One region with its counts. */
export function regionOfPage(
  inspection: Inspection,
  subject: Subject,
  view: RegionView,
): Omit<RegionModel, 'cells' | 'bucketPages'> {
  return regionFacts(inspection, view, pagesIn(markedPages(inspection, subject), view));
}

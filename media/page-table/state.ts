/** All state of the page-table panel, and everything that changes it: pure, so that tests need no browser. */
import type {
  Description,
  InspectContext,
  PageSelection,
  PageTableFilter,
  PageTableModel,
  PageTableRow,
  SessionStatus,
  TranslateModel,
} from '../protocol/messages.ts';
import { clusterText, countText, hex, pageText } from '../shared/format.ts';
import { emptyMessage, followCurrent, noSession, viewOfSelection, type View } from '../shared/panel-state.ts';

/** Everything about a page-table answer but its rows, which are kept apart: they come in pieces. */
export type TableFacts = Omit<PageTableModel, 'rows' | 'start' | 'found'>;

export interface PanelState {
  readonly session: SessionStatus;
  readonly view: View;
  readonly filter: PageTableFilter;
  readonly facts: TableFacts | null;
  /** Row number to row, as far as they were asked for. */
  readonly rows: ReadonlyMap<number, PageTableRow>;
  /** The page that is selected, in both panels. */
  readonly selected: number | null;
  /** The address whose translation stands on top: a selected page's first, or the one gone to. */
  readonly address: number | null;
  readonly translation: TranslateModel | null;
  /** The row that the arrow keys are on. */
  readonly cursor: number;
  readonly error: string | null;
  readonly goToError: string | null;
  readonly announcement: string;
}

export const initialState: PanelState = {
  session: noSession,
  view: followCurrent,
  filter: 'present',
  facts: null,
  rows: new Map(),
  selected: null,
  address: null,
  translation: null,
  cursor: 0,
  error: null,
  goToError: null,
  announcement: '',
};

export function withSession(state: PanelState, session: SessionStatus): PanelState {
  const isNew = session.state === 'starting' || session.state === 'none';
  return isNew
    ? { ...state, session, facts: null, rows: new Map(), translation: null, error: null }
    : { ...state, session };
}

/** A first window replaces what was shown; a further one of the same stop and filter is added. */
export function withWindow(state: PanelState, model: PageTableModel): PanelState {
  const { rows, start, found, ...facts } = model;
  const before = state.facts;
  const isSame =
    before !== null &&
    before.context.stop === facts.context.stop &&
    before.filter === facts.filter &&
    before.context.process?.name === facts.context.process?.name &&
    before.context.cluster.index === facts.context.cluster.index;
  const merged = new Map(isSame ? state.rows : []);
  rows.forEach((row, index) => merged.set(start + index, row));
  const cursor = found ?? Math.min(state.cursor, Math.max(0, facts.total - 1));
  const announcement = isSame
    ? state.announcement
    : `${state.session.reason || 'stopped'}: ${countText(facts.counts.changed, 'entry', 'entries')} changed`;
  return { ...state, facts, rows: merged, cursor, error: null, announcement };
}

/** The row of what the step to a new stop has changed. */
export function newlyChanged({ facts }: PanelState, { context, firstChanged }: PageTableModel): number | null {
  return facts !== null && facts.context.stop !== context.stop ? firstChanged : null;
}

export function withFilter(state: PanelState, filter: PageTableFilter): PanelState {
  return { ...state, filter, cursor: 0 };
}

export function withView(state: PanelState, view: View): PanelState {
  return { ...state, view, translation: null };
}

/** Selects a page; `address` within it, when the way there was an address. */
export function withSelection(state: PanelState, vpn: number, address = vpn * 4096): PanelState {
  return { ...state, selected: vpn, address, goToError: null };
}

export function withLinkedSelection(state: PanelState, selection: PageSelection): PanelState {
  const view = viewOfSelection(state.view, state.facts?.context ?? null, selection);
  return { ...withSelection(state, selection.vpn), view };
}

export function withTranslation(state: PanelState, translation: TranslateModel): PanelState {
  return translation.address === state.address ? { ...state, translation } : state;
}

/** The rows of a screen that are not there yet, as one window; null when all are. */
export function missingWindow(
  state: PanelState,
  first: number,
  count: number,
): { start: number; count: number } | null {
  const end = Math.min(state.facts?.total ?? 0, first + count);
  let start = first;
  while (start < end && state.rows.has(start)) start++;
  let last = end;
  while (last > start && state.rows.has(last - 1)) last--;
  return last > start ? { start, count: last - start } : null;
}

/** Which row a key leads to. */
export function movedRow(cursor: number, total: number, page: number, key: string): number | null {
  const target = {
    ArrowDown: cursor + 1,
    ArrowUp: cursor - 1,
    PageDown: cursor + page,
    PageUp: cursor - page,
    Home: 0,
    End: total - 1,
  }[key];
  return target === undefined ? null : Math.max(0, Math.min(total - 1, target));
}

/** The heads under which bits stand: every name that a row on hand has, in the order of the format. */
export function bitNames(rows: Iterable<PageTableRow>): string[] {
  let names: string[] = [];
  for (const row of rows) {
    if (row.kind === 'table') continue;
    const own = row.entry.bits.map((bit) => bit.name);
    if (own.length > 0 && names.length === 0) names = own;
    for (const name of own) if (!names.includes(name)) names = [...names, name];
  }
  return names;
}

export function rowText(row: PageTableRow, context: InspectContext): string {
  if (row.kind === 'table') return `${row.title} at ${hex(row.address)}, ${countText(row.present, 'entry', 'entries')}`;
  if (row.kind === 'was') return `page ${pageText(row.vpn, context.addressBits)} was ${row.entry.words.join(' ')}`;
  const { entry, previous, region } = row;
  const bits = entry.bits.filter((bit) => bit.set).map((bit) => bit.name);
  const parts = [
    `page ${pageText(row.vpn, context.addressBits)}`,
    entry.present ? `${entry.words.join(' ')} ${bits.join(' ')} frame ${hex(entry.ppn)}` : 'not present',
    ...(entry.frameCluster !== null && context.clusters > 1 ? [`cluster ${clusterText(entry.frameCluster)}`] : []),
    ...(region === null ? [] : [region.name]),
    ...(previous === null ? [] : [previous.present ? `was ${previous.words.join(' ')}` : 'was not mapped']),
  ];
  return parts.join(', ');
}

export function describe(state: PanelState): Description {
  const { facts, rows, session, selected } = state;
  const known = [...rows.keys()].sort((one, other) => one - other).map((index) => rows.get(index) as PageTableRow);
  return {
    panel: 'pageTable',
    session: session.state,
    process: facts?.context.process?.name ?? null,
    cluster: facts === null ? null : clusterText(facts.context.cluster),
    stop: facts?.context.stop ?? null,
    lines: facts === null ? [] : known.map((row) => rowText(row, facts.context)),
    selected,
    message: state.error ?? emptyMessage(session, facts?.context ?? null),
  };
}

export interface SavedState {
  readonly version: 1;
  readonly view: View;
  readonly filter: PageTableFilter;
  readonly selected: number | null;
  readonly address: number | null;
}

const filters: readonly PageTableFilter[] = ['present', 'all', 'cow', 'dirty', 'elsewhere', 'changed'];

export function restoredState(saved: unknown): PanelState {
  const value = saved as Partial<SavedState> | undefined | null;
  if (value?.version !== 1) return initialState;
  return {
    ...initialState,
    view: { ...followCurrent, ...value.view },
    filter: filters.find((filter) => filter === value.filter) ?? 'present',
    selected: typeof value.selected === 'number' ? value.selected : null,
    address: typeof value.address === 'number' ? value.address : null,
  };
}

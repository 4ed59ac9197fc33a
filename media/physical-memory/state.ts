/** All state of the panel of physical memory, and everything that changes it: pure, so that tests need no browser. */
import type {
  BankModel,
  Description,
  FrameDetailModel,
  FrameMapModel,
  FrameMapRow,
  SessionStatus,
} from '../protocol/messages.ts';
import { clusterText, countText, hex } from '../shared/format.ts';
import { noSession } from '../shared/panel-state.ts';
import { cellsOf, cellText, rowOf, type MapFacts } from './cells.ts';

export type Coloring = 'owner' | 'kind' | 'sharing';
export const colorings: readonly Coloring[] = ['owner', 'kind', 'sharing'];

export interface PanelState {
  readonly session: SessionStatus;
  /** Null: that of the current thread. */
  readonly cluster: number | null;
  readonly perRow: number;
  readonly coloring: Coloring;
  readonly facts: MapFacts | null;
  readonly rows: ReadonlyMap<number, FrameMapRow>;
  /** The frame that the arrow keys are on, and the one that is selected, by page of the cluster. */
  readonly cursor: number;
  readonly selected: number | null;
  readonly detail: FrameDetailModel | null;
  readonly error: string | null;
  readonly announcement: string;
}

export const initialState: PanelState = {
  session: noSession,
  cluster: null,
  perRow: 16,
  coloring: 'owner',
  facts: null,
  rows: new Map(),
  cursor: 0,
  selected: null,
  detail: null,
  error: null,
  announcement: '',
};

export function withSession(state: PanelState, session: SessionStatus): PanelState {
  const isNew = session.state === 'starting' || session.state === 'none';
  return isNew ? { ...state, session, facts: null, rows: new Map(), detail: null, error: null } : { ...state, session };
}

/** A first window replaces what was shown; a further one of the same stop, cluster and width is added. */
export function withWindow(state: PanelState, model: FrameMapModel): PanelState {
  const { rows, start, found: _found, ...facts } = model;
  const before = state.facts;
  const isSame = before !== null && isSameMap(before, facts);
  const merged = new Map(isSame ? state.rows : []);
  rows.forEach((row, index) => merged.set(start + index, row));
  const announcement =
    before?.stop === facts.stop
      ? state.announcement
      : `${state.session.reason || 'stopped'}: ${countText(facts.changed, 'frame')} changed, ${countText(facts.free, 'frame')} free`;
  const isOther = before !== null && before.cluster.index !== facts.cluster.index;
  const kept = isOther ? { selected: null, detail: null, cursor: 0 } : {};
  return { ...state, ...kept, facts, rows: merged, error: null, announcement };
}

function isSameMap(one: MapFacts, other: MapFacts): boolean {
  return one.stop === other.stop && one.cluster.index === other.cluster.index && one.perRow === other.perRow;
}

/** The row of what the step to a new stop has changed. */
export function newlyChanged({ facts }: PanelState, model: FrameMapModel): number | null {
  return facts !== null && facts.stop !== model.stop ? model.firstChanged : null;
}

export function withDetail(state: PanelState, detail: FrameDetailModel): PanelState {
  const isShown = state.selected === detail.page && state.facts?.cluster.index === detail.cluster.index;
  return isShown ? { ...state, detail } : state;
}

export function withSelected(state: PanelState, page: number | null): PanelState {
  const detail = page === state.detail?.page ? state.detail : null;
  return { ...state, selected: page, cursor: page ?? state.cursor, detail };
}

/** Frames in a row, by the panel's width in pixels. */
export function perRowAt(width: number): number {
  return width < 400 ? 8 : width < 860 ? 16 : 32;
}

/** The rows of a screen that are not there yet, as one window; null when all are. */
export function missingRows(state: PanelState, first: number, count: number): { start: number; count: number } | null {
  const end = Math.min(state.facts?.total ?? 0, first + count);
  let start = first;
  while (start < end && state.rows.has(start)) start++;
  let last = end;
  while (last > start && state.rows.has(last - 1)) last--;
  return last > start ? { start, count: last - start } : null;
}

/** What to say where there is nothing to show; null when there is something. */
export function messageOf({ session, facts, error }: PanelState): string | null {
  if (error !== null) return error;
  if (facts !== null) return null;
  if (session.state === 'none') return 'No simulation is being debugged.';
  if (session.state === 'ended') return 'The simulation has ended.';
  return session.state === 'stopped' ? 'Reading the simulation…' : 'The simulation is running.';
}

/** More than these are reached by the picker: shown are those that are used most. */
const MOST_BANKS = 64;

export function banksShown(banks: readonly BankModel[], chosen: number): readonly BankModel[] {
  if (banks.length <= MOST_BANKS) return banks;
  const busiest = [...banks].sort((one, other) => one.free - other.free || one.cluster.index - other.cluster.index);
  const most = new Set(busiest.slice(0, MOST_BANKS / 2).map(({ cluster }) => cluster.index));
  return banks.filter(({ cluster }) => most.has(cluster.index) || cluster.index === chosen);
}

/** `736 of 1,024 free`, then how many frames are what. */
export function sumTexts({ totals, free, frames }: MapFacts): string[] {
  const others = totals.filter(({ content, frames: count }) => content !== 'free' && count > 0);
  const number = (count: number) => count.toLocaleString('en-US');
  return [`${number(free)} of ${number(frames)} free`, ...others.map((one) => `${number(one.frames)} ${one.state}`)];
}

/** 4.3 for 4.3 %; without digits from 10 on. */
export function percentText(share: number): string {
  const percent = share * 100;
  return percent === 0 ? '0' : percent >= 9.95 ? percent.toFixed(0) : percent.toFixed(1);
}

export function describe(state: PanelState): Description {
  const { facts, rows, session, selected } = state;
  const known = [...rows].sort(([one], [other]) => one - other);
  return {
    panel: 'physicalMemory',
    session: session.state,
    process: null,
    cluster: facts === null ? null : clusterText(facts.cluster),
    stop: facts?.stop ?? null,
    lines:
      facts === null
        ? []
        : [
            sumTexts(facts).join(' · '),
            ...known.map(([, row]) => `${hex(facts.firstPpn + row.page)}: ${rowText(row, facts)}`),
          ],
    selected,
    message: messageOf(state),
  };
}

function rowText(row: FrameMapRow, facts: MapFacts): string {
  return cellsOf(row, facts)
    .map((cell) => cellText(cell, facts))
    .join(' | ');
}

export function rowOfCursor({ rows, cursor }: PanelState): number | null {
  return rowOf(rows, cursor);
}

export interface SavedState {
  readonly version: 1;
  readonly cluster: number | null;
  readonly coloring: Coloring;
  readonly selected: number | null;
}

export function savedOf({ cluster, coloring, selected }: PanelState): SavedState {
  return { version: 1, cluster, coloring, selected };
}

export function restoredState(saved: unknown): PanelState {
  const value = saved as Partial<SavedState> | undefined | null;
  if (value?.version !== 1) return initialState;
  return {
    ...initialState,
    cluster: typeof value.cluster === 'number' ? value.cluster : null,
    coloring: colorings.find((one) => one === value.coloring) ?? 'owner',
    selected: typeof value.selected === 'number' ? value.selected : null,
  };
}

/** All state of the address-space panel, and everything that changes it: pure, so that tests need no browser. */
import {
  CellFlag,
  type AddressSpaceModel,
  type CellModel,
  type Description,
  type PageReply,
  type PageSelection,
  type RegionModel,
  type SessionStatus,
} from '../protocol/messages.ts';
import { addressText, clusterText, countText, endText, pageText, vpnOf } from '../shared/format.ts';
import { emptyMessage, followCurrent, noSession, viewOfSelection, type View } from '../shared/panel-state.ts';

export interface PanelState {
  readonly session: SessionStatus;
  readonly view: View;
  readonly model: AddressSpaceModel | null;
  /** The page whose card is open. */
  readonly selected: number | null;
  readonly page: PageReply | null;
  /** The page that the arrow keys are on. */
  readonly cursor: number | null;
  readonly error: string | null;
  readonly goToError: string | null;
  /** Read out by screen readers. */
  readonly announcement: string;
}

export const initialState: PanelState = {
  session: noSession,
  view: followCurrent,
  model: null,
  selected: null,
  page: null,
  cursor: null,
  error: null,
  goToError: null,
  announcement: '',
};

export function withSession(state: PanelState, session: SessionStatus): PanelState {
  const isNew = session.state === 'starting' || session.state === 'none';
  return isNew ? { ...state, session, model: null, page: null, error: null } : { ...state, session };
}

export function withModel(state: PanelState, model: AddressSpaceModel): PanelState {
  const changed = countText(model.changed, 'entry', 'entries');
  const announcement = `${state.session.reason || 'stopped'}: ${changed} changed`;
  const cursor = state.cursor !== null && regionAt(model, state.cursor) !== null ? state.cursor : null;
  const isOther = state.model?.context.process?.name !== model.context.process?.name;
  return {
    ...state,
    model,
    cursor,
    error: null,
    announcement,
    ...(isOther && state.model !== null && state.selected !== null && regionAt(model, state.selected) === null
      ? { selected: null, page: null }
      : {}),
  };
}

export function withView(state: PanelState, view: View): PanelState {
  return { ...state, view, page: null };
}

export function withSelection(state: PanelState, vpn: number | null): PanelState {
  const page = vpn !== null && state.page?.vpn === vpn ? state.page : null;
  return { ...state, selected: vpn, cursor: vpn ?? state.cursor, page, goToError: null };
}

/** A page selected in the other panel. */
export function withLinkedSelection(state: PanelState, selection: PageSelection): PanelState {
  const view = viewOfSelection(state.view, state.model?.context ?? null, selection);
  return { ...withSelection(state, selection.vpn), view };
}

export function withPage(state: PanelState, page: PageReply): PanelState {
  return page.vpn === state.selected ? { ...state, page } : state;
}

export function regionAt(model: AddressSpaceModel, vpn: number): RegionModel | null {
  return model.regions.find((region) => vpn >= vpnOf(region.start) && vpn < vpnOf(region.end)) ?? null;
}

export function cellAt(region: RegionModel, vpn: number): CellModel | null {
  return region.cells.find((cell) => vpn >= cell.vpn && vpn < cell.vpn + cell.pages) ?? null;
}

export type Move =
  | 'next' | 'previous' | 'nextRegion' | 'previousRegion' | 'regionStart' | 'regionEnd' | 'first' | 'last'; // prettier-ignore

/** Where a key takes the cursor; lines of cells (up and down) are the layout's affair. */
export function movedCursor(model: AddressSpaceModel, cursor: number | null, move: Move): number | null {
  const { regions } = model;
  const first = regions[0]?.cells[0]?.vpn ?? null;
  const last = regions.at(-1)?.cells.at(-1)?.vpn ?? null;
  const index = cursor === null ? -1 : regions.findIndex((region) => regionAt(model, cursor) === region);
  if (index < 0 || cursor === null) return move === 'last' || move === 'previous' ? last : first;
  const region = regions[index] as RegionModel;
  const at = region.cells.indexOf(cellAt(region, cursor) as CellModel);
  switch (move) {
    case 'first':
      return first;
    case 'last':
      return last;
    case 'next':
      return region.cells[at + 1]?.vpn ?? regions[index + 1]?.cells[0]?.vpn ?? cursor;
    case 'previous':
      return region.cells[at - 1]?.vpn ?? regions[index - 1]?.cells.at(-1)?.vpn ?? cursor;
    case 'regionStart':
      return region.cells[0]?.vpn ?? cursor;
    case 'regionEnd':
      return region.cells.at(-1)?.vpn ?? cursor;
    case 'nextRegion':
      return regions[index + 1]?.cells[0]?.vpn ?? cursor;
    case 'previousRegion':
      return at > 0 ? (region.cells[0] as CellModel).vpn : (regions[index - 1]?.cells[0]?.vpn ?? cursor);
  }
}

/** A cell in words, for tooltip and screen reader. */
export function cellText(cell: CellModel, region: RegionModel, addressBits: number): string {
  const parts = [`page ${pageText(cell.vpn, addressBits)}`];
  if (cell.pages > 1) parts[0] += ` to ${pageText(cell.vpn + cell.pages - 1, addressBits)}`;
  parts.push(region.name);
  const has = (flag: number) => (cell.flags & flag) !== 0;
  if (cell.pages > 1 && cell.resident > 0)
    parts.push(`${String(cell.resident)} of ${countText(cell.pages, 'page')} resident`);
  else if (has(CellFlag.present)) parts.push('resident');
  else if (has(CellFlag.guard)) parts.push('guard');
  else parts.push(cell.pages > 1 ? `${countText(cell.pages, 'page')} untouched` : 'not resident');
  if (has(CellFlag.cow)) parts.push('copy-on-write');
  else if (has(CellFlag.present)) parts.push(has(CellFlag.writable) ? 'writable' : 'read-only');
  if (has(CellFlag.dirty)) parts.push('dirty');
  if (has(CellFlag.shared)) parts.push('shared with another process');
  if (has(CellFlag.elsewhere)) parts.push('in another cluster');
  if (has(CellFlag.changed)) parts.push('changed by the last step');
  return parts.join(', ');
}

function regionLine(region: RegionModel, addressBits: number): string {
  const range = `${addressText(region.start, addressBits)} – ${endText(region.end, addressBits)}`;
  const marks = [
    `${String(region.resident)}/${String(region.pages)}`,
    ...(region.cow > 0 ? [`cow ${String(region.cow)}`] : []),
    ...(region.changed > 0 ? [`changed ${String(region.changed)}`] : []),
    ...(region.note === '' ? [] : [region.note]),
  ];
  return `${region.name} ${region.protection} ${range} ${marks.join(' · ')}`;
}

export function describe(state: PanelState): Description {
  const { model, session } = state;
  return {
    panel: 'addressSpace',
    session: session.state,
    process: model?.context.process?.name ?? null,
    cluster: model === null ? null : clusterText(model.context.cluster),
    stop: model?.context.stop ?? null,
    lines: model?.regions.map((region) => regionLine(region, model.context.addressBits)) ?? [],
    selected: state.selected,
    message: state.error ?? emptyMessage(session, model?.context ?? null),
  };
}

/** What survives a reload of the window. */
export interface SavedState {
  readonly version: 1;
  readonly view: View;
  readonly selected: number | null;
  readonly scrollTop: number;
}

export function restoredState(saved: unknown): { state: PanelState; scrollTop: number } {
  const value = saved as Partial<SavedState> | undefined | null;
  if (value?.version !== 1) return { state: initialState, scrollTop: 0 };
  const selected = typeof value.selected === 'number' ? value.selected : null;
  return {
    state: { ...initialState, view: { ...followCurrent, ...value.view }, selected, cursor: selected },
    scrollTop: typeof value.scrollTop === 'number' ? value.scrollTop : 0,
  };
}

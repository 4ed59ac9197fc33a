/** The panel's state as a signal, and what is asked of the host when it changes. */
import { signal } from '@preact/signals';
import type { AddressSpaceModel, PageReply, PageSelection, SessionStatus } from '../protocol/messages.ts';
import { vpnOf } from '../shared/format.ts';
import { request, savedState, saveState, send } from '../shared/host.ts';
import { Latest } from '../shared/latest.ts';
import { choiceOf, isBusy, repairView, selectionOf, type View } from '../shared/panel-state.ts';
import * as reduce from './state.ts';

/** At most so many cells a region: bigger ones are summed up in buckets. */
const BUCKETS = 256;

const restored = reduce.restoredState(savedState());
export const state = signal<reduce.PanelState>(restored.state);
let scrollTop = restored.scrollTop;

function update(next: reduce.PanelState): void {
  state.value = next;
  saveState({ version: 1, view: next.view, selected: next.selected, scrollTop } satisfies reduce.SavedState);
}

export function rememberScroll(top: number): void {
  scrollTop = top;
  update(state.value);
}

export const restoredScroll = restored.scrollTop;

const spaces = new Latest<AddressSpaceModel>(
  (reply) => {
    update(reduce.withModel(state.value, reply));
    loadPage();
  },
  (error) => {
    const view = repairView(state.value.view, error);
    if (view === null) update({ ...state.value, error: error.message });
    else setView(view);
  },
);

const pages = new Latest<PageReply>(
  (reply) => {
    update(reduce.withPage(state.value, reply));
  },
  (error) => {
    update({ ...state.value, page: null, error: error.message });
  },
);

function load(): void {
  if (state.value.session.state !== 'stopped') return;
  const args = { ...choiceOf(state.value.view), buckets: BUCKETS };
  spaces.run(() => request('addressSpace', args));
}

function loadPage(): void {
  const { selected, session, model: shown } = state.value;
  if (selected === null || shown === null || session.state !== 'stopped') return;
  const selection = selectionOf(shown.context, selected);
  if (selection !== null) pages.run(() => request('page', selection));
}

export function onSession(session: SessionStatus): void {
  update(reduce.withSession(state.value, session));
  if (!isBusy(session)) load();
}

export function onLinkedSelection(selection: PageSelection): void {
  const before = state.value.view;
  update(reduce.withLinkedSelection(state.value, selection));
  if (state.value.view === before) loadPage();
  else load();
}

export function setView(view: View): void {
  update(reduce.withView(state.value, view));
  load();
}

export function moveCursor(vpn: number | null): void {
  if (vpn !== null) update({ ...state.value, cursor: vpn });
}

export function select(vpn: number | null): void {
  update(reduce.withSelection(state.value, vpn));
  const context = state.value.model?.context;
  if (vpn === null || context === undefined) return;
  const selection = selectionOf(context, vpn);
  if (selection !== null) send({ type: 'select', selection });
  loadPage();
}

/** Selects the page of an expression's value; says so where the value lies in no region. */
export async function goTo(expression: string): Promise<void> {
  if (expression.trim() === '') return;
  try {
    const { address } = await request('evaluate', { expression });
    const vpn = vpnOf(address);
    const isMapped = state.value.model !== null && reduce.regionAt(state.value.model, vpn) !== null;
    select(vpn);
    if (!isMapped) update({ ...state.value, goToError: 'That address lies in no region.' });
  } catch (error) {
    update({ ...state.value, goToError: error instanceof Error ? error.message : String(error) });
  }
}

export function describe(): ReturnType<typeof reduce.describe> {
  return reduce.describe(state.value);
}

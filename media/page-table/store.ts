/** The panel's state as a signal, and what is asked of the host when it changes. */
import { signal } from '@preact/signals';
import type {
  PageSelection,
  PageTableFilter,
  PageTableModel,
  SessionStatus,
  TranslateModel,
} from '../protocol/messages.ts';
import { vpnOf } from '../shared/format.ts';
import { request, savedState, saveState, send } from '../shared/host.ts';
import { Latest } from '../shared/latest.ts';
import { choiceOf, isBusy, repairView, selectionOf, type View } from '../shared/panel-state.ts';
import * as reduce from './state.ts';

/** Rows asked for at once: a few screens. */
const WINDOW = 160;

export const state = signal<reduce.PanelState>(reduce.restoredState(savedState()));
/** A row that is to come into sight; a new object each time. */
export const reveal = signal<{ readonly row: number } | null>(null);

let firstVisible = 0;

function update(next: reduce.PanelState): void {
  state.value = next;
  const { view, filter, selected, address } = next;
  saveState({ version: 1, view, filter, selected, address } satisfies reduce.SavedState);
}

const windows = new Latest<PageTableModel>(
  (model) => {
    const wanted = model.found ?? reduce.newlyChanged(state.value, model);
    update(reduce.withWindow(state.value, model));
    if (wanted !== null) reveal.value = { row: wanted };
  },
  (error) => {
    const view = repairView(state.value.view, error);
    if (view === null) update({ ...state.value, error: error.message });
    else setView(view);
  },
);

const translations = new Latest<TranslateModel>(
  (model) => {
    update(reduce.withTranslation(state.value, model));
  },
  (error) => {
    update({ ...state.value, translation: null, goToError: error.message });
  },
);

function ask(start: number, count: number, find: number | null): void {
  const { view, filter } = state.value;
  const args = { ...choiceOf(view), filter, start, count, ...(find === null ? {} : { find }) };
  windows.run(async () => {
    const model = await request('pageTable', args);
    const isOutside = model.found !== null && (model.found < start || model.found >= start + count);
    return isOutside ? request('pageTable', { ...args, start: Math.max(0, model.found - WINDOW / 2) }) : model;
  });
}

function load(find: number | null = null): void {
  if (state.value.session.state !== 'stopped') return;
  ask(Math.max(0, firstVisible - WINDOW / 4), WINDOW, find);
  loadTranslation();
}

function loadTranslation(): void {
  const { address, session, view, facts } = state.value;
  if (address === null || session.state !== 'stopped' || facts?.context.process === null) return;
  translations.run(() => request('translate', { ...choiceOf(view), address }));
}

/** What scrolls into sight is asked for. */
export function showRows(first: number, count: number): void {
  firstVisible = first;
  const { session } = state.value;
  const missing = session.state === 'stopped' ? reduce.missingWindow(state.value, first, count) : null;
  if (missing !== null) ask(Math.max(0, missing.start - WINDOW / 4), Math.max(WINDOW, missing.count), null);
}

export function onSession(session: SessionStatus): void {
  update(reduce.withSession(state.value, session));
  if (!isBusy(session)) load();
}

export function onLinkedSelection(selection: PageSelection): void {
  update(reduce.withLinkedSelection(state.value, selection));
  load(selection.vpn);
}

export function setView(view: View): void {
  update(reduce.withView(state.value, view));
  load(state.value.selected);
}

export function setFilter(filter: PageTableFilter): void {
  firstVisible = 0;
  update(reduce.withFilter(state.value, filter));
  reveal.value = { row: 0 };
  load(state.value.selected);
}

export function moveCursor(row: number): void {
  update({ ...state.value, cursor: row });
  reveal.value = { row };
}

export function selectRow(row: number): void {
  const entry = state.value.rows.get(row);
  update({ ...state.value, cursor: row });
  reveal.value = { row };
  if (entry?.kind === 'entry') select(entry.vpn);
}

function select(vpn: number, address?: number): void {
  update(reduce.withSelection(state.value, vpn, address));
  const context = state.value.facts?.context;
  const selection = context === undefined ? null : selectionOf(context, vpn);
  if (selection !== null) send({ type: 'select', selection });
  loadTranslation();
}

export async function goTo(expression: string): Promise<void> {
  if (expression.trim() === '') return;
  try {
    const { address } = await request('evaluate', { expression });
    select(vpnOf(address), address);
    load(vpnOf(address));
  } catch (error) {
    update({ ...state.value, goToError: error instanceof Error ? error.message : String(error) });
  }
}

export function describe(): ReturnType<typeof reduce.describe> {
  return reduce.describe(state.value);
}

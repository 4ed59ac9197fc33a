/** The panel's state as a signal, and what is asked of the host when it changes. */
import { signal } from '@preact/signals';
import { codeOf } from '../protocol/panel-error.ts';
import type { FrameDetailModel, FrameMapModel, Mapping, PageSelection, SessionStatus } from '../protocol/messages.ts';
import { request, savedState, saveState, send } from '../shared/host.ts';
import { Latest } from '../shared/latest.ts';
import { isBusy } from '../shared/panel-state.ts';
import * as reduce from './state.ts';

/** Rows asked for at once: a few screens. */
const WINDOW = 96;

export const state = signal<reduce.PanelState>(reduce.restoredState(savedState()));
/** A row that is to come into sight; a new object each time. */
export const reveal = signal<{ readonly row: number } | null>(null);

let firstVisible = 0;

function update(next: reduce.PanelState): void {
  state.value = next;
  saveState(reduce.savedOf(next));
}

const windows = new Latest<FrameMapModel>(
  (model) => {
    const wanted = model.found ?? reduce.newlyChanged(state.value, model);
    update(reduce.withWindow(state.value, model));
    if (wanted !== null) reveal.value = { row: wanted };
    loadDetail();
  },
  (error) => {
    // A cluster that the new session's machine does not have cannot be kept.
    if (codeOf(error) === 'unknown-cluster' && state.value.cluster !== null) setCluster(null);
    else update({ ...state.value, error: error.message });
  },
);

const details = new Latest<FrameDetailModel>(
  (detail) => {
    update(reduce.withDetail(state.value, detail));
  },
  (error) => {
    update({ ...state.value, detail: null, error: error.message });
  },
);

function ask(start: number, count: number, find: number | null = null): void {
  const { cluster, perRow } = state.value;
  const args = { ...(cluster === null ? {} : { cluster }), perRow, start, count, ...(find === null ? {} : { find }) };
  windows.run(async () => {
    const model = await request('frameMap', args);
    const isOutside = model.found !== null && (model.found < start || model.found >= start + count);
    return isOutside ? request('frameMap', { ...args, start: Math.max(0, model.found - WINDOW / 2) }) : model;
  });
}

function load(find: number | null = null): void {
  if (state.value.session.state === 'stopped') ask(Math.max(0, firstVisible - WINDOW / 4), WINDOW, find);
}

function loadDetail(): void {
  const { selected, facts, session, detail } = state.value;
  if (selected === null || facts === null || session.state !== 'stopped') return;
  if (detail?.page === selected && detail.stop === facts.stop) return;
  if (selected < facts.frames) details.run(() => request('frame', { cluster: facts.cluster.index, page: selected }));
}

/** What scrolls into sight is asked for. */
export function showRows(first: number, count: number): void {
  firstVisible = first;
  const missing = state.value.session.state === 'stopped' ? reduce.missingRows(state.value, first, count) : null;
  if (missing !== null) ask(Math.max(0, missing.start - WINDOW / 4), Math.max(WINDOW, missing.count));
}

export function onSession(session: SessionStatus): void {
  update(reduce.withSession(state.value, session));
  if (!isBusy(session)) load();
}

/** The frame of a page that is selected elsewhere is selected here. */
export function onLinkedSelection({ process, cluster, vpn }: PageSelection): void {
  if (state.value.session.state !== 'stopped') return;
  void request('page', { process, cluster, vpn }).then(
    ({ frame }) => {
      if (frame !== null) showFrame(frame.cluster.index, frame.page);
    },
    // A page of a process that is gone has no frame to show.
    () => undefined,
  );
}

/** Shows a frame of any cluster. */
export function showFrame(cluster: number, page: number): void {
  const isOther = state.value.facts?.cluster.index !== cluster;
  update({ ...state.value, ...(isOther ? { cluster, detail: null } : {}), selected: page, cursor: page });
  load(page);
}

export function setCluster(cluster: number | null): void {
  firstVisible = 0;
  update({ ...state.value, cluster });
  reveal.value = { row: 0 };
  load();
}

export function setPerRow(perRow: number): void {
  if (perRow === state.value.perRow) return;
  update({ ...state.value, perRow });
  load(state.value.selected);
}

export function setColoring(coloring: reduce.Coloring): void {
  update({ ...state.value, coloring });
}

export function moveCursor(cursor: number): void {
  update({ ...state.value, cursor });
  const row = reduce.rowOfCursor(state.value);
  if (row !== null) reveal.value = { row };
}

export function select(page: number | null): void {
  update(reduce.withSelected(state.value, page));
  loadDetail();
}

/** Shows the page of a mapping in the other panels. */
export function showMapping({ process, cluster, vpn }: Mapping): void {
  send({ type: 'select', selection: { process, cluster: cluster.index, vpn } });
}

export function describe(): ReturnType<typeof reduce.describe> {
  return reduce.describe(state.value);
}

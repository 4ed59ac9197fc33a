/** The panel's state as a signal, and what is asked of the host when it changes. */
import { signal } from '@preact/signals';
import type { SessionStatus, TimelineReply } from '../protocol/messages.ts';
import { request, savedState, saveState, send } from '../shared/host.ts';
import { Latest } from '../shared/latest.ts';
import { isBusy } from '../shared/panel-state.ts';
import * as reduce from './state.ts';

export const state = signal<reduce.PanelState>(reduce.restoredState(savedState()));

/** Columns of the picture: never finer than can be drawn. */
let columns = 400;

export function update(next: reduce.PanelState): void {
  const before = state.value;
  state.value = next;
  saveState(reduce.savedOf(next));
  if (before.view !== next.view || before.selection !== next.selection) load();
}

const pictures = new Latest<TimelineReply>(
  (model) => {
    update(reduce.withModel(state.value, model));
    // Each answer records a little further.
    if (!model.isComplete) load();
    else if (state.value.overview?.recorded !== model.recorded) loadOverview();
  },
  (error) => {
    update({ ...state.value, error: error.message });
  },
);

const overviews = new Latest<TimelineReply>(
  (overview) => {
    update({ ...state.value, overview });
  },
  // Without an overview the picture has to do.
  () => undefined,
);

function load(): void {
  const { session, view, selection } = state.value;
  if (session.state !== 'stopped') return;
  const sums = selection === null ? {} : { sumFrom: selection.from, sumTo: selection.to };
  const window = view ?? { from: 0, to: Number.MAX_SAFE_INTEGER };
  pictures.run(() => request('timeline', { ...window, buckets: columns, ...sums }));
}

function loadOverview(): void {
  overviews.run(() => request('timeline', { from: 0, to: Number.MAX_SAFE_INTEGER, buckets: columns }));
}

export function onSession(session: SessionStatus): void {
  update(reduce.withSession(state.value, session));
  if (!isBusy(session)) load();
}

/** The picture is so many pixels wide now. */
export function setWidth(width: number): void {
  const wanted = Math.max(16, Math.min(2048, Math.floor(width / 2)));
  if (wanted === columns) return;
  columns = wanted;
  load();
}

/** The simulation goes there; all panels follow. */
export async function seekTo(step: number): Promise<void> {
  if (state.value.session.state !== 'stopped') return;
  try {
    const { position } = await request('timelineMoment', { step: Math.max(0, Math.round(step)) });
    send({ type: 'seek', position });
  } catch (error) {
    update({ ...state.value, announcement: error instanceof Error ? error.message : String(error) });
  }
}

/** To the next or the previous thing of the chosen kind. */
export async function goToEvent(direction: 'next' | 'previous'): Promise<void> {
  const { kind } = state.value;
  const step = reduce.cursorOf(state.value);
  try {
    const found = await request('timelineFind', { step, direction, ...(kind === null ? {} : { kind }) });
    update({ ...state.value, cursor: found.step, announcement: `step ${reduce.stepText(found.step)}: ${found.text}` });
    send({ type: 'seek', position: found.position });
  } catch (error) {
    update({ ...state.value, announcement: error instanceof Error ? error.message : String(error) });
  }
}

export function describe(): ReturnType<typeof reduce.describe> {
  return reduce.describe(state.value);
}

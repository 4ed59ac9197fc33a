/** The panel's state as a signal, and what is asked of the host when it changes. */
import { signal } from '@preact/signals';
import type { KernelViewsModel, PageSelection, SessionStatus } from '../protocol/messages.ts';
import { request, savedState, saveState } from '../shared/host.ts';
import { Latest } from '../shared/latest.ts';
import { choiceOf, isBusy, repairView, type View } from '../shared/panel-state.ts';
import * as reduce from './state.ts';

export const state = signal<reduce.PanelState>(reduce.restoredState(savedState()));

function update(next: reduce.PanelState): void {
  state.value = next;
  saveState(reduce.savedOf(next));
}

const pictures = new Latest<KernelViewsModel>(
  (model) => {
    update(reduce.withModel(state.value, model));
  },
  (error) => {
    const { view: chosen, around } = state.value;
    const view = repairView(chosen, error);
    if (view !== null) setView(view);
    // The machine of the new session may have no such cluster.
    else if (around !== null) setAround(null);
    else update({ ...state.value, error: error.message });
  },
);

function load(): void {
  const { session, view, around } = state.value;
  if (session.state !== 'stopped') return;
  pictures.run(() => request('kernelViews', { ...choiceOf(view), ...(around === null ? {} : { around }) }));
}

export function onSession(session: SessionStatus): void {
  update(reduce.withSession(state.value, session));
  if (!isBusy(session)) load();
}

/** A page selected elsewhere brings its process here. */
export function onLinkedSelection({ process }: PageSelection): void {
  if (state.value.model?.context.process?.name !== process) setView({ process, cluster: null });
}

export function setView(view: View): void {
  update({ ...state.value, view });
  load();
}

/** Null: follow the current thread. */
export function setAround(around: number | null): void {
  update({ ...state.value, around });
  load();
}

export function fold(key: string, isFolded?: boolean): void {
  update(reduce.withFolded(state.value, key, isFolded));
}

export function moveCursor(view: string, node: string): void {
  update(reduce.withCursor(state.value, view, node));
}

export function describe(): ReturnType<typeof reduce.describe> {
  return reduce.describe(state.value);
}

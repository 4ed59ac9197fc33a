/** The panel's state as a signal, and what is asked of the host when it changes. */
import { signal } from '@preact/signals';
import { codeOf } from '../protocol/panel-error.ts';
import type { MachineModel, PageSelection, SessionStatus } from '../protocol/messages.ts';
import { request, savedState, saveState, send } from '../shared/host.ts';
import { Latest } from '../shared/latest.ts';
import { isBusy } from '../shared/panel-state.ts';
import * as reduce from './state.ts';

export const state = signal<reduce.PanelState>(reduce.restoredState(savedState()));
/** The wait whose way through the mesh is lit: the row under the pointer. */
export const lit = signal<reduce.WaitRow | null>(null);

function update(next: reduce.PanelState): void {
  state.value = next;
  saveState({ version: 1, cluster: next.cluster } satisfies reduce.SavedState);
}

const pictures = new Latest<MachineModel>(
  (model) => {
    lit.value = null;
    update(reduce.withModel(state.value, model));
  },
  (error) => {
    // A cluster that the new session's machine does not have cannot be kept.
    if (codeOf(error) === 'unknown-cluster' && state.value.cluster !== null) choose(null);
    else update({ ...state.value, error: error.message });
  },
);

function load(): void {
  const { session } = state.value;
  if (session.state !== 'stopped') return;
  pictures.run(async () => {
    const { cluster } = state.value;
    const model = await request('machine', { cluster: reduce.chosenOf(state.value) });
    // Which cluster the current thread is in is known with the answer.
    if (cluster !== null || model.detail?.cluster.index === model.current.index) return model;
    return request('machine', { cluster: model.current.index });
  });
}

export function onSession(session: SessionStatus): void {
  update(reduce.withSession(state.value, session));
  if (!isBusy(session)) load();
}

/** A page selected elsewhere brings the cluster of its table here. */
export function onLinkedSelection({ cluster }: PageSelection): void {
  if (state.value.cluster !== null) choose(cluster);
}

/** Null: follow the current thread. */
export function choose(cluster: number | null): void {
  update({ ...state.value, cluster });
  load();
}

export function showMemory(cluster: number): void {
  send({ type: 'showMemory', cluster });
}

export function describe(): ReturnType<typeof reduce.describe> {
  return reduce.describe(state.value);
}

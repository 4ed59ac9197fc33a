/** The panel's state as a signal, and what the user does to it. */
import { signal } from '@preact/signals';
import type { CompareStatus } from '../protocol/comparison.ts';
import { savedState, saveState, send } from '../shared/host.ts';
import * as reduce from './state.ts';

export const state = signal<reduce.PanelState>(reduce.restoredState(savedState()));

function update(next: reduce.PanelState): void {
  const isKept = next.shown === state.value.shown && next.filter === state.value.filter;
  state.value = next;
  if (!isKept) saveState(reduce.savedOf(next));
}

export function onCompare(status: CompareStatus): void {
  update(reduce.withStatus(state.value, status));
}

export function onLine(line: number | null): void {
  update({ ...state.value, line });
}

export function setFilter(filter: reduce.PanelState['filter']): void {
  update({ ...state.value, filter, cursor: 0 });
}

export function moveCursor(cursor: number): void {
  update({ ...state.value, cursor });
}

export function goToLine(line: number): void {
  send({ type: 'reveal', line });
}

export function act(action: 'again' | 'cancel' | 'choose'): void {
  send({ type: 'compare', action });
}

export function describe(): ReturnType<typeof reduce.describe> {
  return reduce.describe(state.value);
}

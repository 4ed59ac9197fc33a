/** What keys do in the timeline. */
import type { KeyList } from '../shared/key-sheet.tsx';
import { cursorOf, fitted, movedCursor, panned, selectSlice, withSelection, zoomed, type PanelState } from './state.ts';
import { goToEvent, seekTo, state, update } from './store.ts';

export const keys: KeyList = [
  ['W, S', 'zoom in and out'],
  ['A, D', 'go left and right'],
  ['F', 'fit the selection; again: the whole run'],
  ['Arrow keys', 'move the cursor'],
  ['Enter', 'go to the cursor: all panels follow'],
  ['. and ,', 'go to the next and the previous event'],
  ['R', 'select the slice under the cursor'],
  ['Escape', 'drop the selection'],
  ['T', 'show everything as a table, and back'],
];

const moves: Readonly<Record<string, (current: PanelState) => PanelState>> = {
  w: (current) => zoomed(current, 0.5),
  s: (current) => zoomed(current, 2),
  a: (current) => panned(current, -0.25),
  d: (current) => panned(current, 0.25),
  f: fitted,
  r: selectSlice,
  t: (current) => ({ ...current, isTable: !current.isTable }),
};

/** `columns`: steps of the arrow keys across the picture. */
export function onKey(event: KeyboardEvent, columns: number): void {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  const current = state.value;
  const moved = movedCursor(current, event.key, columns);
  const move = moves[event.key.toLowerCase()];
  if (moved !== null) update({ ...current, cursor: moved });
  else if (move !== undefined) update(move(current));
  else if (event.key === 'Enter') void seekTo(cursorOf(current));
  else if (event.key === '.') void goToEvent('next');
  else if (event.key === ',') void goToEvent('previous');
  else if (event.key === 'Escape' && current.selection !== null) update(withSelection(current, null));
  else return;
  event.preventDefault();
}

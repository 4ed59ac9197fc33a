/** Bounds on the size of one value. Values are small: what needs more belongs in simulated memory. */
import { type Bounds, boundText, raiseHint } from './bounds.ts';

export type ValueBounds = Pick<Bounds, 'stringLength' | 'listLength' | 'setting'>;

/** Null: more than the bound, without having counted all of them. */
export function tooLongList(elements: number | null, bounds: ValueBounds): string {
  const count = elements === null ? 'too many' : elements.toLocaleString('en');
  const most = boundText('listLength', bounds.listLength);
  return `The list would have ${count} elements; a list may have at most ${most}, those of inner lists included. Use a smaller list, or ${raiseHint('listLength', bounds)}.`;
}

export function tooLongString(characters: number, bounds: ValueBounds): string {
  const most = boundText('stringLength', bounds.stringLength);
  return `The string would have ${characters.toLocaleString('en')} characters; a string may have at most ${most}. Use a shorter string, or ${raiseHint('stringLength', bounds)}.`;
}

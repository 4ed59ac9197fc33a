/** Bounds on the size of one value. Values are small: what needs more belongs in simulated memory. */

/** Elements of a list or fields of a record, those of lists and records inside included. */
export const longestList = 100_000;
/** Characters of a string. */
export const longestString = 1_048_576;

/** Null: more than the bound, without having counted all of them. */
export function tooLongList(elements: number | null): string {
  const count = elements === null ? 'too many' : String(elements);
  return `The list would have ${count} elements; a list may have at most ${String(longestList)}, those of inner lists included.`;
}

export function tooLongString(characters: number): string {
  return `The string would have ${String(characters)} characters; a string may have at most ${String(longestString)}.`;
}

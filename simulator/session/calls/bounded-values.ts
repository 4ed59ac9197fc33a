/** Values that grow by combining others, within the bounds on one value. */
import { ScenarioFailure } from '../scenario/scenario-failure.ts';
import type { SourceRange } from '../scenario/scenario.ts';
import { longestList, longestString, tooLongList, tooLongString } from '../scenario/value-bounds.ts';
import type { Value } from '../state/values.ts';

export function joinedStrings(left: string, right: string, range: SourceRange): string {
  const length = left.length + right.length;
  if (length > longestString) throw new ScenarioFailure('WALK240', tooLongString(length), range);
  return left + right;
}

/** The same list. One that stands several times inside counts as often, as whoever goes through it meets it. */
export function boundedList(items: Value[], range: SourceRange): Value[] {
  if (countElements(items, 0) > longestList) throw new ScenarioFailure('WALK240', tooLongList(null), range);
  return items;
}

/** Gives up behind the bound. */
function countElements(items: Iterable<Value>, before: number): number {
  let elements = before;
  for (const item of items) {
    if (++elements > longestList) return elements;
    if (Array.isArray(item)) elements = countElements(item, elements);
    else if (typeof item === 'object' && item !== null && item.kind === 'record')
      elements = countElements(item.fields.values(), elements);
  }
  return elements;
}

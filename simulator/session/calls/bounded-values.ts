/** Values that grow by combining others, within the bounds on one value. */
import { ScenarioFailure } from '../scenario/scenario-failure.ts';
import type { SourceRange } from '../scenario/scenario.ts';
import { tooLongList, tooLongString, type ValueBounds } from '../scenario/value-bounds.ts';
import type { Value } from '../state/values.ts';

export function joinedStrings(left: string, right: string, bounds: ValueBounds, range: SourceRange): string {
  const length = left.length + right.length;
  if (length > bounds.stringLength) throw new ScenarioFailure('WALK240', tooLongString(length, bounds), range);
  return left + right;
}

/** The same list. One that stands several times inside counts as often, as whoever goes through it meets it. */
export function boundedList(items: Value[], bounds: ValueBounds, range: SourceRange): Value[] {
  const most = bounds.listLength;
  if (countElements(items, 0, most) > most) throw new ScenarioFailure('WALK240', tooLongList(null, bounds), range);
  return items;
}

/** Gives up behind the bound. */
function countElements(items: Iterable<Value>, before: number, most: number): number {
  let elements = before;
  for (const item of items) {
    if (++elements > most) return elements;
    if (Array.isArray(item)) elements = countElements(item, elements, most);
    else if (typeof item === 'object' && item !== null && item.kind === 'record')
      elements = countElements(item.fields.values(), elements, most);
  }
  return elements;
}

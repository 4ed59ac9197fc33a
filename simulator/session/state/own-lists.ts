/**
 * Lists are values: who binds one does not see what another binding of it is changed to. So a list is copied before an
 * element of it is changed, unless nobody but the `var` can have it. Not state: a list that is not known here is copied.
 */
import type { Value } from './values.ts';

const own = new WeakSet<Value[]>();

/** The same value, which from now on others may have as well. */
export function shareList(value: Value): Value {
  if (Array.isArray(value)) own.delete(value);
  return value;
}

/** A list with these elements that its `var` alone has. */
export function ownList(list: Value[]): Value[] {
  if (own.has(list)) return list;
  const copy = [...list];
  own.add(copy);
  return copy;
}

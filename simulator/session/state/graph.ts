/** Object graphs of plain data: deep copy, comparison with a path, hash. Cycles and shared references are kept. */

type TypedArray =
  | Int8Array | Uint8Array | Uint8ClampedArray | Int16Array | Uint16Array
  | Int32Array | Uint32Array | Float32Array | Float64Array | BigInt64Array | BigUint64Array; // prettier-ignore

function isTypedArray(value: object): value is TypedArray {
  return ArrayBuffer.isView(value) && !(value instanceof DataView);
}

/** `seen` maps originals to copies; what it holds beforehand is not copied (map an object to itself to share it). */
export function copyGraph<T>(root: T, seen = new Map<object, object>()): T {
  return copyValue(root, seen) as T;
}

function copyValue(value: unknown, seen: Map<object, object>): unknown {
  if (typeof value === 'function' || typeof value === 'symbol')
    throw new Error(`internal: a ${typeof value} in the state`);
  if (typeof value !== 'object' || value === null) return value;
  return seen.get(value) ?? copyObject(value, seen);
}

function copyObject(value: object, seen: Map<object, object>): object {
  if (Array.isArray(value)) {
    const array: unknown[] = new Array<unknown>(value.length);
    seen.set(value, array);
    for (let index = 0; index < value.length; index++) array[index] = copyValue(value[index], seen);
    return array;
  }
  if (isTypedArray(value)) return remember(value, value.slice(), seen);
  if (value instanceof Map) {
    const map = new Map<unknown, unknown>();
    seen.set(value, map);
    for (const [key, item] of value) map.set(copyValue(key, seen), copyValue(item, seen));
    return map;
  }
  if (value instanceof Set) {
    const set = new Set<unknown>();
    seen.set(value, set);
    for (const item of value) set.add(copyValue(item, seen));
    return set;
  }
  return copyRecord(value as Record<string, unknown>, seen);
}

function copyRecord(value: Record<string, unknown>, seen: Map<object, object>): object {
  const prototype = Object.getPrototypeOf(value) as object | null;
  if (prototype !== Object.prototype && prototype !== null) {
    throw new Error(`internal: an instance of ${prototype.constructor.name} in the state`);
  }
  const copy = (prototype === null ? Object.create(null) : {}) as Record<string, unknown>;
  seen.set(value, copy);
  for (const key of Object.keys(value)) copy[key] = copyValue(value[key], seen);
  return copy;
}

function remember<T extends object>(original: object, copy: T, seen: Map<object, object>): T {
  seen.set(original, copy);
  return copy;
}

/** Path to the first difference, `.processes[0].vmm.vsegs_nr: 3, 4`; null for equal graphs. */
export function firstDifference(left: unknown, right: unknown): string | null {
  const pairs = new Map<object, object>();
  const partners = new Map<object, object>();
  const work: { path: string; left: unknown; right: unknown }[] = [{ path: '', left, right }];
  for (let next = work.pop(); next !== undefined; next = work.pop()) {
    const { path } = next;
    if (Object.is(next.left, next.right)) continue;
    if (typeof next.left !== 'object' || typeof next.right !== 'object' || next.left === null || next.right === null) {
      return `${path || '.'}: ${briefly(next.left)}, ${briefly(next.right)}`;
    }
    const partner = pairs.get(next.left);
    if (partner === next.right) continue;
    if (partner !== undefined || partners.has(next.right))
      return `${path}: the same object as elsewhere on one side only`;
    pairs.set(next.left, next.right);
    partners.set(next.right, next.left);
    const difference = compareObjects(path, next.left, next.right, work);
    if (difference !== null) return difference;
  }
  return null;
}

type Work = { path: string; left: unknown; right: unknown }[];

function compareObjects(path: string, left: object, right: object, work: Work): string | null {
  if (Object.getPrototypeOf(left) !== Object.getPrototypeOf(right)) return `${path}: different types`;
  if (isTypedArray(left)) return compareTypedArrays(path, left, right as TypedArray);
  if (left instanceof Map)
    return pushEntries(path, [...left].flat(), [...(right as Map<unknown, unknown>)].flat(), work);
  if (left instanceof Set) return pushEntries(path, [...left], [...(right as Set<unknown>)], work);
  if (Array.isArray(left)) return pushEntries(path, left, right as unknown[], work);
  const keys = Object.keys(left);
  const others = Object.keys(right);
  const missing = keys.find((key) => !Object.hasOwn(right, key)) ?? others.find((key) => !Object.hasOwn(left, key));
  if (missing !== undefined) return `${path}.${missing}: on one side only`;
  for (let index = keys.length - 1; index >= 0; index--) {
    const key = keys[index] as string;
    const field = key as keyof typeof left;
    work.push({ path: `${path}.${key}`, left: left[field], right: right[field] });
  }
  return null;
}

function pushEntries(path: string, left: readonly unknown[], right: readonly unknown[], work: Work): string | null {
  if (left.length !== right.length) return `${path}.length: ${left.length}, ${right.length}`;
  for (let index = left.length - 1; index >= 0; index--) {
    work.push({ path: `${path}[${index}]`, left: left[index], right: right[index] });
  }
  return null;
}

function compareTypedArrays(path: string, left: TypedArray, right: TypedArray): string | null {
  if (left.length !== right.length) return `${path}.length: ${left.length}, ${right.length}`;
  for (let index = 0; index < left.length; index++) {
    if (!Object.is(left[index], right[index])) return `${path}[${index}]: ${left[index]}, ${right[index]}`;
  }
  return null;
}

function briefly(value: unknown): string {
  if (typeof value === 'object' && value !== null) return 'an object';
  return typeof value === 'string' ? JSON.stringify(value) : String(value);
}

/** 32 bits over the whole graph (FNV-1a); equal graphs have equal hashes. */
export function hashGraph(root: unknown): number {
  const numbers = new Map<object, number>();
  const work: unknown[] = [root];
  let hash = 0x811c_9dc5;
  while (work.length > 0) {
    const value = work.pop();
    if (typeof value !== 'object' || value === null) {
      hash = mixText(hash, `${typeof value}:${String(value)};`);
      continue;
    }
    const known = numbers.get(value);
    hash = mixText(hash, known === undefined ? '{' : `#${known};`);
    if (known !== undefined) continue;
    numbers.set(value, numbers.size);
    if (isTypedArray(value)) hash = mixNumbers(hash, value);
    else work.push(...childrenOf(value));
  }
  return hash >>> 0;
}

function mixText(hash: number, text: string): number {
  let mixed = hash;
  for (let index = 0; index < text.length; index++) mixed = Math.imul(mixed ^ text.charCodeAt(index), 0x0100_0193);
  return mixed;
}

function mixNumbers(hash: number, values: TypedArray): number {
  let mixed = hash;
  for (const value of values) mixed = mixText(mixed, `${value},`);
  return mixed;
}

/** In an order that does not depend on when a record's fields were added. */
function childrenOf(value: object): unknown[] {
  if (value instanceof Map) return [...value].flat();
  if (value instanceof Set || Array.isArray(value)) return [...(value as Iterable<unknown>)];
  return Object.entries(value)
    .sort(([left], [right]) => (left < right ? -1 : 1))
    .flat();
}

export type Json = null | boolean | number | string | readonly Json[] | { readonly [name: string]: Json };

/**
 * Kernel objects as JSON can carry them: integers beyond 2^53 and bigints as hexadecimal strings, maps and sets as lists of
 * their values. Cycles are a bug of the kernel that gave them.
 */
export function plainJson(value: unknown): Json {
  return plain(value, []);
}

function plain(value: unknown, within: readonly object[]): Json {
  switch (typeof value) {
    case 'boolean':
    case 'string':
      return value;
    case 'bigint':
      return hexOf(value);
    case 'number':
      return plainNumber(value);
    case 'object':
      return value === null ? null : plainObject(value, within);
    default:
      return null;
  }
}

function plainNumber(value: number): Json {
  if (Number.isInteger(value) && !Number.isSafeInteger(value)) return hexOf(BigInt(value));
  return Number.isFinite(value) ? value : null;
}

function hexOf(value: bigint): string {
  return value < 0n ? `-0x${(-value).toString(16)}` : `0x${value.toString(16)}`;
}

function plainObject(object: object, within: readonly object[]): Json {
  if (within.includes(object)) throw new Error('internal: a kernel object that contains itself cannot become JSON');
  const inside = [...within, object];
  if (ArrayBuffer.isView(object)) {
    return Array.from(object as unknown as ArrayLike<number | bigint>, (item) => plain(item, inside));
  }
  if (Array.isArray(object) || object instanceof Set || object instanceof Map) {
    return [...(object instanceof Map ? object.values() : (object as Iterable<unknown>))].map((item) =>
      plain(item, inside),
    );
  }
  const fields = Object.entries(object).filter(([, field]) => field !== undefined && typeof field !== 'function');
  return Object.fromEntries(fields.map(([name, field]) => [name, plain(field, inside)]));
}

/** How many objects, fields and elements a graph of plain data has. What stands in `except` is not followed. */
export function graphSize(root: unknown, except: readonly object[] = []): number {
  const seen = new Set<unknown>(except);
  const work: unknown[] = [root];
  let size = 0;
  for (let value = work.pop(); value !== undefined; value = work.pop()) {
    if (typeof value !== 'object' || value === null || seen.has(value)) continue;
    seen.add(value);
    const parts = partsOf(value);
    size += 1 + parts.length;
    for (const part of parts) if (part !== undefined) work.push(part);
  }
  return size;
}

function partsOf(value: object): readonly unknown[] {
  if (value instanceof Map) return [...value].flat();
  if (value instanceof Set || Array.isArray(value)) return [...(value as Iterable<unknown>)];
  if (ArrayBuffer.isView(value)) return new Array<undefined>(value.byteLength);
  return Object.values(value);
}

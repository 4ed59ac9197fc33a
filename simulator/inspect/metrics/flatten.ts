/** Figures as rows `accesses.total`, value: for CSV and for people. Lists get the names of their elements, else their numbers. */
export type Figure = readonly [name: string, value: string | number | boolean | null];

export function flatten(value: unknown, name = ''): Figure[] {
  if (value === null || typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean')
    return [[name, value]];
  const parts = Array.isArray(value)
    ? value.map((part, index): [string, unknown] => [nameOf(part) ?? String(index), part])
    : Object.entries(value as object);
  return parts.flatMap(([key, part]) => flatten(part, name === '' ? key : `${name}.${key}`));
}

function nameOf(value: unknown): string | null {
  if (typeof value !== 'object' || value === null || !('name' in value)) return null;
  return String(value.name);
}

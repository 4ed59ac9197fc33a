/** What a parameter of a request must look like, and what is wrong with one that does not. */
import { URI } from 'langium';

/** Null if the value has the shape; else what must be where, as words. `path` names the value: `position.line`. */
export type Shape = (value: unknown, path: string) => string | null;

export const text: Shape = (value, path) => (typeof value === 'string' ? null : wrong(path, 'a string', value));

export const flag: Shape = (value, path) => (typeof value === 'boolean' ? null : wrong(path, 'true or false', value));

/** An integer that is not negative. */
export const natural: Shape = (value, path) =>
  Number.isSafeInteger(value) && (value as number) >= 0 ? null : wrong(path, 'an integer, 0 or more', value);

export const integer: Shape = (value, path) => (Number.isSafeInteger(value) ? null : wrong(path, 'an integer', value));

export const textOrInteger: Shape = (value, path) =>
  typeof value === 'string' || Number.isSafeInteger(value) ? null : wrong(path, 'a string or an integer', value);

export const uri: Shape = (value, path) => (isUri(value) ? null : wrong(path, 'a URI such as file:///a.walk', value));

/** Absent, or of that shape. Null is neither. */
export function maybe(shape: Shape): Shape {
  return (value, path) => (value === undefined ? null : shape(value, path));
}

export function list(item: Shape): Shape {
  return (value, path) => {
    if (!Array.isArray(value)) return wrong(path, 'an array', value);
    return first(value.entries(), ([index, inner]) => item(inner, `${path}[${String(index)}]`));
  };
}

/** What else is there is left alone. Optional fields may be null as well: clients differ there. */
export function object(
  required: Readonly<Record<string, Shape>>,
  optional: Readonly<Record<string, Shape>> = {},
): Shape {
  return (value, path) => {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return wrong(path, 'an object', value);
    const fieldOf = (name: string): unknown =>
      Object.hasOwn(value, name) ? value[name as keyof typeof value] : undefined;
    const below = (name: string): string => (path === '' ? name : `${path}.${name}`);
    return (
      first(Object.entries(required), ([name, shape]) => shape(fieldOf(name), below(name))) ??
      first(Object.entries(optional), ([name, shape]) => {
        const field = fieldOf(name) ?? null;
        return field === null ? null : shape(field, below(name));
      })
    );
  };
}

function first<Item>(items: Iterable<Item>, judge: (item: Item) => string | null): string | null {
  for (const item of items) {
    const problem = judge(item);
    if (problem !== null) return problem;
  }
  return null;
}

function wrong(path: string, expected: string, value: unknown): string {
  const name = path === '' ? 'the parameters' : `\`${path}\``;
  const verb = path === '' ? 'are' : 'is';
  return value === undefined ? `${name} ${verb} missing` : `${name} must be ${expected}, but ${verb} ${shown(value)}`;
}

function shown(value: unknown): string {
  if (Array.isArray(value)) return 'an array';
  if (typeof value === 'object' && value !== null) return 'an object';
  const json = JSON.stringify(value);
  return json.length > 40 ? `${json.slice(0, 40)}…` : json;
}

function isUri(value: unknown): boolean {
  if (typeof value !== 'string' || !/^[A-Za-z][A-Za-z0-9+.-]*:/.test(value)) return false;
  try {
    // Lone surrogates are found only when the URI is written out again.
    URI.parse(value, true).toString();
    return true;
  } catch {
    return false;
  }
}

/** Reads what a file of unknown origin holds as JSON: every value is looked at before it is used. */
import { DamagedRecording } from './recording-error.ts';

type Fields = Readonly<Record<string, unknown>>;

/** Longer than any path, command or argument that is kept. */
const MOST_TEXT = 65_536;

function damaged(what: string): never {
  throw new DamagedRecording(`its index is damaged: ${what}`);
}

export function fieldsOf(value: unknown, what: string): Fields {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) damaged(`${what} is no object`);
  return value as Fields;
}

export function listOf<T>(value: unknown, what: string, most: number, read: (item: unknown) => T): T[] {
  if (!Array.isArray(value)) damaged(`${what} is no list`);
  if (value.length > most) damaged(`${what} has more than ${String(most)} elements`);
  return value.map((item) => read(item));
}

/** A whole number from 0 to `most`. */
export function countOf(value: unknown, what: string, most = Number.MAX_SAFE_INTEGER): number {
  if (typeof value !== 'number' || !Number.isInteger(value) || value < 0 || value > most)
    damaged(`${what} is no number from 0 to ${String(most)}`);
  return value;
}

export function textOf(value: unknown, what: string): string {
  if (typeof value !== 'string' || value.length > MOST_TEXT) damaged(`${what} is no text`);
  return value;
}

export function flagOf(value: unknown, what: string): boolean {
  if (typeof value !== 'boolean') damaged(`${what} is neither true nor false`);
  return value;
}

export function orNull<T>(value: unknown, read: (value: unknown) => T): T | null {
  return value === null ? null : read(value);
}

/** JSON of bytes that were read. */
export function parseJson(text: string, what: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    damaged(`${what} is no JSON`);
  }
}

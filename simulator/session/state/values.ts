/** What expressions of a scenario give. Plain data, so that bindings can be copied with the world. */
import { hex } from '../../hardware/word.ts';
import type { ProcessObject, ThreadObject } from '../../kernels/kernel.ts';
import type { Protection } from '../../kernels/view.ts';
import { readableText } from '../scenario/text.ts';

export interface PlaceValue {
  readonly kind: 'place';
  readonly x: number;
  readonly y: number;
  readonly core: number | null;
}

export interface ProtectionValue {
  readonly kind: 'protection';
  readonly protection: Protection;
  /** The kernel's own number for it, where it came from a kernel's field. */
  readonly bits?: bigint;
}

/** A word of a kernel's own: a member of an enumeration, a frame's state. */
export interface WordValue {
  readonly kind: 'word';
  readonly word: string;
  /** Its number, where it has one. */
  readonly value: bigint | null;
}

export interface RecordValue {
  readonly kind: 'record';
  readonly fields: Map<string, Value>;
  /** The field that the record stands for where a plain value is needed. */
  readonly principal: string | null;
}

export interface ProcessValue {
  readonly kind: 'process';
  readonly process: ProcessObject;
}

export interface ThreadValue {
  readonly kind: 'thread';
  readonly thread: ThreadObject;
}

/** A kernel object by identity. */
export interface ObjectValue {
  readonly kind: 'object';
  readonly object: object;
}

/** Integers are bigint, `none` is null, lists are arrays. */
export type Value =
  | bigint
  | boolean
  | string
  | null
  | Value[]
  | PlaceValue
  | ProtectionValue
  | WordValue
  | RecordValue
  | ProcessValue
  | ThreadValue
  | ObjectValue;

export type TaggedValue = Exclude<Value, bigint | boolean | string | null | Value[]>;

/** In the words of a message: `an integer`. */
export function kindOf(value: Value): string {
  if (value === null) return 'none';
  if (typeof value === 'bigint') return 'an integer';
  if (typeof value === 'boolean') return 'a boolean';
  if (typeof value === 'string') return 'a string';
  if (Array.isArray(value)) return 'a list';
  if (value.kind === 'object') return 'a kernel object';
  return `a ${value.kind}`;
}

/** Letters of a protection as the language writes them. */
export function protectionWord(protection: Protection): string {
  const letters =
    (protection.read ? 'r' : '') +
    (protection.write ? 'w' : '') +
    (protection.execute ? 'x' : '') +
    (protection.user === true ? 'u' : '');
  return letters === '' ? 'none' : letters;
}

/** `rw`, `none`; null when the word is no protection. */
export function protectionOfWord(word: string): Protection | null {
  if (word !== 'none' && !/^(?=.)r?w?x?u?$/.test(word)) return null;
  const has = (letter: string): boolean => word !== 'none' && word.includes(letter);
  return { read: has('r'), write: has('w'), execute: has('x'), ...(has('u') ? { user: true } : {}) };
}

const LONGEST_LIST = 16;

/** As `print` writes it. */
export function displayValue(value: Value): string {
  if (value === null) return 'none';
  if (typeof value === 'string') return readableText(value);
  if (typeof value !== 'object') return String(value);
  if (Array.isArray(value)) {
    const shown = value.slice(0, LONGEST_LIST).map(displayInner).join(', ');
    return value.length > LONGEST_LIST ? `[${shown}, … ${value.length} in all]` : `[${shown}]`;
  }
  return displayTagged(value);
}

function displayInner(value: Value): string {
  return typeof value === 'string' ? quotedText(value) : displayValue(value);
}

function quotedText(text: string): string {
  return JSON.stringify(text).replace(/\\udc([89a-f][0-9a-f])/g, '\\x$1');
}

function displayTagged(value: TaggedValue): string {
  switch (value.kind) {
    case 'place':
      return value.core === null ? `(${value.x},${value.y})` : `(${value.x},${value.y},${value.core})`;
    case 'protection':
      return protectionWord(value.protection);
    case 'word':
      return value.word;
    case 'record':
      return `{ ${[...value.fields].map(([name, field]) => `${name}: ${displayInner(field)}`).join(', ')} }`;
    case 'process':
      return `process ${value.process.name} (pid ${value.process.pid < 4096 ? value.process.pid : hex(value.process.pid)})`;
    case 'thread':
      return `thread ${value.thread.name}`;
    case 'object':
      return objectName(value.object);
  }
}

/** `vseg #3`: the object's own type and number, as far as it has them. */
export function objectName(object: object): string {
  const { type, id, name } = object as { type?: unknown; id?: unknown; name?: unknown };
  const title = typeof type === 'string' ? type : 'object';
  if (typeof name === 'string') return `${title} ${name}`;
  return typeof id === 'number' ? `${title} #${id}` : title;
}

/** With the hexadecimal form beside large integers: what messages and the debugger show. */
export function explainValue(value: Value): string {
  if (typeof value === 'bigint' && value >= 4096n) return `${value} (${hex64(value)})`;
  return displayInner(value);
}

export function hex64(value: bigint): string {
  return value < 2n ** 53n ? hex(Number(value)) : `0x${value.toString(16)}`;
}

export function record(fields: Readonly<Record<string, Value>>, principal: string | null = null): RecordValue {
  return { kind: 'record', fields: new Map(Object.entries(fields)), principal };
}

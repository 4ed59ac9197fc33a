/** Kinds of values, as far as the text alone tells, and which of them parameters take. */
import type { ValueType } from '../execution/function-info.ts';

export type StaticKind =
  | 'integer'
  | 'time'
  | 'string'
  | 'boolean'
  | 'none'
  | 'place'
  | 'protection'
  /** A word of the kernel's without a number: a region's kind, a frame's state. */
  | 'word'
  | 'list'
  | 'record'
  /** What `pte`, `region`, `frame`, `tlb` and `rpcs` give: records whose members are known. */
  | 'entry'
  | 'region'
  | 'frame'
  | 'tlb'
  | 'walk'
  | 'rpc'
  | 'mutex'
  | 'process'
  | 'thread'
  | 'unknown';

const words: Readonly<Partial<Record<StaticKind, string>>> = {
  integer: 'an integer',
  none: '`none`',
  unknown: 'unknown',
  entry: 'a page-table entry',
  tlb: 'a TLB entry',
  rpc: 'an RPC',
  walk: 'a table walk',
};

/** In the words of a message. */
export function kindInWords(kind: StaticKind): string {
  return words[kind] ?? `a ${kind}`;
}

/** Times are integers of cycles; observed things are records. */
function group(kind: StaticKind): StaticKind {
  if (kind === 'time') return 'integer';
  if (kind === 'thread') return 'process';
  return isObserved(kind) ? 'record' : kind;
}

function isObserved(kind: StaticKind): boolean {
  return (
    kind === 'entry' || kind === 'region' || kind === 'frame' || kind === 'tlb' || kind === 'walk' || kind === 'rpc'
  );
}

export function isInteger(kind: StaticKind): boolean {
  return group(kind) === 'integer';
}

/** Everything can be compared with `none`, a protection with its bits, a word with its name. */
export function areComparable(left: StaticKind, right: StaticKind): boolean {
  const [a, b] = [group(left), group(right)];
  if (a === b || a === 'none' || b === 'none') return true;
  const both = [a, b];
  return (
    (both.includes('protection') && both.includes('integer')) || (both.includes('word') && both.includes('string'))
  );
}

/** What a function's result or out-parameter surely is. */
export function kindOfType(type: ValueType): StaticKind {
  switch (type.kind) {
    case 'integer':
    case 'u64':
    case 'address':
    case 'vpn':
    case 'ppn':
    case 'size':
    case 'offset':
    case 'flags':
      return 'integer';
    case 'string':
    case 'buffer':
      return 'string';
    case 'cluster':
      return 'place';
    case 'boolean':
    case 'place':
    case 'process':
    case 'thread':
    case 'time':
    case 'list':
      return type.kind;
    default:
      return 'unknown';
  }
}

/** Can a parameter of that type take such a value? A word, a handle or a record's principal value is left to the run. */
export function takes(type: ValueType, kind: StaticKind): boolean {
  if (kind === 'unknown') return true;
  switch (type.kind) {
    case 'integer':
    case 'u64':
    case 'address':
    case 'vpn':
    case 'ppn':
    case 'size':
    case 'offset':
    case 'flags':
    case 'enumeration':
      return kind === 'integer';
    case 'protection':
      return kind === 'integer' || kind === 'protection';
    case 'time':
    case 'boolean':
      return kind === type.kind;
    case 'string':
      return kind === 'string' || (kind === 'none' && type.nullable === true);
    case 'buffer':
      return kind === 'string' || (kind === 'integer' && type.orAddress === true);
    case 'place':
      return kind === 'place';
    case 'cluster':
      return kind === 'place' || kind === 'integer';
    case 'process':
    case 'thread':
      return kind === 'process' || kind === 'thread';
    case 'access':
    case 'slot':
      return false;
    case 'handle':
      return kind === 'integer' || kind === 'none';
    case 'object':
      return kind === 'none' || kind === 'process' || kind === 'thread';
    case 'record':
      return kind === 'record' || kind === 'list';
    case 'list':
      return kind === 'list';
    case 'any':
      return type.of === undefined || type.of.includes(kind);
  }
}

/** In the words of a message: what the parameter wants. */
export function typeInWords(type: ValueType): string {
  switch (type.kind) {
    case 'u64':
    case 'integer':
      return 'an integer';
    case 'address':
      return 'an address';
    case 'offset':
      return 'an offset in bytes';
    case 'access':
      return 'r, w or x';
    case 'protection':
      return 'a protection such as rw';
    case 'enumeration':
    case 'flags':
      return `${type.kind === 'flags' ? 'flags' : 'one'} of ${type.name}`;
    case 'slot':
      return 'a member such as `child.mm.heap`';
    case 'handle':
      return 'a handle';
    case 'object':
      return `a ${type.type}`;
    case 'place':
    case 'cluster':
      return 'a place such as (0,0)';
    case 'time':
      return 'a time such as 100us or 50 cycles';
    case 'buffer':
      return type.orAddress === true ? 'a string or an address' : 'a string';
    case 'any':
      return type.of === undefined ? 'a value' : alternatives(type.of.map((kind) => kindInWords(kind as StaticKind)));
    case 'boolean':
      return 'true or false';
    case 'vpn':
    case 'ppn':
    case 'size':
    case 'string':
    case 'process':
    case 'thread':
    case 'record':
    case 'list':
      return `a ${type.kind}`;
  }
}

/** `a, b or c`. */
export function alternatives(parts: readonly string[]): string {
  return parts.length < 2 ? parts.join('') : `${parts.slice(0, -1).join(', ')} or ${parts.at(-1) ?? ''}`;
}

/** Names in a message: the first few, and how many more there are. */
export function listed(names: readonly string[], most = 12): string {
  const shown = names.slice(0, most).join(', ');
  return names.length > most ? `${shown} and ${String(names.length - most)} more` : shown;
}

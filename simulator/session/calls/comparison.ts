import type { ProcessValue, RecordValue, TaggedValue, ThreadValue, Value } from '../state/values.ts';

/** Null where the kinds cannot be compared. Everything can be compared with `none`. */
export function isSameValue(left: Value, right: Value): boolean | null {
  if (left === null || right === null) return left === right;
  if (Array.isArray(left) || Array.isArray(right))
    return Array.isArray(left) && Array.isArray(right) ? areSameLists(left, right) : null;
  if (typeof left !== 'object' && typeof right !== 'object')
    return typeof left === typeof right ? left === right : null;
  if (typeof left !== 'object') return isSameTagged(right as TaggedValue, left);
  return isSameTagged(left, right);
}

function areSameLists(left: readonly Value[], right: readonly Value[]): boolean | null {
  if (left.length !== right.length) return false;
  for (let index = 0; index < left.length; index++) {
    const same = isSameValue(left[index] as Value, right[index] as Value);
    if (same !== true) return same;
  }
  return true;
}

/** Field by field; another set of fields makes another record. */
function areSameRecords(left: RecordValue, right: RecordValue): boolean | null {
  if (left.fields.size !== right.fields.size) return false;
  for (const [name, value] of left.fields) {
    const other = right.fields.get(name);
    const same = other === undefined ? false : isSameValue(value, other);
    if (same !== true) return same;
  }
  return true;
}

function isSameTagged(left: TaggedValue, right: Value): boolean | null {
  if (left.kind === 'word') return isSameWord(left, right);
  if (typeof right !== 'object' || right === null || Array.isArray(right)) {
    return left.kind === 'protection' && typeof right === 'bigint'
      ? (left.bits ?? protectionBits(left)) === right
      : null;
  }
  if (right.kind === 'word') return isSameWord(right, left);
  switch (left.kind) {
    case 'place':
      return right.kind === 'place'
        ? left.x === right.x && left.y === right.y && (left.core ?? 0) === (right.core ?? 0)
        : null;
    case 'protection':
      return right.kind === 'protection' ? protectionBits(left) === protectionBits(right) : null;
    case 'record':
      return right.kind === 'record' ? areSameRecords(left, right) : null;
    case 'process':
    case 'thread':
      if (left.kind !== right.kind && (right.kind === 'process' || right.kind === 'thread'))
        return isMainOf(left, right);
      return identity(right) !== null && identity(left) !== null ? identity(left) === identity(right) : null;
    default:
      return identity(right) !== null && identity(left) !== null ? identity(left) === identity(right) : null;
  }
}

/** A process stands for its main thread, which has its name. */
function isMainOf(left: ProcessValue | ThreadValue, right: ProcessValue | ThreadValue): boolean {
  const [process, thread] = left.kind === 'process' ? [left, right] : [right, left];
  if (process.kind !== 'process' || thread.kind !== 'thread') return false;
  return thread.thread.process === process.process && thread.thread.name === process.process.name;
}

function identity(value: TaggedValue): object | null {
  if (value.kind === 'process') return value.process;
  if (value.kind === 'thread') return value.thread;
  return value.kind === 'object' ? value.object : null;
}

/** r 4, w 2, x 1, u 8. */
function protectionBits(value: Extract<TaggedValue, { readonly kind: 'protection' }>): bigint {
  const { read, write, execute, user } = value.protection;
  return (read ? 4n : 0n) | (write ? 2n : 0n) | (execute ? 1n : 0n) | (user === true ? 8n : 0n);
}

/** Words compare by name, whole or by the last part; with integers by number; with strings by name. */
function isSameWord(left: Extract<TaggedValue, { readonly kind: 'word' }>, right: Value): boolean | null {
  if (typeof right === 'bigint') return left.value === null ? null : left.value === right;
  const other = typeof right === 'string' ? right : isTaggedWord(right) ? right.word : null;
  if (other === null) return null;
  if (left.word.toLowerCase() === other.toLowerCase()) return true;
  return left.word.endsWith(`_${other.toUpperCase()}`);
}

function isTaggedWord(value: Value): value is Extract<TaggedValue, { readonly kind: 'word' }> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && value.kind === 'word';
}

/** A call as strace prints it, in the words that lackey has for it: `PROT_READ|PROT_WRITE` becomes 3, `3</etc/passwd>` 3. */
import type { CallResult } from './process-log.ts';

export interface StraceCall {
  readonly name: string;
  readonly args: readonly string[];
  readonly result: CallResult | null;
  /** Paths of descriptors among the arguments, which `strace -y` tells. */
  readonly paths: readonly (readonly [descriptor: number, path: string])[];
  readonly text: string;
}

const constants: Readonly<Record<string, number>> = {
  NULL: 0,
  PROT_NONE: 0,
  PROT_READ: 1,
  PROT_WRITE: 2,
  PROT_EXEC: 4,
  MAP_SHARED: 0x1,
  MAP_PRIVATE: 0x2,
  MAP_SHARED_VALIDATE: 0x3,
  MAP_FIXED: 0x10,
  MAP_ANONYMOUS: 0x20,
  MAP_GROWSDOWN: 0x100,
  MAP_DENYWRITE: 0x800,
  MAP_NORESERVE: 0x4000,
  MAP_POPULATE: 0x8000,
  MAP_STACK: 0x2_0000,
  MAP_HUGETLB: 0x4_0000,
  MAP_FIXED_NOREPLACE: 0x10_0000,
  MADV_DONTNEED: 4,
};

const errors: Readonly<Record<string, number>> = {
  EPERM: 1,
  ENOENT: 2,
  EINTR: 4,
  EBADF: 9,
  ECHILD: 10,
  EAGAIN: 11,
  ENOMEM: 12,
  EACCES: 13,
  EFAULT: 14,
  EEXIST: 17,
  EINVAL: 22,
  ENOSYS: 38,
};

/** `NAME(ARGUMENTS) = RESULT`; null for a line that is none. */
export function parseStraceCall(text: string): StraceCall | null {
  const open = text.indexOf('(');
  const name = text.slice(0, Math.max(open, 0));
  if (!/^[a-z_0-9]+$/.test(name)) return null;
  const close = /\)\s+= ([^=]*)$/.exec(text);
  const words = splitArguments(text.slice(open + 1, close?.index ?? text.length));
  const paths: [number, string][] = [];
  const args = words.map((word) => {
    const descriptor = /^(\d+)<(.*)>$/.exec(word);
    if (descriptor === null) return numbered(word);
    paths.push([Number(descriptor[1]), descriptor[2] as string]);
    return descriptor[1] as string;
  });
  return { name, args, result: close === null ? null : resultOf(close[1] as string), paths, text };
}

/** At commas outside of brackets and strings. */
function splitArguments(text: string): string[] {
  const args: string[] = [];
  let depth = 0;
  let isString = false;
  let start = 0;
  for (let at = 0; at < text.length; at++) {
    const character = text[at] as string;
    if (character === '\\' && isString) at++;
    else if (character === '"') isString = !isString;
    else if (isString) continue;
    else if ('([{<'.includes(character)) depth++;
    else if (')]}'.includes(character) || (character === '>' && text[at - 1] !== '=' && text[at - 1] !== '-')) depth--;
    else if (character === ',' && depth === 0) {
      args.push(text.slice(start, at).trim());
      start = at + 1;
    }
  }
  const last = text.slice(start).trim();
  return last === '' ? args : [...args, last];
}

function numbered(word: string): string {
  if (word === '-1') return '4294967295';
  if (/^(0x[0-9a-f]+|\d+)$/.test(word)) return word;
  let value = 0;
  for (const part of word.split('|')) {
    const known = Object.hasOwn(constants, part) ? constants[part] : Number(part);
    if (known === undefined || Number.isNaN(known)) return word;
    value |= known;
  }
  return String(value);
}

function resultOf(text: string): CallResult | null {
  const failed = /^-1 ([A-Z]+)/.exec(text);
  if (failed !== null) return { ok: false, value: errors[failed[1] as string] ?? 22 };
  const value = /^(0x[0-9a-f]+|\d+)/.exec(text)?.[1];
  return value === undefined ? null : { ok: true, value: Number(value) };
}

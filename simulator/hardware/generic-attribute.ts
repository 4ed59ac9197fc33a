import type { EntryWords } from './layouts/layout.ts';

/** Attributes of a page that do not depend on the machine, and their form in an entry (ALMOS-MKH 10.3). */
export const GenericAttribute = {
  MAPPED: 0x0001,
  SMALL: 0x0002,
  READABLE: 0x0004,
  WRITABLE: 0x0008,
  EXECUTABLE: 0x0010,
  CACHABLE: 0x0020,
  USER: 0x0040,
  DIRTY: 0x0080,
  ACCESSED: 0x0100,
  GLOBAL: 0x0200,
  COW: 0x0400,
  SWAP: 0x0800,
  LOCKED: 0x1000,
} as const;

const G = GenericAttribute;

/** One attribute and the bits of the entry's words that carry it; `inverted`: set when the attribute is not. */
interface Mapping {
  readonly attribute: number;
  readonly word: 0 | 1;
  readonly write: number;
  /** Any of these bits means the attribute. */
  readonly read: number;
  readonly inverted: boolean;
}

function bit(attribute: number, write: number, read = write): Mapping {
  return { attribute, word: 0, write, read, inverted: false };
}

/** MAPPED, READABLE: V. SMALL: where the entry stands. */
const tsar: readonly Mapping[] = [
  bit(G.MAPPED, 0x8000_0000),
  bit(G.WRITABLE, 0x0400_0000),
  bit(G.EXECUTABLE, 0x0200_0000),
  bit(G.CACHABLE, 0x0800_0000),
  bit(G.USER, 0x0100_0000),
  bit(G.DIRTY, 0x0040_0000),
  bit(G.ACCESSED, 0x2000_0000, 0x3000_0000),
  bit(G.GLOBAL, 0x0080_0000),
];

/** Only second-level entries have room for software bits. */
const tsarSmall: readonly Mapping[] = [...tsar, bit(G.COW, 0x01), bit(G.SWAP, 0x04), bit(G.LOCKED, 0x08)];

const x8664: readonly Mapping[] = [
  bit(G.MAPPED, 1 << 0),
  bit(G.WRITABLE, 1 << 1),
  { attribute: G.EXECUTABLE, word: 1, write: 0x8000_0000, read: 0x8000_0000, inverted: true },
  { attribute: G.CACHABLE, word: 0, write: 1 << 4, read: 1 << 4, inverted: true },
  bit(G.USER, 1 << 2),
  bit(G.DIRTY, 1 << 6),
  bit(G.ACCESSED, 1 << 5),
  bit(G.GLOBAL, 1 << 8),
  bit(G.COW, 1 << 9),
  bit(G.SWAP, 1 << 10),
  bit(G.LOCKED, 1 << 11),
];

const X86_BIG_PAGE = 1 << 7;

export interface GenericEntry {
  readonly attr: number;
  readonly ppn: number;
}

/** Without SMALL: a first-level entry, which maps 2 MiB. */
export function encodeTsarAttributes(attr: number, ppn: number): EntryWords {
  if ((attr & G.SMALL) === 0) return [(encode(tsar, attr)[0] | (ppn >>> 9)) >>> 0, 0];
  return [encode(tsarSmall, attr)[0], ppn];
}

/** `isSmall`: the words come from a second-level table. */
export function decodeTsarAttributes(words: EntryWords, isSmall: boolean): GenericEntry {
  const attr = decode(isSmall ? tsarSmall : tsar, words) | (isSmall && words[0] >>> 31 === 1 ? G.SMALL : 0);
  return { attr, ppn: isSmall ? words[1] & 0x0fff_ffff : (words[0] & 0x7_ffff) * 512 };
}

export function encodeX8664Attributes(attr: number, ppn: number): EntryWords {
  const words = encode(x8664, attr);
  const size = (attr & G.SMALL) === 0 ? X86_BIG_PAGE : 0;
  return [(words[0] | size | ((ppn % 0x10_0000) << 12)) >>> 0, (words[1] | Math.floor(ppn / 0x10_0000)) >>> 0];
}

/** `isSmall`: the words come from a table of the lowest level, where bit 7 is no page size. */
export function decodeX8664Attributes(words: EntryWords, isSmall: boolean): GenericEntry {
  const attr = decode(x8664, words);
  const ppn = (words[1] & 0xffff) * 0x10_0000 + (words[0] >>> 12);
  return { attr: attr === 0 || !isSmall ? attr : attr | G.SMALL, ppn };
}

function encode(mappings: readonly Mapping[], attr: number): [number, number] {
  const words: [number, number] = [0, 0];
  for (const { attribute, word, write, inverted } of mappings) {
    if (((attr & attribute) !== 0) !== inverted) words[word] = (words[word] | write) >>> 0;
  }
  return words;
}

/** 0 for an entry that is not mapped, whatever else its bits are; READABLE goes with MAPPED. */
function decode(mappings: readonly Mapping[], words: EntryWords): number {
  let attr = 0;
  for (const { attribute, word, read, inverted } of mappings) {
    if (((words[word] & read) !== 0) !== inverted) attr |= attribute;
  }
  return (attr & G.MAPPED) === 0 ? 0 : attr | G.READABLE;
}

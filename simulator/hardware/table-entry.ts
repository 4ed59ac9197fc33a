import { tableIndex } from './layouts/entry-fields.ts';
import { pagingFormat } from './layouts/formats.ts';
import type { EntryWords } from './layouts/layout.ts';
import type { LevelFormat } from './layouts/paging-format.ts';
import type { Machine } from './machine.ts';
import { readFrame32, writeFrame32 } from './physical-memory.ts';
import type { PhysicalAddress, Ppn, Vpn } from './word.ts';
import { addressOfPpn, high32, pageOffset, ppnOf } from './word.ts';

/** Page-table entries as words in physical memory. Levels count from 1, the root table. */

function levelFormat(machine: Machine, level: number): LevelFormat {
  return pagingFormat(machine.config.paging).levels[level - 1] as LevelFormat;
}

/** Address of a page's entry in a table of that level. */
export function entryAddress(machine: Machine, table: Ppn, level: number, vpn: Vpn): PhysicalAddress {
  const format = levelFormat(machine, level);
  return addressOfPpn(table) + tableIndex(format, vpn >>> 0, high32(vpn)) * format.words * 4;
}

/** Both words; the second is 0 where entries have one. */
export function readEntry(machine: Machine, address: PhysicalAddress, level: number): EntryWords {
  const ppn = ppnOf(address);
  const offset = pageOffset(address);
  const first = readFrame32(machine, ppn, offset);
  return [first, levelFormat(machine, level).words === 2 ? readFrame32(machine, ppn, offset + 4) : 0];
}

/**
 * One number for the whole entry, of however many words: on TSAR the first word, the attributes, is the upper half; where
 * the words are one little-endian number the second is.
 */
export function rawEntry(machine: Machine, words: readonly number[]): bigint {
  const [first = 0, second] = words;
  if (second === undefined) return BigInt(first >>> 0);
  const isFirstHigh = pagingFormat(machine.config.paging).entryWords === 'separate';
  const [high, low] = isFirstHigh ? [first, second] : [second, first];
  return (BigInt(high >>> 0) << 32n) | BigInt(low >>> 0);
}

/**
 * A plain write to memory, second word first, so that an entry becomes valid last. TLBs are not touched:
 * x86 kernels invalidate them, TSAR's hardware does through `invalidateCoherent`.
 */
export function writeEntry(machine: Machine, address: PhysicalAddress, level: number, words: EntryWords): void {
  const ppn = ppnOf(address);
  const offset = pageOffset(address);
  if (levelFormat(machine, level).words === 2) writeFrame32(machine, ppn, offset + 4, words[1]);
  writeFrame32(machine, ppn, offset, words[0]);
}

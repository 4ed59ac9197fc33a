/**
 * A recording in one file, `NAME.walkrec`, version 2. Integers are little-endian.
 *
 *     0    8 bytes   89 'W' 'A' 'L' 'K' 'R' 'E' 'C'
 *     8    u32       version
 *     12   u32       0
 *     16   …         sections, each compressed by itself with DEFLATE
 *     …    …         the index, one more section: JSON, as `WalkrecIndex` has it
 *     -40  u64       offset of the index
 *     -32  u32, u32  its length compressed, and not
 *     -24  u32       CRC-32 of the compressed index
 *     -20  3 × u32   0
 *     -8   8 bytes   89 'W' 'A' 'L' 'K' 'E' 'N' 'D'
 *
 * The index says where everything is, so that a recording opens without reading its accesses.
 */
import type { Layout } from './layout-parser.ts';
import type { AccessCounts } from './process-log.ts';

export const WALKREC_VERSION = 2;
export const HEADER_LENGTH = 16;
export const TRAILER_LENGTH = 40;
export const headerMagic = Uint8Array.of(0x89, 0x57, 0x41, 0x4c, 0x4b, 0x52, 0x45, 0x43);
export const trailerMagic = Uint8Array.of(0x89, 0x57, 0x41, 0x4c, 0x4b, 0x45, 0x4e, 0x44);

/** Offset in the file, length there, and length when it is expanded. */
export type Section = readonly [offset: number, packed: number, length: number];

export interface WalkrecIndex {
  readonly name: string;
  /** The command that was recorded, and with what: `valgrind-3.19.0`, `strace`. */
  readonly command: string;
  readonly tool: string;
  readonly processes: readonly IndexedProcess[];
  readonly layouts: readonly Layout[];
  /** Source files that the line table names, with the hashes that they had; or the one that was compiled. */
  readonly sources: readonly SourceFile[];
  /** JSON: `LineTable`. Null where the program has no debug information. */
  readonly lines: Section | null;
  /** Contents of program files, at the offsets that the layouts map. */
  readonly contents: readonly FileContents[];
}

export interface IndexedProcess {
  readonly file: string;
  readonly pid: number;
  readonly parentPid: number | null;
  readonly command: string;
  readonly exitCode: number | null;
  readonly counts: AccessCounts;
  readonly lines: number;
  readonly bytes: number;
  readonly accesses: number;
  /** Packed blocks of accesses. */
  readonly blocks: readonly Section[];
  /** JSON arrays of events, and how many there are in all. */
  readonly events: readonly Section[];
  readonly eventCount: number;
  readonly runCount: number;
  /** Rising numbers: the first access of each run, then its line. */
  readonly runAccesses: Section;
  readonly runLines: Section;
  readonly touches: IndexedList;
  readonly starts: IndexedList;
  /** When it came to which line, where there is a line table; older files have none. */
  readonly visits?: IndexedVisits;
}

export interface IndexedVisits {
  readonly count: number;
  /** Rising numbers: the access that each begins with. */
  readonly accesses: Section;
  /** Numbers: `LineVisits.places`. */
  readonly places: Section;
}

export interface IndexedList {
  readonly count: number;
  /** Rising numbers: which accesses they are. */
  readonly indices: Section;
  /** A packed block of them. */
  readonly accesses: Section;
}

export interface SourceFile {
  readonly path: string;
  /** SHA-256 in hexadecimal, or null where the file was not there. */
  readonly sha256: string | null;
}

export interface FileContents {
  readonly path: string;
  readonly offset: number;
  readonly section: Section;
}

const table = new Uint32Array(256);
for (let index = 0; index < 256; index++) {
  let word = index;
  for (let bit = 0; bit < 8; bit++) word = (word & 1) === 1 ? (word >>> 1) ^ 0xedb8_8320 : word >>> 1;
  table[index] = word;
}

/** CRC-32 as in gzip. */
export function crc32(bytes: Uint8Array): number {
  let crc = 0xffff_ffff;
  for (const byte of bytes) crc = (crc >>> 8) ^ (table[(crc ^ byte) & 0xff] as number);
  return (crc ^ 0xffff_ffff) >>> 0;
}

/** Which parts of an ELF file hold debug information, and where the file is loaded. Only 64-bit little-endian files. */
import { ByteReader, DamagedDebugInfo, textAt } from './byte-reader.ts';

/** A program's file, read where somebody looks. */
export interface ElfFile {
  readonly length: number;
  /** Exactly so many bytes, which are there. */
  read(offset: number, length: number): Uint8Array;
}

/** By name, `.debug_line`. */
export type DebugSections = ReadonlyMap<string, Uint8Array>;

export interface LoadSegment {
  readonly address: number;
  readonly offset: number;
  readonly fileSize: number;
}

export interface DebuggedFile {
  readonly sections: DebugSections;
  readonly segments: readonly LoadSegment[];
}

const wanted = new Set([
  '.debug_line',
  '.debug_info',
  '.debug_abbrev',
  '.debug_str',
  '.debug_line_str',
  '.debug_ranges',
  '.debug_rnglists',
  '.debug_addr',
  '.debug_str_offsets',
]);
const HEADER = 64;
const SECTION_HEADER = 64;
const PROGRAM_HEADER = 56;
const PT_LOAD = 1;
const SHT_NOBITS = 8;
const COMPRESSED = 0x800;
const MOST_HEADERS = 65_536;
/** Of one section: those of a web browser are larger, and are not read. */
const MOST_SECTION = 256 * 2 ** 20;

/** Null for what is no such file, or has no line table that can be read. Throws DamagedDebugInfo where it contradicts itself. */
export function readElf(file: ElfFile): DebuggedFile | null {
  if (file.length < HEADER) return null;
  const head = file.read(0, HEADER);
  if (head[0] !== 0x7f || head[1] !== 0x45 || head[2] !== 0x4c || head[3] !== 0x46) return null;
  if (head[4] !== 2 || head[5] !== 1) return null;
  const at = (offset: number, size: number): number => new ByteReader(head, offset).unsigned(size);
  const sections = readSections(file, at(40, 8), at(60, 2), at(62, 2));
  if (!sections.has('.debug_line')) return null;
  return { sections, segments: readSegments(file, at(32, 8), at(56, 2)) };
}

function readSections(file: ElfFile, offset: number, count: number, names: number): Map<string, Uint8Array> {
  const found = new Map<string, Uint8Array>();
  if (count === 0 || names >= count) return found;
  const headers = tableOf(file, offset, count, SECTION_HEADER);
  const headerOf = (index: number): { name: number; kind: number; flags: number; offset: number; size: number } => {
    const reader = new ByteReader(headers, index * SECTION_HEADER);
    const name = reader.unsigned(4);
    const kind = reader.unsigned(4);
    const flags = reader.unsigned(8);
    reader.skip(8);
    return { name, kind, flags, offset: reader.unsigned(8), size: reader.unsigned(8) };
  };
  const texts = headerOf(names);
  const nameTable = partOf(file, texts.offset, texts.size);
  for (let index = 0; index < count; index++) {
    const header = headerOf(index);
    const name = textAt(nameTable, header.name);
    const isThere = header.kind !== SHT_NOBITS && (header.flags & COMPRESSED) === 0;
    if (wanted.has(name) && isThere) found.set(name, partOf(file, header.offset, header.size));
  }
  return found;
}

function readSegments(file: ElfFile, offset: number, count: number): LoadSegment[] {
  const headers = tableOf(file, offset, count, PROGRAM_HEADER);
  const segments: LoadSegment[] = [];
  for (let index = 0; index < count; index++) {
    const reader = new ByteReader(headers, index * PROGRAM_HEADER);
    if (reader.unsigned(4) !== PT_LOAD) continue;
    reader.skip(4);
    const start = reader.unsigned(8);
    const address = reader.unsigned(8);
    reader.skip(8);
    segments.push({ address, offset: start, fileSize: reader.unsigned(8) });
  }
  return segments;
}

function tableOf(file: ElfFile, offset: number, count: number, size: number): Uint8Array {
  if (count > MOST_HEADERS) throw new DamagedDebugInfo('it has too many headers');
  return partOf(file, offset, count * size);
}

function partOf(file: ElfFile, offset: number, size: number): Uint8Array {
  if (size > MOST_SECTION) throw new DamagedDebugInfo('a section is larger than 256 MiB');
  if (!(offset >= 0 && offset + size <= file.length)) throw new DamagedDebugInfo('a section lies beyond its end');
  return file.read(offset, size);
}

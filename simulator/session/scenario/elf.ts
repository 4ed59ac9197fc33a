import type { ElfSegment, ProgramImage } from '../../kernels/kernel.ts';

/** Reads what `process … load` needs of an ELF file: entry and PT_LOAD segments. A text answers what is wrong with it. */
export function parseElf(bytes: Uint8Array): Extract<ProgramImage, { readonly kind: 'elf' }> | string {
  if (bytes.length < 52 || bytes[0] !== 0x7f || bytes[1] !== 0x45 || bytes[2] !== 0x4c || bytes[3] !== 0x46)
    return 'it is not an ELF file';
  if (bytes[5] !== 1) return 'it is a big-endian ELF file; only little-endian ones can be loaded';
  const is64 = bytes[4] === 2;
  if (!is64 && bytes[4] !== 1) return 'its ELF class is neither 32 nor 64 bits';
  const reader = new ElfReader(bytes, is64);
  const header = reader.header();
  if (header === null) return 'its ELF header is cut short';
  if (header.type !== 2 && header.type !== 3)
    return 'it is not a program; an executable or a position-independent one can be loaded';
  const segments: ElfSegment[] = [];
  for (let index = 0; index < header.count; index++) {
    const segment = reader.segment(header.offset + index * header.size);
    if (typeof segment === 'string') return segment;
    if (segment !== null) segments.push(segment);
  }
  if (segments.length === 0) return 'it has no PT_LOAD segment';
  return { kind: 'elf', entry: header.entry, bytes, segments };
}

interface ElfHeader {
  readonly type: number;
  readonly entry: number;
  readonly offset: number;
  readonly size: number;
  readonly count: number;
}

const PT_LOAD = 1;

class ElfReader {
  private readonly view: DataView;
  private readonly is64: boolean;

  constructor(bytes: Uint8Array, is64: boolean) {
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.is64 = is64;
  }

  header(): ElfHeader | null {
    const { view, is64 } = this;
    if (view.byteLength < (is64 ? 64 : 52)) return null;
    return {
      type: view.getUint16(16, true),
      entry: this.word(24),
      offset: this.word(is64 ? 32 : 28),
      size: view.getUint16(is64 ? 54 : 42, true),
      count: view.getUint16(is64 ? 56 : 44, true),
    };
  }

  /** Null for a program header that loads nothing. */
  segment(at: number): ElfSegment | string | null {
    const { view, is64 } = this;
    if (!(at + (is64 ? 56 : 32) <= view.byteLength)) return 'its program headers lie beyond its end';
    if (view.getUint32(at, true) !== PT_LOAD) return null;
    const flags = view.getUint32(at + (is64 ? 4 : 24), true);
    const fileOffset = this.word(at + (is64 ? 8 : 4));
    const address = this.word(at + (is64 ? 16 : 8));
    const fileSize = this.word(at + (is64 ? 32 : 16));
    const memorySize = this.word(at + (is64 ? 40 : 20));
    if (fileOffset + fileSize > view.byteLength) return 'a segment lies beyond its end: the file is cut short';
    if (fileSize > memorySize) return 'a segment has more bytes in the file than in memory';
    if (address % 4096 !== fileOffset % 4096)
      return 'the address and the file offset of a segment differ in their place in the page';
    if (memorySize === 0) return null;
    const protection = { read: (flags & 4) !== 0, write: (flags & 2) !== 0, execute: (flags & 1) !== 0 };
    return { address, memorySize, fileOffset, fileSize, protection };
  }

  private word(at: number): number {
    return this.is64 ? Number(this.view.getBigUint64(at, true)) : this.view.getUint32(at, true);
  }
}

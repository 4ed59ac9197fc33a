/**
 * Every access of a log in program order, as blocks of typed arrays that are packed while nobody looks at them: a recording
 * of a hundred million accesses is neither objects nor arrays that fill the memory.
 */
import { packBlock, unpackBlock } from './access-codec.ts';
import { DamagedRecording, RecordingError } from './recording-error.ts';

export const AccessKind = { fetch: 0, load: 1, store: 2, modify: 3 } as const;
export type AccessKind = (typeof AccessKind)[keyof typeof AccessKind];

/** Accesses of a block: 2^16, half a MiB. */
export const BLOCK_SHIFT = 16;
export const BLOCK_LENGTH = 1 << BLOCK_SHIFT;

/** Bits of `meta` that hold the size; the kind stands above them. */
export const SIZE_BITS = 14;
export const MAX_ACCESS_SIZE = (1 << SIZE_BITS) - 1;

export interface AccessBlock {
  /** Address bits 0 to 31. */
  readonly low: Uint32Array;
  /** Address bits 32 to 47; the bits above repeat bit 47. */
  readonly high: Uint16Array;
  /** `kind << 14 | size in bytes`. */
  readonly meta: Uint16Array;
}

export interface Access {
  readonly kind: AccessKind;
  readonly address: number;
  readonly size: number;
}

/** How packed blocks become smaller still. `expand` throws DamagedRecording where the bytes are damaged or hold more than `most`. */
export interface Compression {
  compress(bytes: Uint8Array): Uint8Array;
  expand(bytes: Uint8Array, most: number): Uint8Array;
}

/** Where packed blocks are: in memory, or in a file that is read when somebody looks. */
export interface BlockSource {
  /** For messages. */
  readonly file: string;
  packed(index: number): Uint8Array;
}

export function createAccessBlock(length = BLOCK_LENGTH): AccessBlock {
  return { low: new Uint32Array(length), high: new Uint16Array(length), meta: new Uint16Array(length) };
}

/** Unpacked blocks that are kept, over all columns: 32 MiB. */
const MOST_UNPACKED = 64;
const unpacked: { readonly columns: AccessColumns; readonly index: number }[] = [];

export class AccessColumns {
  readonly length: number;
  private readonly source: BlockSource;
  private readonly compression: Compression | null;
  private readonly blocks = new Map<number, AccessBlock>();

  constructor(length: number, source: BlockSource, compression: Compression | null = null) {
    this.length = length;
    this.source = source;
    this.compression = compression;
  }

  get blockCount(): number {
    return Math.ceil(this.length / BLOCK_LENGTH);
  }

  /** How many accesses a block has: only the last one has fewer than the others. */
  lengthOf(index: number): number {
    return Math.min(BLOCK_LENGTH, this.length - index * BLOCK_LENGTH);
  }

  /** Throws a RecordingError where the source is damaged. */
  block(index: number): AccessBlock {
    const known = this.blocks.get(index);
    if (known !== undefined) return known;
    if (index < 0 || index >= this.blockCount)
      throw new Error(`internal: block ${String(index)} of ${String(this.blockCount)}`);
    const length = this.lengthOf(index);
    const block = this.unpack(index, length);
    this.keep(index, block);
    return block;
  }

  private unpack(index: number, length: number): AccessBlock {
    try {
      const packed = this.source.packed(index);
      return unpackBlock(this.compression?.expand(packed, mostPacked(length)) ?? packed, length);
    } catch (error) {
      if (!(error instanceof DamagedRecording)) throw error;
      throw new RecordingError(
        { file: this.source.file },
        `${error.message}, with accesses ${String(index * BLOCK_LENGTH)} to ${String(index * BLOCK_LENGTH + length - 1)}`,
      );
    }
  }

  private keep(index: number, block: AccessBlock): void {
    if (unpacked.length >= MOST_UNPACKED) {
      const first = unpacked.shift();
      first?.columns.blocks.delete(first.index);
    }
    this.blocks.set(index, block);
    unpacked.push({ columns: this, index });
  }
}

/** Bytes that a packed block has at most. */
export function mostPacked(length: number): number {
  return 9 * length;
}

/** Takes blocks as they are filled; a block that was added may change afterwards. */
export interface AccessStore {
  add(block: AccessBlock, length: number): void;
  finish(length: number): AccessColumns;
}

/** Bytes of packed blocks that are kept in memory for one log. */
const MOST_COLLECTED = 256 * 2 ** 20;

/** Keeps them in memory. */
export class AccessCollector implements AccessStore, BlockSource {
  readonly file = 'the log';
  private bytes = 0;
  private readonly compression: Compression | null;
  private readonly blocks: Uint8Array[] = [];

  constructor(compression: Compression | null = null) {
    this.compression = compression;
  }

  add(block: AccessBlock, length: number): void {
    const packed = packBlock(block, length);
    const bytes = this.compression?.compress(packed) ?? packed;
    this.bytes += bytes.length;
    if (this.bytes > MOST_COLLECTED) {
      throw new RecordingError(
        { file: this.file },
        'too long to be replayed from its text: make one file of it with pagewalk import lackey FILE -o OUT.walkrec',
      );
    }
    this.blocks.push(bytes);
  }

  packed(index: number): Uint8Array {
    return this.blocks[index] as Uint8Array;
  }

  finish(length: number): AccessColumns {
    return new AccessColumns(length, this, this.compression);
  }
}

export function accessAt(columns: AccessColumns, index: number): Access {
  if (index >= columns.length) throw new Error(`internal: access ${String(index)} of ${String(columns.length)}`);
  const block = columns.block(index >>> BLOCK_SHIFT);
  const at = index & (BLOCK_LENGTH - 1);
  const meta = block.meta[at] as number;
  return {
    kind: (meta >>> SIZE_BITS) as AccessKind,
    address: (block.high[at] as number) * 0x1_0000_0000 + (block.low[at] as number),
    size: meta & MAX_ACCESS_SIZE,
  };
}

const prefixes = ['I  ', ' L ', ' S ', ' M '];

/** The access as lackey writes it: the log's own line. */
export function formatAccess(access: Access): string {
  const isHigh = access.address >= 0x8000_0000_0000;
  const hex = isHigh
    ? (BigInt(access.address) | 0xffff_0000_0000_0000n).toString(16)
    : access.address.toString(16).padStart(8, '0');
  return `${prefixes[access.kind] as string}${hex},${String(access.size)}`;
}

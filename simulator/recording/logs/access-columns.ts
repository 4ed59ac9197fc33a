/**
 * Every access of a log in program order, eight bytes each, in blocks of typed arrays: a recording of a hundred
 * million accesses is neither objects nor one array that must be copied to grow.
 */

export const AccessKind = { fetch: 0, load: 1, store: 2, modify: 3 } as const;
export type AccessKind = (typeof AccessKind)[keyof typeof AccessKind];

/** Accesses of a block: 2^18, so that a block is 2 MiB. */
export const BLOCK_SHIFT = 18;
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

export interface AccessColumns {
  readonly blocks: AccessBlock[];
  length: number;
}

export interface Access {
  readonly kind: AccessKind;
  readonly address: number;
  readonly size: number;
}

export function createAccessColumns(): AccessColumns {
  return { blocks: [], length: 0 };
}

export function createAccessBlock(): AccessBlock {
  return {
    low: new Uint32Array(BLOCK_LENGTH),
    high: new Uint16Array(BLOCK_LENGTH),
    meta: new Uint16Array(BLOCK_LENGTH),
  };
}

/** The last block holds only what is used: small logs stay small. */
export function trimAccessColumns(columns: AccessColumns): void {
  const last = columns.blocks.length - 1;
  const block = columns.blocks[last];
  if (block === undefined) return;
  const used = columns.length - last * BLOCK_LENGTH;
  columns.blocks[last] = {
    low: block.low.slice(0, used),
    high: block.high.slice(0, used),
    meta: block.meta.slice(0, used),
  };
}

export function accessAt(columns: AccessColumns, index: number): Access {
  const block = columns.blocks[index >>> BLOCK_SHIFT];
  if (block === undefined || index >= columns.length)
    throw new Error(`internal: access ${String(index)} of ${String(columns.length)}`);
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

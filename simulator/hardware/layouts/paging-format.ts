import type { Access } from '../access.ts';
import type { FaultKind } from '../access-status.ts';
import type { Ppn } from '../word.ts';
import type { EntryLayout } from './layout.ts';

/**
 * Everything that a page-table format decides: what the one walker reads, and what people read of it. The levels
 * stand from the root down.
 */
export interface PagingFormat {
  /** The word that the machine's `paging` setting takes. */
  readonly name: string;
  /** The name that people know. */
  readonly title: string;
  /** Bytes of a load or store that names no size. */
  readonly wordBytes: 4 | 8;
  /** Bits of a virtual address that are translated. With more than 32, addresses are 64 bits wide (virtual-address.ts). */
  readonly addressBits: number;
  /**
   * Entries of two words: one little-endian number, or two words of their own, the first of which is the upper half
   * where one number stands for both.
   */
  readonly entryWords: 'one-number' | 'separate';
  readonly levels: readonly LevelFormat[];
  /** Pages of these sizes exist; as a shift of page numbers, smallest (0) first. */
  readonly sizeShifts: readonly number[];
  /** Rights are the AND of all levels' (x86), or the leaf's alone (TSAR, RISC-V). */
  readonly areRightsCombined: boolean;
  /** A page fault drops the TLB's entry for the address (Intel SDM 3A 4.10.4.1). */
  readonly dropsOnFault: boolean;
  /** A supervisor may fetch from a user's page. */
  readonly isUserCodeOpen: boolean;
  /** A bit of the core, CR0.WP, says whether the write right binds supervisors; elsewhere it always does. */
  readonly hasWriteProtectBit: boolean;
  /** A write to an entry drops it from every TLB by itself; elsewhere software has to. */
  readonly areTlbsCoherent: boolean;
  /** Fetches have a TLB and fault registers of their own. */
  readonly hasFetchMmu: boolean;
  readonly physical: PhysicalFormat;
  /** The register that names the root table, and its value. */
  readonly rootText: (root: Ppn) => string;
  /** What the core's exception register says of a refused access. `level` is the depth of the entry that decided. */
  readonly exceptionCode: (status: number, level: number, access: Access, user: boolean) => number;
  /** That code in the manual's words: `13 (load page fault)`. */
  readonly exceptionText: (code: number, kind: FaultKind) => string;
  /** Where software finds code and address. */
  readonly faultRegisters: { readonly data: FaultRegisters; readonly fetch: FaultRegisters };
}

/** The manual's names of the registers that tell of a refused access. */
export interface FaultRegisters {
  readonly code: string;
  readonly address: string;
}

/** How banks and their clusters stand in physical addresses. */
export interface PhysicalFormat {
  /** Bits of a page number below the cluster identifier (ALMOS-MKH 10.1, 10.10). */
  readonly localPageBits: number;
  /** Bytes that all banks may have together where they follow one another, without a cluster identifier; 0: they do not. */
  readonly contiguousBytes: number;
  /** With the MMU off a register of the core extends addresses by the cluster (ALMOS-MKH 10.5). */
  readonly hasExtension: boolean;
}

/** All masks apply to the entry's first word unless their name says `Second`; 0: there is no such bit. */
export interface LevelFormat {
  /** The table's, in the manual. */
  readonly name: string;
  /** The address field's that is the index into the table. */
  readonly indexName: string;
  /** Index bits: of the page number, from `shift` on. */
  readonly shift: number;
  readonly indexBits: number;
  readonly words: 1 | 2;
  readonly presentMask: number;
  /** The bit that tells a pointer from a page; 0 where only one of them exists. */
  readonly kindMask: number;
  /** The value of that bit, masked, in a pointer. */
  readonly pointerValue: number;
  readonly pointer: PointerFormat | null;
  readonly page: PageFormat | null;
}

/** Frame number = ((first or second word >>> shift) & mask) * scale + (second word & highMask) * highScale. */
export interface FrameFormat {
  readonly word: 0 | 1;
  readonly shift: number;
  readonly mask: number;
  readonly scale: number;
  readonly highMaskSecond: number;
  readonly highScale: number;
}

export interface PointerFormat {
  readonly layout: EntryLayout;
  readonly frame: FrameFormat;
  /** 0: no such bit, what is present may be read. */
  readonly readableMask: number;
  readonly writableMask: number;
  readonly userMask: number;
  readonly accessedMask: number;
  /** 0: no such bit, execution is allowed unless `noExecuteMaskSecond` forbids it. */
  readonly executableMask: number;
  readonly noExecuteMaskSecond: number;
  /** In a pointer: all pages below are global. */
  readonly globalMask: number;
  readonly reservedMask: number;
  readonly reservedMaskSecond: number;
  /** Bits that mean something together, such as rights: bit N of `reservedValues` forbids the value N of theirs. */
  readonly valueShift: number;
  readonly valueMask: number;
  readonly reservedValues: number;
}

export interface PageFormat extends PointerFormat {
  /** Index in `sizeShifts`. */
  readonly size: number;
  /** Set instead of `accessedMask` when another cluster's core walks; the same bit where there is one only. */
  readonly accessedRemoteMask: number;
  readonly dirtyMask: number;
}

/** What an entry says whose format has none of these bits. */
export const noBits = {
  readableMask: 0,
  writableMask: 0,
  userMask: 0,
  accessedMask: 0,
  executableMask: 0,
  noExecuteMaskSecond: 0,
  globalMask: 0,
  reservedMask: 0,
  reservedMaskSecond: 0,
  valueShift: 0,
  valueMask: 0,
  reservedValues: 0,
} as const satisfies Omit<PointerFormat, 'layout' | 'frame'>;

/**
 * The levels with every record of one shape and every number an integer word, so that the walker's code stays
 * monomorphic.
 */
export function defineLevels(levels: readonly LevelFormat[]): LevelFormat[] {
  return levels.map((level) => ({
    name: level.name,
    indexName: level.indexName,
    shift: level.shift,
    indexBits: level.indexBits,
    words: level.words,
    presentMask: level.presentMask | 0,
    kindMask: level.kindMask | 0,
    pointerValue: level.pointerValue | 0,
    pointer: level.pointer === null ? null : uniform(level.pointer),
    page: level.page === null ? null : uniform(level.page),
  }));
}

function uniform(format: PointerFormat & Partial<PageFormat>): PageFormat {
  const { frame } = format;
  return {
    layout: format.layout,
    frame: {
      word: frame.word,
      shift: frame.shift,
      mask: frame.mask | 0,
      scale: frame.scale | 0,
      highMaskSecond: frame.highMaskSecond | 0,
      highScale: frame.highScale | 0,
    },
    readableMask: format.readableMask | 0,
    writableMask: format.writableMask | 0,
    userMask: format.userMask | 0,
    accessedMask: format.accessedMask | 0,
    executableMask: format.executableMask | 0,
    noExecuteMaskSecond: format.noExecuteMaskSecond | 0,
    globalMask: format.globalMask | 0,
    reservedMask: format.reservedMask | 0,
    reservedMaskSecond: format.reservedMaskSecond | 0,
    valueShift: format.valueShift | 0,
    valueMask: format.valueMask | 0,
    reservedValues: format.reservedValues | 0,
    size: (format.size ?? 0) | 0,
    accessedRemoteMask: (format.accessedRemoteMask ?? 0) | 0,
    dirtyMask: (format.dirtyMask ?? 0) | 0,
  };
}

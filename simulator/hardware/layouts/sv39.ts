import { Access } from '../access.ts';
import { AccessStatus } from '../access-status.ts';
import type { Ppn } from '../word.ts';
import { defineEntry, flag, reserved } from './layout.ts';
import type { EntryLayout, Field } from './layout.ts';
import { defineLevels, noBits } from './paging-format.ts';
import type { LevelFormat, PageFormat, PagingFormat } from './paging-format.ts';

/**
 * Sv39 of RISC-V (privileged architecture, "Sv39: Page-Based 39-bit Virtual-Memory System"). Svadu: the hardware sets A and
 * D. SUM is 1 and MXR is 0. Without Svnapot, Svpbmt and Zicfiss, so what they use is reserved (docs/adr/0019-sv39.md).
 */

const rights: readonly Field[] = [
  flag('V', 0, 'valid'),
  flag('R', 1, 'readable'),
  flag('W', 2, 'writable'),
  flag('X', 3, 'executable'),
];
const upper: readonly Field[] = [
  { name: 'RSW', bit: 8, width: 2, meaning: 'free for software' },
  reserved(54, 7),
  { name: 'PBMT', bit: 61, width: 2, meaning: 'reserved' },
  { name: 'N', bit: 63, width: 1, meaning: 'reserved' },
];
const leaf: readonly Field[] = [
  ...rights,
  flag('U', 4, 'user mode allowed'),
  flag('G', 5, 'global'),
  flag('A', 6, 'accessed'),
  flag('D', 7, 'dirty'),
  ...upper,
];

/** Entry that points to the next table: R, W and X are 0. */
export const sv39Table = defineEntry('table entry', 2, [
  ...rights,
  reserved(4, 1),
  flag('G', 5, 'global: all pages below'),
  reserved(6, 2),
  ...upper,
  { name: 'PPN', bit: 10, width: 44, meaning: 'frame number of the next table' },
]);

export const sv39Pte = defineEntry('PTE', 2, [...leaf, { name: 'PPN', bit: 10, width: 44, meaning: 'frame number' }]);

export const sv39Pte2M = defineEntry('PTE 2 MiB', 2, [
  ...leaf,
  reserved(10, 9),
  { name: 'PPN', bit: 19, width: 35, meaning: 'frame number of the big page, by 2 MiB' },
]);

export const sv39Pte1G = defineEntry('PTE 1 GiB', 2, [
  ...leaf,
  reserved(10, 18),
  { name: 'PPN', bit: 28, width: 26, meaning: 'frame number of the big page, by 1 GiB' },
]);

const R = 1 << 1;
const W = 1 << 2;
const X = 1 << 3;
const U = 1 << 4;
const G = 1 << 5;
const A = 1 << 6;
const D = 1 << 7;

const common = {
  ...noBits,
  globalMask: G,
  /** Bits 63 to 54. */
  reservedMaskSecond: 0x3ff << 22,
};

/** Rights, as R, W and X stand beside one another, that are reserved: W without R. */
const WRITE_ONLY = (1 << (W >> 1)) | (1 << ((W | X) >> 1));
/** No right at all: the entry is a pointer, and the last level cannot have one. */
const POINTER = 1 << 0;

/** The frame's low 22 bits are in the first word, bits from 31 down to 10; 22 more in the second. */
function page(layout: EntryLayout, size: number, frameShift: number, reservedValues: number): PageFormat {
  return {
    ...common,
    layout,
    size,
    frame: {
      word: 0,
      shift: frameShift,
      mask: 2 ** (32 - frameShift) - 1,
      scale: 2 ** (frameShift - 10),
      highMaskSecond: 0x3f_ffff,
      highScale: 2 ** 22,
    },
    readableMask: R,
    writableMask: W,
    executableMask: X,
    userMask: U,
    accessedMask: A,
    accessedRemoteMask: A,
    dirtyMask: D,
    // A big page begins at a multiple of its size.
    reservedMask: 2 ** frameShift - 2 ** 10,
    valueShift: 1,
    valueMask: 7,
    reservedValues,
  };
}

function level(depth: number, big: PageFormat): LevelFormat {
  return {
    name: `L${depth}`,
    indexName: `VPN[${depth}]`,
    shift: 9 * depth,
    indexBits: 9,
    words: 2,
    presentMask: 1,
    kindMask: R | W | X,
    pointerValue: 0,
    pointer: {
      ...common,
      layout: sv39Table,
      frame: { word: 0, shift: 10, mask: 0x3f_ffff, scale: 1, highMaskSecond: 0x3f_ffff, highScale: 2 ** 22 },
      reservedMask: U | A | D,
    },
    page: big,
  };
}

/** MODE 8 is Sv39; ASID 0; the root's frame number. */
function satpText(root: Ppn): string {
  return `satp 0x${((8n << 60n) | BigInt(root)).toString(16)}`;
}

/** Exception codes of scause (RISC-V privileged architecture, "Supervisor Cause"), of the interrupt bit 0. */
const causes: Readonly<Record<number, string>> = {
  1: 'instruction access fault',
  5: 'load access fault',
  7: 'store/AMO access fault',
  12: 'instruction page fault',
  13: 'load page fault',
  15: 'store/AMO page fault',
};

/**
 * Page faults; access faults where nothing answers at a physical address, of the page or of a table. An address that is not
 * sign-extended is a page fault too. stval has the address of the access, or of its part behind a page's end.
 */
function scause(status: number, _level: number, access: Access): number {
  const isPageFault = status !== AccessStatus.bus && status !== AccessStatus.illegal;
  switch (access) {
    case Access.fetch:
      return isPageFault ? 12 : 1;
    case Access.write:
      return isPageFault ? 15 : 7;
    default:
      return isPageFault ? 13 : 5;
  }
}

/** `13 (load page fault)` */
function scauseText(code: number): string {
  const cause = causes[code];
  return cause === undefined ? String(code) : `${code} (${cause})`;
}

const registers = { code: 'scause', address: 'stval' } as const;

export const sv39Paging: PagingFormat = {
  name: 'sv39',
  title: 'Sv39',
  wordBytes: 8,
  addressBits: 39,
  entryWords: 'one-number',
  sizeShifts: [0, 9, 18],
  areRightsCombined: false,
  dropsOnFault: false,
  isUserCodeOpen: false,
  hasWriteProtectBit: false,
  areTlbsCoherent: false,
  hasFetchMmu: false,
  physical: { localPageBits: 28, contiguousBytes: 0, hasExtension: false },
  rootText: satpText,
  exceptionCode: scause,
  exceptionText: scauseText,
  faultRegisters: { data: registers, fetch: registers },
  levels: defineLevels([
    level(2, page(sv39Pte1G, 2, 28, WRITE_ONLY)),
    level(1, page(sv39Pte2M, 1, 19, WRITE_ONLY)),
    { ...level(0, page(sv39Pte, 0, 10, WRITE_ONLY | POINTER)), kindMask: 0, pointer: null },
  ]),
};

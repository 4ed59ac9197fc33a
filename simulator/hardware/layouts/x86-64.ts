import { defineEntry, flag, reserved } from './layout.ts';
import type { EntryLayout, Field } from './layout.ts';
import { defineLevels, noBits } from './paging-format.ts';
import type { LevelFormat, PageFormat, PagingFormat } from './paging-format.ts';
import { cr3Text, x86ErrorCodeWithFetch, x86ErrorText, x86FaultRegisters } from './x86-registers.ts';

/** Four-level paging with EFER.NXE and CR4.PGE; physical addresses of 48 bits (Intel SDM 3A 4.5). */

const rights: readonly Field[] = [
  flag('P', 0, 'present'),
  flag('RW', 1, 'writable'),
  flag('US', 2, 'user mode allowed'),
  flag('PWT', 3, 'write through'),
  flag('PCD', 4, 'cache disabled'),
  flag('A', 5, 'accessed'),
];
const upper: readonly Field[] = [
  flag('AVL9', 9, 'free for software; almos-mkh: copy on write'),
  flag('AVL10', 10, 'free for software'),
  flag('AVL11', 11, 'free for software; almos-mkh: locked'),
  reserved(48, 4),
  { name: 'AVL', bit: 52, width: 11, meaning: 'free for software' },
  flag('NX', 63, 'no execution'),
];
const leaf: readonly Field[] = [...rights, flag('D', 6, 'dirty'), flag('G', 8, 'global'), ...upper];
const frame: Field = { name: 'frame', bit: 12, width: 36, meaning: 'frame number' };

/** Entry that points to the next table; in the top level bit 7 is reserved. */
export const x8664Table = defineEntry('table entry', 2, [
  ...rights,
  flag('AVL6', 6, 'free for software'),
  flag('PS', 7, '1: maps a big page'),
  flag('AVL8', 8, 'free for software'),
  ...upper,
  frame,
]);

export const x8664Pml4e = defineEntry('PML4E', 2, [
  ...rights,
  flag('AVL6', 6, 'free for software'),
  reserved(7, 1),
  flag('AVL8', 8, 'free for software'),
  ...upper,
  frame,
]);

export const x8664Pte = defineEntry('PTE', 2, [...leaf, flag('PAT', 7, 'page attribute table'), frame]);

export const x8664Pde2M = defineEntry('PDE 2 MiB', 2, [
  ...leaf,
  flag('PS', 7, '1: maps a big page'),
  flag('PAT', 12, 'page attribute table'),
  reserved(13, 8),
  { name: 'frame', bit: 21, width: 27, meaning: 'frame number of the big page, by 2 MiB' },
]);

export const x8664Pdpte1G = defineEntry('PDPTE 1 GiB', 2, [
  ...leaf,
  flag('PS', 7, '1: maps a big page'),
  flag('PAT', 12, 'page attribute table'),
  reserved(13, 17),
  { name: 'frame', bit: 30, width: 18, meaning: 'frame number of the big page, by 1 GiB' },
]);

const PS = 1 << 7;
const common = {
  ...noBits,
  writableMask: 1 << 1,
  userMask: 1 << 2,
  accessedMask: 1 << 5,
  noExecuteMaskSecond: 1 << 31,
  /** Bits 51..48: beyond the physical address width. */
  reservedMaskSecond: 0x000f_0000,
};

/** The frame's low 20 bits are in the first word, bits from 31 down to 12; 16 more in the second. */
function page(layout: EntryLayout, size: number, frameShift: number, reservedMask: number): PageFormat {
  return {
    ...common,
    layout,
    size,
    frame: {
      word: 0,
      shift: frameShift,
      mask: 2 ** (32 - frameShift) - 1,
      scale: 2 ** (frameShift - 12),
      highMaskSecond: 0xffff,
      highScale: 2 ** 20,
    },
    reservedMask,
    accessedRemoteMask: 1 << 5,
    dirtyMask: 1 << 6,
    globalMask: 1 << 8,
  };
}

function level(name: string, shift: number, big: PageFormat | null): LevelFormat {
  const isTop = shift === 27;
  return {
    name,
    indexName: `${name} index`,
    shift,
    indexBits: 9,
    words: 2,
    presentMask: 1,
    kindMask: isTop ? 0 : PS,
    pointerValue: 0,
    pointer: {
      ...common,
      layout: isTop ? x8664Pml4e : x8664Table,
      frame: { word: 0, shift: 12, mask: 0xf_ffff, scale: 1, highMaskSecond: 0xffff, highScale: 2 ** 20 },
      reservedMask: isTop ? PS : 0,
    },
    page: big,
  };
}

export const x8664Paging: PagingFormat = {
  name: 'x86-64',
  title: 'x86-64',
  wordBytes: 8,
  addressBits: 48,
  entryWords: 'one-number',
  sizeShifts: [0, 9, 18],
  areRightsCombined: true,
  dropsOnFault: true,
  isUserCodeOpen: true,
  hasWriteProtectBit: true,
  areTlbsCoherent: false,
  hasFetchMmu: false,
  physical: { localPageBits: 28, contiguousBytes: 0, hasExtension: false },
  rootText: cr3Text,
  exceptionCode: x86ErrorCodeWithFetch,
  exceptionText: x86ErrorText,
  faultRegisters: x86FaultRegisters,
  levels: defineLevels([
    level('PML4', 27, null),
    level('PDPT', 18, page(x8664Pdpte1G, 2, 30, 0x3fff_e000)),
    level('PD', 9, page(x8664Pde2M, 1, 21, 0x001f_e000)),
    { ...level('PT', 0, page(x8664Pte, 0, 12, 0)), kindMask: 0, pointer: null },
  ]),
};

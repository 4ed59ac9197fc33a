import { defineEntry, flag, reserved } from './layout.ts';
import type { Field } from './layout.ts';
import { defineLevels, noBits } from './paging-format.ts';
import type { PagingFormat } from './paging-format.ts';
import { cr3Text, x86ErrorCode, x86ErrorText, x86FaultRegisters } from './x86-registers.ts';

/** IA-32 paging with CR4.PSE and CR4.PGE, without PAE; physical addresses of 32 bits (Intel SDM 3A 4.3). */

const rights: readonly Field[] = [
  flag('P', 0, 'present'),
  flag('RW', 1, 'writable'),
  flag('US', 2, 'user mode allowed'),
  flag('PWT', 3, 'write through'),
  flag('PCD', 4, 'cache disabled'),
  flag('A', 5, 'accessed'),
];
const available: Field = { name: 'AVL', bit: 9, width: 3, meaning: 'free for software' };
const frame: Field = { name: 'frame', bit: 12, width: 20, meaning: 'frame number' };

/** Page-directory entry that points to a page table. */
export const x86Pde = defineEntry('PDE', 1, [
  ...rights,
  flag('AVL6', 6, 'free for software'),
  flag('PS', 7, '1: maps 4 MiB'),
  flag('AVL8', 8, 'free for software'),
  available,
  frame,
]);

/** Page-directory entry that maps 4 MiB. */
export const x86BigPde = defineEntry('PDE 4 MiB', 1, [
  ...rights,
  flag('D', 6, 'dirty'),
  flag('PS', 7, '1: maps 4 MiB'),
  flag('G', 8, 'global'),
  available,
  flag('PAT', 12, 'page attribute table'),
  reserved(13, 9),
  { name: 'frame', bit: 22, width: 10, meaning: 'frame number of the big page, by 4 MiB' },
]);

export const x86Pte = defineEntry('PTE', 1, [
  ...rights,
  flag('D', 6, 'dirty'),
  flag('PAT', 7, 'page attribute table'),
  flag('G', 8, 'global'),
  available,
  frame,
]);

const common = { ...noBits, writableMask: 1 << 1, userMask: 1 << 2, accessedMask: 1 << 5 };
const pageBits = {
  ...common,
  accessedRemoteMask: 1 << 5,
  dirtyMask: 1 << 6,
  globalMask: 1 << 8,
};
const smallFrame = { word: 0, shift: 12, mask: 0xf_ffff, scale: 1, highMaskSecond: 0, highScale: 0 } as const;

export const x86Paging: PagingFormat = {
  name: 'x86-32',
  title: 'x86-32',
  wordBytes: 4,
  addressBits: 32,
  entryWords: 'one-number',
  sizeShifts: [0, 10],
  areRightsCombined: true,
  dropsOnFault: true,
  isUserCodeOpen: true,
  hasWriteProtectBit: true,
  areTlbsCoherent: false,
  hasFetchMmu: false,
  // Above 3 GiB stand the peripherals.
  physical: { localPageBits: 20, contiguousBytes: 3 * 2 ** 30, hasExtension: false },
  rootText: cr3Text,
  exceptionCode: x86ErrorCode,
  exceptionText: x86ErrorText,
  faultRegisters: x86FaultRegisters,
  levels: defineLevels([
    {
      name: 'PD',
      indexName: 'PD index',
      shift: 10,
      indexBits: 10,
      words: 1,
      presentMask: 1,
      kindMask: 1 << 7,
      pointerValue: 0,
      pointer: { ...common, layout: x86Pde, frame: smallFrame },
      page: {
        ...pageBits,
        layout: x86BigPde,
        size: 1,
        frame: { word: 0, shift: 22, mask: 0x3ff, scale: 1024, highMaskSecond: 0, highScale: 0 },
        reservedMask: 0x003f_e000,
      },
    },
    {
      name: 'PT',
      indexName: 'PT index',
      shift: 0,
      indexBits: 10,
      words: 1,
      presentMask: 1,
      kindMask: 0,
      pointerValue: 0,
      pointer: null,
      page: { ...pageBits, layout: x86Pte, size: 0, frame: smallFrame },
    },
  ]),
};

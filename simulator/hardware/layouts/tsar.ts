import type { Ppn } from '../word.ts';
import { hex } from '../word.ts';
import { defineEntry, flag, reserved } from './layout.ts';
import type { Field } from './layout.ts';
import { defineLevels, noBits } from './paging-format.ts';
import type { PagingFormat } from './paging-format.ts';
import { tsarExceptionCode, tsarExceptionText } from './tsar-exception.ts';

/** TSAR's two levels (ALMOS-MKH 10.2). */

const attributes: readonly Field[] = [
  flag('V', 31, 'valid'),
  flag('T', 30, '1: pointer to a second-level table'),
  flag('L', 29, 'accessed by a local initiator'),
  flag('R', 28, 'accessed by a remote initiator'),
  flag('C', 27, 'cachable'),
  flag('W', 26, 'writable'),
  flag('X', 25, 'executable'),
  flag('U', 24, 'user mode allowed'),
  flag('G', 23, 'kept on TLB flush'),
  flag('D', 22, 'modified'),
];

/** First-level entry that maps 2 MiB. */
export const tsarPte1 = defineEntry('PTE1', 1, [
  ...attributes,
  reserved(19, 3),
  { name: 'PPN1', bit: 0, width: 19, meaning: 'frame number of the big page, by 2 MiB' },
]);

/** First-level entry that points to a second-level table. */
export const tsarPtd1 = defineEntry('PTD1', 1, [
  flag('V', 31, 'valid'),
  flag('T', 30, '1: pointer to a second-level table'),
  reserved(28, 2),
  { name: 'PTBA', bit: 0, width: 28, meaning: 'frame number of the second-level table' },
]);

/** Second-level entry; the attribute word has the lower address. */
export const tsarPte2 = defineEntry('PTE2', 2, [
  ...attributes,
  reserved(8, 14),
  reserved(5, 3),
  flag('CLEAR', 4, 'software, unused'),
  flag('LOCKED', 3, 'software: somebody works on the entry'),
  flag('SWAP', 2, 'software, reserved'),
  flag('MIGRATE', 1, 'software, unused'),
  flag('COW', 0, 'software: copy on write'),
  { name: 'PPN2', bit: 32, width: 28, meaning: 'frame number' },
  reserved(60, 4),
]);

const pageBits = {
  ...noBits,
  writableMask: 1 << 26,
  userMask: 1 << 24,
  executableMask: 1 << 25,
  accessedMask: 1 << 29,
  accessedRemoteMask: 1 << 28,
  dirtyMask: 1 << 22,
  globalMask: 1 << 23,
};

/** MMU_PTPR: bits 39..13 of the root table's address. */
export function pageTablePointer(root: Ppn): number {
  return Math.floor(root / 2);
}

export const tsarPaging: PagingFormat = {
  name: 'tsar',
  title: 'TSAR',
  wordBytes: 4,
  addressBits: 32,
  entryWords: 'separate',
  sizeShifts: [0, 9],
  areRightsCombined: false,
  dropsOnFault: false,
  isUserCodeOpen: true,
  hasWriteProtectBit: false,
  areTlbsCoherent: true,
  hasFetchMmu: true,
  physical: { localPageBits: 20, contiguousBytes: 0, hasExtension: true },
  rootText: (root) => `PTPR ${hex(pageTablePointer(root), 8)}`,
  exceptionCode: tsarExceptionCode,
  exceptionText: tsarExceptionText,
  faultRegisters: {
    data: { code: 'MMU_DETR', address: 'MMU_DBVAR' },
    fetch: { code: 'MMU_IETR', address: 'MMU_IBVAR' },
  },
  levels: defineLevels([
    {
      name: 'PT1',
      indexName: 'IX1',
      shift: 9,
      indexBits: 11,
      words: 1,
      presentMask: 1 << 31,
      kindMask: 1 << 30,
      pointerValue: 1 << 30,
      pointer: {
        ...noBits,
        layout: tsarPtd1,
        frame: { word: 0, shift: 0, mask: 0x0fff_ffff, scale: 1, highMaskSecond: 0, highScale: 0 },
      },
      page: {
        ...pageBits,
        layout: tsarPte1,
        size: 1,
        frame: { word: 0, shift: 0, mask: 0x7_ffff, scale: 512, highMaskSecond: 0, highScale: 0 },
      },
    },
    {
      name: 'PT2',
      indexName: 'IX2',
      shift: 0,
      indexBits: 9,
      words: 2,
      presentMask: 1 << 31,
      kindMask: 0,
      pointerValue: 0,
      pointer: null,
      page: {
        ...pageBits,
        layout: tsarPte2,
        size: 0,
        frame: { word: 1, shift: 0, mask: 0x0fff_ffff, scale: 1, highMaskSecond: 0, highScale: 0 },
      },
    },
  ]),
};

import { TlbKey } from '../tlb-key.ts';
import type { FrameFormat, LevelFormat, PointerFormat } from './paging-format.ts';

/** What the walker reads out of an entry's words, by the format's masks. */

/** Index into the table at a level. Shifts are 0 or at least 9. */
export function tableIndex(level: LevelFormat, pageLow: number, pageHigh: number): number {
  const bits = level.shift === 0 ? pageLow : (pageLow >>> level.shift) | (pageHigh << (32 - level.shift));
  return bits & ((1 << level.indexBits) - 1);
}

export function isPointerEntry(level: LevelFormat, first: number): boolean {
  if (level.pointer === null) return false;
  return level.page === null || (first & level.kindMask) === level.pointerValue;
}

export function framePointedTo(format: FrameFormat, first: number, second: number): number {
  const low = ((format.word === 0 ? first : second) >>> format.shift) & format.mask;
  return low * format.scale + (second & format.highMaskSecond) * 0x10_0000;
}

/** As bits of TlbKey. */
export function rightsOf(format: PointerFormat, first: number, second: number): number {
  const isExecutable =
    (format.executableMask === 0 || (first & format.executableMask) !== 0) &&
    (second & format.noExecuteMaskSecond) === 0;
  return (
    ((first & format.writableMask) !== 0 ? TlbKey.writable : 0) |
    ((first & format.userMask) !== 0 ? TlbKey.user : 0) |
    (isExecutable ? TlbKey.executable : 0)
  );
}

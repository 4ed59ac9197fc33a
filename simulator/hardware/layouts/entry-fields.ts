import { TlbKey } from '../tlb-key.ts';
import type { FrameFormat, LevelFormat, PagingFormat, PointerFormat } from './paging-format.ts';

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
  return low * format.scale + (second & format.highMaskSecond) * format.highScale;
}

/** Is a bit set, or a value there, that the format reserves? */
export function isReservedEntry(format: PointerFormat, first: number, second: number): boolean {
  if (((first & format.reservedMask) | (second & format.reservedMaskSecond)) !== 0) return true;
  const values = format.reservedValues;
  return values !== 0 && ((values >>> ((first >>> format.valueShift) & format.valueMask)) & 1) !== 0;
}

/** Every right that an entry can give, as bits of TlbKey. */
export const ALL_RIGHTS: number = TlbKey.readable | TlbKey.writable | TlbKey.executable | TlbKey.user;

/** Of one entry, as bits of TlbKey. */
export function rightsOf(format: PointerFormat, first: number, second: number): number {
  const isExecutable =
    (format.executableMask === 0 || (first & format.executableMask) !== 0) &&
    (second & format.noExecuteMaskSecond) === 0;
  return (
    (format.readableMask === 0 || (first & format.readableMask) !== 0 ? TlbKey.readable : 0) |
    ((first & format.writableMask) !== 0 ? TlbKey.writable : 0) |
    ((first & format.userMask) !== 0 ? TlbKey.user : 0) |
    (isExecutable ? TlbKey.executable : 0)
  );
}

/** As a bit of TlbKey: the page, or all pages below a pointer. */
export function globalOf(format: PointerFormat, first: number): number {
  return (first & format.globalMask) !== 0 ? TlbKey.global : 0;
}

/** A page's rights with the supervisor's own right to fetch, which not every format gives in a user's page. */
export function withKernelFetch(format: PagingFormat, rights: number): number {
  const isOpen = format.isUserCodeOpen || (rights & TlbKey.user) === 0;
  return isOpen && (rights & TlbKey.executable) !== 0 ? rights | TlbKey.kernelExecutable : rights;
}

/** Entries from what they should say, by the masks that the walker reads them with. */
import type { EntryLayout, EntryWords } from './layout.ts';
import { softwareBitsOf } from './software-bits.ts';
import type { FrameFormat, LevelFormat, PageFormat, PagingFormat, PointerFormat } from './paging-format.ts';
import { isReservedEntry } from './entry-fields.ts';
import type { Ppn } from '../word.ts';

export interface LeafRequest {
  readonly ppn: Ppn;
  readonly read: boolean;
  readonly write: boolean;
  readonly execute: boolean;
  readonly user: boolean;
  readonly global: boolean;
  readonly accessed: boolean;
  readonly dirty: boolean;
  /** The bits that the format leaves to software, from the lowest on. */
  readonly soft: number;
}

/** Null where the format has no such entry: a frame that does not fit, or rights that it reserves. Without rights it is not present. */
export function leafWords(format: PagingFormat, level: LevelFormat, request: LeafRequest): EntryWords | null {
  const { page } = level;
  if (page === null || request.soft >= 2 ** softwareBitsOf(page.layout).length) return null;
  const words: [number, number] = [0, 0];
  if (!placeFrame(page.frame, request.ppn, words)) return null;
  const { read, write, execute } = request;
  const set = (on: boolean, mask: number): void => {
    if (on) words[0] |= mask;
  };
  set(read || write || execute, level.presentMask);
  set(isKindBit(level, page), level.kindMask);
  set(read, page.readableMask);
  set(write, page.writableMask);
  set(execute, page.executableMask);
  set(request.user, page.userMask);
  set(request.global, page.globalMask);
  set(request.accessed, page.accessedMask);
  set(request.dirty, page.dirtyMask);
  if (!execute) words[1] |= page.noExecuteMaskSecond;
  placeSoftware(page.layout, request.soft, words);
  const isPresent = read || write || execute;
  if (isPresent && isReservedEntry(page, words[0], words[1])) return null;
  return format.levels.includes(level) ? [words[0] >>> 0, words[1] >>> 0] : null;
}

/** A bit of its own says that the entry is a page, not a pointer. Where rights say so, they are no such bit. */
function isKindBit({ kindMask, pointer, pointerValue }: LevelFormat, page: PageFormat): boolean {
  const rights = page.readableMask | page.writableMask | page.executableMask;
  return pointer !== null && pointerValue === 0 && (kindMask & rights) === 0;
}

/** A pointer to the next table that grants every right; null where the frame does not fit. */
export function linkWords({ levels }: PagingFormat, table: Ppn): EntryWords | null {
  const level = levels[0] as LevelFormat;
  const pointer = level.pointer as PointerFormat;
  const words: [number, number] = [0, 0];
  if (!placeFrame(pointer.frame, table, words)) return null;
  words[0] |= level.presentMask | level.pointerValue | pointer.writableMask | pointer.userMask;
  return [words[0] >>> 0, words[1] >>> 0];
}

function placeFrame(frame: FrameFormat, ppn: Ppn, words: [number, number]): boolean {
  if (ppn < 0 || ppn % frame.scale !== 0) return false;
  const low = (ppn / frame.scale) % (frame.mask + 1);
  const high = frame.highScale === 0 ? 0 : Math.floor(ppn / frame.highScale);
  const isWhole = low * frame.scale + high * frame.highScale === ppn && high <= frame.highMaskSecond;
  if (!isWhole) return false;
  words[frame.word] |= low << frame.shift;
  words[1] |= high;
  return true;
}

function placeSoftware(layout: EntryLayout, soft: number, words: [number, number]): void {
  for (const [index, bit] of softwareBitsOf(layout).entries())
    if (Math.floor(soft / 2 ** index) % 2 === 1) words[bit < 32 ? 0 : 1] |= 1 << (bit % 32);
}

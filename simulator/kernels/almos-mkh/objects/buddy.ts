import { CONFIG_PPM_MAX_ORDER } from '../base/constants.ts';

/**
 * 9.2: the free blocks of a bank, as one bitmap for each order: bit i of order k is the block of 2^k pages at
 * page i * 2^k. The lowest block is the first set bit, so the lists need no links.
 */
export interface BuddyLists {
  readonly bitmap: readonly Uint32Array[];
  /** Blocks on each list. */
  readonly length: Uint32Array;
  /** No word of that order's bitmap below this one has a bit set. */
  readonly firstWord: Uint32Array;
}

export const MAX_ORDER = CONFIG_PPM_MAX_ORDER - 1;

/** Everything from `first` on is free, in the largest aligned blocks. */
export function createBuddyLists(pages_nr: number, first: number): BuddyLists {
  const lists: BuddyLists = {
    bitmap: Array.from({ length: CONFIG_PPM_MAX_ORDER }, (_, order) => {
      return new Uint32Array(Math.ceil(Math.ceil(pages_nr / 2 ** order) / 32));
    }),
    length: new Uint32Array(CONFIG_PPM_MAX_ORDER),
    firstWord: new Uint32Array(CONFIG_PPM_MAX_ORDER),
  };
  for (let page = first; page < pages_nr;) {
    let order = MAX_ORDER;
    while (page % 2 ** order !== 0 || page + 2 ** order > pages_nr) order--;
    setFree(lists, order, page);
    page += 2 ** order;
  }
  return lists;
}

/** Takes a block of 2^order pages; -1 when no block is large enough. */
export function allocateBlock(lists: BuddyLists, order: number): number {
  let found = order;
  while (found <= MAX_ORDER && lists.length[found] === 0) found++;
  if (found > MAX_ORDER) return -1;
  const page = lowestFree(lists, found);
  clearFree(lists, found, page);
  while (found > order) {
    found--;
    setFree(lists, found, page + 2 ** found);
  }
  return page;
}

/** Puts a block back and merges it with its buddy while that is free, up to the largest order. */
export function insertAndMerge(lists: BuddyLists, page: number, order: number): void {
  let block = page;
  let size = order;
  while (size < MAX_ORDER && isFreeBlock(lists, size, block ^ (1 << size))) {
    clearFree(lists, size, block ^ (1 << size));
    block &= ~(1 << size);
    size++;
  }
  setFree(lists, size, block);
}

export function isFreeBlock({ bitmap }: BuddyLists, order: number, page: number): boolean {
  const bit = page >>> order;
  const word = (bitmap[order] as Uint32Array)[bit >>> 5];
  return word !== undefined && (word & (1 << (bit & 31))) !== 0;
}

/** Is the page inside a free block of any order? */
export function isFreePage(lists: BuddyLists, page: number): boolean {
  for (let order = 0; order <= MAX_ORDER; order++) if (isFreeBlock(lists, order, page)) return true;
  return false;
}

/** First pages of the blocks of an order, ascending. */
export function freeBlocks(lists: BuddyLists, order: number): number[] {
  const blocks: number[] = [];
  (lists.bitmap[order] as Uint32Array).forEach((word, index) => {
    for (let bit = 0; bit < 32; bit++) if ((word & (1 << bit)) !== 0) blocks.push((index * 32 + bit) << order);
  });
  return blocks;
}

function setFree({ bitmap, length, firstWord }: BuddyLists, order: number, page: number): void {
  const bit = page >>> order;
  const words = bitmap[order] as Uint32Array;
  words[bit >>> 5] = (words[bit >>> 5] as number) | (1 << (bit & 31));
  length[order] = (length[order] as number) + 1;
  if (bit >>> 5 < (firstWord[order] as number)) firstWord[order] = bit >>> 5;
}

function clearFree({ bitmap, length }: BuddyLists, order: number, page: number): void {
  const bit = page >>> order;
  const words = bitmap[order] as Uint32Array;
  words[bit >>> 5] = (words[bit >>> 5] as number) & ~(1 << (bit & 31));
  length[order] = (length[order] as number) - 1;
}

/** The list must not be empty. */
function lowestFree({ bitmap, firstWord }: BuddyLists, order: number): number {
  const words = bitmap[order] as Uint32Array;
  let index = firstWord[order] as number;
  while (words[index] === 0) index++;
  firstWord[order] = index;
  const word = words[index] as number;
  return (index * 32 + (31 - Math.clz32(word & -word))) << order;
}

/** What a cluster's memory is used for, and how its free part is broken up. */
import type { FrameTable } from './frame-table.ts';
import type { BankFigures, FrameTotal, FreeOrder } from './physical-models.ts';

export function bankFigures(table: FrameTable, hasBlocks: boolean): BankFigures {
  const lengths = freeRuns(table, hasBlocks);
  return { totals: totalsOf(table), hasBlocks, orders: ordersOf(lengths, table.ids.length) };
}

function totalsOf({ kinds, ids }: FrameTable): FrameTotal[] {
  const counts = new Array<number>(kinds.length).fill(0);
  for (const id of ids) counts[id] = (counts[id] as number) + 1;
  const totals = new Map<string, FrameTotal>();
  kinds.forEach(({ content, state }, id) => {
    const key = `${content} ${state}`;
    totals.set(key, { content, state, frames: (totals.get(key)?.frames ?? 0) + (counts[id] as number) });
  });
  return [...totals.values()];
}

/** Lengths of what can be given out in one piece. */
function freeRuns({ kinds, ids }: FrameTable, hasBlocks: boolean): number[] {
  const lengths: number[] = [];
  let run = 0;
  for (let page = 0; page <= ids.length; page++) {
    const kind = page < ids.length ? kinds[ids[page] as number] : undefined;
    const isFree = kind?.content === 'free';
    if (hasBlocks) {
      if (isFree && page % 2 ** kind.order === 0) lengths.push(2 ** kind.order);
    } else if (isFree) run++;
    else {
      if (run > 0) lengths.push(run);
      run = 0;
    }
  }
  return lengths;
}

/**
 * By order up to the largest that memory could have. A request of 2^order frames uses of each piece what it can cut out of it;
 * the rest is the unusable share, which Linux calls the unusable free space index.
 */
function ordersOf(lengths: readonly number[], frames: number): FreeOrder[] {
  const free = lengths.reduce((sum, length) => sum + length, 0);
  const highest = Math.min(MOST_ORDER, Math.floor(Math.log2(Math.max(1, frames))));
  return Array.from({ length: highest + 1 }, (_, order) => {
    const size = 2 ** order;
    const isLast = order === highest;
    const blocks = lengths.filter((length) => length >= size && (isLast || length < 2 * size)).length;
    const usable = lengths.reduce((sum, length) => sum + Math.floor(length / size) * size, 0);
    return { order, blocks, unusable: free === 0 ? 0 : 1 - usable / free };
  });
}

/** Larger requests than of 4 MiB are none of a kernel's for frames. */
const MOST_ORDER = 10;

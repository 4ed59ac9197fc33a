/** Sums up a region's pages in a bounded number of cells, without ever listing pages that nobody touched. */
import { CellFlag, type CellModel } from './models.ts';

/** Untouched stretches up to this length keep a cell for each page. */
const SHORT_STRETCH = 16;

export interface Mark {
  readonly vpn: number;
  readonly flags: number;
}

/**
 * Cells for the pages `[first, first + pages)`. `marks`, sorted, name every page with a flag. Neighbouring pages
 * share a bucket of 2, 4, 8, … pages as soon as there would be more than `limit` cells.
 */
export function cellsOf(
  first: number,
  pages: number,
  marks: readonly Mark[],
  limit: number,
): { cells: CellModel[]; bucketPages: number } {
  for (let bucketPages = 1; ; bucketPages *= 2) {
    const cells = bucketCells(first, pages, marks, bucketPages, limit);
    if (cells !== null) return { cells, bucketPages };
  }
}

/** Null: more than `limit`, unless everything is in one bucket. */
function bucketCells(
  first: number,
  pages: number,
  marks: readonly Mark[],
  bucketPages: number,
  limit: number,
): CellModel[] | null {
  const cells: CellModel[] = [];
  let next = first;
  const end = first + pages;
  for (let at = 0; at < marks.length;) {
    const start = first + Math.floor(((marks[at] as Mark).vpn - first) / bucketPages) * bucketPages;
    const size = Math.min(bucketPages, end - start);
    let flags = 0;
    let resident = 0;
    for (; at < marks.length && (marks[at] as Mark).vpn < start + size; at++) {
      flags |= (marks[at] as Mark).flags;
      if (((marks[at] as Mark).flags & CellFlag.present) !== 0) resident++;
    }
    untouched(cells, next, start - next, bucketPages);
    cells.push({ vpn: start, pages: size, resident, flags });
    next = start + size;
    if (cells.length > limit && bucketPages < pages) return null;
  }
  untouched(cells, next, end - next, bucketPages);
  return cells.length > limit && bucketPages < pages ? null : cells;
}

function untouched(cells: CellModel[], vpn: number, pages: number, bucketPages: number): void {
  if (pages <= 0) return;
  if (bucketPages > 1 || pages > SHORT_STRETCH) {
    cells.push({ vpn, pages, resident: 0, flags: 0 });
    return;
  }
  for (let page = 0; page < pages; page++) cells.push({ vpn: vpn + page, pages: 1, resident: 0, flags: 0 });
}

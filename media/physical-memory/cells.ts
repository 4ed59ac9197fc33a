/** A row of the map as the cells that are drawn and that the arrow keys walk through. */
import type { FrameKind, FrameMapModel, FrameMapRow, FrameRun } from '../protocol/messages.ts';
import { countText, hex } from '../shared/format.ts';

export interface Cell {
  readonly page: number;
  readonly pages: number;
  readonly kind: FrameKind;
  readonly run: FrameRun;
}

export type MapFacts = Omit<FrameMapModel, 'rows' | 'start' | 'found'>;

/** Free and reserved frames side by side are one cell, others have one each. */
export function cellsOf(row: FrameMapRow, { kinds }: Pick<MapFacts, 'kinds'>): Cell[] {
  return row.runs.flatMap((run) => {
    const kind = kinds[run.kind] as FrameKind;
    const isOne = row.folded || kind.content === 'free' || (kind.content === 'kernel' && run.pages > 1);
    if (isOne) return [{ page: run.page, pages: run.pages, kind, run }];
    return Array.from({ length: run.pages }, (_, offset) => ({ page: run.page + offset, pages: 1, kind, run }));
  });
}

export function cellAt(row: FrameMapRow, facts: MapFacts, page: number): Cell | null {
  return cellsOf(row, facts).find((cell) => page >= cell.page && page < cell.page + cell.pages) ?? null;
}

/** What is written in a wide cell. */
export function runLabel({ run, kind }: Cell, hasBlocks: boolean, folded: boolean): string {
  const { length } = run;
  const count = length.toLocaleString('en-US');
  switch (kind.content) {
    case 'free':
      return hasBlocks && folded ? `${count} free, one block of order ${String(kind.order)}` : `${count} free`;
    case 'kernel':
      return folded ? `${count} ${kind.state}: the kernel's own` : `${count} ${kind.state}`;
    default:
      return `${count} ${kind.content === 'table' ? 'page tables' : kind.state}${ownersText(kind)}`;
  }
}

function ownersText({ owners }: FrameKind): string {
  return owners.length === 0 ? '' : ` of ${owners.join(', ')}`;
}

/** For those who do not see the picture. */
export function cellText(cell: Cell, facts: MapFacts): string {
  const { page, pages, kind, run } = cell;
  const first = facts.firstPpn + page;
  const name = pages === 1 ? `frame ${hex(first)}` : `frames ${hex(first)} to ${hex(first + pages - 1)}`;
  const what =
    kind.content === 'free'
      ? facts.hasBlocks
        ? `free, in a block of ${countText(run.length, 'frame')}`
        : `free, ${countText(run.length, 'frame')} in a row`
      : `${kind.content === 'table' ? 'page table' : kind.state}${ownersText(kind)}`;
  return [name, what, ...(kind.cow ? ['copy-on-write'] : []), ...(run.changed ? ['changed'] : [])].join(', ');
}

/** Which cell a key leads to, as a page; null for other keys and at the edges. */
export function movedCursor(
  rows: ReadonlyMap<number, FrameMapRow>,
  facts: MapFacts,
  cursor: number,
  key: string,
  screen: number,
): number | null {
  const at = rowOf(rows, cursor);
  if (at === null) return null;
  const row = rows.get(at) as FrameMapRow;
  const cell = cellAt(row, facts, cursor);
  const vertical = { ArrowUp: -1, ArrowDown: 1, PageUp: -screen, PageDown: screen }[key];
  if (vertical !== undefined) {
    const target = rows.get(Math.max(0, Math.min(facts.total - 1, at + vertical)));
    return target === undefined
      ? null
      : Math.min(target.page + (cursor % facts.perRow), target.page + target.pages - 1);
  }
  if (cell === null) return null;
  switch (key) {
    case 'ArrowRight':
      return Math.min(facts.frames - 1, cell.page + cell.pages);
    case 'ArrowLeft':
      return cell.page === 0 ? 0 : cell.page - 1;
    case 'Home':
      return row.page;
    case 'End':
      return row.page + row.pages - 1;
    default:
      return null;
  }
}

export function rowOf(rows: ReadonlyMap<number, FrameMapRow>, page: number): number | null {
  for (const [index, row] of rows) if (page >= row.page && page < row.page + row.pages) return index;
  return null;
}

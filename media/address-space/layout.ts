/** Where each cell of a region stands: pure geometry, shared by drawing, pointing and the arrow keys. */
import type { CellModel } from '../protocol/messages.ts';

export const CELL = 14;
const GAP = 2;
export const PITCH = CELL + GAP;
/** Room for the outline of a changed cell. */
export const MARGIN = 3;
const LETTER = 6.2;

/** Longest stretch that an untouched run draws as single cells. */
const SHORT_RUN = 3;

export interface Box {
  readonly cell: CellModel;
  readonly x: number;
  readonly y: number;
  readonly width: number;
  /** Written in the box of an untouched run. */
  readonly label: string;
}

export interface RegionLayout {
  readonly boxes: readonly Box[];
  readonly height: number;
}

export function runLabel(cell: CellModel): string {
  return cell.pages > SHORT_RUN && cell.resident === 0 ? `${cell.pages.toLocaleString('en-US')} untouched` : '';
}

function boxWidth(label: string): number {
  if (label === '') return CELL;
  const letters = label.length * LETTER + 12;
  return Math.ceil((letters + GAP) / PITCH) * PITCH - GAP;
}

/** Breaks the cells into lines of at most `width` pixels. */
export function layoutCells(cells: readonly CellModel[], width: number): RegionLayout {
  const boxes: Box[] = [];
  let x = MARGIN;
  let y = MARGIN;
  for (const cell of cells) {
    const label = runLabel(cell);
    const size = boxWidth(label);
    if (x > MARGIN && x + size > width - MARGIN) {
      x = MARGIN;
      y += PITCH;
    }
    boxes.push({ cell, x, y, width: size, label });
    x += size + GAP;
  }
  return { boxes, height: y + CELL + MARGIN };
}

export function boxAt(layout: RegionLayout, x: number, y: number): Box | null {
  const hit = (box: Box) =>
    x >= box.x - GAP / 2 && x < box.x + box.width + GAP / 2 && y >= box.y - GAP / 2 && y < box.y + CELL + GAP / 2;
  return layout.boxes.find(hit) ?? null;
}

export function boxOf(layout: RegionLayout, vpn: number): Box | null {
  return layout.boxes.find(({ cell }) => vpn >= cell.vpn && vpn < cell.vpn + cell.pages) ?? null;
}

/** The box in the next line above or below whose middle is nearest; null at the region's edge. */
export function boxBeside(layout: RegionLayout, from: Box, direction: 'up' | 'down'): Box | null {
  const y = direction === 'up' ? from.y - PITCH : from.y + PITCH;
  return nearest(
    layout.boxes.filter((box) => box.y === y),
    from.x + from.width / 2,
  );
}

/** The box of a region's first or last line nearest to a place, to step into it from its neighbour. */
export function boxOfEdge(layout: RegionLayout, x: number, edge: 'first' | 'last'): Box | null {
  const line = edge === 'first' ? layout.boxes[0] : layout.boxes.at(-1);
  return line === undefined
    ? null
    : nearest(
        layout.boxes.filter((box) => box.y === line.y),
        x,
      );
}

function nearest(boxes: readonly Box[], x: number): Box | null {
  let best: Box | null = null;
  for (const box of boxes) {
    if (best === null || Math.abs(box.x + box.width / 2 - x) < Math.abs(best.x + best.width / 2 - x)) best = box;
  }
  return best;
}

export function middle(box: Box): number {
  return box.x + box.width / 2;
}

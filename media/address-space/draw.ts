/** Draws a region's cells. Never colour alone: every state has its own shape. */
import { CellFlag, type RegionKind } from '../protocol/messages.ts';
import type { KindColors, Theme } from '../shared/theme.ts';
import { CELL, type Box, type RegionLayout } from './layout.ts';

export interface DrawOptions {
  readonly theme: Theme;
  readonly kind: RegionKind;
  readonly selected: number | null;
  readonly fontFamily: string;
}

type Context = CanvasRenderingContext2D;

export function drawRegion(context: Context, layout: RegionLayout, options: DrawOptions): void {
  const colors = options.theme.kinds[options.kind];
  for (const box of layout.boxes) {
    drawBox(context, box, colors, options);
    const { cell } = box;
    if ((cell.flags & CellFlag.changed) !== 0) outline(context, box, 1.5, options.theme.mark);
    const { selected } = options;
    if (selected !== null && selected >= cell.vpn && selected < cell.vpn + cell.pages) {
      outline(context, box, (cell.flags & CellFlag.changed) !== 0 ? -1 : 1.5, options.theme.foreground);
    }
  }
}

function drawBox(context: Context, box: Box, colors: KindColors, options: DrawOptions): void {
  const { cell, x, y, width, label } = box;
  const { theme } = options;
  const has = (flag: number) => (cell.flags & flag) !== 0;
  if (label !== '') drawRun(context, box, options);
  else if (cell.pages > 1 && cell.resident > 0) drawBucket(context, box, colors, theme);
  else if (!has(CellFlag.present)) drawAbsent(context, box, colors, theme);
  else {
    fillRounded(context, x, y, width, CELL, has(CellFlag.cow) ? colors.pale : colors.fill);
    if (has(CellFlag.cow)) hatch(context, box, colors.fill);
    if (has(CellFlag.cow) || theme.highContrast) border(context, box, colors.strong);
  }
  if (has(CellFlag.shared)) sharedBar(context, box, colors, theme);
  if (has(CellFlag.elsewhere)) corner(context, box, theme);
  if (has(CellFlag.dirty)) dot(context, box, colors, theme);
}

/** A stretch that nobody has touched: its size instead of its pages. */
function drawRun(context: Context, box: Box, options: DrawOptions): void {
  const { theme, kind, fontFamily } = options;
  context.setLineDash([2, 2]);
  border(context, box, theme.kinds[kind].outline);
  context.setLineDash([]);
  context.fillStyle = theme.dim;
  context.font = `10px ${fontFamily}`;
  context.textAlign = 'center';
  context.textBaseline = 'middle';
  context.fillText(box.label, box.x + box.width / 2, box.y + CELL / 2 + 0.5, box.width - 4);
}

/** Several pages in one cell: filled from below as far as they are resident. */
function drawBucket(context: Context, box: Box, colors: KindColors, theme: Theme): void {
  const height = Math.max(2, Math.round((CELL * box.cell.resident) / box.cell.pages));
  const isCow = (box.cell.flags & CellFlag.cow) !== 0;
  context.save();
  context.beginPath();
  context.rect(box.x, box.y + CELL - height, box.width, height);
  context.clip();
  fillRounded(context, box.x, box.y, box.width, CELL, isCow ? colors.pale : colors.fill);
  if (isCow) hatch(context, box, colors.fill);
  context.restore();
  border(context, box, theme.highContrast ? colors.strong : colors.outline);
}

function drawAbsent(context: Context, box: Box, colors: KindColors, theme: Theme): void {
  const isGuard = (box.cell.flags & CellFlag.guard) !== 0;
  border(context, box, isGuard ? theme.dim : colors.outline);
  if (!isGuard) return;
  context.strokeStyle = theme.dim;
  context.lineWidth = 1;
  context.beginPath();
  context.moveTo(box.x + 3.5, box.y + 3.5);
  context.lineTo(box.x + CELL - 3.5, box.y + CELL - 3.5);
  context.moveTo(box.x + CELL - 3.5, box.y + 3.5);
  context.lineTo(box.x + 3.5, box.y + CELL - 3.5);
  context.stroke();
}

function hatch(context: Context, box: Box, color: string): void {
  context.save();
  context.beginPath();
  context.roundRect(box.x, box.y, box.width, CELL, 2);
  context.clip();
  context.strokeStyle = color;
  context.lineWidth = 2.2;
  context.beginPath();
  for (let offset = -CELL; offset < box.width; offset += 5) {
    context.moveTo(box.x + offset, box.y + CELL);
    context.lineTo(box.x + offset + CELL, box.y);
  }
  context.stroke();
  context.restore();
}

function dot(context: Context, box: Box, colors: KindColors, theme: Theme): void {
  const x = box.x + box.width - 4;
  const y = box.y + CELL - 4;
  disc(context, x, y, 3.4, colors.fill);
  disc(context, x, y, 1.9, theme.background);
}

function disc(context: Context, x: number, y: number, radius: number, color: string): void {
  context.fillStyle = color;
  context.beginPath();
  context.arc(x, y, radius, 0, 2 * Math.PI);
  context.fill();
}

function corner(context: Context, box: Box, theme: Theme): void {
  context.fillStyle = theme.background;
  context.beginPath();
  context.moveTo(box.x - 0.5, box.y - 0.5);
  context.lineTo(box.x + 7, box.y - 0.5);
  context.lineTo(box.x - 0.5, box.y + 7);
  context.fill();
}

function sharedBar(context: Context, box: Box, colors: KindColors, theme: Theme): void {
  context.fillStyle = theme.background;
  context.fillRect(box.x, box.y + CELL - 4, box.width, 1.5);
  context.fillStyle = colors.strong;
  context.fillRect(box.x, box.y + CELL - 2.5, box.width, 2.5);
}

function fillRounded(context: Context, x: number, y: number, width: number, height: number, color: string): void {
  context.fillStyle = color;
  context.beginPath();
  context.roundRect(x, y, width, height, 2);
  context.fill();
}

function border(context: Context, box: Box, color: string): void {
  context.strokeStyle = color;
  context.lineWidth = 1;
  context.beginPath();
  context.roundRect(box.x + 0.5, box.y + 0.5, box.width - 1, CELL - 1, 2);
  context.stroke();
}

/** A frame around the box, `distance` pixels outside of it. */
function outline(context: Context, box: Box, distance: number, color: string): void {
  context.strokeStyle = color;
  context.lineWidth = 1.6;
  context.beginPath();
  const { x, y, width } = box;
  context.roundRect(x - distance, y - distance, width + 2 * distance, CELL + 2 * distance, 3);
  context.stroke();
}

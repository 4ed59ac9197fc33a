/** Draws the lanes, their marks, and the requests between them. Never colour alone: every kind has its own shape. */
import type { MarkKind, SliceKind, SliceModel, TimelineReply } from '../protocol/messages.ts';
import type { Theme } from '../shared/theme.ts';
import { AXIS, fitText, ROW, ticks, xOf, type LanePlace } from './layout.ts';
import { sliceLabel, stepText, type Interval } from './state.ts';

type Context = CanvasRenderingContext2D;

export interface Picture {
  readonly model: TimelineReply;
  readonly places: readonly LanePlace[];
  readonly shown: Interval;
  readonly selection: Interval | null;
  readonly cursor: number;
  readonly width: number;
  readonly height: number;
  readonly theme: Theme;
  readonly fontFamily: string;
}

export const sliceHues = { statement: 'code', fault: 'data', service: 'anon', wait: 'null', held: 'file' } as const;

export function drawTimeline(context: Context, picture: Picture): void {
  const { model, places, width, height, shown, theme } = picture;
  context.clearRect(0, 0, width, height);
  context.font = `11px ${picture.fontFamily}`;
  drawSelection(context, picture);
  drawAxis(context, picture);
  const byLane = new Map(places.map((place) => [place.lane.id, place]));
  for (const place of places)
    line(context, 0, place.top + place.height - 0.5, width, place.top + place.height - 0.5, faint(theme));
  for (const slice of [...model.slices].sort((one, other) => one.depth - other.depth)) {
    const place = byLane.get(slice.lane);
    if (place !== undefined) drawSlice(context, picture, place, slice);
  }
  for (const arrow of model.arrows) {
    const [from, to] = [byLane.get(arrow.from.lane), byLane.get(arrow.to.lane)];
    if (from !== undefined && to !== undefined) drawArrow(context, picture, arrow, from, to);
  }
  for (const { lane, kind, step } of model.marks) {
    const place = byLane.get(lane);
    if (place !== undefined) drawMark(context, theme, kind, xOf(shown, width, step), place.top + place.height - 5);
  }
  drawPosition(context, picture);
}

function faint(theme: Theme): string {
  return theme.kinds.null.pale;
}

function drawSelection(context: Context, { selection, shown, width, height, theme }: Picture): void {
  if (selection === null) return;
  const [x1, x2] = [xOf(shown, width, selection.from), xOf(shown, width, selection.to)];
  context.fillStyle = theme.kinds.code.pale;
  context.fillRect(x1, 0, x2 - x1, height);
  for (const x of [x1, x2]) line(context, x, 0, x, height, theme.focus);
}

function drawAxis(context: Context, { shown, width, height, theme }: Picture): void {
  context.textBaseline = 'middle';
  context.textAlign = 'left';
  for (const step of ticks(shown, width)) {
    const x = Math.round(xOf(shown, width, step)) + 0.5;
    line(context, x, AXIS - 5, x, height, faint(theme));
    context.fillStyle = theme.dim;
    const text = stepText(step);
    const room = context.measureText(text).width;
    context.fillText(text, Math.min(width - room, x + 3), AXIS / 2);
  }
}

function drawSlice(context: Context, picture: Picture, place: LanePlace, slice: SliceModel): void {
  const { shown, width, theme, model } = picture;
  const colors = theme.kinds[sliceHues[slice.kind]];
  const x1 = Math.max(-2, xOf(shown, width, slice.from));
  const x2 = Math.min(width + 2, xOf(shown, width, slice.to));
  const size = Math.max(1.5, x2 - x1);
  if (slice.kind === 'held') {
    context.fillStyle = colors.strong;
    context.fillRect(x1, place.top + place.height - 6, size, 2);
    return;
  }
  const y = place.top + (place.isOpen ? slice.depth * ROW : 0) + 1;
  const height = ROW - 2;
  context.fillStyle = theme.background;
  context.fillRect(x1, y, size, height);
  context.fillStyle = theme.highContrast ? theme.background : colors.pale;
  context.fillRect(x1, y, size, height);
  if (slice.kind === 'wait') hatch(context, x1, y, size, height, theme.highContrast ? theme.dim : colors.outline);
  if (size < 3) {
    context.fillStyle = colors.strong;
    context.fillRect(x1, y, size, height);
    return;
  }
  context.strokeStyle = colors.strong;
  context.lineWidth = 1;
  context.strokeRect(x1 + 0.5, y + 0.5, size - 1, height - 1);
  if (slice.kind === 'service') line(context, x1 + 3, y, x1 + 3, y + height, colors.strong);
  label(context, picture, slice, x1, y, size, height, model.sources ?? {});
}

/** Cut to what is in sight of the slice. */
function label(
  context: Context,
  { width, theme }: Picture,
  slice: SliceModel,
  x: number,
  y: number,
  size: number,
  height: number,
  sources: Readonly<Record<number, string>>,
): void {
  const left = Math.max(0, x) + (slice.kind === 'service' ? 6 : 4);
  const room = Math.min(width, x + size) - left - 3;
  if (room < 12) return;
  const text = fitText(sliceLabel(slice, sources), room, (one) => context.measureText(one).width);
  if (text === '') return;
  context.textAlign = 'left';
  context.textBaseline = 'middle';
  if (slice.kind === 'wait') {
    context.fillStyle = theme.background;
    context.fillRect(left - 2, y + 1, context.measureText(text).width + 4, height - 2);
  }
  context.fillStyle = theme.foreground;
  context.fillText(text, left, y + height / 2 + 0.5);
}

function hatch(context: Context, x: number, y: number, width: number, height: number, color: string): void {
  context.save();
  context.beginPath();
  context.rect(x, y, width, height);
  context.clip();
  context.strokeStyle = color;
  context.lineWidth = 1.2;
  context.beginPath();
  for (let offset = -height; offset < width; offset += 6) {
    context.moveTo(x + offset, y + height);
    context.lineTo(x + offset + height, y);
  }
  context.stroke();
  context.restore();
}

function drawArrow(
  context: Context,
  { shown, width, theme }: Picture,
  arrow: TimelineReply['arrows'][number],
  from: LanePlace,
  to: LanePlace,
): void {
  const [x1, x2] = [xOf(shown, width, arrow.from.step), xOf(shown, width, arrow.to.step)];
  const down = to.top > from.top;
  const y1 = down ? from.top + from.height - 4 : from.top + 2;
  const y2 = down ? to.top + 2 : to.top + to.height - 4;
  context.strokeStyle = theme.kinds.code.strong;
  context.lineWidth = 1;
  context.setLineDash(arrow.kind === 'answer' ? [3, 3] : []);
  context.beginPath();
  context.moveTo(x1, y1);
  context.lineTo(x2, y2);
  context.stroke();
  context.setLineDash([]);
  const angle = Math.atan2(y2 - y1, x2 - x1);
  context.fillStyle = theme.kinds.code.strong;
  context.beginPath();
  context.moveTo(x2, y2);
  for (const side of [0.4, -0.4]) context.lineTo(x2 - 6 * Math.cos(angle + side), y2 - 6 * Math.sin(angle + side));
  context.fill();
}

/** Shape and hue of each kind: its key stands in the foot. */
export function drawMark(context: Context, theme: Theme, kind: MarkKind, x: number, y: number): void {
  const hue = markHues[kind];
  context.strokeStyle = context.fillStyle = theme.kinds[hue].strong;
  context.lineWidth = 1.4;
  context.beginPath();
  switch (kind) {
    case 'fault':
    case 'segv':
    case 'oom':
    case 'false':
      context.moveTo(x, y - 4);
      context.lineTo(x + 4, y + 3);
      context.lineTo(x - 4, y + 3);
      context.closePath();
      break;
    case 'cow':
      context.moveTo(x, y - 4);
      context.lineTo(x + 4, y);
      context.lineTo(x, y + 4);
      context.lineTo(x - 4, y);
      context.closePath();
      break;
    case 'alloc':
    case 'free':
      context.arc(x, y, 3, 0, 2 * Math.PI);
      break;
    case 'flush':
      context.moveTo(x - 3, y - 3);
      context.lineTo(x + 3, y + 3);
      context.moveTo(x + 3, y - 3);
      context.lineTo(x - 3, y + 3);
      break;
    case 'miss':
      context.moveTo(x, y - 4);
      context.lineTo(x, y + 4);
      break;
    case 'rpc':
    case 'lock':
      context.moveTo(x - 4, y);
      context.lineTo(x + 4, y);
      context.moveTo(x + 1, y - 3);
      context.lineTo(x + 4, y);
      context.lineTo(x + 1, y + 3);
      break;
    default:
      context.rect(x - 3, y - 3, 6, 6);
  }
  if (filled.has(kind)) context.fill();
  else context.stroke();
}

const filled: ReadonlySet<MarkKind> = new Set(['fault', 'cow', 'free', 'copy', 'entry', 'oom']);

const markHues = {
  rpc: 'code', fault: 'stack', cow: 'file', false: 'stack', segv: 'stack', alloc: 'anon', free: 'anon', copy: 'heap', entry: 'file',
  miss: 'code', flush: 'null', lock: 'null', disk: 'remote', region: 'data', oom: 'stack',
} as const; // prettier-ignore

/** What lies after the position is pale; the cursor is a line of its own where the keys have moved it. */
function drawPosition(context: Context, { model, shown, width, height, theme, cursor }: Picture): void {
  const x = xOf(shown, width, model.position);
  if (x < width) {
    context.globalAlpha = 0.45;
    context.fillStyle = theme.background;
    context.fillRect(Math.max(0, x), AXIS, width - Math.max(0, x), height);
    context.globalAlpha = 1;
  }
  context.lineWidth = 2;
  line(context, x, 0, x, height, theme.mark, 2);
  if (cursor !== model.position)
    line(context, xOf(shown, width, cursor), 0, xOf(shown, width, cursor), height, theme.foreground);
  const text = stepText(model.position);
  const room = context.measureText(text).width + 8;
  const left = Math.max(0, Math.min(width - room, x - room / 2));
  context.fillStyle = theme.mark;
  context.fillRect(left, 2, room, AXIS - 6);
  context.fillStyle = theme.background;
  context.textAlign = 'left';
  context.fillText(text, left + 4, AXIS / 2 - 1);
}

function line(context: Context, x1: number, y1: number, x2: number, y2: number, color: string, width = 1): void {
  context.strokeStyle = color;
  context.lineWidth = width;
  context.beginPath();
  context.moveTo(x1, y1);
  context.lineTo(x2, y2);
  context.stroke();
}

export const sliceKinds: readonly SliceKind[] = ['statement', 'fault', 'service', 'wait', 'held'];

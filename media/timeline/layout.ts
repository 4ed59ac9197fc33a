/** Where lanes and steps stand: pure geometry, shared by drawing, pointing and the labels. */
import type { LaneModel, MarkModel, SliceModel, TimelineReply } from '../protocol/messages.ts';
import { isOpen, sortedLanes, type Interval, type PanelState } from './state.ts';

/** Pixels. */
export const ROW = 15;
const LANE_GAP = 4;
export const AXIS = 20;

export interface LanePlace {
  readonly lane: LaneModel;
  readonly top: number;
  readonly height: number;
  readonly isOpen: boolean;
}

/** A closed lane shows the innermost slices, an open one their nesting. */
export function placeLanes(state: PanelState): { places: LanePlace[]; height: number } {
  let top = AXIS;
  const places = sortedLanes(state.model?.lanes ?? []).map((lane) => {
    const open = isOpen(state, lane);
    const place = { lane, top, height: ROW * (open ? lane.depth : 1) + LANE_GAP, isOpen: open };
    top += place.height;
    return place;
  });
  return { places, height: top };
}

export function xOf({ from, to }: Interval, width: number, step: number): number {
  return ((step - from) / Math.max(1, to - from)) * width;
}

export function stepOf({ from, to }: Interval, width: number, x: number): number {
  return from + (x / Math.max(1, width)) * (to - from);
}

/** Round steps for the axis, so far apart that their numbers do not touch. */
export function ticks({ from, to }: Interval, width: number): number[] {
  const most = Math.max(1, Math.floor(width / 70));
  const raw = Math.max(1, (to - from) / most);
  const power = 10 ** Math.floor(Math.log10(raw));
  const size = [1, 2, 5, 10].map((factor) => factor * power).find((one) => one >= raw) ?? raw;
  const found: number[] = [];
  for (let step = Math.ceil(from / size) * size; step <= to; step += size) found.push(step);
  return found;
}

/** The text cut to a width, with an ellipsis; empty below four letters. */
export function fitText(text: string, room: number, measure: (text: string) => number): string {
  if (measure(text) <= room) return text;
  let low = 0;
  let high = text.length;
  while (low < high) {
    const middle = (low + high + 1) >>> 1;
    if (measure(`${text.slice(0, middle)}…`) <= room) low = middle;
    else high = middle - 1;
  }
  return low < LEAST_LETTERS ? '' : `${text.slice(0, low)}…`;
}

const LEAST_LETTERS = 4;

/** How near the pointer has to be to a mark. */
const NEAR = 5;

/** What stands at a place of the picture: a mark, else the innermost slice. */
export function thingAt(
  model: TimelineReply,
  places: readonly LanePlace[],
  shown: Interval,
  width: number,
  x: number,
  y: number,
): { readonly slice: SliceModel } | { readonly mark: MarkModel } | null {
  const place = places.find(({ top, height }) => y >= top && y < top + height);
  if (place === undefined) return null;
  const own = <T extends { readonly lane: number }>(list: readonly T[]) =>
    list.filter(({ lane }) => lane === place.lane.id);
  const mark = own(model.marks).find(({ step }) => Math.abs(xOf(shown, width, step) - x) <= NEAR);
  if (mark !== undefined && y >= place.top + place.height - LANE_GAP - NEAR) return { mark };
  const step = stepOf(shown, width, x);
  const row = Math.floor((y - place.top) / ROW);
  const under = own(model.slices).filter((slice) => slice.kind !== 'held' && slice.from <= step && step <= slice.to);
  const slice = place.isOpen ? under.find(({ depth }) => depth === row) : under.sort((a, b) => b.depth - a.depth)[0];
  if (slice !== undefined) return { slice };
  return mark === undefined ? null : { mark };
}

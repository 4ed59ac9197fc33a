/** A stretch of a recorded run, for as many columns as the picture has: what is too short to be told apart is counted. */
import type { Machine } from '../../hardware/machine.ts';
import { clusterName } from '../entry.ts';
import { eventText } from '../event-text.ts';
import { markKinds, type ArrowModel, type CurvesModel, type LineMark, type MarkKind, type MarkModel, type SliceModel, type SumsModel, type TimelineModel } from './models.ts'; // prettier-ignore
import type { TimelineRecorder } from './recorder.ts';
import type { Mark, TimelineRecording } from './recording.ts';

export interface TimelineWindow {
  /** Steps, `[from, to)`. */
  readonly from: number;
  readonly to: number;
  readonly buckets: number;
  /** The interval whose sums are wanted; everything recorded unless named. */
  readonly sums: { readonly from: number; readonly to: number } | null;
}

/** Things of one kind in one answer. */
const MOST_SLICES = 6000;
const MOST_ARROWS = 600;
const MOST_LINES = 200;

export function timeline(
  recorder: TimelineRecorder,
  machine: Machine,
  { stop, position }: { readonly stop: number; readonly position: number },
  window: TimelineWindow,
): TimelineModel {
  const { recording, recorded, isComplete, isCut } = recorder;
  const to = Math.max(window.from + 1, Math.min(window.to, Math.max(1, recorded)));
  const shown = { ...window, to };
  const sums = window.sums ?? { from: 0, to: recorded + 1 };
  return {
    stop,
    recorded,
    isComplete,
    isCut,
    position,
    from: window.from,
    to,
    lanes: recording.lanes.map(({ agent, core, cluster, depth }, id) => ({
      id,
      agent,
      core,
      cluster: clusterName({ machine }, cluster),
      depth,
    })),
    slices: slicesIn(recording, shown, recorded),
    marks: marksIn(recording, machine, shown),
    arrows: arrowsIn(recording, shown),
    curves: curvesIn(recording, shown),
    sums: sumsIn(recording, sums.from, sums.to),
    lines: linesIn(recording),
  };
}

type Shown = Pick<TimelineWindow, 'from' | 'to' | 'buckets'>;

function slicesIn({ slices }: TimelineRecording, { from, to, buckets }: Shown, recorded: number): SliceModel[] {
  const width = (to - from) / buckets;
  const found: (SliceModel & { more: number })[] = [];
  const short = new Map<string, SliceModel & { more: number }>();
  for (const slice of slices) {
    const end = Math.min(slice.to, recorded);
    if (slice.from >= to || end < from || found.length >= MOST_SLICES) continue;
    const model = { ...slice, to: end, more: 0 };
    if (end - slice.from >= width) {
      found.push(model);
      continue;
    }
    const key = `${String(slice.lane)} ${String(slice.depth)} ${slice.kind} ${String(Math.floor((slice.from - from) / width))}`;
    const known = short.get(key);
    if (known === undefined) {
      short.set(key, model);
      found.push(model);
    } else known.more++;
  }
  return found;
}

function marksIn({ marks }: TimelineRecording, machine: Machine, { from, to, buckets }: Shown): MarkModel[] {
  const width = (to - from) / buckets;
  const found = new Map<string, MarkModel & { more: number }>();
  for (const mark of marks) {
    const { lane, kind, step, event } = mark;
    if (step < from || step >= to) continue;
    const key = `${String(lane)} ${kind} ${String(Math.floor((step - from) / width))}`;
    const known = found.get(key);
    if (known === undefined)
      found.set(key, { lane, kind, step, text: eventText({ machine }, event), line: event.line, more: 0 });
    else known.more++;
  }
  return [...found.values()];
}

function arrowsIn({ arrows }: TimelineRecording, { from, to }: Shown): ArrowModel[] {
  return arrows
    .filter((arrow) => arrow.fromStep < to && arrow.toStep >= from)
    .slice(0, MOST_ARROWS)
    .map(({ kind, fromLane, fromStep, toLane, toStep }) => ({
      kind,
      from: { lane: fromLane, step: fromStep },
      to: { lane: toLane, step: toStep },
    }));
}

function curvesIn({ counters }: TimelineRecording, { from, to, buckets }: Shown): CurvesModel {
  const { steps, faults, free, hits, lookups } = counters;
  const width = (to - from) / buckets;
  const curves = { faults: [] as number[], free: [] as number[], hits: [] as (number | null)[] };
  let before = lastBefore(steps, from);
  for (let bucket = 0; bucket < buckets; bucket++) {
    const now = lastBefore(steps, from + (bucket + 1) * width);
    const delta = (list: readonly number[]) => (list[now] as number) - (list[before] as number);
    curves.faults.push(delta(faults));
    curves.free.push(free[now] as number);
    curves.hits.push(delta(lookups) === 0 ? null : delta(hits) / delta(lookups));
    before = now;
  }
  return curves;
}

/** Index of the last entry before a step; the first one at least. */
function lastBefore(steps: readonly number[], step: number): number {
  let low = 0;
  let high = steps.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((steps[middle] as number) < step) low = middle + 1;
    else high = middle;
  }
  return Math.max(0, low - 1);
}

export function sumsIn({ marks, slices }: TimelineRecording, from: number, to: number): SumsModel {
  const counts = Object.fromEntries(markKinds.map((kind) => [kind, 0])) as Record<MarkKind, number>;
  for (const { kind, step } of marks) if (step >= from && step < to) counts[kind]++;
  let waited = 0;
  for (const slice of slices)
    if (slice.kind === 'wait') waited += Math.max(0, Math.min(slice.to, to) - Math.max(slice.from, from));
  return { from, to, counts, waited };
}

/** Where the lines of the scenario begin, the first time. */
function linesIn({ slices }: TimelineRecording): LineMark[] {
  const found = new Map<number, number>();
  for (const { kind, line, from, depth } of slices)
    if (kind === 'statement' && depth === 0 && line > 0 && !found.has(line)) found.set(line, from);
  return [...found].slice(0, MOST_LINES).map(([line, step]) => ({ line, step }));
}

/** The next thing of a kind after a step, or the last before it; of any kind where none is named. */
export function findMark(
  { marks }: TimelineRecording,
  step: number,
  direction: 'next' | 'previous',
  kind: MarkKind | null,
): Mark | null {
  const isIt = (mark: Mark) => kind === null || mark.kind === kind;
  if (direction === 'next') return marks.find((mark) => mark.step > step && isIt(mark)) ?? null;
  return marks.findLast((mark) => mark.step < step && isIt(mark)) ?? null;
}

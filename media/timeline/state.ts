/** All state of the timeline, and everything that changes it: pure, so that tests need no browser. */
import type {
  Description,
  LaneModel,
  MarkKind,
  SessionStatus,
  SliceModel,
  TimelineReply,
} from '../protocol/messages.ts';
import { markKinds } from '../protocol/messages.ts';
import { countText } from '../shared/format.ts';
import { noSession } from '../shared/panel-state.ts';

/** Steps, `[from, to)`. */
export interface Interval {
  readonly from: number;
  readonly to: number;
}

export interface PanelState {
  readonly session: SessionStatus;
  /** Null: all that is recorded. */
  readonly view: Interval | null;
  readonly selection: Interval | null;
  /** The step that the keys are on; null: where the simulation stands. */
  readonly cursor: number | null;
  /** What `.` and `,` look for; null: anything. */
  readonly kind: MarkKind | null;
  readonly model: TimelineReply | null;
  /** The whole run, for the overview. */
  readonly overview: TimelineReply | null;
  /** `AGENT@CORE` of the lanes whose nesting is shown; null before anybody chose. */
  readonly open: ReadonlySet<string> | null;
  readonly isTable: boolean;
  readonly error: string | null;
  readonly announcement: string;
}

export const initialState: PanelState = {
  session: noSession,
  view: null,
  selection: null,
  cursor: null,
  kind: null,
  model: null,
  overview: null,
  open: null,
  isTable: false,
  error: null,
  announcement: '',
};

export function withSession(state: PanelState, session: SessionStatus): PanelState {
  const isNew = session.state === 'starting' || session.state === 'none';
  if (!isNew) return { ...state, session };
  return { ...state, session, model: null, overview: null, view: null, selection: null, cursor: null, error: null };
}

export function withModel(state: PanelState, model: TimelineReply): PanelState {
  const isWhole = model.from === 0 && model.to >= model.recorded;
  const isNewStop = state.model?.stop !== model.stop;
  const announcement = isNewStop
    ? `${state.session.reason || 'stopped'}: step ${stepText(model.position)} of ${stepText(model.recorded)}`
    : state.announcement;
  return {
    ...state,
    model,
    overview: isWhole ? model : state.overview,
    view: isWhole ? state.view : visible(state.view, model),
    cursor: isNewStop ? null : state.cursor,
    error: null,
    announcement,
  };
}

/** A view that does not show where the simulation has come to is moved there. */
function visible(view: Interval | null, { position }: TimelineReply): Interval | null {
  if (view === null || (position >= view.from && position <= view.to)) return view;
  const half = Math.floor((view.to - view.from) / 2);
  return { from: Math.max(0, position - half), to: Math.max(0, position - half) + (view.to - view.from) };
}

export function shownOf({ view, model }: PanelState): Interval {
  return view ?? { from: 0, to: Math.max(1, model?.recorded ?? 1) };
}

export function cursorOf({ cursor, model }: PanelState): number {
  return cursor ?? model?.position ?? 0;
}

/** Fewer steps than this are never shown. */
const NARROWEST = 12;

/** In or out around a step: `factor` 0.5 shows half as many steps. */
export function zoomed(state: PanelState, factor: number, around = cursorOf(state)): PanelState {
  const { from, to } = shownOf(state);
  const whole = Math.max(1, state.model?.recorded ?? 1);
  const width = Math.min(whole, Math.max(NARROWEST, Math.round((to - from) * factor)));
  if (width >= whole) return { ...state, view: null };
  const share = Math.min(1, Math.max(0, (around - from) / (to - from)));
  return { ...state, view: kept(Math.round(around - share * width), width, whole) };
}

/** By a share of what is shown: 0.25 is a quarter to the right. */
export function panned(state: PanelState, share: number): PanelState {
  const { from, to } = shownOf(state);
  const whole = Math.max(1, state.model?.recorded ?? 1);
  return state.view === null
    ? state
    : { ...state, view: kept(from + Math.round((to - from) * share), to - from, whole) };
}

function kept(from: number, width: number, whole: number): Interval {
  const first = Math.max(0, Math.min(whole - width, from));
  return { from: first, to: first + width };
}

/** The selection fills the view; once more, or without one, the whole run does. */
export function fitted(state: PanelState): PanelState {
  const { selection, view } = state;
  const isFit = view !== null && view.from === selection?.from && view.to === selection.to;
  return { ...state, view: selection === null || isFit ? null : selection };
}

export function withSelection(state: PanelState, selection: Interval | null): PanelState {
  const isEmpty = selection === null || selection.to <= selection.from;
  return { ...state, selection: isEmpty ? null : selection };
}

/** The slice under the cursor becomes the selection: the innermost one of any lane. */
export function selectSlice(state: PanelState): PanelState {
  const cursor = cursorOf(state);
  const around = (state.model?.slices ?? [])
    .filter(({ kind, from, to }) => kind !== 'held' && from <= cursor && cursor < to)
    .sort((one, other) => other.depth - one.depth || one.to - one.from - (other.to - other.from));
  const [slice] = around;
  return slice === undefined ? state : withSelection(state, { from: slice.from, to: slice.to });
}

export function movedCursor(state: PanelState, key: string, columns: number): number | null {
  const { from, to } = shownOf(state);
  const cursor = cursorOf(state);
  const last = Math.max(0, state.model?.recorded ?? 0);
  const column = Math.max(1, Math.round((to - from) / columns));
  const target = {
    ArrowRight: cursor + column,
    ArrowLeft: cursor - column,
    PageDown: cursor + column * 10,
    PageUp: cursor - column * 10,
    Home: 0,
    End: last,
  }[key];
  return target === undefined ? null : Math.max(0, Math.min(last, target));
}

export function laneKey({ agent, core }: Pick<LaneModel, 'agent' | 'core'>): string {
  return `${agent}@${String(core)}`;
}

/** Few lanes are open from the start. */
const OPEN_AT_FIRST = 4;

export function isOpen({ open, model }: PanelState, lane: LaneModel): boolean {
  return open === null ? (model?.lanes.length ?? 0) <= OPEN_AT_FIRST : open.has(laneKey(lane));
}

export function withToggled(state: PanelState, lane: LaneModel): PanelState {
  const open = new Set(state.open ?? (state.model?.lanes ?? []).filter((one) => isOpen(state, one)).map(laneKey));
  if (!open.delete(laneKey(lane))) open.add(laneKey(lane));
  return { ...state, open };
}

/** By cluster and core, then in order of appearance. */
export function sortedLanes(lanes: readonly LaneModel[]): LaneModel[] {
  return [...lanes].sort((one, other) => one.core - other.core || one.id - other.id);
}

export const markNames: Readonly<Record<MarkKind, string>> = {
  rpc: 'RPCs',
  fault: 'faults',
  cow: 'copy-on-write faults',
  false: 'false faults',
  segv: 'refused accesses',
  alloc: 'frames taken',
  free: 'frames given back',
  copy: 'copies',
  entry: 'entries',
  miss: 'TLB misses',
  flush: 'flushes',
  lock: 'lock waits',
  disk: 'disk pages',
  region: 'regions',
  oom: 'out of memory',
};

export function stepText(step: number): string {
  return step.toLocaleString('en-US');
}

/** `write(buf, 42) — line 40`, or what the slice says of itself. */
export function sliceLabel({ kind, label, line }: SliceModel, sources: Readonly<Record<number, string>> = {}): string {
  const source = kind === 'statement' ? (sources[line] ?? '') : '';
  return source === '' ? label : `${source} — line ${String(line)}`;
}

/** What to say where there is nothing to show; null when there is something. */
export function messageOf({ session, model, error }: PanelState): string | null {
  if (error !== null) return error;
  if (model !== null) return null;
  if (session.state === 'none') return 'Nothing has run yet. A debug session draws its timeline here.';
  if (session.state === 'ended') return 'The simulation has ended.';
  return session.state === 'stopped' ? 'Reading the run…' : 'The simulation is running.';
}

/** Rows of the table: slices and marks of what is shown, in order of steps. */
export interface TableRow {
  readonly step: number;
  readonly lane: LaneModel;
  readonly what: string;
  readonly until: number | null;
  readonly line: number;
}

export function tableRows({ model }: PanelState): TableRow[] {
  if (model === null) return [];
  const lane = (id: number) => model.lanes[id] as LaneModel;
  const more = (count: number) => (count === 0 ? '' : ` and ${String(count)} more`);
  return [
    ...model.slices.map((slice) => ({
      step: slice.from,
      lane: lane(slice.lane),
      what: `${slice.kind}: ${sliceLabel(slice, model.sources)}${more(slice.more)}`,
      until: slice.to,
      line: slice.line,
    })),
    ...model.marks.map((mark) => ({
      step: mark.step,
      lane: lane(mark.lane),
      what: `${mark.text}${more(mark.more)}`,
      until: null,
      line: mark.line,
    })),
  ].sort((one, other) => one.step - other.step);
}

export function describe(state: PanelState): Description {
  const { model, session } = state;
  return {
    panel: 'timeline',
    session: session.state,
    process: null,
    cluster: null,
    stop: model?.stop ?? null,
    lines:
      model === null
        ? []
        : [
            `step ${stepText(model.position)} of ${stepText(model.recorded)}${model.isComplete ? '' : ', still reading'}`,
            ...tableRows(state).map(({ step, lane, what }) => `${String(step)} ${laneKey(lane)} ${what}`),
            ...markKinds.map((kind) => countText(model.sums.counts[kind], markNames[kind], markNames[kind])),
          ],
    selected: state.selection?.from ?? null,
    message: messageOf(state),
  };
}

export interface SavedState {
  readonly version: 1;
  readonly view: Interval | null;
  readonly selection: Interval | null;
  readonly kind: MarkKind | null;
  readonly open: readonly string[] | null;
  readonly isTable: boolean;
}

export function savedOf({ view, selection, kind, open, isTable }: PanelState): SavedState {
  return { version: 1, view, selection, kind, open: open === null ? null : [...open], isTable };
}

export function restoredState(saved: unknown): PanelState {
  const value = saved as Partial<SavedState> | undefined | null;
  if (value?.version !== 1) return initialState;
  const open = Array.isArray(value.open) ? new Set(value.open.filter((key) => typeof key === 'string')) : null;
  return {
    ...initialState,
    view: intervalOf(value.view),
    selection: intervalOf(value.selection),
    kind: markKinds.find((kind) => kind === value.kind) ?? null,
    open,
    isTable: value.isTable === true,
  };
}

function intervalOf(value: Interval | null | undefined): Interval | null {
  const isOne = Number.isSafeInteger(value?.from) && Number.isSafeInteger(value?.to);
  if (value === null || value === undefined || !isOne) return null;
  return value.from >= 0 && value.to > value.from ? { from: value.from, to: value.to } : null;
}

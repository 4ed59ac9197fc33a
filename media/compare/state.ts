/** All state of the panel of compared kernels, and everything that changes it: pure, so that tests need no browser. */
import {
  countedEvents,
  measures,
  measureText,
  type CellModel,
  type Comparison,
  type CompareStatus,
  type CountedEvent,
  type RowModel,
} from '../protocol/comparison.ts';
import type { Description } from '../protocol/messages.ts';
import { countText } from '../shared/format.ts';

export interface PanelState {
  readonly status: CompareStatus;
  /** The last comparison that came to its end: shown while the next one runs. */
  readonly shown: Done | null;
  /** The line of the editor's cursor. */
  readonly line: number | null;
  readonly filter: 'all' | 'differing';
  /** Index of the row that the arrow keys are on. */
  readonly cursor: number;
  readonly announcement: string;
}

export type Done = Extract<CompareStatus, { readonly state: 'done' }>;

export const initialState: PanelState = {
  status: { state: 'none' },
  shown: null,
  line: null,
  filter: 'all',
  cursor: 0,
  announcement: '',
};

/** A host that has just been restarted knows of nothing; what was shown before stays. */
export function withStatus(state: PanelState, status: CompareStatus): PanelState {
  if (status.state === 'none') return state;
  if (status.state !== 'done') {
    const isOther = status.request.file !== state.shown?.request.file;
    return { ...state, status, ...(isOther ? { shown: null, cursor: 0, line: null } : {}) };
  }
  const { partings } = status.comparison;
  const announcement = `compared: ${countText(partings.length, 'kernel parts', 'kernels part')} from the first`;
  return { ...state, status, shown: status, cursor: 0, announcement };
}

/** Rows that the filter leaves. */
export function visibleRows({ shown, filter }: PanelState): readonly RowModel[] {
  const rows = eventfulRows(shown?.comparison.rows ?? []);
  return filter === 'all' ? rows : rows.filter(({ parts }) => parts.length > 0);
}

/** Without lines that only hold others, as `as app {` does. */
export function eventfulRows(rows: readonly RowModel[]): readonly RowModel[] {
  return rows.filter(({ cells }) =>
    cells.some((cell) => cell !== null && (cell.isHalt || cell.cycles > 0 || Object.keys(cell.counts).length > 0)),
  );
}

/** The row of the editor's line: its own, or that of the statement above it. */
export function rowOfLine(rows: readonly RowModel[], line: number | null): number | null {
  if (line === null) return null;
  const index = rows.findLastIndex((row) => row.line <= line);
  return index < 0 ? null : index;
}

export function movedRow(cursor: number, total: number, key: string): number | null {
  const target = {
    ArrowDown: cursor + 1,
    ArrowUp: cursor - 1,
    PageDown: cursor + 10,
    PageUp: cursor - 10,
    Home: 0,
    End: total - 1,
  }[key];
  return target === undefined ? null : Math.max(0, Math.min(total - 1, target));
}

/** One number and what it counts. */
type Words = readonly [one: string, many: string];

const eventWords: Readonly<Record<CountedEvent, Words | null>> = {
  'page-fault': ['page fault', 'page faults'],
  'cow-fault': ['copy-on-write fault', 'copy-on-write faults'],
  'false-fault': ['false fault', 'false faults'],
  segv: ['refused', 'refused'],
  oom: ['out of memory', 'out of memory'],
  'page-zero': ['page zeroed', 'pages zeroed'],
  'page-copy': ['page copied', 'pages copied'],
  'page-in': ['page read in', 'pages read in'],
  'page-out': ['page written out', 'pages written out'],
  'page-alloc': null,
  'page-free': null,
  'pte-set': ['entry set', 'entries set'],
  'pte-clear': ['entry cleared', 'entries cleared'],
  'region-create': ['region made', 'regions made'],
  'region-remove': ['region removed', 'regions removed'],
  'region-split': ['region split', 'regions split'],
  'tlb-miss': null,
  'tlb-flush': null,
  rpc: ['RPC', 'RPCs'],
  'lock-wait': ['lock waited for', 'locks waited for'],
};

/** What a line did, the heaviest first; frames taken and TLB events are left to the details. */
export function cellTexts({ counts }: CellModel): { count: number; text: string }[] {
  return countedEvents.flatMap((event) => {
    const count = counts[event] ?? 0;
    const words = eventWords[event];
    return count === 0 || words === null ? [] : [{ count, text: count === 1 ? words[0] : words[1] }];
  });
}

/** All that is known of a cell. */
export function cellDetails({ runs, counts, soFar, cycles, framesInUse, tableFrames }: CellModel): string {
  const told = countedEvents.flatMap((event) => {
    const count = counts[event] ?? 0;
    return count === 0
      ? []
      : [`${event} ${count.toLocaleString('en')} (so far ${(soFar[event] ?? 0).toLocaleString('en')})`];
  });
  return [
    `executed ${countText(runs, 'time')}, ${countText(cycles, 'cycle')}`,
    ...told,
    `${countText(framesInUse, 'frame')} in use afterwards, ${tableFrames.toLocaleString('en')} of them page tables`,
  ].join('\n');
}

/** Rows of the table of totals that have something to tell. */
export function totalRows(comparison: Comparison): { title: string; values: string[]; differs: boolean }[] {
  return measures.flatMap(({ title, value }) => {
    const values = comparison.columns.map((column) => value(column));
    if (values.every((one) => one === null || one === 0)) return [];
    const differs = new Set(values.filter((one) => one !== null)).size > 1;
    return [{ title, values: values.map(measureText), differs }];
  });
}

/** A line's text without its comment. */
export function sourceText(sources: readonly string[], line: number): string {
  return (sources[line - 1] ?? '').replace(/\s*\/\/.*$/, '').trim();
}

export function fileName(file: string): string {
  return decodeURIComponent(file.slice(file.lastIndexOf('/') + 1));
}

/** Null where there is a comparison to show. */
export function messageOf({ status, shown }: PanelState): string | null {
  if (status.state === 'failed') return status.message;
  if (shown !== null) return null;
  switch (status.state) {
    case 'running':
      return `Comparing kernels on ${fileName(status.request.file)}…`;
    case 'cancelled':
      return 'The comparison was cancelled.';
    default:
      return 'No kernels have been compared yet.';
  }
}

const sessionStates = {
  none: 'none',
  running: 'running',
  done: 'stopped',
  failed: 'ended',
  cancelled: 'ended',
} as const;

export function describe(state: PanelState): Description {
  const { shown, status, line } = state;
  const rows = visibleRows(state);
  const current = rowOfLine(rows, line);
  return {
    panel: 'compare',
    session: sessionStates[status.state],
    process: shown === null ? null : fileName(shown.request.file),
    cluster: null,
    stop: null,
    lines: shown === null ? [] : describedLines(shown, rows),
    selected: current === null ? null : (rows[current]?.line ?? null),
    message: messageOf(state),
  };
}

function describedLines({ comparison, sources }: Done, rows: readonly RowModel[]): string[] {
  const { columns, partings } = comparison;
  const name = (index: number): string => columns[index]?.name ?? '';
  return [
    columns.map((column) => `${column.name} ${column.state}`).join(' | '),
    ...totalRows(comparison).map(({ title, values }) => `${title}: ${values.join(' | ')}`),
    ...partings.map(({ column, line, summary }) => `${name(column)} parts at line ${String(line)}: ${summary}`),
    ...rows.map((row) => {
      const cells = row.cells.map((cell) => (cell === null ? 'not reached' : cellSummary(cell)));
      return `line ${String(row.line)} ${sourceText(sources, row.line)}: ${cells.join(' | ')}`;
    }),
  ];
}

export function cellSummary(cell: CellModel): string {
  const texts = cellTexts(cell).map(({ count, text }) => `${count.toLocaleString('en')} ${text}`);
  return `${texts.join(', ') || 'nothing'}${cell.isHalt ? ', stopped here' : ''}`;
}

export interface SavedState {
  readonly version: 1;
  readonly filter: PanelState['filter'];
  readonly shown: Done | null;
}

/** A longer comparison is run again after a reload instead of being kept. */
const MOST_CHARACTERS = 2_000_000;

export function savedOf({ filter, shown }: PanelState): SavedState {
  const isShort = shown !== null && JSON.stringify(shown).length <= MOST_CHARACTERS;
  return { version: 1, filter, shown: isShort ? shown : null };
}

export function restoredState(saved: unknown): PanelState {
  const value = saved as Partial<SavedState> | undefined | null;
  if (value?.version !== 1) return initialState;
  const shown = value.shown?.comparison.version === 1 ? value.shown : null;
  const filter = value.filter === 'differing' ? 'differing' : 'all';
  return { ...initialState, filter, shown, status: shown ?? initialState.status };
}

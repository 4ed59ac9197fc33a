/** All state of the kernel panel, and everything that changes it: pure, so that tests need no browser. */
import type {
  Description,
  KernelViewModel,
  KernelViewsModel,
  SessionStatus,
  ViewMark,
  ViewNode,
  ViewTone,
} from '../protocol/messages.ts';
import { addressText, countText, endText } from '../shared/format.ts';
import { emptyMessage, followCurrent, noSession, type View } from '../shared/panel-state.ts';

export interface PanelState {
  readonly session: SessionStatus;
  readonly view: View;
  /** Index of the cluster with which lists of many begin; null: that of the current thread. */
  readonly around: number | null;
  readonly model: KernelViewsModel | null;
  /** `VIEW` or `VIEW/NODE` of what is folded. */
  readonly folded: ReadonlySet<string>;
  /** The node that the arrow keys are on, by tree. */
  readonly cursors: Readonly<Record<string, string>>;
  readonly error: string | null;
  readonly announcement: string;
}

export const initialState: PanelState = {
  session: noSession,
  view: followCurrent,
  around: null,
  model: null,
  folded: new Set(),
  cursors: {},
  error: null,
  announcement: '',
};

export function withSession(state: PanelState, session: SessionStatus): PanelState {
  const isNew = session.state === 'starting' || session.state === 'none';
  return isNew ? { ...state, session, model: null, error: null } : { ...state, session };
}

export function withModel(state: PanelState, model: KernelViewsModel): PanelState {
  const changes = model.views.reduce((sum, view) => sum + changesIn(view), 0);
  const announcement = `${state.session.reason || 'stopped'}: ${countText(changes, 'change')} in the kernel's own views`;
  return { ...state, model, error: null, announcement };
}

export function changesIn({ marks, gone }: KernelViewModel): number {
  return Object.keys(marks).length + gone.length;
}

export function withFolded(state: PanelState, key: string, isFolded = !state.folded.has(key)): PanelState {
  const folded = new Set(state.folded);
  if (isFolded) folded.add(key);
  else folded.delete(key);
  return { ...state, folded };
}

export function foldKey(view: string, node: string): string {
  return `${view}/${node}`;
}

export function withCursor(state: PanelState, view: string, node: string): PanelState {
  return { ...state, cursors: { ...state.cursors, [view]: node } };
}

/** A node that is in sight. */
export interface TreeRow {
  readonly node: ViewNode;
  /** From 1. */
  readonly level: number;
  readonly parent: string | null;
  readonly position: number;
  readonly siblings: number;
  readonly isFolded: boolean;
}

export function rowsOfTree(view: KernelViewModel & { shape: 'tree' }, folded: ReadonlySet<string>): TreeRow[] {
  const rows: TreeRow[] = [];
  const add = (nodes: readonly ViewNode[], level: number, parent: string | null): void => {
    nodes.forEach((node, index) => {
      const isFolded = folded.has(foldKey(view.id, node.id));
      rows.push({ node, level, parent, position: index + 1, siblings: nodes.length, isFolded });
      if (!isFolded) add(node.children, level + 1, node.id);
    });
  };
  add(view.nodes, 1, null);
  return rows;
}

export type TreeMove = { readonly cursor: string } | { readonly fold: string; readonly isFolded: boolean };

/** What a key does in a tree, as the ARIA practices have it; null for other keys. */
export function moveInTree(rows: readonly TreeRow[], cursor: string, key: string): TreeMove | null {
  const at = Math.max(
    0,
    rows.findIndex(({ node }) => node.id === cursor),
  );
  const row = rows[at];
  if (row === undefined) return null;
  const to = (index: number): TreeMove => ({
    cursor: (rows[Math.max(0, Math.min(rows.length - 1, index))] as TreeRow).node.id,
  });
  const hasChildren = row.node.children.length > 0;
  switch (key) {
    case 'ArrowDown':
      return to(at + 1);
    case 'ArrowUp':
      return to(at - 1);
    case 'Home':
      return to(0);
    case 'End':
      return to(rows.length - 1);
    case 'ArrowRight':
      if (!hasChildren) return to(at);
      return row.isFolded ? { fold: row.node.id, isFolded: false } : to(at + 1);
    case 'ArrowLeft':
      if (hasChildren && !row.isFolded) return { fold: row.node.id, isFolded: true };
      return { cursor: row.parent ?? row.node.id };
    case 'Enter':
    case ' ':
      return hasChildren ? { fold: row.node.id, isFolded: !row.isFolded } : to(at);
    default:
      return null;
  }
}

/** For those who do not see the colour. */
export const toneNames: Readonly<Record<ViewTone, string>> = {
  normal: '',
  muted: '',
  shared: 'shared',
  changed: 'changed',
  warning: 'warning',
  dead: 'no longer in use',
};

export function markOf(view: KernelViewModel, id: string): ViewMark | null {
  return view.marks[id] ?? null;
}

/** `[start, end)` of a segment in the strip's unit. */
export function segmentText(
  { unit }: KernelViewModel & { shape: 'strip' },
  start: number,
  end: number,
  addressBits: number,
): string {
  if (unit === 'address') return `${addressText(start, addressBits)} – ${endText(end, addressBits)}`;
  const last = end - 1;
  return `${unit} ${start === last ? String(start) : `${String(start)}–${String(last)}`}`;
}

export function messageOf({ session, model, error }: PanelState): string | null {
  if (error !== null) return error;
  if (model === null) return emptyMessage(session, null);
  if (!model.hasViews) return `${model.context.kernel} has no structures of its own to show here.`;
  return model.views.length === 0 ? 'Nothing yet: step past the first “process” statement.' : null;
}

export function describe(state: PanelState): Description {
  const { model, session } = state;
  return {
    panel: 'kernel',
    session: session.state,
    process: model?.context.process?.name ?? null,
    cluster: null,
    stop: model?.context.stop ?? null,
    lines: (model?.views ?? []).flatMap((view) => [`# ${view.title}`, ...linesOf(view, state)]),
    selected: null,
    message: messageOf(state),
  };
}

function linesOf(view: KernelViewModel, { folded, model }: PanelState): string[] {
  const marked = (id: string, text: string): string => {
    const mark = markOf(view, id);
    return mark === null ? text : `${text} [${mark}]`;
  };
  switch (view.shape) {
    case 'tree':
      return rowsOfTree(view, folded).map(({ node, level }) =>
        marked(node.id, `${'  '.repeat(level - 1)}${node.label} ${node.detail}`.trimEnd()),
      );
    case 'table':
      return view.rows.map(({ id, cells }) => marked(id, cells.join(' | ')));
    case 'strip':
      return view.segments.map(({ start, end, label, detail }) =>
        marked(
          String(start),
          `${segmentText(view, start, end, model?.context.addressBits ?? 32)} ${label} ${detail}`.trimEnd(),
        ),
      );
  }
}

export interface SavedState {
  readonly version: 1;
  readonly view: View;
  readonly around: number | null;
  readonly folded: readonly string[];
}

/** Things that were folded and have gone need not be remembered for ever. */
const MOST_FOLDED = 500;

export function savedOf({ view, around, folded }: PanelState): SavedState {
  return { version: 1, view, around, folded: [...folded].slice(-MOST_FOLDED) };
}

export function restoredState(saved: unknown): PanelState {
  const value = saved as Partial<SavedState> | undefined | null;
  if (value?.version !== 1) return initialState;
  const folded = Array.isArray(value.folded) ? value.folded.filter((key) => typeof key === 'string') : [];
  const around = typeof value.around === 'number' ? value.around : null;
  return { ...initialState, view: { ...followCurrent, ...value.view }, around, folded: new Set(folded) };
}

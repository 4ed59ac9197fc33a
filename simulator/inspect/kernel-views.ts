/** The views that only this kernel has, with marks on what has changed since the stop before. */
import type { KernelView, ViewNode } from '../kernels/kernel-view.ts';
import type { BoundKernel } from '../kernels/bound-kernel.ts';
import { clusterCount } from '../hardware/machine-config.ts';
import { contextOf, currentCluster, findSubject, type Target } from './context.ts';
import { clusterName } from './entry.ts';
import type { KernelViewModel, KernelViewsModel, ViewMark } from './models.ts';
import type { Inspection } from './inspection.ts';

/** Views that somebody has asked for: of a process's owner, `NO_PROCESS` where there was none, around a cluster. */
interface AskedViews {
  readonly owner: number;
  readonly around: number;
  readonly views: readonly KernelView[];
}

export type ViewsByProcess = Map<string, AskedViews>;

/** Fewer clusters are shown all at once. */
const MANY_CLUSTERS = 16;

const NO_PROCESS = -1;

/** `around` is the cluster that lists of many begin with; null: the current thread's. */
export function kernelViews(inspection: Inspection, target: Target, around: number | null): KernelViewsModel {
  const subject = findSubject(inspection, target);
  const owner = subject?.process.owner ?? NO_PROCESS;
  const clusters = clusterCount(inspection.machine.config);
  const shown = clusters > MANY_CLUSTERS ? (around ?? currentCluster(inspection)) : 0;
  const key = `${String(owner)} ${String(shown)}`;
  let asked = inspection.views.get(key);
  if (asked === undefined) {
    asked = { owner, around: shown, views: inspection.kernel.views(subject?.process ?? null, shown) };
    inspection.views.set(key, asked);
  }
  const { views } = asked;
  const before = inspection.viewsBefore?.get(key)?.views ?? null;
  return {
    context: contextOf(inspection, subject),
    hasViews: inspection.kernel.hasViews,
    clusters:
      clusters > MANY_CLUSTERS ? Array.from({ length: clusters }, (_, index) => clusterName(inspection, index)) : [],
    around: shown,
    views: views.map((view) => marked(view, before?.find(({ id }) => id === view.id) ?? null)),
  };
}

/** The same processes' views at a new stop, so that the next question can be told what has changed. */
export function viewsAgain(known: ViewsByProcess, kernel: BoundKernel): ViewsByProcess {
  const views: ViewsByProcess = new Map();
  for (const [key, { owner, around }] of known) {
    const process = kernel.processes().find((one) => one.owner === owner) ?? null;
    if (process !== null || owner === NO_PROCESS)
      views.set(key, { owner, around, views: kernel.views(process, around) });
  }
  return views;
}

/** Without a view of before nothing is marked: everything would be new. */
function marked(view: KernelView, before: KernelView | null): KernelViewModel {
  if (before === null) return { ...view, marks: {}, gone: [] };
  const marks: Record<string, ViewMark> = {};
  const [now, then] = [partsOf(view), partsOf(before)];
  for (const [id, text] of now) {
    const known = then.get(id);
    if (known === undefined) marks[id] = 'new';
    else if (known !== text) marks[id] = 'changed';
  }
  const gone = [...then].filter(([id]) => !now.has(id)).map(([, text]) => text);
  return { ...view, marks, gone };
}

/** Nodes, rows or segments by their key, with all that is shown of each. */
function partsOf(view: KernelView): Map<string, string> {
  const parts = new Map<string, string>();
  switch (view.shape) {
    case 'tree':
      for (const node of nodesIn(view.nodes)) parts.set(node.id, `${node.label} ${node.detail}`.trim());
      break;
    case 'table':
      for (const { id, cells } of view.rows) parts.set(id, cells.join(' ').trim());
      break;
    case 'strip':
      for (const { start, end, label, detail } of view.segments)
        parts.set(String(start), `${label} ${detail}${end === start ? '' : ` to 0x${end.toString(16)}`}`.trim());
      break;
  }
  return parts;
}

function* nodesIn(nodes: readonly ViewNode[]): Generator<ViewNode> {
  for (const node of nodes) {
    yield node;
    yield* nodesIn(node.children);
  }
}

/** The views that only this kernel has, with marks on what has changed since the stop before. */
import type { KernelView, ViewNode } from '../kernels/kernel-view.ts';
import type { BoundKernel } from '../kernels/bound-kernel.ts';
import { contextOf, findSubject, type Target } from './context.ts';
import type { KernelViewModel, KernelViewsModel, ViewMark } from './models.ts';
import type { Inspection } from './inspection.ts';

/** Views by the processes' owners, of those that somebody has asked for; `NO_PROCESS` where there was none. */
export type ViewsByProcess = Map<number, readonly KernelView[]>;

const NO_PROCESS = -1;

export function kernelViews(inspection: Inspection, target: Target): KernelViewsModel {
  const subject = findSubject(inspection, target);
  const key = subject?.process.owner ?? NO_PROCESS;
  let views = inspection.views.get(key);
  if (views === undefined) {
    views = inspection.kernel.views(subject?.process ?? null);
    inspection.views.set(key, views);
  }
  const before = inspection.viewsBefore?.get(key) ?? null;
  return {
    context: contextOf(inspection, subject),
    hasViews: inspection.kernel.hasViews,
    views: views.map((view) => marked(view, before?.find(({ id }) => id === view.id) ?? null)),
  };
}

/** The same processes' views at a new stop, so that the next question can be told what has changed. */
export function viewsAgain(known: ViewsByProcess, kernel: BoundKernel): ViewsByProcess {
  const views: ViewsByProcess = new Map();
  for (const owner of known.keys()) {
    const process = kernel.processes().find((one) => one.owner === owner) ?? null;
    if (process !== null || owner === NO_PROCESS) views.set(owner, kernel.views(process));
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

/**
 * The views that only one kernel has: a region tree with protection masks, cache chains, page queues, mount slots.
 * Kernels build them as plain data of three shapes; the kernel panel draws the shapes and knows no kernel.
 * Every builder bounds its own size (`viewLimit` nodes, rows or segments) and says with `more` what it left out.
 */

/** How something stands out. `changed` is what the last step touched where a kernel knows it. */
export type ViewTone = 'normal' | 'muted' | 'shared' | 'changed' | 'warning' | 'dead';

/** Nodes, rows or segments of one view. */
export const viewLimit = 400;

export interface ViewNode {
  /** Stable while the thing lives: what was unfolded stays unfolded. Unique in its view. */
  readonly id: string;
  readonly label: string;
  /** One line beside the label: `refs 2 · RW · 0x1000 bytes`. */
  readonly detail: string;
  readonly tone: ViewTone;
  readonly children: readonly ViewNode[];
}

interface ViewHead {
  /** Unique among the kernel's views: `region-tree`. */
  readonly id: string;
  readonly title: string;
  /** One sentence for a student: what is seen here and how to read it. */
  readonly note: string;
  /** How many nodes, rows or segments were left out. */
  readonly more: number;
}

export interface ViewTree extends ViewHead {
  readonly shape: 'tree';
  readonly nodes: readonly ViewNode[];
}

export interface ViewTable extends ViewHead {
  readonly shape: 'table';
  readonly columns: readonly { readonly title: string; readonly align: 'left' | 'right' }[];
  readonly rows: readonly { readonly id: string; readonly tone: ViewTone; readonly cells: readonly string[] }[];
}

/** A range of addresses or slots in order, to scale: windows of a recursive mapping, mount slots, bank use. */
export interface ViewStrip extends ViewHead {
  readonly shape: 'strip';
  /** `[start, end)`. */
  readonly start: number;
  readonly end: number;
  readonly unit: 'address' | 'slot' | 'frame';
  readonly segments: readonly {
    readonly start: number;
    readonly end: number;
    readonly label: string;
    readonly detail: string;
    readonly tone: ViewTone;
  }[];
}

export type KernelView = ViewTree | ViewTable | ViewStrip;

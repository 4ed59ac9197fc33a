/** Everything that panels and extension host say to each other: a union for each direction. */
import type {
  AddressSpaceModel,
  FramesModel,
  KernelViewsModel,
  PageModel,
  PageTableFilter,
  PageTableModel,
  TranslateModel,
} from '../../simulator/inspect/models.ts';
import type { MachineModel } from '../../simulator/inspect/machine-models.ts';
import type { FrameDetailModel, FrameMapModel } from '../../simulator/inspect/physical-models.ts';
import type { FoundMoment, MarkKind, MomentModel, TimelineModel } from '../../simulator/inspect/timeline/models.ts';
import type { CompareStatus } from './comparison.ts';
import type { ErrorCode } from './panel-error.ts';

export type * from '../../simulator/inspect/models.ts';
export type * from '../../simulator/inspect/machine-models.ts';
export type * from '../../simulator/inspect/physical-models.ts';
export type * from '../../simulator/inspect/timeline/models.ts';
export { markKinds } from '../../simulator/inspect/timeline/models.ts';
export { CellFlag } from '../../simulator/inspect/models.ts';
export type { RegionKind } from '../../simulator/kernels/view.ts';

/** Process by name and cluster by index; left out, those of the current thread. */
export interface Choice {
  readonly process?: string;
  readonly cluster?: number;
}

/** What a panel can ask, and what it is told. */
export interface Requests {
  addressSpace: { args: Choice & { buckets?: number }; reply: AddressSpaceModel };
  pageTable: {
    args: Choice & { start: number; count: number; filter?: PageTableFilter; find?: number };
    reply: PageTableModel;
  };
  page: { args: Choice & { vpn: number }; reply: PageReply };
  translate: { args: Choice & { address: number }; reply: TranslateModel };
  frames: { args: { cluster: number; start: number; count: number }; reply: FramesModel };
  /** Left out, the cluster of the current thread. `start` and `count` are rows, `find` is a page of the cluster. */
  frameMap: {
    args: { cluster?: number; perRow: number; start: number; count: number; find?: number };
    reply: FrameMapModel;
  };
  frame: { args: { cluster: number; page: number }; reply: FrameDetailModel };
  /** With a cluster, everything about it as well. */
  machine: { args: { cluster?: number }; reply: MachineModel };
  /** Steps; the sums are of the interval, or of the whole run. */
  timeline: {
    args: { from: number; to: number; buckets: number; sumFrom?: number; sumTo?: number };
    reply: TimelineReply;
  };
  timelineMoment: { args: { step: number }; reply: MomentModel };
  /** The next thing that happens after a step, or the last before it: of a kind, or any. */
  timelineFind: { args: { step: number; direction: 'next' | 'previous'; kind?: MarkKind }; reply: FoundMoment };
  /** Lists of many clusters begin with `around`; left out, with the cluster of the current thread. */
  kernelViews: { args: Choice & { around?: number }; reply: KernelViewsModel };
  /** Value of an expression as an address; the host asks the debugger's evaluation. */
  evaluate: { args: { expression: string }; reply: { address: number } };
}

export type RequestName = keyof Requests;

/** The host adds the source text of the lines that the page's causes name. */
export interface PageReply extends PageModel {
  readonly sources?: Readonly<Record<number, string>>;
}

/** The host adds the source text of the lines that the slices name. */
export interface TimelineReply extends TimelineModel {
  readonly sources?: Readonly<Record<number, string>>;
}

export interface Request<K extends RequestName = RequestName> {
  readonly type: 'request';
  readonly id: number;
  readonly command: K;
  readonly args: Requests[K]['args'];
}

export type Reply =
  | { readonly type: 'reply'; readonly id: number; readonly ok: true; readonly body: unknown }
  | {
      readonly type: 'reply';
      readonly id: number;
      readonly ok: false;
      readonly code: ErrorCode;
      /** For people. */
      readonly error: string;
    };

/** What the panel follows: the active debug session of Pagewalk. */
export interface SessionStatus {
  readonly state: 'none' | 'starting' | 'running' | 'stopped' | 'ended';
  /** Name of the session or of its file. */
  readonly name: string;
  /** Why it stopped, for people: `step`, `page fault`. */
  readonly reason: string;
  /** Counts the stops that the host has seen. */
  readonly stop: number;
}

/** A page that is selected in both panels. */
export interface PageSelection {
  readonly process: string;
  readonly cluster: number;
  readonly vpn: number;
}

/** What a panel shows, for tests that cannot look. */
export interface Description {
  readonly panel: 'addressSpace' | 'pageTable' | 'kernel' | 'compare' | 'physicalMemory' | 'cluster' | 'timeline';
  readonly session: SessionStatus['state'];
  readonly process: string | null;
  readonly cluster: string | null;
  readonly stop: number | null;
  /** Regions, or rows of the page table, as text. */
  readonly lines: readonly string[];
  readonly selected: number | null;
  /** What stands where there is nothing to show, or an error. */
  readonly message: string | null;
}

export type ToPanel =
  | { readonly type: 'compare'; readonly status: CompareStatus }
  /** The line of the compared file that the editor's cursor is on; null in another file. */
  | { readonly type: 'line'; readonly line: number | null }
  | { readonly type: 'session'; readonly session: SessionStatus }
  | { readonly type: 'select'; readonly selection: PageSelection }
  /** A cluster that was opened from another panel. */
  | { readonly type: 'cluster'; readonly cluster: number }
  | { readonly type: 'describe'; readonly id: number }
  | Reply;

export type FromPanel =
  | { readonly type: 'ready' }
  | { readonly type: 'select'; readonly selection: PageSelection }
  /** Show a line of the scenario in its editor. */
  | { readonly type: 'reveal'; readonly line: number }
  /** Run the comparison once more, end the one that runs, or choose what to compare. */
  | { readonly type: 'compare'; readonly action: 'again' | 'cancel' | 'choose' }
  /** Go to a moment of the run. */
  | { readonly type: 'seek'; readonly position: MomentModel['position'] }
  /** Show the memory of a cluster in its panel. */
  | { readonly type: 'showMemory'; readonly cluster: number }
  /** The button of the empty panel. */
  | { readonly type: 'start' }
  | { readonly type: 'description'; readonly id: number; readonly description: Description }
  | Request;

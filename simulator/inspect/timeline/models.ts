/** What the timeline panel is told. The axis is micro-steps, the order in which everything happened. Plain data. */
import type { ClusterName } from '../models.ts';

/** Who did something, on one core: a thread, a server, the kernel. */
export interface LaneModel {
  readonly id: number;
  readonly agent: string;
  readonly core: number;
  readonly cluster: ClusterName;
  /** Rows that its slices nest to. */
  readonly depth: number;
}

/** Something that lasts. `held` is a lock that the lane has; it stands below the others and nests with none. */
export type SliceKind = 'statement' | 'fault' | 'service' | 'wait' | 'held';

export interface SliceModel {
  readonly lane: number;
  readonly kind: SliceKind;
  /** Steps, `[from, to)`. */
  readonly from: number;
  readonly to: number;
  /** Row in its lane, from 0. */
  readonly depth: number;
  readonly label: string;
  readonly line: number;
  /** Further ones that are too short to be told apart here. */
  readonly more: number;
}

/** What happens at a step. The order is that of every list of sums. */
export const markKinds = [
  'rpc', 'fault', 'cow', 'false', 'segv', 'alloc', 'free', 'copy', 'entry', 'miss', 'flush', 'lock', 'disk', 'region', 'oom',
] as const; // prettier-ignore
export type MarkKind = (typeof markKinds)[number];

export interface MarkModel {
  readonly lane: number;
  readonly kind: MarkKind;
  readonly step: number;
  readonly text: string;
  readonly line: number;
  readonly more: number;
}

/** A request, from asked to begun, or its answer, from given to received. */
export interface ArrowModel {
  readonly kind: 'request' | 'answer';
  readonly from: { readonly lane: number; readonly step: number };
  readonly to: { readonly lane: number; readonly step: number };
}

/** By bucket. */
export interface CurvesModel {
  /** Page faults that brought a page. */
  readonly faults: readonly number[];
  /** Free frames of the whole machine at the end of the bucket. */
  readonly free: readonly number[];
  /** Hits of TLB look-ups, from 0 to 1; null where there was none. */
  readonly hits: readonly (number | null)[];
}

export interface SumsModel {
  readonly from: number;
  readonly to: number;
  readonly counts: Readonly<Record<MarkKind, number>>;
  /** Steps for which somebody waited, of all lanes together. */
  readonly waited: number;
}

/** A line of the scenario and the step at which it first began: marks of the overview. */
export interface LineMark {
  readonly step: number;
  readonly line: number;
}

export interface TimelineModel {
  readonly stop: number;
  /** Steps that are recorded so far. The whole run is once it is complete. */
  readonly recorded: number;
  readonly isComplete: boolean;
  /** The recording ended at its bound, before the run did. */
  readonly isCut: boolean;
  /** Step at which the simulation stands. */
  readonly position: number;
  readonly from: number;
  readonly to: number;
  readonly lanes: readonly LaneModel[];
  readonly slices: readonly SliceModel[];
  readonly marks: readonly MarkModel[];
  readonly arrows: readonly ArrowModel[];
  readonly curves: CurvesModel;
  /** Of the interval that was asked for, else of everything recorded. */
  readonly sums: SumsModel;
  readonly lines: readonly LineMark[];
}

export interface MomentModel {
  readonly step: number;
  readonly position: { readonly statement: number; readonly step: number };
}

export interface FoundMoment extends MomentModel {
  readonly text: string;
}

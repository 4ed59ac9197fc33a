/** A comparison of one file on several kernels. Plain data: the JSON of `pagewalk compare --json` and what the panel draws. */
import type { RunState } from '../state-json.ts';

/** Events that are counted for each line, in the order in which they are told. */
export const countedEvents = [
  'page-fault', 'cow-fault', 'false-fault', 'segv', 'oom', 'page-zero', 'page-copy', 'page-in', 'page-out',
  'page-alloc', 'page-free', 'pte-set', 'pte-clear', 'region-create', 'region-remove', 'region-split', 'tlb-miss',
  'tlb-flush', 'rpc', 'lock-wait',
] as const; // prettier-ignore

export type CountedEvent = (typeof countedEvents)[number];

/** Only those that happened. */
export type Counts = Readonly<Partial<Record<CountedEvent, number>>>;

/** Where a run came to an untimely end, or why there was none. */
export interface Halt {
  readonly code: string;
  readonly message: string;
  readonly line: number;
  readonly column: number;
}

export interface FramesInUse {
  readonly boot: number;
  readonly peak: number;
  readonly end: number;
}

export interface ColumnTotals {
  readonly counts: Counts;
  readonly frames: FramesInUse;
  /** Frames that hold page tables of living processes alone, not the kernel's too; looked at between statements and now and then in long ones. */
  readonly tableFrames: { readonly peak: number; readonly end: number };
  /** Of the core that is furthest on. */
  readonly cycles: number;
  readonly steps: number;
  readonly statements: number;
}

/** One kernel's run. */
export interface ColumnModel {
  /** The kernel, with `@PRESET` where a machine was asked for. */
  readonly name: string;
  readonly kernel: string;
  /** `refused`: the file does not run on this kernel or its machine; `stopped`: it ran as far as `halt`. */
  readonly state: 'ended' | 'stopped' | 'refused';
  readonly halt: Halt | null;
  readonly machine: RunState['machine'] | null;
  readonly totals: ColumnTotals | null;
  /** Calls of a recording that the kernel lacks and that were made of others. */
  readonly emulated: number;
}

/** What one line did on one kernel, all its executions together. */
export interface CellModel {
  readonly runs: number;
  readonly counts: Counts;
  /** Counts from the start to the end of the line's last execution. */
  readonly soFar: Counts;
  /** Of all cores together: a line may run on a core that is behind the others. */
  readonly cycles: number;
  /** After its last execution. */
  readonly framesInUse: number;
  readonly tableFrames: number;
  /** The run stopped here. */
  readonly isHalt: boolean;
}

export interface RowModel {
  readonly line: number;
  /** By column; null where the line was not reached. */
  readonly cells: readonly (CellModel | null)[];
  /** Columns that did something else than the first one here. */
  readonly parts: readonly number[];
}

/** What one kernel did where two runs part. */
export interface SideModel {
  readonly line: number;
  /** What happened up to the trap's outcome or the call's end, in order: `page-alloc`, `page-copy`, `cow-fault`. */
  readonly happened: readonly string[];
  /** How many traps the statement took, with what happened after the last. */
  readonly episodes: number;
  /** The first event that the other side lacks; null where it has them all and more. */
  readonly event: EventModel | null;
  readonly halt: Halt | null;
}

export interface EventModel {
  readonly name: string;
  readonly text: string;
  readonly thread: string;
  readonly cycle: number;
  readonly step: number;
  /** Source line; of a recording, the line of its view. */
  readonly line: number;
  /** Innermost first. */
  readonly functions: readonly {
    readonly name: string;
    readonly section: string;
    readonly label: string;
    readonly text: string;
  }[];
}

/** The first place at which a run differs from that of the first kernel. */
export interface PartingModel {
  readonly column: number;
  /** Index of the statement in the order of execution. */
  readonly statement: number;
  readonly line: number;
  /**
   * `event`: the same statement did different things; `count`: the same things another number of times; `halt`: one run
   * stopped there; `flow`: other statements follow.
   */
  readonly kind: 'event' | 'count' | 'halt' | 'flow';
  /** Which of the statement's traps, from 1. */
  readonly episode: number;
  /** One sentence. */
  readonly summary: string;
  /** Of the first kernel, then of the column. */
  readonly sides: readonly [SideModel, SideModel];
}

export interface Comparison {
  readonly version: 1;
  readonly file: string;
  /** Every run came to its end. */
  readonly ok: boolean;
  readonly columns: readonly ColumnModel[];
  /** In the order of lines. */
  readonly rows: readonly RowModel[];
  /** Further lines that are not among them. */
  readonly moreRows: number;
  /** At most one for each column but the first that ran. */
  readonly partings: readonly PartingModel[];
  /** Statements whose events were compared; fewer than there were where a bound was reached. */
  readonly compared: number;
  /** Statements that every run reached after those. */
  readonly moreStatements: number;
}

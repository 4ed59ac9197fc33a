/** What panels, debugger and tests are told about a stopped simulation. Plain data: it crosses a message port as JSON. */
import type { KernelView } from '../kernels/kernel-view.ts';
import type { RegionKind } from '../kernels/view.ts';
import type { BankFigures } from './physical-models.ts';

export interface ClusterName {
  readonly index: number;
  readonly x: number;
  readonly y: number;
}

/** A page table that can be looked at. */
export interface TableChoice {
  readonly cluster: ClusterName;
  /** `reference`, `copy`, or empty where a process has only one. */
  readonly role: string;
}

export interface ProcessChoice {
  readonly name: string;
  readonly pid: number;
  readonly alive: boolean;
  readonly tables: readonly TableChoice[];
}

/** Which process and cluster an answer is about, and which others could be asked for. */
export interface InspectContext {
  readonly kernel: string;
  readonly paging: string;
  /** Bits of a virtual address that the page table translates. */
  readonly addressBits: number;
  readonly clusters: number;
  /** Null before the scenario has made a process. */
  readonly process: ProcessChoice | null;
  readonly cluster: ClusterName;
  readonly role: string;
  readonly processes: readonly ProcessChoice[];
  /** Name of the process whose thread is current, or null. */
  readonly current: string | null;
  /** Counts the stops: two answers with the same number show the same moment. */
  readonly stop: number;
}

/** Set bits of `CellModel.flags`. */
export const CellFlag = {
  present: 1,
  writable: 2,
  accessed: 4,
  dirty: 8,
  cow: 16,
  /** The frame lies in another cluster than the table. */
  elsewhere: 32,
  /** Another live process maps the frame as well. */
  shared: 64,
  /** The last step changed the entry. */
  changed: 128,
  guard: 256,
} as const;

/**
 * One cell of a region's map: a page (`pages` 1), a long stretch of pages that nobody has touched (`resident` 0), or
 * in a big region a bucket of neighbouring pages, whose flags are joined.
 */
export interface CellModel {
  readonly vpn: number;
  readonly pages: number;
  readonly resident: number;
  readonly flags: number;
}

export interface RegionModel {
  /** Bytes, `[start, end)`. */
  readonly start: number;
  readonly end: number;
  /** `rw-`. */
  readonly protection: string;
  readonly kind: RegionKind;
  readonly name: string;
  readonly cluster: ClusterName | null;
  readonly note: string;
  readonly pages: number;
  readonly resident: number;
  readonly shared: number;
  readonly cow: number;
  readonly changed: number;
  readonly guard: { readonly start: number; readonly end: number } | null;
  /** Pages in a full bucket; 1 where every page has its cell. */
  readonly bucketPages: number;
  readonly cells: readonly CellModel[];
}

/** Bytes of one kind of region. */
export interface KindTotal {
  readonly kind: RegionKind;
  readonly reserved: number;
  readonly resident: number;
  readonly shared: number;
}

export interface AddressSpaceModel {
  readonly context: InspectContext;
  readonly regions: readonly RegionModel[];
  /** In the order in which the kinds appear in the address space. */
  readonly totals: readonly KindTotal[];
  /** Entries that the last step changed, in regions or not. */
  readonly changed: number;
}

export interface BitModel {
  readonly name: string;
  readonly set: boolean;
  /** The last step set or cleared it. */
  readonly changed: boolean;
}

export interface EntryModel {
  /** Physical address of the entry. */
  readonly address: number;
  /** Counts from 1 at the root. */
  readonly level: number;
  readonly present: boolean;
  /** Raw words, as hexadecimal without prefix, the lower address first; on x86-64 one word of 64 bits. */
  readonly words: readonly string[];
  readonly bits: readonly BitModel[];
  readonly ppn: number;
  readonly frameCluster: ClusterName | null;
  /** Pages that it maps: more than 1 for a big page. */
  readonly pages: number;
  readonly flags: number;
}

/** What an entry was at the stop before. */
export interface PreviousEntry {
  readonly present: boolean;
  readonly words: readonly string[];
  readonly ppn: number;
  readonly frameCluster: ClusterName | null;
}

export type PageTableFilter = 'present' | 'all' | 'cow' | 'dirty' | 'elsewhere' | 'changed';

export type PageTableRow =
  | {
      readonly kind: 'table';
      /** `PT1[0x010] → PT2`. */
      readonly title: string;
      readonly level: number;
      /** Physical address of the table that the rows below belong to. */
      readonly address: number;
      readonly cluster: ClusterName | null;
      /** Present entries in it. */
      readonly present: number;
    }
  | {
      /** What the entry of the next row was at the stop before. */
      readonly kind: 'was';
      readonly index: number;
      readonly vpn: number;
      readonly entry: EntryModel;
    }
  | {
      readonly kind: 'entry';
      /** Index in its table. */
      readonly index: number;
      readonly vpn: number;
      readonly entry: EntryModel;
      readonly previous: PreviousEntry | null;
      readonly region: { readonly name: string; readonly kind: RegionKind } | null;
      /** Other live processes that map the frame. */
      readonly others: readonly string[];
    };

export interface PageTableModel {
  readonly context: InspectContext;
  /** `TSAR, two levels`. */
  readonly format: string;
  /** Register and value: `PTPR 0x00800081`. */
  readonly root: string;
  readonly filter: PageTableFilter;
  readonly counts: Readonly<Record<PageTableFilter, number>>;
  readonly tables: number;
  /** Rows that the filter leaves, of which `rows` are those from `start` on. */
  readonly total: number;
  readonly start: number;
  readonly rows: readonly PageTableRow[];
  /** Row of the page asked for with `find`, or null. */
  readonly found: number | null;
  /** The first row of an entry that the last step changed. */
  readonly firstChanged: number | null;
}

export interface Mapping {
  readonly process: string;
  readonly cluster: ClusterName;
  readonly vpn: number;
  readonly writable: boolean;
  readonly cow: boolean;
}

/** One link of the chain that led to a page's present state, oldest first. */
export interface Cause {
  readonly event: string;
  readonly text: string;
  /** Source line, 0 where there is none. */
  readonly line: number;
  readonly step: number;
  readonly cycle: number;
  readonly thread: string;
}

export interface FrameModel {
  readonly ppn: number;
  /** Page number within its cluster's memory. */
  readonly page: number;
  readonly cluster: ClusterName;
  readonly state: string;
  readonly content: 'free' | 'kernel' | 'table' | 'data';
  readonly refs: number;
  readonly forks: number;
  readonly order: number;
  readonly mappedBy: readonly Mapping[];
}

export interface PageModel {
  readonly context: InspectContext;
  readonly vpn: number;
  readonly region: Omit<RegionModel, 'cells' | 'bucketPages'> | null;
  readonly entry: EntryModel | null;
  readonly previous: PreviousEntry | null;
  readonly frame: FrameModel | null;
  readonly guard: boolean;
  readonly why: readonly Cause[];
}

export interface AddressField {
  /** `IX1`, `offset`. */
  readonly name: string;
  /** `entry of PT1`. */
  readonly doc: string;
  readonly highBit: number;
  readonly lowBit: number;
  readonly value: number;
}

export interface WalkStep {
  readonly table: string;
  readonly index: number;
  readonly address: number;
  readonly words: readonly string[];
  /** `reserved`: something is set that the format reserves, so the hardware refuses the entry. */
  readonly outcome: 'table' | 'page' | 'absent' | 'reserved';
}

export interface TranslateModel {
  readonly context: InspectContext;
  readonly address: number;
  readonly fields: readonly AddressField[];
  readonly walk: readonly WalkStep[];
  readonly physical: number | null;
  readonly frameCluster: ClusterName | null;
}

export interface FramesModel extends BankFigures {
  readonly cluster: ClusterName;
  readonly frames: number;
  readonly free: number;
  readonly start: number;
  readonly rows: readonly FrameModel[];
}

export type { ViewNode, ViewTone } from '../kernels/kernel-view.ts';

export type ViewMark = 'new' | 'changed';

/** One of the kernel's own views; what has changed since the stop before is marked. */
export type KernelViewModel = KernelView & {
  /** By id of a node or row, by start of a segment. */
  readonly marks: Readonly<Record<string, ViewMark>>;
  /** What was there at the stop before and is no more, as it was shown. */
  readonly gone: readonly string[];
};

export interface KernelViewsModel {
  readonly context: InspectContext;
  /** False for a kernel that has none at all. */
  readonly hasViews: boolean;
  /** All of them, where there are more than a list shows; else none. */
  readonly clusters: readonly ClusterName[];
  /** Index of the cluster with which lists of many clusters begin. */
  readonly around: number;
  readonly views: readonly KernelViewModel[];
}

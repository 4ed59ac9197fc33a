/** What panels are told about physical memory. Plain data: it crosses a message port as JSON. */
import type { ClusterName, FrameModel } from './models.ts';

/** What frames can have in common. */
export interface FrameKind {
  readonly content: 'free' | 'kernel' | 'table' | 'data';
  /** The kernel's own word. */
  readonly state: string;
  /** Of the free block that it belongs to, where the kernel has blocks. */
  readonly order: number;
  /** Names of the live processes that map it, or whose page table it holds; a kernel's frame has none. */
  readonly owners: readonly string[];
  /** Copy-on-write for one of them. */
  readonly cow: boolean;
}

/** Frames side by side that are alike; of free blocks each is one. Pages are counted from the start of the cluster. */
export interface FrameRun {
  /** `[page, page + pages)`: the part in its row. */
  readonly page: number;
  readonly pages: number;
  /** Index into `FrameMapModel.kinds`. */
  readonly kind: number;
  /** The whole of it. */
  readonly first: number;
  readonly length: number;
  readonly changed: boolean;
}

/** A row of the map: some frames, or a long run that is folded into one row. */
export interface FrameMapRow {
  readonly page: number;
  readonly pages: number;
  readonly folded: boolean;
  readonly runs: readonly FrameRun[];
}

export interface FrameTotal {
  readonly content: FrameKind['content'];
  readonly state: string;
  readonly frames: number;
}

/** Free memory by size: blocks of 2^order frames, or runs of that many and fewer than twice as many. */
export interface FreeOrder {
  readonly order: number;
  readonly blocks: number;
  /** Share of the free frames that a request of this order cannot use, from 0 to 1; 0 where nothing is free. */
  readonly unusable: number;
}

export interface BankModel {
  readonly cluster: ClusterName;
  readonly frames: number;
  readonly free: number;
}

/** Figures of a cluster's whole memory. */
export interface BankFigures {
  readonly totals: readonly FrameTotal[];
  /** The kernel keeps its free frames in blocks of a power of two; else the runs of free frames are counted. */
  readonly hasBlocks: boolean;
  readonly orders: readonly FreeOrder[];
}

export interface FrameMapModel extends BankFigures {
  readonly kernel: string;
  readonly addressBits: number;
  readonly stop: number;
  readonly cluster: ClusterName;
  readonly frames: number;
  readonly free: number;
  /** Global number of the cluster's first frame. */
  readonly firstPpn: number;
  readonly banks: readonly BankModel[];
  /** Of all live processes, in order of their making. */
  readonly processes: readonly string[];
  readonly kinds: readonly FrameKind[];
  /** Frames that the last step changed. */
  readonly changed: number;
  readonly perRow: number;
  /** Rows of the whole map, of which `rows` are those from `start` on. */
  readonly total: number;
  readonly start: number;
  readonly rows: readonly FrameMapRow[];
  /** Row of the frame asked for with `find`, or null. */
  readonly found: number | null;
  readonly firstChanged: number | null;
}

/** Something that happened to a frame. */
export interface FrameEvent {
  readonly text: string;
  readonly thread: string;
  readonly line: number;
  readonly step: number;
}

export interface FrameDetailModel extends FrameModel {
  readonly stop: number;
  /** Whose page table it holds; empty for other frames. */
  readonly tableOf: readonly string[];
  /** Physical address. */
  readonly address: number;
  /** The first bytes. */
  readonly bytes: readonly number[];
  /** Oldest first: the last of what has been heard. */
  readonly history: readonly FrameEvent[];
}

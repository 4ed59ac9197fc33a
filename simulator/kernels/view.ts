/** Plain view data that a kernel offers of itself. Panels, the command line, observations and JSON read these. */
import type { Ppn } from '../hardware/word.ts';

export interface Protection {
  readonly read: boolean;
  readonly write: boolean;
  readonly execute: boolean;
  /** The further letter `u`, for kernels that have it. */
  readonly user?: boolean;
}

export type RegionKind =
  'anon' | 'file' | 'shared' | 'remote' | 'device' | 'null' | 'stack' | 'heap' | 'code' | 'data' | 'kernel';

/** One region as a given descriptor of a process knows it. */
export interface RegionView {
  /** Bytes, `[start, end)`. */
  readonly start: number;
  readonly end: number;
  readonly protection: Protection;
  readonly kind: RegionKind;
  readonly name: string;
  /** Index of the cluster that holds its pages; null when spread or unspecific. */
  readonly cluster: number | null;
  /** What a reader should know: `spread by page`, `own copy of 1,0`, `mapper 1,1`, `guard below`. */
  readonly note: string;
  /** Bytes, `[start, end)`, kept unmapped on purpose: within the region or directly beside it. */
  readonly guard?: { readonly start: number; readonly end: number };
  /** The kernel's own object. */
  readonly object: unknown;
}

/** A page table of a process; ALMOS-MKH has one for every cluster where the process lives. */
export interface TableView {
  readonly cluster: number;
  readonly root: Ppn;
  /** `reference`, `copy`, or empty where there is only one. */
  readonly role: string;
}

export interface FrameView {
  /** The kernel's own per-frame count, as `frame(ppn).refs`. */
  readonly refs: number;
  /** Pending forks where the kernel has them, else 0. */
  readonly forks: number;
  /** The kernel's own word: `free`, `reserved`, `table`, `mapper`, `user`, … */
  readonly state: string;
  /** Of the free block, or the allocation, that it belongs to; 0 where the kernel has none. */
  readonly order: number;
  /** It can be given out. */
  readonly isFree: boolean;
  /** What is in it: a page table, the kernel's own memory, or what processes and files may have (free frames included). */
  readonly content: 'table' | 'kernel' | 'data';
}

/** The threads of a cluster that serve requests of other clusters, and what waits for them. */
export interface ServerView {
  readonly cluster: number;
  /** Index in the machine of the core on which they run. */
  readonly core: number;
  /** What each thread serves; null while it is free. */
  readonly threads: readonly (RequestView | null)[];
  /** In the order in which they will be served. */
  readonly queue: readonly RequestView[];
}

export interface RequestView {
  readonly id: number;
  readonly name: string;
  /** Agent and cluster of who asked. */
  readonly client: string;
  readonly clientCluster: number;
}

/** Software meaning of a page-table entry, beyond what the hardware's layout says. */
export interface SoftwareBits {
  readonly cow: boolean;
  /** Names of set software bits, in the kernel's words. */
  readonly names: readonly string[];
}

/** A violated invariant: always a bug of ours. */
export interface InvariantViolation {
  /** `I7`. */
  readonly invariant: string;
  readonly message: string;
}

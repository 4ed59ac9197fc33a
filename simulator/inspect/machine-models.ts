/** What panels are told about the machine: clusters, cores, network. Plain data: it crosses a message port as JSON. */
import type { ClusterName } from './models.ts';
import type { FrameTotal } from './physical-models.ts';

/** Why something in progress cannot go on. */
export interface WaitModel {
  readonly kind: 'lock' | 'rpc' | 'disk' | 'sleep' | 'condition';
  /** `the answer of 1,0 to VMM_GET_PTE`. */
  readonly text: string;
  /** The cluster whose answer is waited for. */
  readonly cluster: ClusterName | null;
  /** Whose turn it is: threads and servers by name. */
  readonly agents: readonly string[];
  /** Of a request: stands in the queue, or has a server. */
  readonly isServed: boolean | null;
  /** Micro-steps since it began; null where that was not heard. */
  readonly steps: number | null;
  /** It waits, over others, for itself. */
  readonly isDeadlock: boolean;
}

/** Something in progress on a core: a thread at a statement, a server, a daemon. */
export interface RunningModel {
  /** Name of the thread or server. */
  readonly agent: string;
  /** On whose behalf; null for the kernel. */
  readonly process: string | null;
  /** The innermost kernel function and its step; empty outside the kernel. */
  readonly function: string;
  readonly step: string;
  readonly line: number;
  readonly wait: WaitModel | null;
  /** It ran last. */
  readonly isCurrent: boolean;
}

export interface CoreModel {
  readonly core: number;
  readonly cycles: number;
  /** Name of the process whose page table it has, or null. */
  readonly process: string | null;
  readonly running: readonly RunningModel[];
  /** Live threads of this core that do nothing now. */
  readonly idle: readonly string[];
  /** Its share of the cycles that all cores spent since the last stop, from 0 to 1. */
  readonly load: number;
  /** Look-ups in its TLBs since the last stop. */
  readonly tlbHits: number;
  readonly tlbMisses: number;
}

export interface RequestModel {
  /** `VMM_GET_PTE`; empty for one that was not taken yet. */
  readonly name: string;
  readonly client: string;
  readonly clientCluster: ClusterName | null;
}

export interface ClusterModel {
  readonly cluster: ClusterName;
  readonly frames: number;
  readonly free: number;
  readonly cores: readonly CoreModel[];
  /** Threads that serve requests; what each serves, null while it is free. */
  readonly servers: readonly (RequestModel | null)[];
  /** Requests that no thread has begun with. */
  readonly queue: readonly RequestModel[];
}

/** Messages on one direction of a link since the last stop. */
export interface LinkModel {
  readonly from: number;
  readonly to: number;
  /** Requests and their answers. */
  readonly messages: number;
  /** Accesses of cores to other clusters' memory. */
  readonly accesses: number;
}

export interface TlbEntryModel {
  readonly vpn: number;
  readonly ppn: number;
  readonly pages: number;
  readonly cluster: ClusterName | null;
  /** `W X U`. */
  readonly bits: string;
  readonly set: number;
}

export interface TlbModel {
  readonly core: number;
  /** `data`, `fetch`, or `both` where there is one for both. */
  readonly side: string;
  /** Entries that it can hold. */
  readonly size: number;
  /** The newest first. */
  readonly entries: readonly TlbEntryModel[];
}

/** Everything about one cluster. */
export interface ClusterDetail {
  readonly cluster: ClusterName;
  readonly totals: readonly FrameTotal[];
  readonly tlbs: readonly TlbModel[];
  /** Interrupts that wait to be acknowledged. */
  readonly interrupts: readonly { readonly core: number; readonly from: number; readonly value: number }[];
  /** Files whose page cache is here. */
  readonly files: readonly { readonly name: string; readonly size: number }[];
  readonly devices: readonly string[];
}

export interface MachineModel {
  readonly preset: string;
  readonly paging: string;
  readonly addressBits: number;
  readonly mesh: { readonly width: number; readonly height: number };
  readonly coresPerCluster: number;
  readonly memoryBytes: number;
  readonly kernel: string;
  readonly stop: number;
  /** The cluster of the current thread. */
  readonly current: ClusterName;
  readonly clusters: readonly ClusterModel[];
  /** Those that carried something. */
  readonly links: readonly LinkModel[];
  readonly counters: Readonly<Record<string, number>>;
  /** Of the cluster that was asked for. */
  readonly detail: ClusterDetail | null;
}

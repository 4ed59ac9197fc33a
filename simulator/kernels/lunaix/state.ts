import type { DiskFile } from '../../hardware/block-device.ts';
import { printLine } from '../../hardware/terminal.ts';
import type { Activation, KernelGenerator } from '../../execution/activation.ts';
import type { ElfSegment, ProcessObject, ThreadObject } from '../kernel.ts';
import type { Klock } from './klock.ts';
import type { Injection } from '../injections.ts';

/** 2.1. `end` is exclusive (D7). */
export interface MmRegion {
  readonly type: 'mm_region';
  readonly id: number;
  proc_vms: ProcMm | null;
  mfile: VFile | null;
  foff: number;
  flen: number;
  start: number;
  end: number;
  attr: number;
  index: Slot | null;
  data: number;
  region_copied: Callback | null;
  destruct_region: Callback | null;
  /** Of a stack: where its guard page is, for who shows it. The kernel knows the guard by its entry alone. */
  guard: number | null;
  /** The step that released it, for whoever still holds it. */
  freed: string | null;
}

/** Callbacks by name, since state holds no code: the heap's own, and one that only leaves its event. */
export type Callback = 'heap_copied' | 'notify';

/** The outside pointer that `mm_region.index` is the address of. */
export interface Slot {
  readonly object: object;
  readonly field: string;
}

/** `vm_regions_t`: a list of regions by address. Scenarios read `.length` and `[i]`. */
export interface VmRegions {
  readonly type: 'vm_regions';
  readonly items: MmRegion[];
}

/** 2.2 */
export interface ProcMm {
  readonly type: 'proc_mm';
  readonly id: number;
  /** Physical address of the L1 table; 0 before there is one. */
  vmroot: number;
  readonly regions: VmRegions;
  heap: MmRegion | null;
  proc: Process;
  freed: string | null;
}

/** 2.3 */
export interface RemoteVmctx {
  readonly type: 'remote_vmctx';
  readonly id: number;
  mm: ProcMm | null;
  vms_mnt: number;
  local_mnt: number;
  remote: number;
  page_cnt: number;
}

/** An open file description. */
export interface VFile {
  readonly type: 'v_file';
  readonly id: number;
  readonly name: string;
  /** Null: something without pages, such as a terminal. */
  readonly inode: DiskFile | null;
  ref_count: number;
}

export interface Process extends ProcessObject {
  readonly type: 'process';
  readonly pid: number;
  parent: Process | null;
  main: Thread | null;
  mm: ProcMm | null;
  readonly threads: Thread[];
  readonly fdtable: (VFile | null)[];
  path: string;
  state: 'running' | 'terminated' | 'buried';
  /** Children made so far, for their names. */
  forks: number;
  /** 4.9 step 3 to 6: its threads make no user access (L8). */
  forking: boolean;
}

export interface Thread extends ThreadObject {
  readonly type: 'thread';
  readonly process: Process;
  /** The slot of its kernel stack, 0 uppermost (L9). */
  kstack: number;
  ustack: MmRegion | null;
  syscall_ret: number;
}

export interface Pmm {
  readonly ref_counts: Int32Array;
  readonly attr: Uint8Array;
  /** What the frame is for: FrameUse. */
  readonly use: Uint8Array;
  /** One for each bank: the frame after the last one given. */
  readonly roving: number[];
  readonly framesPerBank: number;
}

/** What a scenario took by calling primitives: no part of what the kernel itself accounts for. */
export interface Holdings {
  /** References by frame. */
  readonly frames: Map<number, number>;
  /** Mount points that it left mounted, by the space's root. */
  readonly mounts: Map<number, number>;
  readonly reserved: Set<number>;
  /** Entries of its own, where no region is: of which root's frame, for which address. */
  readonly entries: { readonly root: number; readonly va: number }[];
  /** Functions that edited the tables of one space for the regions of another. */
  readonly foreign: Set<string>;
}

/** What a path in /bin stands for. */
export interface Program {
  path: string;
  readonly segments: readonly ElfSegment[];
  readonly entry: number;
}

export interface LunaixState {
  readonly options: {
    readonly clean: boolean;
    /** What mem_sync_pages drops from the TLBs (D23). */
    readonly syncFlush: 'page' | 'entry';
  };
  readonly pmm: Pmm;
  readonly klock: Klock;
  /** The kernel's own L1 table. */
  readonly kernelRoot: number;
  readonly processes: Process[];
  readonly threads: Thread[];
  readonly programs: Map<string, Program>;
  /** The remote window's user, or null. */
  remoteWindow: RemoteVmctx | null;
  readonly remoteContexts: RemoteVmctx[];
  /** Regions and lists that a scenario made and that hang nowhere. */
  readonly looseRegions: MmRegion[];
  readonly held: Holdings;
  readonly log: string[];
  injections: Injection[];
  nextId: number;
  nextOwner: number;
}

export type Here = Activation<LunaixState>;
export type Lunaixly<R> = KernelGenerator<R>;

/** `__current`: the process running on this core; null in the kernel's own thread. */
export function currentProcess(here: Here): Process | null {
  const thread = here.activity.thread as Thread | null;
  return thread?.process ?? null;
}

export function currentThread(here: Here): Thread | null {
  return (here.activity.thread ?? null) as Thread | null;
}

/** The kernel's log, on the terminal and as `kernel.log`. */
export function logLine(here: Here, text: string): void {
  here.kernel.log.push(text);
  printLine(here.machine, text);
}

export function pageUp(bytes: number): number {
  return Math.ceil(bytes / 4096) * 4096;
}

export function pageDown(bytes: number): number {
  return bytes - (((bytes % 4096) + 4096) % 4096);
}

export function isPageAligned(bytes: number): boolean {
  return bytes % 4096 === 0;
}

/** Unsigned 32-bit. */
export function u32(value: number): number {
  return value >>> 0;
}

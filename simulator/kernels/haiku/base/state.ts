/** Chapter 2: the structures and globals of the VM, as plain data. */
import type { DiskFile } from '../../../hardware/block-device.ts';
import type { Activation, KernelGenerator } from '../../../execution/activation.ts';
import type { Lock } from '../../../execution/lock.ts';
import type { ElfSegment, ProcessObject, ThreadObject } from '../../kernel.ts';
import type { Injection } from '../../injections.ts';

/** A read/write semaphore of count 1024; -1 before vm_init_postsem: then every operation succeeds without effect. */
export interface RwSem {
  readonly type: 'rw_sem';
  id: number;
  readonly lock: Lock;
  /** Place in the lock order of 1.7: 1 is the outermost. */
  readonly rank: number;
}

/** A mutex or the lock of a translation map, which is recursive. */
export interface Mutex {
  readonly type: 'mutex';
  sem: number;
  readonly lock: Lock;
  recursion: number;
  readonly rank: number;
}

export interface Semaphore {
  readonly type: 'semaphore';
  readonly name: string;
  count: number;
  /** Agents that wait, the first to ask first (X1). */
  waiters: string[];
}

/** A physical page's number, or, below 0, a dummy's. */
export type PageId = number;

/** 2.1, by page number: `all_pages`. A queue is linked through `next` and `prev`; -1 ends it. */
export interface Pages {
  readonly num_pages: number;
  /** Pages of one bank. */
  readonly bank: number;
  readonly state: Uint8Array;
  readonly ref_count: Int32Array;
  /** Koid of the cache_ref that owns the page, 0 for none. */
  readonly owner: Int32Array;
  readonly offset: Float64Array;
  /** When it was entered in the page hash, counted. */
  readonly entered: Float64Array;
  readonly next: Int32Array;
  readonly prev: Int32Array;
  /** H4: dirty was seen while the page was BUSY. */
  readonly late_dirty: Uint8Array;
  readonly queues: Readonly<Record<QueueName, PageQueue>>;
}

export type QueueName = 'page_free_queue' | 'page_clear_queue' | 'page_active_queue' | 'page_modified_queue';

export interface PageQueue {
  readonly type: 'page_queue';
  readonly name: QueueName;
  head: number;
  tail: number;
  count: number;
}

/** What scenarios hold of a physical page. */
export interface VmPage {
  readonly type: 'vm_page';
  readonly ppn: number;
}

/** A marker in a cache while a fault works on an offset; on its thread's stack. */
export interface DummyPage {
  readonly type: 'dummy_page';
  readonly id: number;
  state: number;
  offset: number;
  cache_ref: VmCacheRef | null;
}

/** 2.2 */
export interface VmCacheRef {
  readonly type: 'vm_cache_ref';
  readonly id: number;
  readonly address: number;
  readonly cache: VmCache;
  readonly lock: Mutex;
  /** From the head: new regions are at the front. */
  readonly region_list: VmRegion[];
  ref_count: number;
  freed: string | null;
}

/** 2.3 */
export interface VmCache {
  readonly type: 'vm_cache';
  readonly address: number;
  /** New pages come last; the kernel's list begins with them. */
  readonly page_list: PageId[];
  /** By byte offset: this cache's part of the page hash. */
  readonly pages: Map<number, PageId>;
  ref: VmCacheRef | null;
  source: VmCache | null;
  readonly store: VmStore;
  virtual_size: number;
  temporary: boolean;
  scan_skip: boolean;
  freed: string | null;
}

export type StoreKind = 'anonymous' | 'vnode' | 'device' | 'null';

/** 2.4 */
export interface VmStore {
  readonly type: 'vm_store';
  readonly kind: StoreKind;
  readonly address: number;
  cache: VmCache | null;
  committed_size: number;
  readonly vnode: Vnode | null;
  readonly base_addr: number;
}

/** 3.4 */
export interface Vnode {
  readonly type: 'vnode';
  /** Changes when the file loses its name while it is mapped. */
  path: string;
  readonly file: DiskFile;
  cache: VmCacheRef | null;
  ref_count: number;
  /** Released to 0, and its cache not gone yet (H5). */
  dying: boolean;
}

/** 2.5 */
export interface VmRegion {
  readonly type: 'vm_region';
  readonly address: number;
  readonly name: string;
  readonly id: number;
  base: number;
  size: number;
  readonly lock: number;
  readonly wiring: number;
  ref_count: number;
  cache_ref: VmCacheRef | null;
  cache_offset: number;
  readonly aspace: VmAddressSpace;
  readonly map: VmVirtualMap;
  sim_mapping: number;
  sim_share: 'private' | 'shared';
  /** For people: what 13.3 made it for. */
  sim_label: string;
  /** References that a scenario holds. */
  held: number;
  /** Its creation reference is given up: the next one that a deletion takes is somebody else's (4.22). */
  deleted: boolean;
  freed: string | null;
}

/** 2.7 */
export interface VmVirtualMap {
  readonly type: 'vm_virtual_map';
  readonly region_list: VmRegion[];
  region_hint: VmRegion | null;
  change_count: number;
  readonly sem: RwSem;
  readonly base: number;
  readonly size: number;
}

/** 2.8 */
export interface VmAddressSpace {
  readonly type: 'vm_address_space';
  readonly address: number;
  readonly virtual_map: VmVirtualMap;
  readonly translation_map: VmTranslationMap;
  readonly name: string;
  readonly id: number;
  ref_count: number;
  fault_count: number;
  state: number;
  scan_va: number;
  working_set_size: number;
  readonly max_working_set: number;
  readonly min_working_set: number;
  /** Microseconds. */
  last_working_set_adjust: number;
  held: number;
  freed: string | null;
}

/** 2.9 */
export interface VmTranslationMap {
  readonly type: 'vm_translation_map';
  readonly address: number;
  readonly lock: Mutex;
  map_count: number;
  readonly pgdir_virt: number;
  /** Physical address of the page directory. */
  readonly pgdir_phys: number;
  num_invalidate_pages: number;
  readonly pages_to_invalidate: number[];
}

/** 8.7: one for each 4 MB of physical space. */
export interface PaddrDesc {
  readonly type: 'paddr_desc';
  va: number;
  ref_count: number;
}

export interface Iospace {
  readonly paddr_desc: PaddrDesc[];
  /** Slot to chunk; -1 empty. */
  readonly virtual_pmappings: number[];
  first_free_vmapping: number;
  /** Chunks without references, the oldest first. */
  readonly mapped_paddr_lru: number[];
  readonly iospace_mutex: Mutex;
  readonly iospace_full_sem: Semaphore;
  /** Frames of the 64 page tables. */
  readonly pgtables: number[];
}

export type DaemonName = 'page-scrubber' | 'pageout-daemon' | 'page-daemon' | 'max-commit';

export interface Daemon {
  on: boolean;
  /** A turn is in progress. */
  busy: boolean;
  /** Cycle of the next wake-up; -1: it waits for a semaphore. */
  due: number;
}

export interface Program {
  readonly path: string;
  readonly segments: readonly ElfSegment[];
}

export interface Process extends ProcessObject {
  readonly type: 'process';
  parent: Process | null;
  main: Thread | null;
  /** Its reference on its address space; null once it has given it up. */
  aspace: VmAddressSpace | null;
  heap_base: number;
  heap_end: number;
  heaps: number;
  forks: number;
  forking: boolean;
  path: string;
}

export interface Thread extends ThreadObject {
  readonly type: 'thread';
  readonly process: Process;
  /** Id of its stack's region; -1 once that is gone. */
  stack_region: number;
  /** Where a kernel access that cannot be resolved goes on; 0: nowhere. */
  fault_handler: number;
}

/** What a scenario took by calling primitives; references on regions and address spaces are counted in those. */
export interface Held {
  readonly pages: Set<number>;
  /** Windows, by address. */
  readonly windows: number[];
  /** References by the cache_ref's id. */
  readonly cacheRefs: Map<number, number>;
  /** By path: references of vnodes beyond those that regions and caches account for. */
  readonly vnodes: Map<string, number>;
  readonly reserved: Set<number>;
  /** Entries of its own, where no region is: in which map, for which address. */
  readonly entries: { readonly map: VmTranslationMap; readonly va: number }[];
  /** Bytes that it added to max_commit. */
  committed: number;
}

export interface HaikuOptions {
  readonly fork: 'clone' | 'cow';
  /** Microseconds. */
  readonly diskLatency: number;
}

export interface HaikuState {
  readonly options: HaikuOptions;
  next_region_id: number;
  next_aspace_id: number;
  next_sem_id: number;
  readonly region_table: Map<number, VmRegion>;
  readonly region_hash_sem: RwSem;
  readonly aspace_table: Map<number, VmAddressSpace>;
  readonly aspace_hash_sem: RwSem;
  kernel_aspace: VmAddressSpace | null;
  max_commit: number;
  readonly pages: Pages;
  readonly modified_pages_available: Semaphore;
  trimming_cycle: boolean;
  free_memory_low_water: number;
  free_memory_high_water: number;
  readonly iospace: Iospace;
  /** Linked through `next` in the kernel. */
  readonly tmap_list: VmTranslationMap[];
  readonly cache_refs: Map<number, VmCacheRef>;
  readonly dummies: Map<number, DummyPage>;
  readonly vnodes: Map<string, Vnode>;
  readonly programs: Map<string, Program>;
  readonly pageHandles: Map<number, VmPage>;
  /** 2.12: the next object's address, and the next page directory's. */
  heap_next: number;
  heap_base: number;
  readonly free_pgdirs: number[];
  next_pgdir: number;
  readonly processes: Process[];
  readonly threads: Thread[];
  readonly daemons: Record<DaemonName, Daemon>;
  oldmax: number;
  readonly held: Held;
  /** Where a kernel thread's access that cannot be resolved goes on, by its name. */
  readonly fault_handlers: Map<string, number>;
  /** 1.7: ranks of the locks that an agent holds, in order of taking. */
  readonly lock_ranks: Map<string, number[]>;
  /** What a real kernel would have logged. */
  readonly log: string[];
  injections: Injection[];
  nextId: number;
  /** Ids below this are of the caches that the boot made, over the kernel's own memory. */
  firstId: number;
  nextDummy: number;
  nextEntry: number;
  nextPid: number;
  nextProgram: number;
  nextOwner: number;
}

export type Here = Activation<HaikuState>;
export type Steps<R> = KernelGenerator<R>;

export function currentThread(here: Here): Thread | null {
  return (here.activity.thread ?? null) as Thread | null;
}

export function kernelAspace(here: Here): VmAddressSpace {
  const { kernel_aspace } = here.kernel;
  if (kernel_aspace === null) throw new Error('internal: there is no kernel address space yet');
  return kernel_aspace;
}

export function pageUp(value: number): number {
  return Math.ceil(value / 4096) * 4096;
}

export function pageDown(value: number): number {
  return value - (((value % 4096) + 4096) % 4096);
}

/** 2.11: buckets 0 to 1023, in each the newest, whose id is the highest, first. */
export function byBucket(a: { readonly id: number }, b: { readonly id: number }): number {
  return (a.id % 1024) - (b.id % 1024) || b.id - a.id;
}

export function endOf({ base, size }: VmRegion): number {
  return base + size;
}

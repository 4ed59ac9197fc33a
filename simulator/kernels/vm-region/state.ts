/** Chapter 2: the objects of the kernel, as plain data. */
import type { DiskFile } from '../../hardware/block-device.ts';
import type { Ppn } from '../../hardware/word.ts';
import type { Activation, KernelGenerator } from '../../execution/activation.ts';
import type { Lock } from '../../execution/lock.ts';
import type { ElfSegment, ProcessObject, ThreadObject } from '../kernel.ts';
import type { Injection } from '../injections.ts';

/** `vr_base`, `vo_base`: what every kernel object begins with. */
export interface ObjectHeader {
  readonly ob_type: 'vm-region' | 'vm-object';
  readonly ob_lock: Lock;
  ob_refcount: number;
  /** The koid. */
  readonly ob_id: number;
  /** Calls in progress that were given it by handle: it is finalised only after them. */
  pins: number;
}

export type KernelObject = VmRegion | VmObject;

/** The node of an entry in its parent's tree (btree.ts). */
export interface TreeNode {
  left: VmRegionEntry | null;
  right: VmRegionEntry | null;
  height: number;
  /** Of the subtree: its range, and the largest gap between two of its entries. For finding a gap without a walk through all. */
  low: number;
  high: number;
  gap: number;
}

/** 2.2. `e_node` and `e_entry` are one storage in the kernel: an entry is in a tree or in a cleanup queue. */
export interface VmRegionEntry {
  readonly type: 'vm_region_entry';
  readonly e_node: TreeNode;
  e_parent: VmRegionEntry | null;
  e_type: number;
  /** Absolute, below 2^48. */
  e_address: number;
  /** Within the immediate parent; of a root its address. */
  e_offset: number;
  e_size: number;
  /** Whether it is a region that was created without a parent. */
  readonly isRoot: boolean;
  /** What the entry is the header of. */
  readonly container: VmRegion | VmRegionMapping;
}

/** 2.3 */
export interface VmRegionMapping {
  readonly type: 'vm_region_mapping';
  m_entry: VmRegionEntry;
  readonly m_object: VmObject;
  readonly m_prot: number;
  m_object_offset: number;
  /** 7: what the task's list remembers of it: fork shares one and copies the other. */
  readonly m_kind: 'SHARED' | 'PRIVATE';
  /** For people: `text`, `data`, `stack`, `heap`, or empty. */
  readonly m_label: string;
  freed: string | null;
}

/** 2.4 */
export interface VmRegion {
  readonly type: 'vm_region';
  readonly vr_base: ObjectHeader;
  vr_status: number;
  vr_entry: VmRegionEntry;
  readonly vr_name: string;
  /** Root of the ordered balanced tree of entries. */
  vr_entries: VmRegionEntry | null;
  readonly vr_prot: number;
  readonly vr_pmap: Pmap;
  readonly vr_retired: (VmRegion | VmRegionMapping)[];
  /** V9: the thread whose next unlock of the region drops the tree's reference. */
  tree_reference_of: string | null;
  freed: string | null;
}

/** The page tables of one address space. */
export interface Pmap {
  readonly type: 'pmap';
  readonly lock: Lock;
  /** Frame of the PML4. */
  root: Ppn;
  readonly isKernel: boolean;
}

export interface VmPage {
  readonly type: 'vm_page';
  readonly frame: Ppn;
  readonly bank: number;
  dirty: boolean;
}

export type ObjectKind = 'ANON' | 'FILE' | 'PHYS';

/** 2.5 */
export interface VmObject {
  readonly type: 'vm_object';
  readonly vo_base: ObjectHeader;
  readonly vo_name: string;
  vo_size: number;
  readonly vo_prot: number;
  readonly vo_kind: ObjectKind;
  /** Resident pages by page index. */
  readonly vo_pages: Map<number, VmPage>;
  readonly vo_mappings: VmRegionMapping[];
  readonly file: DiskFile | null;
  /** First frame of a PHYS object. */
  readonly base: Ppn;
  freed: string | null;
}

/** A task of the kernel. */
export interface Process extends ProcessObject {
  readonly type: 'process';
  main: Thread | null;
  /** Its reference on its root region (V10). */
  region: VmRegion | null;
  /** Not counted: they live as long as the root. */
  heap: VmRegion | null;
  mmap: VmRegion | null;
  brk: number;
  readonly handles: Map<number, KernelObject>;
  forks: number;
  path: string;
}

export interface Thread extends ThreadObject {
  readonly type: 'thread';
  readonly process: Process;
}

export interface Bank {
  /** First frame's number. */
  readonly first: Ppn;
  /** What each frame is for: FrameUse. */
  readonly use: Uint8Array;
  free: number;
  /** Below it no frame is free. */
  lowest: number;
}

export const FrameUse = { free: 0, reserved: 1, table: 2, page: 3, scenario: 4 } as const;

export interface Program {
  readonly entry: number;
  readonly segments: readonly ElfSegment[];
}

export interface VmrState {
  isTypeRegistered: boolean;
  readonly banks: Bank[];
  readonly kernelPmap: Pmap;
  readonly vm_pair_lock: Lock;
  readonly processes: Process[];
  readonly threads: Thread[];
  /** Handles of scenarios outside every process: the kernel's own task. */
  readonly kernelHandles: Map<number, KernelObject>;
  /** One FILE object for each file that is mapped. */
  readonly files: Map<string, VmObject>;
  readonly programs: Map<string, Program>;
  /** Objects that exist, by koid. */
  readonly regions: Map<number, VmRegion>;
  readonly objects: Map<number, VmObject>;
  /** `vm_region_mapping`s that exist. */
  mappings: number;
  tables: number;
  /** Of them those below the kernel's PML4 entries, which are never freed (V2). */
  kernelTables: number;
  /** Agents that run with interrupts off. */
  readonly interruptsOff: Set<string>;
  /** Handles that a scenario took with handle_open or handle_dup, as `task:value`. */
  readonly opened: Set<string>;
  injections: Injection[];
  nextObject: number;
  nextPid: number;
  nextOwner: number;
}

export type Here = Activation<VmrState>;
export type Steps<R> = KernelGenerator<R>;

export function currentProcess(here: Here): Process | null {
  return (here.activity.thread as Thread | null)?.process ?? null;
}

export function pageDown(value: number): number {
  return value - (((value % 4096) + 4096) % 4096);
}

export function pageUp(value: number): number {
  return Math.ceil(value / 4096) * 4096;
}

export function isPageMultiple(value: number): boolean {
  return value % 4096 === 0;
}

export function endOf({ e_offset, e_size }: VmRegionEntry): number {
  return e_offset + e_size;
}

/** Members of kernel objects as scenarios write them, where they are more than plain properties. */
import type { ObjectTypeInfo } from '../../kernel.ts';
import { freeBlocks, MAX_ORDER } from '../objects/buddy.ts';
import { descriptorIn, type ProcessDescriptor } from '../objects/process.ts';
import type { AlmosState } from '../objects/state.ts';
import type { Thread } from '../objects/thread.ts';
import type { Mapper } from '../objects/mapper.ts';

const vsegFields = {
  vmm: 'owning VMM',
  type: 'CODE, DATA, STACK, ANON, FILE, REMOTE, KDATA, KCODE, KDEV',
  min: 'first byte',
  max: 'first byte after the last',
  vpn_base: 'first reserved page',
  vpn_size: 'reserved pages',
  flags: 'USER WRITE EXEC CACHE PRIVATE DISTRIB IDENT',
  file_offset: 'position in the file of byte min',
  file_size: 'bytes present in the file',
  mapper: 'page cache of the file',
  mapper_xp: 'page cache of the file',
  cxy: 'mapping cluster of a vseg that is not distributed',
};

export const objectTypes: readonly ObjectTypeInfo[] = [
  { name: 'vseg', doc: '2.4: a virtual segment.', fields: vsegFields },
  {
    name: 'vmm',
    doc: '2.1: the memory manager of a process in one cluster.',
    fields: {
      vsegs_lock: 'protects the vseg list', vsegs_root: 'the vsegs, in order of registration', vsegs_nr: 'their number', gpt: 'page table',
      stack_mgr: 'STACK allocator', mmap_mgr: 'MMAP allocator', pgfault_nr: 'page faults', u_err_nr: 'user errors',
      m_err_nr: 'memory errors', false_pgfault_nr: 'false page faults', cow_nr: 'copy-on-write faults',
      remote_pgfault_nr: 'faults that the reference resolved', entry_point: 'first instruction', kent_vpn_base: 'first page of kentry',
      args_vpn_base: 'first page of args', envs_vpn_base: 'first page of envs', heap_vpn_base: 'first page of the MMAP zone',
      code_vpn_base: 'first page of code', data_vpn_base: 'first page of data',
    },
  },
  { name: 'gpt', doc: '2.7: a generic page table.', fields: { ptr: 'local address of PT1', ppn: 'its frame', page: 'its page descriptor' } },
  { name: 'stack_mgr', doc: '2.2: STACK allocator.', fields: { lock: 'its lock', vpn_base: 'first page of the zone', bitmap: 'bit i: slot i is allocated' } },
  {
    name: 'mmap_mgr',
    doc: '2.3: MMAP allocator.',
    fields: { lock: 'its lock', vpn_base: 'first page of the zone', vpn_size: 'its pages', first_free_vpn: 'never used from here on', zombi_list: 'entry k: released ranges of 2^k pages' },
  },
  { name: 'mapper', doc: '9.9: the page cache of a file.', fields: { name: 'path', size: 'bytes', pages: 'pages by index', cxy: 'its cluster' } },
  {
    name: 'process',
    doc: '1.4: a process descriptor.',
    fields: {
      pid: 'identifier', ppid: 'its parent’s', vmm: 'the reference’s memory manager', th_nr: 'threads in this cluster', th_tbl: 'those threads',
      ref_xp: 'the reference descriptor', owner_xp: 'the descriptor in the owner cluster', parent_xp: 'the parent', fd_array: 'open files',
      vfs_bin_xp: 'the program’s page cache', copies_list: 'descriptors in all clusters, by cxy', copies: 'the same',
    },
  },
  {
    name: 'process-copy',
    doc: '1.4: a process descriptor in a cluster that is not the reference.',
    fields: { pid: 'identifier', vmm: 'memory manager in this cluster', th_nr: 'threads in this cluster', ref_xp: 'the reference descriptor', cluster: 'its cluster' },
  },
  {
    name: 'thread',
    doc: 'A user thread.',
    fields: { vmm: 'the memory manager of its process in its cluster', stack: 'its STACK vseg', ltid: 'index in th_tbl', pc: 'where it starts', sp: 'its initial stack pointer' },
  },
  { name: 'ppm', doc: '9.3: physical memory of a cluster.', fields: { pages_nr: 'pages', reserved_nr: 'reserved', free_pages_nr: 'free', free_pages_root: 'free blocks by order' } },
]; // prettier-ignore

type Fields = Readonly<Record<string, unknown>>;

/** The simulator's own. */
const hidden = new Set(['type', 'vsegType', 'freed', 'isUnnamed', 'gate', 'locks', 'pageLocks', 'slotPages']);

/** Undefined: the object has no such member. */
export function readField(state: AlmosState, object: object, field: string): unknown {
  const value = (object as Fields)[field];
  switch ((object as { type?: unknown }).type) {
    case 'process':
    case 'process-copy':
      return readProcess(object as ProcessDescriptor, field);
    case 'thread':
      // A thread's process descriptor is its own cluster's.
      if (field === 'vmm') return descriptorIn((object as Thread).process, (object as Thread).cluster)?.vmm;
      break;
    case 'vseg':
      if (field === 'mapper_xp') return (object as Fields).mapper;
      if (field === 'type') return (object as Fields).vsegType;
      break;
    case 'stack_mgr':
      if (field === 'bitmap') return (value as number) >>> 0;
      break;
    case 'mapper':
      if (field === 'cxy') return state.clusters[(object as Mapper).cluster]?.cxy;
      break;
    case 'ppm':
      if (field === 'free_pages_root') return freeLengths(object as AlmosState['clusters'][number]['ppm']);
      break;
  }
  return hidden.has(field) ? undefined : value;
}

/** 1.4: extended pointers give what they point to. */
function readProcess(process: ProcessDescriptor, field: string): unknown {
  switch (field) {
    case 'ref_xp':
    case 'owner_xp':
      return process.ref;
    case 'parent_xp':
      return process.ref.parent;
    case 'vfs_bin_xp':
      return process.ref.vfs_bin;
    case 'copies_list':
    case 'copies':
      return process.ref.copies;
    default:
      return hidden.has(field) ? undefined : (process as unknown as Fields)[field];
  }
}

function freeLengths({ free_pages_root }: AlmosState['clusters'][number]['ppm']): number[] {
  return Array.from({ length: MAX_ORDER + 1 }, (_, order) => freeBlocks(free_pages_root, order).length);
}

export const globals: Readonly<Record<string, string>> = {
  process_zero: 'the kernel process',
  ppm: 'physical memory by cluster',
  stalls: 'how often an RPC client found the queue full',
  rpc_nr: 'RPCs since the start',
};

export function readGlobal(state: AlmosState, name: string): unknown {
  switch (name) {
    case 'process_zero':
      return state.process_zero;
    case 'ppm':
      return state.clusters.map((cluster) => cluster.ppm);
    case 'stalls':
      return state.rpc.stalls;
    case 'rpc_nr':
      return state.rpc.length;
    default:
      return undefined;
  }
}

/** The members of the kernel's objects by the specification's field names. */
import type { ObjectTypeInfo } from '../kernel.ts';
import { PAGE_SIZE } from './constants.ts';
import { holderOf } from './klock.ts';
import type { LunaixState, MmRegion, Slot, VmRegions } from './state.ts';

export const objectTypes: readonly ObjectTypeInfo[] = [
  {
    name: 'mm_region',
    doc: '2.1: a region of a process.',
    fields: {
      proc_vms: 'the space that owns it', mfile: 'file mapped here', foff: 'file offset of start', flen: 'bytes of the mapped file part',
      start: 'first byte', end: 'first byte after it', attr: 'mode, protection, anon, type', index: 'whether an outside pointer names it',
      data: 'for the owner of the callbacks', region_copied: 'called with the copy at fork', destruct_region: 'called when it goes',
    },
  },
  {
    name: 'proc_mm',
    doc: '2.2: the memory descriptor of a process.',
    fields: { vmroot: 'physical address of the L1 table', regions: 'regions by address', heap: 'the heap’s region', proc: 'its process' },
  },
  { name: 'vm_regions', doc: 'A list of regions by address.', fields: { length: 'how many' } },
  {
    name: 'remote_vmctx',
    doc: '2.3: a remote transaction.',
    fields: { vms_mnt: 'mount point of the remote tables', local_mnt: 'the window', remote: 'remote base', page_cnt: 'pages in the window' },
  },
  { name: 'v_file', doc: 'An open file.', fields: { name: 'path', ref_count: 'descriptors and regions', size: 'bytes' } },
  {
    name: 'process',
    doc: 'proc_info.',
    fields: { mm: 'its memory descriptor', fdtable: 'open files', state: 'running, terminated, buried', path: 'its program', threads: 'its threads' },
  },
  {
    name: 'thread',
    doc: 'A thread.',
    fields: { ustack: 'its user stack’s region', kstack: 'slot of its kernel stack', syscall_ret: 'status value of the last system call that failed' },
  },
]; // prettier-ignore

type Fields = Readonly<Record<string, unknown>>;

/** The simulator's own. */
const hidden = new Set(['type', 'guard', 'freed', 'forking', 'owner', 'main', 'items', 'inode', 'id']);

/** Undefined: the object has no such member. */
export function readField(object: object, field: string): unknown {
  const value = (object as Fields)[field];
  switch ((object as { type?: unknown }).type) {
    case 'mm_region':
      if (field === 'index') return slotName((object as MmRegion).index);
      break;
    case 'vm_regions':
      return field === 'length' ? (object as VmRegions).items.length : undefined;
    case 'v_file':
      if (field === 'size') return (object as { inode: { size: number } | null }).inode?.size ?? 0;
      break;
  }
  return hidden.has(field) ? undefined : value;
}

/** `mm.heap`, or none. */
export function slotName(slot: Slot | null): string | null {
  if (slot === null) return null;
  const { type } = slot.object as { type?: unknown };
  return `${type === 'proc_mm' ? 'mm' : String(type)}.${slot.field}`;
}

export const globals: Readonly<Record<string, string>> = {
  vm_klock: 'the lock of the whole memory system',
  log: 'lines of the kernel’s log',
  remote_window: 'the open remote transaction',
  init_root: 'physical address of the kernel’s own L1 table',
  roving: 'next-fit pointer of each bank, as a frame number',
};

export function readGlobal(state: LunaixState, name: string): unknown {
  switch (name) {
    case 'vm_klock':
      return {
        type: 'lock',
        name: 'vm_klock',
        holder: holderOf(state.klock),
        readers: [],
        waiters: state.klock.waiters,
      };
    case 'log':
      return state.log;
    case 'remote_window':
      return state.remoteWindow;
    case 'init_root':
      return state.kernelRoot * PAGE_SIZE;
    case 'roving':
      return state.pmm.roving;
    default:
      return undefined;
  }
}

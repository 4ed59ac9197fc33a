/** 5.23: the system calls on top of the VMM. */
import { kernelFunction } from '../../../execution/activation.ts';
import { refuse } from '../../../execution/refusal.ts';
import { clusterOfCxy } from '../../../hardware/machine-config.ts';
import { hex, pageUp } from '../../../hardware/word.ts';
import { CONFIG_PROCESS_FILE_MAX_NR, MmapFlag, Prot, VsegFlag, VsegType } from '../base/constants.ts';
import { vmm_create_vseg } from '../regions/create-vseg.ts';
import { openFile } from './program-loader.ts';
import { currentThread, type Process } from '../objects/process.ts';
import { vmm_remove_region } from '../regions/remove-region.ts';
import { rpc_vmm_create_vseg_client } from '../rpc/rpc-clients.ts';
import { clusterAt, type Here, type Steps } from '../objects/state.ts';
import { flagsOfType, type Vseg } from '../objects/vseg.ts';
import type { Mapper } from '../objects/mapper.ts';

/** 2.6 `mmap_attr_t`. */
export interface MmapAttr {
  readonly addr: number;
  readonly length: number;
  readonly prot: number;
  readonly flags: number;
  /** Open file; with MAP_REMOTE the target cxy. */
  readonly fdid: number;
  readonly offset: number;
}

/** What an accepted request maps. */
interface Mapping {
  readonly type: VsegType;
  readonly cxy: number;
  readonly mapper: Mapper | null;
}

const KNOWN_FLAGS = MmapFlag.MAP_ANON | MmapFlag.MAP_REMOTE | MmapFlag.MAP_SHARED;
const ALL_PROT = Prot.PROT_EXEC | Prot.PROT_WRITE | Prot.PROT_READ;

export const sys_mmap = kernelFunction(
  {
    name: 'sys_mmap',
    section: '5.23',
    doc: 'Maps anonymous, remote or file memory for the calling process; the kernel chooses the address. Touches no page.',
    parameters: [
      {
        name: 'attr',
        type: {
          kind: 'record',
          fields: [
            { name: 'addr', type: { kind: 'address' }, doc: 'must be NULL' },
            { name: 'length', type: { kind: 'size' } },
            { name: 'prot', type: { kind: 'flags', name: 'prot', members: Prot } },
            { name: 'flags', type: { kind: 'flags', name: 'flags', members: MmapFlag } },
            { name: 'fdid', type: { kind: 'integer' }, doc: 'open file, or the target cxy with MAP_REMOTE' },
            { name: 'offset', type: { kind: 'integer' }, doc: 'bytes into the file' },
          ],
        },
      },
    ],
    result: { kind: 'address' },
    errors: ['EINVAL', 'EBADF', 'ENOMEM'],
    steps: {
      1: 'check the request: EINVAL, EBADF',
      2: 'create the vseg in the reference, by RPC VMM_CREATE_VSEG from elsewhere; null: ENOMEM',
      3: 'return its first address',
    },
  },
  function* (here: Here, { attr }: { attr: MmapAttr }): Steps<number | 'EINVAL' | 'EBADF' | 'ENOMEM'> {
    const thread = currentThread(here);
    if (here.step('1')) yield;
    const malformed = malformation(attr);
    if (thread === null || malformed !== null) return refuse(here, 'EINVAL', malformed ?? 'no process calls it');
    const mapping = mappingOf(here, thread.process, attr);
    if (typeof mapping === 'string') return mapping;
    if (here.step('2')) yield;
    const vseg = yield* createInReference(here, thread.process, attr, mapping);
    if (here.step('3')) yield;
    return vseg === null ? 'ENOMEM' : vseg.min;
  },
);

function malformation({ addr, length, prot, flags }: MmapAttr): string | null {
  const isBoth = (flags & MmapFlag.MAP_ANON) !== 0 && (flags & MmapFlag.MAP_REMOTE) !== 0;
  if (addr !== 0) return 'addr is not NULL';
  if (!(length > 0)) return `the length is ${String(length)}`;
  if ((flags & ~KNOWN_FLAGS) !== 0) return `flags ${hex(flags)} has unknown bits`;
  if (isBoth) return 'MAP_ANON and MAP_REMOTE exclude each other';
  if (prot === 0) return 'prot asks for no right';
  return (prot & ~ALL_PROT) === 0 ? null : `prot ${hex(prot)} has unknown bits`;
}

function mappingOf(here: Here, process: Process, { flags, fdid, offset }: MmapAttr): Mapping | 'EINVAL' | 'EBADF' {
  if ((flags & MmapFlag.MAP_ANON) !== 0) {
    return { type: VsegType.ANON, cxy: clusterAt(here, here.cluster).cxy, mapper: null };
  }
  if ((flags & MmapFlag.MAP_REMOTE) !== 0) {
    const isCluster = fdid >= 0 && clusterOfCxy(here.machine.config, fdid) >= 0;
    return isCluster
      ? { type: VsegType.REMOTE, cxy: fdid, mapper: null }
      : refuse(here, 'EINVAL', `${String(fdid)} is no cluster’s cxy`);
  }
  const mapper = process.fd_array[fdid] ?? null;
  if (mapper === null) return refuse(here, 'EBADF', `${String(fdid)} is no open file`);
  if (offset < 0) return refuse(here, 'EINVAL', `the offset ${String(offset)} is negative`);
  return { type: VsegType.FILE, cxy: clusterAt(here, mapper.cluster).cxy, mapper };
}

/** 3.4: WRITE and EXEC only as far as the caller asks for them. */
function flagsFor(type: VsegType, prot: number): number {
  const common = flagsOfType(type) & ~(VsegFlag.WRITE | VsegFlag.EXEC);
  return (
    common | ((prot & Prot.PROT_WRITE) !== 0 ? VsegFlag.WRITE : 0) | ((prot & Prot.PROT_EXEC) !== 0 ? VsegFlag.EXEC : 0)
  );
}

function* createInReference(here: Here, process: Process, attr: MmapAttr, mapping: Mapping): Steps<Vseg | null> {
  const request = {
    process,
    type: mapping.type,
    base: 0,
    size: attr.length,
    file_offset: mapping.mapper === null ? 0 : attr.offset,
    file_size: mapping.mapper === null ? 0 : attr.length,
    mapper_xp: mapping.mapper,
    flags: flagsFor(mapping.type, attr.prot),
  };
  if (process.cluster === here.cluster) return yield* vmm_create_vseg(here, { ...request, cxy: mapping.cxy });
  return yield* rpc_vmm_create_vseg_client(here, { cxy: process.cluster, ...request, placement: mapping.cxy });
}

export const sys_munmap = kernelFunction(
  {
    name: 'sys_munmap',
    section: '5.23',
    doc: 'Unmaps a range that lies in one vseg; the length is rounded up to pages.',
    parameters: [
      { name: 'va', type: { kind: 'address' } },
      { name: 'len', type: { kind: 'size' } },
    ],
    errors: ['EINVAL', 'ENOMEM'],
    steps: { 1: 'vmm_remove_region' },
  },
  function* (here: Here, { va, len }: { va: number; len: number }): Steps<'EINVAL' | 'ENOMEM' | void> {
    const thread = currentThread(here);
    if (here.step('1')) yield;
    if (thread === null) return 'EINVAL';
    return yield* vmm_remove_region(here, { process: thread.process, base: va, size: pageUp(len) });
  },
);

/** Outside the specification's VM: a scenario needs an fdid to call sys_mmap on a file. */
export const sys_open = kernelFunction(
  {
    name: 'sys_open',
    section: '2.6',
    doc: 'Opens a file of the simulated file system for the calling process and gives its fdid.',
    parameters: [{ name: 'name', type: { kind: 'string' } }],
    outputs: [{ name: 'fdid', type: { kind: 'integer' } }],
    errors: ['ENOENT', 'EMFILE', 'EINVAL'],
    steps: { 1: 'find the file and its mapper; the lowest free entry of fd_array' },
  },
  function* (here: Here, { name }: { name: string }): Steps<{ fdid: number } | 'ENOENT' | 'EMFILE' | 'EINVAL'> {
    const thread = currentThread(here);
    if (here.stage('1')) yield;
    if (thread === null) return 'EINVAL';
    const mapper = openFile(here, name);
    if (mapper === null) return 'ENOENT';
    const fdid = addOpenFile(thread.process, mapper);
    return fdid < 0 ? 'EMFILE' : { fdid };
  },
);

/** -1 when the table is full. */
export function addOpenFile({ fd_array }: Process, mapper: Mapper): number {
  const free = fd_array.indexOf(null);
  const fdid = free < 0 ? fd_array.length : free;
  if (fdid >= CONFIG_PROCESS_FILE_MAX_NR) return -1;
  fd_array[fdid] = mapper;
  return fdid;
}

export function closeFile(process: Process, fdid: number): void {
  process.fd_array[fdid] = null;
}

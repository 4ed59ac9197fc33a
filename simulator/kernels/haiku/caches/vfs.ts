/** 3.4, H5: the simulated file system as the VM sees it. */
import { refuse } from '../../../execution/refusal.ts';
import { findFile } from '../../../hardware/block-device.ts';
import { clusterOfPpn, readBytes, writeBytes } from '../../../hardware/physical-memory.ts';
import { emit, EventKind } from '../../../hardware/trace-event.ts';
import { kernelFunction } from '../../../execution/activation.ts';
import type { Parameter } from '../../../execution/function-info.ts';
import { panic } from '../../../execution/panic.ts';
import { PAGE_PRESENT, PAGE_SIZE } from '../base/constants.ts';
import { pageEvent, readBlock, writeBlock } from './stores.ts';
import { query } from '../memory/translation-map.ts';
import type { Here, Steps, VmCacheRef, Vnode } from '../base/state.ts';

const vnodeParameter: Parameter = { name: 'v', type: { kind: 'object', type: 'vnode' } };

/** One that is dying is waited for (H5). */
export const vfs_get_vnode_from_path = kernelFunction(
  {
    name: 'vfs_get_vnode_from_path',
    section: '3.4',
    doc: 'The vnode of a path, with one reference more.',
    parameters: [
      { name: 'path', type: { kind: 'string' } },
      { name: 'kernel', type: { kind: 'boolean' }, default: true },
    ],
    result: { kind: 'object', type: 'vnode' },
    errors: ['ERR_VFS_PATH_NOT_FOUND'],
    steps: { 1: 'look the path up; a vnode that is dying is waited for; one reference more' },
  },
  function* (here: Here, { path }: { path: string; kernel?: boolean }): Steps<Vnode | 'ERR_VFS_PATH_NOT_FOUND'> {
    const { vnodes } = here.kernel;
    if (here.step('1')) yield;
    for (let known = vnodes.get(path); known !== undefined; known = vnodes.get(path)) {
      if (!known.dying) {
        known.ref_count += 1;
        return known;
      }
      yield* waitForEnd(here, known);
    }
    const file = findFile(here.machine, path);
    if (file === null) return refuse(here, 'ERR_VFS_PATH_NOT_FOUND', `there is no file “${path}”`);
    const vnode: Vnode = { type: 'vnode', path, file, cache: null, ref_count: 1, dying: false };
    vnodes.set(path, vnode);
    return vnode;
  },
);

function* waitForEnd(here: Here, vnode: Vnode): Steps<void> {
  const { vnodes } = here.kernel;
  here.activity.wait = {
    kind: 'condition',
    description: () => `the end of vnode ${vnode.path}`,
    ready: () => vnodes.get(vnode.path) !== vnode || !vnode.dying,
  };
  yield;
}

export const vfs_get_cache_ptr = kernelFunction(
  {
    name: 'vfs_get_cache_ptr',
    section: '3.4',
    doc: 'The cache of a vnode, or NULL.',
    parameters: [vnodeParameter],
    result: { kind: 'object', type: 'vm_cache_ref', nullable: true },
    errors: [],
    steps: { 1: 'read it' },
  },
  function* (here: Here, { v }: { v: Vnode }): Steps<VmCacheRef | null> {
    if (here.step('1')) yield;
    return v.cache;
  },
);

export const vfs_set_cache_ptr = kernelFunction(
  {
    name: 'vfs_set_cache_ptr',
    section: '3.4',
    doc: 'Sets the cache of a vnode that has none, atomically: 0; else -1.',
    parameters: [vnodeParameter, { name: 'c', type: { kind: 'object', type: 'vm_cache_ref' } }],
    result: { kind: 'integer' },
    errors: [],
    steps: { 1: 'set it, unless it is set' },
  },
  function* (here: Here, { v, c }: { v: Vnode; c: VmCacheRef }): Steps<number> {
    if (here.step('1')) yield;
    if (v.cache !== null) return -1;
    v.cache = c;
    return 0;
  },
);

/** iovec: [base, len], in the kernel's addresses. */
const vecsParameter: Parameter = {
  name: 'vecs',
  type: {
    kind: 'list',
    of: {
      kind: 'record',
      fields: [
        { name: 'base', type: { kind: 'address' } },
        { name: 'len', type: { kind: 'size' } },
      ],
    },
  },
};
const offsetParameter: Parameter = { name: 'off', type: { kind: 'offset' } };

interface TransferArgs {
  readonly v: Vnode;
  readonly vecs: readonly { readonly base: number; readonly len: number }[];
  readonly off: number;
}

/** Physical address of each of a page's bytes, in the order of the vectors. */
function* placesOf(here: Here, vecs: TransferArgs['vecs']): Generator<number> {
  const [map] = here.kernel.tmap_list;
  let left = PAGE_SIZE;
  for (const { base, len } of vecs)
    for (let at = base; at < base + len && left > 0; at++, left--) {
      const mapping = map === undefined ? null : query(here.machine, map, at);
      if (mapping === null || (mapping.flags & PAGE_PRESENT) === 0) panic(here, 'the vectors are not mapped');
      yield mapping.pa + (at % PAGE_SIZE);
    }
}

type Transfer = typeof EventKind.pageIn | typeof EventKind.pageOut;

function emitTransfer({ machine }: Here, kind: Transfer, { file }: Vnode, offset: number, pa: number): void {
  const ppn = Math.floor(pa / PAGE_SIZE);
  emit(machine, kind, Math.max(0, clusterOfPpn(machine, ppn)), pageEvent(file, offset, ppn));
}

export const vfs_readpage = kernelFunction(
  {
    name: 'vfs_readpage',
    section: '3.4',
    doc: 'Reads a page of a file into kernel memory: zeros beyond its end.',
    parameters: [vnodeParameter, vecsParameter, offsetParameter],
    result: { kind: 'integer' },
    errors: ['ERR_IO_ERROR'],
    steps: { 1: 'wait for the disk, fill 4096 bytes' },
  },
  function* (here: Here, { v, vecs, off }: TransferArgs): Steps<number | 'ERR_IO_ERROR'> {
    if (here.step('1')) yield;
    const bytes = yield* readBlock(here, v, off);
    if (typeof bytes === 'string') return bytes;
    const places = [...placesOf(here, vecs)];
    places.forEach((pa, index) => {
      writeBytes(here.machine, pa, bytes.subarray(index, index + 1));
    });
    emitTransfer(here, EventKind.pageIn, v, off, places[0] ?? 0);
    return PAGE_SIZE;
  },
);

export const vfs_writepage = kernelFunction(
  {
    name: 'vfs_writepage',
    section: '3.4',
    doc: 'Writes kernel memory to a page of a file: the part inside its size.',
    parameters: [vnodeParameter, vecsParameter, offsetParameter],
    result: { kind: 'integer' },
    errors: ['ERR_IO_ERROR'],
    steps: { 1: 'wait for the disk, write what lies inside the file' },
  },
  function* (here: Here, { v, vecs, off }: TransferArgs): Steps<number | 'ERR_IO_ERROR'> {
    if (here.step('1')) yield;
    let places: number[] = [];
    const error = yield* writeBlock(here, v, off, () => {
      places = [...placesOf(here, vecs)];
      return Uint8Array.from(places, (pa) => readBytes(here.machine, pa, 1)[0] ?? 0);
    });
    if (error) return error;
    emitTransfer(here, EventKind.pageOut, v, off, places[0] ?? 0);
    return PAGE_SIZE;
  },
);

export const vfsFunctions = [
  vfs_get_vnode_from_path,
  vfs_get_cache_ptr,
  vfs_set_cache_ptr,
  vfs_readpage,
  vfs_writepage,
];

/** 3.1 to 3.3: the four kinds of store, and what they do when a cache asks them. */
import { readFile, writeFile, type DiskFile } from '../../../hardware/block-device.ts';
import { clusterOfPpn, loadFrame, readBytes } from '../../../hardware/physical-memory.ts';
import type { FieldsOfEvent } from '../../../hardware/event-shapes.ts';
import { emit, EventKind } from '../../../hardware/trace-event.ts';
import { kernelFunction } from '../../../execution/activation.ts';
import type { Parameter } from '../../../execution/function-info.ts';
import { panic } from '../../../execution/panic.ts';
import { PAGE_SIZE } from '../base/constants.ts';
import { kmalloc } from '../base/heap.ts';
import { snooze } from '../base/locks.ts';
import { mustFail } from '../../injections.ts';
import type { Here, Steps, StoreKind, VmStore, Vnode } from '../base/state.ts';

interface StoreArgs {
  readonly vnode?: Vnode;
  readonly base_addr?: number;
}

/** 3.2; null when the heap is exhausted. Its callers panic. */
function storeFunction(name: string, kind: StoreKind, doc: string, parameters: readonly Parameter[] = []) {
  return kernelFunction(
    {
      name,
      section: '3.2',
      doc,
      parameters,
      result: { kind: 'object', type: 'vm_store', nullable: true },
      errors: [],
      steps: { 1: 'allocate it; its operations and data; cache NULL, nothing committed. Out of kernel heap: NULL' },
    },
    function* (here: Here, { vnode, base_addr = 0 }: StoreArgs): Steps<VmStore | null> {
      if (here.step('1')) yield;
      const address = kmalloc(here, 32);
      if (address === 0) {
        if (vnode !== undefined) vnode.ref_count -= 1;
        return null;
      }
      return { type: 'vm_store', kind, address, cache: null, committed_size: 0, vnode: vnode ?? null, base_addr };
    },
  );
}

export const vm_store_create_anonymous_noswap = storeFunction(
  'vm_store_create_anonymous_noswap',
  'anonymous',
  'A store of zeroed memory that is never written anywhere.',
);

export const vm_store_create_vnode = storeFunction(
  'vm_store_create_vnode',
  'vnode',
  'A store of a file. Out of kernel heap: the vnode’s reference is dropped, too.',
  [{ name: 'vnode', type: { kind: 'object', type: 'vnode' } }],
);

export const vm_store_create_device = storeFunction(
  'vm_store_create_device',
  'device',
  'A store of physical memory, which maps its own pages.',
  [{ name: 'base_addr', type: { kind: 'address' } }],
);

export const vm_store_create_null = storeFunction(
  'vm_store_create_null',
  'null',
  'A store in which every fault fails.',
);

// 3.1: the operations.

/** How much the store grants. */
export function commitStore(here: Here, store: VmStore, size: number): number {
  if (store.kind === 'anonymous') return 0;
  if (mustFail(here.kernel, ['commit'], here.cluster)) return 0;
  store.committed_size = size;
  return size;
}

export function hasPage(store: VmStore): boolean {
  return store.kind === 'vnode' || store.kind === 'null';
}

export function hasFault(store: VmStore): boolean {
  return store.kind === 'device' || store.kind === 'null';
}

/** The bytes of a page into its frame: blocks for the disk, zeros beyond the file. */
export function* readStore(
  here: Here,
  store: VmStore,
  offset: number,
  page: number,
): Steps<'ERR_IO_ERROR' | 'ERR_GENERAL' | void> {
  if (store.kind === 'null') return 'ERR_GENERAL';
  if (store.vnode === null) return panic(here, `read of an ${store.kind} store`);
  const bytes = yield* readBlock(here, store.vnode, offset);
  if (typeof bytes === 'string') return bytes;
  loadFrame(here.machine, page, bytes);
  emit(here.machine, EventKind.pageIn, clusterOfPpn(here.machine, page), pageEvent(store.vnode.file, offset, page));
}

export function* readBlock(here: Here, { file }: Vnode, offset: number): Steps<Uint8Array | 'ERR_IO_ERROR'> {
  yield* snooze(here, here.kernel.options.diskLatency);
  if (mustFail(here.kernel, ['file-read'], here.cluster)) return 'ERR_IO_ERROR';
  return offset < 0 ? new Uint8Array(PAGE_SIZE) : readFile(file, offset, PAGE_SIZE);
}

export function pageEvent(file: DiskFile, offset: number, ppn: number): FieldsOfEvent<'page-in'> {
  return { file: file.name, index: Math.floor(offset / PAGE_SIZE), ppn };
}

/** The part inside the file. Anonymous memory has no place to be written to. */
export function* writeStore(here: Here, store: VmStore, offset: number, page: number): Steps<'ERR_IO_ERROR' | void> {
  if (store.vnode === null) return;
  const error = yield* writeBlock(here, store.vnode, offset, () =>
    readBytes(here.machine, page * PAGE_SIZE, PAGE_SIZE),
  );
  if (error) return error;
  emit(here.machine, EventKind.pageOut, clusterOfPpn(here.machine, page), pageEvent(store.vnode.file, offset, page));
}

/** `bytes` is asked when the disk is ready: what was written meanwhile goes with it. */
export function* writeBlock(
  here: Here,
  { file }: Vnode,
  offset: number,
  bytes: () => Uint8Array,
): Steps<'ERR_IO_ERROR' | void> {
  yield* snooze(here, here.kernel.options.diskLatency);
  if (mustFail(here.kernel, ['file-write'], here.cluster)) return 'ERR_IO_ERROR';
  const length = Math.max(0, Math.min(PAGE_SIZE, file.size - offset));
  if (length > 0 && offset >= 0) writeFile(file, offset, bytes().subarray(0, length));
}

export const storeFunctions = [
  vm_store_create_anonymous_noswap,
  vm_store_create_vnode,
  vm_store_create_device,
  vm_store_create_null,
];

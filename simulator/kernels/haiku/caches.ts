/** Chapter 3: stores, the simulated VFS, caches and cache_refs. */
import { findFile, readFile, writeFile, type DiskFile } from '../../hardware/block-device.ts';
import { clusterOfPpn, loadFrame, readBytes } from '../../hardware/physical-memory.ts';
import { emit, EventKind, type EventFields } from '../../hardware/trace-event.ts';
import { kernelFunction } from '../../execution/frame.ts';
import { panic } from '../../execution/panic.ts';
import { PAGE_STATE_BUSY, PAGE_STATE_FREE, PAGE_STATE_MODIFIED, PAGE_SIZE } from './constants.ts';
import { kmalloc } from './heap.ts';
import { vm_increase_max_commit } from './lookup.ts';
import { lockMutex, newMutex, newSemId, snooze, unlockMutex } from './locks.ts';
import { setPageState } from './pages.ts';
import {
  mustFail, type DummyPage, type HaikuState, type Here, type Kernelly, type PageId, type StoreKind, type VmCache, type VmCacheRef,
  type VmPage, type VmRegion, type VmStore, type Vnode,
} from './state.ts'; // prettier-ignore

/** 3.2; null when the heap is exhausted. Its callers panic. */
export function createStore(
  here: Here,
  kind: StoreKind,
  { vnode = null, base_addr = 0 }: { vnode?: Vnode | null; base_addr?: number } = {},
): VmStore | null {
  if (kmalloc(here, 32) === 0) {
    if (vnode !== null) vnode.ref_count -= 1;
    return null;
  }
  return { type: 'vm_store', kind, cache: null, committed_size: 0, vnode, base_addr };
}

/** A store, its cache and cache_ref, each one heap call. NULL anywhere: panic. */
export function createCache(here: Here, store: VmStore | null, scan_skip: boolean): VmCacheRef {
  if (store === null) return panic(here, 'no memory for a store');
  const cacheAddress = kmalloc(here, 40);
  if (cacheAddress === 0) panic(here, 'vm_cache_create: no memory');
  const temporary = store.kind === 'anonymous';
  const cache: VmCache = {
    type: 'vm_cache', address: cacheAddress, page_list: [], pages: new Map(), ref: null, source: null, store, virtual_size: 0, temporary,
    scan_skip, freed: null,
  }; // prettier-ignore
  store.cache = cache;
  const refAddress = kmalloc(here, 32);
  if (refAddress === 0) panic(here, 'vm_cache_ref_create: no memory');
  const { kernel } = here;
  const id = kernel.nextId++;
  const lock = newMutex(`the lock of cache_ref 0x${refAddress.toString(16)}`, newSemId(kernel));
  const ref: VmCacheRef = {
    type: 'vm_cache_ref',
    id,
    address: refAddress,
    cache,
    lock,
    region_list: [],
    ref_count: 0,
    freed: null,
  };
  cache.ref = ref;
  kernel.cache_refs.set(id, ref);
  return ref;
}

// 3.1: the operations of the four kinds of store.

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
): Kernelly<'ERR_IO_ERROR' | 'ERR_GENERAL' | void> {
  if (store.kind === 'null') return 'ERR_GENERAL';
  if (store.vnode === null) return panic(here, `read of an ${store.kind} store`);
  yield* snooze(here, here.kernel.options.diskLatency);
  if (mustFail(here.kernel, ['file-read'], here.cluster)) return 'ERR_IO_ERROR';
  const { file } = store.vnode;
  loadFrame(here.machine, page, readFile(file, offset, PAGE_SIZE));
  emit(here.machine, EventKind.pageIn, clusterOfPpn(here.machine, page), pageEvent(file, offset, page));
}

function pageEvent(file: DiskFile, offset: number, ppn: number): EventFields {
  return { file: file.name, index: offset / PAGE_SIZE, ppn };
}

/** The part inside the file. Anonymous memory has no place to be written to. */
export function* writeStore(here: Here, store: VmStore, offset: number, page: number): Kernelly<void> {
  if (store.vnode === null) return;
  yield* snooze(here, here.kernel.options.diskLatency);
  if (mustFail(here.kernel, ['file-write'], here.cluster)) return;
  const { file } = store.vnode;
  const length = Math.max(0, Math.min(PAGE_SIZE, file.size - offset));
  if (length > 0) writeFile(file, offset, readBytes(here.machine, page * PAGE_SIZE, length));
  emit(here.machine, EventKind.pageOut, clusterOfPpn(here.machine, page), pageEvent(file, offset, page));
}

/** 3.4: the vnode of a path with one reference more. One that is dying is waited for (H5). */
export function* getVnode(here: Here, path: string): Kernelly<Vnode | 'ERR_VFS_PATH_NOT_FOUND'> {
  for (;;) {
    const known = here.kernel.vnodes.get(path);
    if (known === undefined) break;
    if (!known.dying) {
      known.ref_count += 1;
      return known;
    }
    here.activity.wait = {
      kind: 'condition',
      description: () => `the end of vnode ${path}`,
      ready: () => here.kernel.vnodes.get(path) !== known || !known.dying,
    };
    yield;
  }
  const file = findFile(here.machine, path);
  if (file === null) return 'ERR_VFS_PATH_NOT_FOUND';
  const vnode: Vnode = { type: 'vnode', path, file, cache: null, ref_count: 1, dying: false };
  here.kernel.vnodes.set(path, vnode);
  return vnode;
}

export function* releaseVnode(here: Here, vnode: Vnode): Kernelly<void> {
  vnode.ref_count -= 1;
  if (vnode.ref_count > 0) return;
  const { cache } = vnode;
  vnode.cache = null;
  vnode.dying = true;
  if (cache !== null) yield* releaseCacheRef(here, cache);
  vnode.dying = false;
  if (here.kernel.vnodes.get(vnode.path) === vnode && vnode.ref_count === 0) here.kernel.vnodes.delete(vnode.path);
}

/** 3.5 */
export function acquireCacheRef(ref: VmCacheRef, acquireStoreRef: boolean): void {
  const { vnode } = ref.cache.store;
  if (acquireStoreRef && vnode !== null) vnode.ref_count += 1;
  ref.ref_count += 1;
}

export const releaseCacheRef = kernelFunction(
  {
    name: 'vm_cache_release_ref',
    section: '3.5',
    doc: 'Drops a reference of a cache. At 0 its pages are freed, its commitment given back, and its source released.',
    parameters: [],
    errors: [],
    steps: {
      2: 'one reference less',
      3: 'not the last: release the store’s',
      4: 'the last: a MODIFIED page of a file is written first (D9)',
      6: 'free a page',
      7: 'a temporary cache gives its commitment back (D4)',
      8: 'release the source',
      9: 'free cache and cache_ref',
    },
  },
  function* (here: Here, ref: VmCacheRef): Kernelly<void> {
    const { cache } = ref;
    if (here.step('2')) yield;
    ref.ref_count -= 1;
    if (ref.ref_count > 0) {
      if (here.step('3')) yield;
      if (cache.store.vnode !== null) yield* releaseVnode(here, cache.store.vnode);
      return;
    }
    yield* freePages(here, cache);
    if (cache.temporary) {
      if (here.step('7')) yield;
      yield* vm_increase_max_commit(here, { delta: cache.virtual_size - cache.store.committed_size });
    }
    const source = cache.source?.ref ?? null;
    cache.source = null;
    if (source !== null) {
      if (here.step('8')) yield;
      yield* releaseCacheRef(here, source);
    }
    if (here.step('9')) yield;
    here.kernel.cache_refs.delete(ref.id);
    ref.freed = 'vm_cache_release_ref step 9';
    cache.freed = ref.freed;
  },
);

/** Steps 4 to 6. All pages are BUSY at once, so that no daemon takes one (H5). */
function* freePages(here: Here, cache: VmCache): Kernelly<void> {
  const { pages } = here.kernel;
  const list = [...cache.page_list].reverse().filter((page) => page >= 0);
  const dirty = list.filter((page) => pages.state[page] === PAGE_STATE_MODIFIED || pages.late_dirty[page] === 1);
  for (const page of list) setPageState(here, page, PAGE_STATE_BUSY);
  for (const page of cache.temporary ? [] : dirty) {
    if (here.step('4')) yield;
    yield* writeStore(here, cache.store, pages.offset[page] as number, page);
  }
  for (const page of list) {
    if (here.step('6')) yield;
    removePage(here.kernel, cache, page);
    setPageState(here, page, PAGE_STATE_FREE);
  }
}

// The page hash: every cache's pages by byte offset.

export function lookupPage({ cache }: VmCacheRef, offset: number): PageId | null {
  return cache.pages.get(offset) ?? null;
}

export function insertPage(kernel: HaikuState, ref: VmCacheRef, page: PageId, offset: number): void {
  const { cache } = ref;
  if (cache.pages.has(offset))
    throw new Error(`internal: a page sits at 0x${offset.toString(16)} of the cache already`);
  cache.pages.set(offset, page);
  cache.page_list.push(page);
  if (page >= 0) {
    kernel.pages.owner[page] = ref.id;
    kernel.pages.offset[page] = offset;
  } else {
    const dummy = kernel.dummies.get(page) as DummyPage;
    dummy.offset = offset;
    dummy.cache_ref = ref;
  }
}

export function removePage(kernel: HaikuState, cache: VmCache, page: PageId): void {
  const dummy = kernel.dummies.get(page);
  cache.pages.delete(page >= 0 ? (kernel.pages.offset[page] as number) : (dummy?.offset ?? -1));
  cache.page_list.splice(cache.page_list.lastIndexOf(page), 1);
  if (page >= 0) kernel.pages.owner[page] = 0;
  else if (dummy !== undefined) dummy.cache_ref = null;
}

export function* insertRegion(here: Here, ref: VmCacheRef, region: VmRegion): Kernelly<void> {
  yield* lockMutex(here, ref.lock);
  ref.region_list.unshift(region);
  unlockMutex(here, ref.lock);
}

export function* removeRegion(here: Here, ref: VmCacheRef, region: VmRegion): Kernelly<void> {
  yield* lockMutex(here, ref.lock);
  ref.region_list.splice(ref.region_list.indexOf(region), 1);
  unlockMutex(here, ref.lock);
}

/** From the top to the deepest. */
export function chainOf(cache: VmCache): VmCache[] {
  const chain: VmCache[] = [];
  for (let at: VmCache | null = cache; at !== null; at = at.source) chain.push(at);
  return chain;
}

const refParameter = { name: 'cache_ref', type: { kind: 'object', type: 'vm_cache_ref' } } as const;

export const vm_cache_acquire_ref = kernelFunction(
  {
    name: 'vm_cache_acquire_ref',
    section: '3.5',
    doc: 'Takes a reference of a cache.',
    parameters: [refParameter, { name: 'acquire_store_ref', type: { kind: 'boolean' }, default: true }],
    errors: [],
    steps: { 1: 'NULL: panic', 2: 'the store’s reference, if asked', 3: 'one reference more' },
  },
  function* (
    here: Here,
    { cache_ref, acquire_store_ref }: { cache_ref: VmCacheRef; acquire_store_ref: boolean },
  ): Kernelly<void> {
    if (here.step('3')) yield;
    acquireCacheRef(cache_ref, acquire_store_ref);
  },
);

export const vm_cache_release_ref = kernelFunction(
  { ...releaseCacheRef.info, parameters: [refParameter] },
  function* (here: Here, { cache_ref }: { cache_ref: VmCacheRef }): Kernelly<void> {
    yield* releaseCacheRef(here, cache_ref);
  },
);

export const vm_cache_lookup_page = kernelFunction(
  {
    name: 'vm_cache_lookup_page',
    section: '3.5',
    doc: 'The page of an offset in a cache, or NULL.',
    parameters: [refParameter, { name: 'off', type: { kind: 'integer' } }],
    result: { kind: 'object', type: 'vm_page', nullable: true },
    errors: [],
    steps: { 1: 'look in the page hash' },
  },
  function* (
    here: Here,
    { cache_ref, off }: { cache_ref: VmCacheRef; off: number },
  ): Kernelly<VmPage | DummyPage | null> {
    if (here.step('1')) yield;
    const page = lookupPage(cache_ref, off);
    if (page === null) return null;
    if (page < 0) return here.kernel.dummies.get(page) ?? null;
    const { pageHandles } = here.kernel;
    const handle = pageHandles.get(page) ?? { type: 'vm_page', ppn: page };
    pageHandles.set(page, handle);
    return handle;
  },
);

export const cacheFunctions = [vm_cache_acquire_ref, vm_cache_release_ref, vm_cache_lookup_page];

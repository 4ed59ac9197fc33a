/** 3.5: caches and cache_refs; the release of vnodes, which hangs together with theirs. */
import { kernelFunction } from '../../../execution/activation.ts';
import { panic } from '../../../execution/panic.ts';
import { PAGE_STATE_BUSY, PAGE_STATE_FREE, PAGE_STATE_MODIFIED } from '../base/constants.ts';
import { kmalloc } from '../base/heap.ts';
import { vm_increase_max_commit } from './lookup.ts';
import { lockMutex, lockRanks, newMutex, newSemId, unlockMutex } from '../base/locks.ts';
import { setPageState } from '../memory/pages.ts';
import { writeStore } from './stores.ts';
import type {
  DummyPage, HaikuState, Here, Steps, PageId, VmCache, VmCacheRef, VmRegion, VmStore, Vnode,
} from '../base/state.ts'; // prettier-ignore

export const vm_cache_create = kernelFunction(
  {
    name: 'vm_cache_create',
    section: '3.5',
    doc: 'A cache on a store, or NULL when the kernel heap is exhausted.',
    parameters: [{ name: 'store', type: { kind: 'object', type: 'vm_store' } }],
    result: { kind: 'object', type: 'vm_cache', nullable: true },
    errors: [],
    steps: { 1: 'allocate it; all fields 0 or NULL but the store; store.cache is the cache' },
  },
  function* (here: Here, { store }: { store: VmStore }): Steps<VmCache | null> {
    if (here.step('1')) yield;
    if (store.cache !== null) panic(here, 'the store has a cache already');
    const address = kmalloc(here, 40);
    if (address === 0) return null;
    const cache: VmCache = {
      type: 'vm_cache', address, page_list: [], pages: new Map(), ref: null, source: null, store, virtual_size: 0, temporary: false,
      scan_skip: false, freed: null,
    }; // prettier-ignore
    store.cache = cache;
    return cache;
  },
);

export const vm_cache_ref_create = kernelFunction(
  {
    name: 'vm_cache_ref_create',
    section: '3.5',
    doc: 'The cache_ref of a cache, without any reference yet, or NULL when the kernel heap is exhausted.',
    parameters: [{ name: 'cache', type: { kind: 'object', type: 'vm_cache' } }],
    result: { kind: 'object', type: 'vm_cache_ref', nullable: true },
    errors: [],
    steps: { 1: 'allocate it; its mutex; no regions, no references' },
  },
  function* (here: Here, { cache }: { cache: VmCache }): Steps<VmCacheRef | null> {
    const { kernel } = here;
    if (here.step('1')) yield;
    if (cache.ref !== null) panic(here, 'the cache has a cache_ref already');
    const address = kmalloc(here, 32);
    if (address === 0) return null;
    const name = `the lock of cache_ref 0x${address.toString(16)}`;
    const lock = newMutex(name, newSemId(kernel), lockRanks.cacheRef);
    const ref: VmCacheRef = {
      type: 'vm_cache_ref', id: kernel.nextId++, address, cache, lock, region_list: [], ref_count: 0, freed: null,
    }; // prettier-ignore
    cache.ref = ref;
    kernel.cache_refs.set(ref.id, ref);
    return ref;
  },
);

/** Cache and cache_ref of a store. NULL anywhere, a store that there is no memory for included: panic. */
export function* createCache(here: Here, store: VmStore | null, scan_skip: boolean): Steps<VmCacheRef> {
  if (store === null) return panic(here, 'no memory for a store');
  const cache = yield* vm_cache_create(here, { store });
  if (cache === null) return panic(here, 'vm_cache_create: no memory');
  const ref = yield* vm_cache_ref_create(here, { cache });
  if (ref === null) return panic(here, 'vm_cache_ref_create: no memory');
  cache.temporary = store.kind === 'anonymous';
  cache.scan_skip = scan_skip;
  return ref;
}

export function* releaseVnode(here: Here, vnode: Vnode): Steps<void> {
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

/** The final release does not call the store's release_ref: for a vnode's cache it comes from the vnode itself. */
export const releaseCacheRef = kernelFunction(
  {
    name: 'vm_cache_release_ref',
    section: '3.5',
    doc: 'Drops a reference of a cache. At 0 its pages are freed, its commitment given back, and its source released.',
    parameters: [],
    errors: [],
    steps: {
      1: 'NULL: panic',
      2: 'one reference less',
      3: 'not the last: release the store’s',
      4: 'the last: a MODIFIED page of a file is written first (D9)',
      5: 'remember what the store committed, and destroy it',
      6: 'a page leaves page hash and list, and is FREE',
      7: 'a temporary cache gives its commitment back (D4)',
      8: 'release the source',
      9: 'destroy the mutex, free cache and cache_ref',
    },
  },
  function* (here: Here, ref: VmCacheRef | null): Steps<void> {
    if (here.step('1')) yield;
    if (ref === null) return panic(here, 'NULL');
    if (here.step('2')) yield;
    ref.ref_count -= 1;
    if (ref.ref_count > 0) {
      const { vnode } = ref.cache.store;
      if (vnode === null) return;
      if (here.step('3')) yield;
      yield* releaseVnode(here, vnode);
      return;
    }
    yield* destroyCache(here, ref);
  },
);

/** Steps 4 to 9. */
function* destroyCache(here: Here, ref: VmCacheRef): Steps<void> {
  const { cache } = ref;
  const { temporary, virtual_size, store } = cache;
  if (temporary && ref.id < here.kernel.firstId) panic(here, 'the kernel’s own memory is given away');
  const list = seizePages(here, cache);
  for (const page of temporary ? [] : list.dirty) {
    if (here.step('4')) yield;
    yield* writeStore(here, store, here.kernel.pages.offset[page] as number, page);
  }
  if (here.step('5')) yield;
  const { committed_size } = store;
  for (const page of list.all) {
    if (here.step('6')) yield;
    removePage(here.kernel, cache, page);
    setPageState(here, page, PAGE_STATE_FREE);
  }
  if (temporary) {
    if (here.step('7')) yield;
    yield* vm_increase_max_commit(here, { delta: virtual_size - committed_size });
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
}

/** All pages are BUSY at once, so that no daemon takes one (H5); from the front of the list. */
function seizePages(here: Here, cache: VmCache): { all: number[]; dirty: number[] } {
  const { pages } = here.kernel;
  const all = cache.page_list.filter((page) => page >= 0).reverse();
  const dirty = all.filter((page) => pages.state[page] === PAGE_STATE_MODIFIED || pages.late_dirty[page] === 1);
  for (const page of all) setPageState(here, page, PAGE_STATE_BUSY);
  return { all, dirty };
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
    kernel.pages.entered[page] = kernel.nextEntry++;
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

const regionListArgs = [
  { name: 'ref', type: { kind: 'object', type: 'vm_cache_ref' } },
  { name: 'region', type: { kind: 'object', type: 'vm_region' } },
] as const;

interface RegionListArgs {
  readonly ref: VmCacheRef;
  readonly region: VmRegion;
}

export const vm_cache_insert_region = kernelFunction(
  {
    name: 'vm_cache_insert_region',
    section: '3.5',
    doc: 'Enters a region in the list of those that show a cache, at the front.',
    parameters: regionListArgs,
    result: { kind: 'integer' },
    errors: [],
    steps: { 1: '+L, push on the front of region_list, -L' },
  },
  function* (here: Here, { ref, region }: RegionListArgs): Steps<number> {
    if (here.step('1')) yield;
    yield* lockMutex(here, ref.lock);
    ref.region_list.unshift(region);
    unlockMutex(here, ref.lock);
    return 0;
  },
);

export const vm_cache_remove_region = kernelFunction(
  {
    name: 'vm_cache_remove_region',
    section: '3.5',
    doc: 'Takes a region off the list of those that show a cache.',
    parameters: regionListArgs,
    result: { kind: 'integer' },
    errors: [],
    steps: { 1: '+L, unlink, -L' },
  },
  function* (here: Here, { ref, region }: RegionListArgs): Steps<number> {
    if (here.step('1')) yield;
    yield* lockMutex(here, ref.lock);
    const place = ref.region_list.indexOf(region);
    if (place >= 0) ref.region_list.splice(place, 1);
    unlockMutex(here, ref.lock);
    return 0;
  },
);

/** From the top to the deepest. */
export function chainOf(cache: VmCache): VmCache[] {
  const chain: VmCache[] = [];
  for (let at: VmCache | null = cache; at !== null; at = at.source) chain.push(at);
  return chain;
}

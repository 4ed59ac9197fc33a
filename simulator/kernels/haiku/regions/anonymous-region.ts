/** 4.12: regions of zeroed memory, by wiring. */
import { kernelFunction } from '../../../execution/activation.ts';
import {
  PAGE_PRESENT,
  PAGE_STATE_WIRED,
  REGION_NO_PRIVATE_MAP,
  REGION_WIRING_LAZY,
  REGION_WIRING_WIRED,
  REGION_WIRING_WIRED_ALREADY,
  REGION_WIRING_WIRED_CONTIG,
  type VmError,
} from '../base/constants.ts';
import { aidParameter, getAspaceById } from './aspaces.ts';
import { acquireCacheRef, createCache, insertPage, lookupPage, releaseCacheRef } from '../caches/caches.ts';
import { vm_store_create_anonymous_noswap } from '../caches/stores.ts';
import { lockMutex, unlockMutex } from '../base/locks.ts';
import { cacheRefOf, setPageState } from '../memory/pages.ts';
import { putAspace } from '../memory/put-aspace.ts';
import { mapBackingStore } from './region-core.ts';
import { softFault } from './soft-fault.ts';
import { lockMap, query, unlockMap } from '../memory/translation-map.ts';
import { wireRun } from './contiguous.ts';
import {
  endOf,
  pageUp,
  type Here,
  type Steps,
  type VmAddressSpace,
  type VmCacheRef,
  type VmRegion,
} from '../base/state.ts';
import {
  creationErrors,
  type Created,
  addrTypeParameter,
  addressParameter,
  lockParameter,
  nameParameter,
  sizeParameter,
  wiringParameter,
} from './region-parameters.ts';
import { putRegion } from './delete.ts';
import { deleteRegion } from './delete-region.ts';

interface AnonymousArgs {
  readonly aid: number;
  readonly name: string;
  readonly address: number;
  readonly addr_type: number;
  readonly size: number;
  readonly wiring: number;
  readonly lock: number;
}

export const createAnonymousRegion = kernelFunction(
  {
    name: 'vm_create_anonymous_region',
    section: '4.12',
    doc: 'Creates a region of zeroed memory: on demand, at once, over what is mapped already, or in contiguous frames.',
    parameters: [
      aidParameter,
      nameParameter,
      addressParameter,
      addrTypeParameter,
      sizeParameter,
      wiringParameter,
      lockParameter,
    ],
    result: { kind: 'integer' },
    errors: [...creationErrors, 'ERR_VM_PF_BAD_ADDRESS'],
    steps: {
      1: 'the address space',
      2: 'addr_type or wiring unknown: ERR_INVALID_ARGS',
      3: 'size rounded up',
      4: 'an anonymous store, its cache and cache_ref',
      5: 'a reference for the creation',
      6: 'map_backing_store',
      7: 'drop it',
      8: 'error: put the address space, return it',
      9: 'by wiring: a page at a time',
      '9e': 'it failed: delete the region',
      10: 'put the address space',
      11: 'the region’s id',
    },
  },
  function* (here: Here, args: AnonymousArgs): Steps<Created | VmError> {
    if (here.step('1')) yield;
    const aspace = yield* getAspaceById(here, { aid: args.aid });
    if (aspace === null) return 'ERR_VM_INVALID_ASPACE';
    if (here.step('2')) yield;
    const isKnown = [0, 1].includes(args.addr_type) && [0, 1, 2, 3].includes(args.wiring);
    const made = isKnown ? yield* createAnonymous(here, aspace, args) : 'ERR_INVALID_ARGS';
    if (typeof made !== 'string' && here.step('10')) yield;
    yield* putAspace(here, aspace);
    if (typeof made === 'string') return made;
    if (here.step('11')) yield;
    return { result: made.id, address: made.base };
  },
);

function* createAnonymous(here: Here, aspace: VmAddressSpace, args: AnonymousArgs): Steps<VmRegion | VmError> {
  const { name, addr_type, wiring, lock } = args;
  if (here.step('3')) yield;
  const size = pageUp(args.size);
  if (here.step('4')) yield;
  const store = yield* vm_store_create_anonymous_noswap(here, {});
  const ref = yield* createCache(here, store, wiring !== REGION_WIRING_LAZY);
  if (here.step('5')) yield;
  acquireCacheRef(ref, true);
  if (here.step('6')) yield;
  const region = yield* mapBackingStore(here, {
    aspace, store: ref.cache.store, vaddr: args.address, offset: 0, size, addr_type, wiring, lock, mapping: REGION_NO_PRIVATE_MAP, name,
  }); // prettier-ignore
  if (here.step('7')) yield;
  yield* releaseCacheRef(here, ref);
  if (typeof region === 'string') {
    if (here.step('8')) yield;
    return region;
  }
  const error = yield* wire(here, region, ref);
  if (!error) return region;
  if (here.step('9e')) yield;
  yield* deleteRegion(here, { aid: args.aid, rid: region.id });
  return error;
}

/** Step 9. */
function* wire(here: Here, region: VmRegion, ref: VmCacheRef): Steps<VmError | void> {
  switch (region.wiring) {
    case REGION_WIRING_WIRED:
      for (let va = region.base; va < endOf(region); va += 4096) {
        if (here.step('9')) yield;
        const error = yield* softFault(here, { address: va, is_write: false, is_user: false, aspace: region.aspace });
        if (error) return error;
      }
      return;
    case REGION_WIRING_WIRED_ALREADY:
      return yield* whileHeld(here, region, () => adoptMapped(here, region, ref));
    case REGION_WIRING_WIRED_CONTIG:
      return yield* whileHeld(here, region, () => wireRun(here, region, ref));
  }
}

/** Another thread may delete the region meanwhile: it goes afterwards. */
function* whileHeld<R>(here: Here, region: VmRegion, body: () => Steps<R>): Steps<R> {
  region.ref_count += 1;
  const result = yield* body();
  yield* putRegion(here, region);
  return result;
}

/** Entries and map_count stay as they are; absent ones are skipped (D14), and pages that are some cache's (I8). */
function* adoptMapped(here: Here, region: VmRegion, ref: VmCacheRef): Steps<void> {
  const map = region.aspace.translation_map;
  const { pages } = here.kernel;
  yield* lockMutex(here, ref.lock);
  yield* lockMap(here, map);
  for (let va = region.base; va < endOf(region); va += 4096) {
    if (here.step('9')) yield;
    const { pa, flags } = query(here.machine, map, va);
    const page = pa / 4096;
    if ((flags & PAGE_PRESENT) === 0 || page >= pages.num_pages || cacheRefOf(here.kernel, page) !== null) continue;
    // Another thread's fault came first.
    if (lookupPage(ref, va - region.base) !== null) continue;
    pages.ref_count[page] = (pages.ref_count[page] as number) + 1;
    setPageState(here, page, PAGE_STATE_WIRED);
    insertPage(here.kernel, ref, page, va - region.base);
  }
  unlockMap(here, map);
  unlockMutex(here, ref.lock);
}

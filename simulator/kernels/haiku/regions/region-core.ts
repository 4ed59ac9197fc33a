/** 4.8 to 4.10: a region's structure, its slot in the map, and the store behind it. */
import { emitCreation } from '../../../hardware/region-log.ts';
import { refuse } from '../../../execution/refusal.ts';
import { hex } from '../../../hardware/word.ts';
import { kernelFunction } from '../../../execution/activation.ts';
import { panic } from '../../../execution/panic.ts';
import type { Parameter } from '../../../execution/function-info.ts';
import {
  REGION_ADDR_ANY_ADDRESS, REGION_ADDR_EXACT_ADDRESS, REGION_PRIVATE_MAP, VM_ASPACE_STATE_DELETION, type VmError,
} from '../base/constants.ts'; // prettier-ignore
import { acquireCacheRef, chainOf, createCache, releaseCacheRef, vm_cache_insert_region } from '../caches/caches.ts';
import { commitStore, hasFault, vm_store_create_anonymous_noswap } from '../caches/stores.ts';
import { kmalloc } from '../base/heap.ts';
import {
  addrTypeParameter, lockParameter, mappingParameter, nameParameter, sizeParameter, wiringParameter,
} from './region-parameters.ts'; // prettier-ignore
import { lockMutex, unlock, unlockMutex, writeLock } from '../base/locks.ts';
import {
  endOf,
  type Here,
  type Steps,
  type VmAddressSpace,
  type VmCacheRef,
  type VmRegion,
  type VmStore,
  type VmVirtualMap,
} from '../base/state.ts';
import { rangeOf } from './region-range.ts';

const aspaceParameter: Parameter = { name: 'aspace', type: { kind: 'object', type: 'vm_address_space' } };

interface StructArgs {
  readonly aspace: VmAddressSpace;
  readonly name: string;
  readonly wiring: number;
  readonly lock: number;
}

/** Ids of creations that fail later are lost. */
export const createRegionStruct = kernelFunction(
  {
    name: '_vm_create_region_struct',
    section: '4.8',
    doc: 'A region that is in no list yet, or NULL.',
    parameters: [aspaceParameter, nameParameter, wiringParameter, lockParameter],
    result: { kind: 'object', type: 'vm_region', nullable: true },
    errors: [],
    steps: { 1: 'allocate it', 2: 'allocate and copy the name', 3: 'the next id', 4: 'its fields' },
  },
  function* (here: Here, { aspace, name, wiring, lock }: StructArgs): Steps<VmRegion | null> {
    if (here.step('1')) yield;
    const address = kmalloc(here, 96);
    if (address === 0) return null;
    if (here.step('2')) yield;
    if (kmalloc(here, name.length + 1) === 0) return null;
    if (here.step('3')) yield;
    const id = here.kernel.next_region_id++;
    if (here.step('4')) yield;
    return {
      type: 'vm_region', address, name, id, base: 0, size: 0, lock, wiring, ref_count: 1, cache_ref: null, cache_offset: 0, aspace,
      map: aspace.virtual_map, sim_mapping: 0, sim_share: 'private', sim_label: '', held: 0, deleted: false,
      freed: null,
    }; // prettier-ignore
  },
);

interface SlotArgs {
  readonly map: VmVirtualMap;
  readonly start: number;
  readonly size: number;
  readonly end: number;
  readonly addr_type: number;
  readonly region: VmRegion;
}

/** For whoever reads why there was no place. */
function noteObstacle(here: Here, region: VmRegion): void {
  const message = `region “${region.name}” stands at [${hex(region.base, 8)}, ${hex(endOf(region), 8)})`;
  here.activity.reason = { kind: 'overlap', error: 'ERR_VM_NO_REGION_SLOT', message, address: region.base };
}

type SlotError = 'ERR_VM_BAD_ADDRESS' | 'ERR_INVALID_ARGS' | 'ERR_VM_NO_REGION_SLOT';

/** The map's semaphore is held for writing. */
export const findAndInsertSlot = kernelFunction(
  {
    name: 'find_and_insert_region_slot',
    section: '4.9',
    doc: 'Finds a place for a region and links it there: first fit without a guard gap, or exactly where it is wanted.',
    parameters: [
      { name: 'map', type: { kind: 'object', type: 'vm_virtual_map' } },
      { name: 'start', type: { kind: 'address' } },
      sizeParameter,
      { name: 'end', type: { kind: 'address' } },
      addrTypeParameter,
      { name: 'region', type: { kind: 'object', type: 'vm_region' } },
    ],
    errors: ['ERR_VM_BAD_ADDRESS', 'ERR_INVALID_ARGS', 'ERR_VM_NO_REGION_SLOT'],
    steps: {
      1: 'outside the map, or nothing: ERR_VM_BAD_ADDRESS',
      2: 'walk to the first region after the range',
      '3a': 'ANY, and nothing before it: the beginning of the map',
      '3b': 'ANY: on until a gap fits',
      '3c': 'ANY, and the list is at its end: is there room before the end of the map?',
      4: 'EXACT: the range must be free',
      5: 'another address type: ERR_INVALID_ARGS',
      6: 'no place: ERR_VM_NO_REGION_SLOT',
      7: 'size; link it',
      8: 'one change more',
      9: 'NO_ERROR',
    },
  },
  function* (here: Here, { map, start, size, end, addr_type, region }: SlotArgs): Steps<SlotError | void> {
    const top = map.base + map.size - 1;
    if (here.step('1')) yield;
    if (start % 4096 !== 0 || size % 4096 !== 0) panic(here, 'no multiple of a page');
    if (start < map.base || size === 0 || end - 1 > top || start + size > end) {
      const range = `[${hex(map.base, 8)}, ${hex(top + 1, 8)})`;
      const what = size === 0 ? 'the size is 0' : `${String(size)} bytes at ${hex(start, 8)} are not in ${range}`;
      return refuse(here, 'ERR_VM_BAD_ADDRESS', what);
    }
    if (here.step('2')) yield;
    const list = map.region_list;
    let next = list.findIndex(({ base }) => base >= start + size);
    if (next < 0) next = list.length;
    if (addr_type === REGION_ADDR_ANY_ADDRESS) {
      next = yield* findGap(here, map, next, size);
    } else if (addr_type === REGION_ADDR_EXACT_ADDRESS) {
      if (here.step('4')) yield;
      const last = list[next - 1];
      if (last !== undefined && endOf(last) > start) {
        next = -1;
        noteObstacle(here, last);
      }
    } else {
      if (here.step('5')) yield;
      return 'ERR_INVALID_ARGS';
    }
    if (next < 0) {
      if (here.step('6')) yield;
      return 'ERR_VM_NO_REGION_SLOT';
    }
    const last = list[next - 1];
    region.base = addr_type === REGION_ADDR_EXACT_ADDRESS ? start : last === undefined ? map.base : endOf(last);
    if (here.step('7')) yield;
    region.size = size;
    list.splice(next, 0, region);
    if (here.step('8')) yield;
    map.change_count += 1;
    if (here.step('9')) yield;
  },
);

/** Place in the list whose predecessor leaves room behind it; -1 for none. */
function* findGap(here: Here, map: VmVirtualMap, first: number, size: number): Steps<number> {
  const { base, size: mapSize, region_list } = map;
  if (first === 0) {
    if (here.step('3a')) yield;
    return 0;
  }
  for (let next = first; next < region_list.length; next++) {
    if (here.step('3b')) yield;
    const last = region_list[next - 1] as VmRegion;
    if ((region_list[next] as VmRegion).base >= endOf(last) + size) return next;
  }
  if (here.step('3c')) yield;
  const last = region_list.at(-1) as VmRegion;
  return base + mapSize - 1 >= endOf(last) + size - 1 ? region_list.length : -1;
}

interface BackingArgs {
  readonly aspace: VmAddressSpace;
  readonly store: VmStore;
  readonly vaddr: number;
  readonly offset: number;
  readonly size: number;
  readonly addr_type: number;
  readonly wiring: number;
  readonly lock: number;
  readonly mapping: number;
  readonly name: string;
}

/** The caller holds a reference on the store's cache. */
export const mapBackingStore = kernelFunction(
  {
    name: 'map_backing_store',
    section: '4.10',
    doc: 'Makes a region that shows a store’s cache, or a private cache on top of it, and charges its commitment.',
    parameters: [],
    errors: [
      'ERR_VM_BAD_ADDRESS',
      'ERR_INVALID_ARGS',
      'ERR_NO_MEMORY',
      'ERR_VM_WOULD_OVERCOMMIT',
      'ERR_VM_INVALID_ASPACE',
      'ERR_VM_NO_REGION_SLOT',
    ],
    steps: {
      1: 'unaligned EXACT: ERR_VM_BAD_ADDRESS; private map of a store that faults itself: ERR_INVALID_ARGS',
      2: 'the region structure; fail: ERR_NO_MEMORY',
      3: 'the store’s cache and cache_ref',
      4: 'PRIVATE: an anonymous cache on top, with a reference on its source',
      5: '+L(cache_ref.lock)',
      6: 'commit offset + size',
      '6a': 'a temporary cache: is so much left? Charge what it grows by',
      '6b': 'another one got less: ERR_NO_MEMORY',
      7: '-L',
      8: 'the region’s reference on the cache',
      9: '+W(map.sem)',
      10: 'the address space is going: ERR_VM_INVALID_ASPACE',
      11: 'where to look: the exact range, or the whole map',
      12: 'find_and_insert_region_slot',
      13: '*vaddr is where it is',
      14: 'cache and offset of the region',
      15: 'into the cache’s list',
      16: '+W(region_hash_sem), insert, -W',
      17: 'the region’s reference on the address space',
      18: '-W(map.sem)',
      19: 'the region',
      'fail A': 'a new cache is acquired and released, which destroys it; free region and name',
      'fail B': '-W(map.sem), release the cache; free region and name',
    },
  },
  function* (here: Here, args: BackingArgs): Steps<VmRegion | VmError> {
    const { aspace, name, wiring, lock, mapping, vaddr, addr_type, offset } = args;
    if (here.step('1')) yield;
    if (addr_type === REGION_ADDR_EXACT_ADDRESS && vaddr % 4096 !== 0)
      return refuse(here, 'ERR_VM_BAD_ADDRESS', `${hex(vaddr, 8)} is not page-aligned`);
    const below = args.store.cache;
    const isPrivate = mapping === REGION_PRIVATE_MAP;
    if (below === null || below.ref === null) throw new Error('internal: the store has no cache');
    if (isPrivate && chainOf(below).some(({ store }) => hasFault(store))) return 'ERR_INVALID_ARGS';
    if (here.step('2')) yield;
    const region = yield* createRegionStruct(here, { aspace, name, wiring, lock });
    if (region === null) return 'ERR_NO_MEMORY';
    if (here.step('3')) yield;
    let ref: VmCacheRef = below.ref;
    if (isPrivate) {
      if (here.step('4')) yield;
      ref = yield* coverCache(here, ref);
    }
    const refused = yield* commit(here, ref, offset + args.size);
    if (refused) {
      if (here.step('fail A')) yield;
      region.freed = 'map_backing_store, fail A';
      if (isPrivate) {
        acquireCacheRef(ref, true);
        yield* releaseCacheRef(here, ref);
      }
      return refused;
    }
    if (here.step('8')) yield;
    acquireCacheRef(ref, true);
    if (here.step('9')) yield;
    yield* writeLock(here, aspace.virtual_map.sem);
    const error = yield* place(here, region, ref, args);
    if (here.step(error ? 'fail B' : '18')) yield;
    unlock(here, aspace.virtual_map.sem);
    if (error) {
      region.freed = 'map_backing_store, fail B';
      yield* releaseCacheRef(here, ref);
      return error;
    }
    region.sim_mapping = mapping;
    if (here.step('19')) yield;
    return region;
  },
);

/** Step 4. */
function* coverCache(here: Here, source: VmCacheRef): Steps<VmCacheRef> {
  const cover = yield* createCache(here, yield* vm_store_create_anonymous_noswap(here, {}), false);
  cover.cache.source = source.cache;
  acquireCacheRef(source, true);
  return cover;
}

/** Steps 5 to 7. The test ignores what the cache has committed before; the charge is only what it grows by (0.2). */
function* commit(
  here: Here,
  ref: VmCacheRef,
  wanted: number,
): Steps<'ERR_VM_WOULD_OVERCOMMIT' | 'ERR_NO_MEMORY' | void> {
  const { kernel } = here;
  const { cache } = ref;
  const { store } = cache;
  if (here.step('5')) yield;
  yield* lockMutex(here, ref.lock);
  let error: 'ERR_VM_WOULD_OVERCOMMIT' | 'ERR_NO_MEMORY' | undefined;
  if (store.committed_size < wanted) {
    if (here.step('6')) yield;
    const old = store.committed_size;
    const granted = commitStore(here, store, wanted);
    if (granted < wanted) {
      if (here.step(cache.temporary ? '6a' : '6b')) yield;
      const asked = `${String(wanted)} bytes are asked for`;
      if (!cache.temporary) error = refuse(here, 'ERR_NO_MEMORY', `${asked}, the store grants ${String(granted)}`);
      else if (kernel.max_commit - old + granted < wanted)
        error = refuse(here, 'ERR_VM_WOULD_OVERCOMMIT', `${asked}, ${String(kernel.max_commit)} may still be promised`);
      else {
        kernel.max_commit += granted - old - (wanted - cache.virtual_size);
        cache.virtual_size = wanted;
      }
    }
  }
  if (here.step('7')) yield;
  unlockMutex(here, ref.lock);
  return error;
}

/** Steps 10 to 17, with the map's semaphore held. */
function* place(here: Here, region: VmRegion, ref: VmCacheRef, args: BackingArgs): Steps<VmError | void> {
  const { aspace, vaddr, size, addr_type, offset } = args;
  const map = aspace.virtual_map;
  if (here.step('10')) yield;
  if (aspace.state === VM_ASPACE_STATE_DELETION) return 'ERR_VM_INVALID_ASPACE';
  if (here.step('11')) yield;
  if (addr_type !== REGION_ADDR_ANY_ADDRESS && addr_type !== REGION_ADDR_EXACT_ADDRESS) return 'ERR_INVALID_ARGS';
  const isExact = addr_type === REGION_ADDR_EXACT_ADDRESS;
  const start = isExact ? vaddr : map.base;
  const end = isExact ? vaddr + size : map.base + map.size - 1;
  if (here.step('12')) yield;
  const error = yield* findAndInsertSlot(here, { map, start, size, end, addr_type, region });
  if (error) return error;
  if (here.step('13')) yield;
  if (here.step('14')) yield;
  region.cache_ref = ref;
  region.cache_offset = offset;
  if (here.step('15')) yield;
  yield* vm_cache_insert_region(here, { ref, region });
  if (here.step('16')) yield;
  yield* writeLock(here, here.kernel.region_hash_sem);
  here.kernel.region_table.set(region.id, region);
  unlock(here, here.kernel.region_hash_sem);
  if (here.step('17')) yield;
  aspace.ref_count += 1;
  emitCreation(here.machine, here.cluster, rangeOf(here, region));
}

/** H2: the region is an out-parameter, and so is the address. */
export const map_backing_store = kernelFunction(
  {
    ...mapBackingStore.info,
    parameters: [
      aspaceParameter,
      { name: 'store', type: { kind: 'object', type: 'vm_store' } },
      { name: 'vaddr', type: { kind: 'address' }, default: 0, inOut: true },
      { name: 'offset', type: { kind: 'offset' } },
      sizeParameter,
      addrTypeParameter,
      wiringParameter,
      lockParameter,
      mappingParameter,
      { ...nameParameter, name: 'region_name' },
    ],
    outputs: [{ name: '_region', type: { kind: 'object', type: 'vm_region' } }],
    result: { kind: 'integer' },
  },
  function* (
    here: Here,
    { region_name: name, ...args }: Omit<BackingArgs, 'name'> & { region_name: string },
  ): Steps<{ result: number; vaddr: number; _region: VmRegion } | VmError> {
    if (args.offset % 4096 !== 0 || args.size % 4096 !== 0) panic(here, 'no multiple of a page');
    const region = yield* mapBackingStore(here, { ...args, name });
    return typeof region === 'string' ? region : { result: 0, vaddr: region.base, _region: region };
  },
);

/** 4.13, 4.14: regions whose store handles its faults itself: physical memory, and nothing. */
import { kernelFunction } from '../../../execution/activation.ts';
import { LOCK_RO, REGION_NO_PRIVATE_MAP, REGION_WIRING_LAZY, type VmError } from '../base/constants.ts';
import { aidParameter, getAspaceById } from './aspaces.ts';
import { acquireCacheRef, createCache, releaseCacheRef } from '../caches/caches.ts';
import { vm_store_create_device, vm_store_create_null } from '../caches/stores.ts';
import { putAspace } from '../memory/put-aspace.ts';
import { mapBackingStore } from './region-core.ts';
import { pageUp, type Here, type Steps, type VmRegion, type VmStore } from '../base/state.ts';
import {
  type Created,
  addrTypeParameter,
  addressParameter,
  creationErrors,
  lockParameter,
  nameParameter,
  sizeParameter,
} from './region-parameters.ts';

interface SimpleArgs {
  readonly aid: number;
  readonly name: string;
  readonly address: number;
  readonly addr_type: number;
  readonly size: number;
  readonly lock: number;
}

/** Steps 1 to 8 of 4.13 and 4.14: a store that handles its faults itself. */
function* createOver(here: Here, args: SimpleArgs, makeStore: () => Steps<VmStore | null>): Steps<VmRegion | VmError> {
  if (here.step('1')) yield;
  const aspace = yield* getAspaceById(here, { aid: args.aid });
  if (aspace === null) return 'ERR_VM_INVALID_ASPACE';
  if (here.step('2')) yield;
  if (here.step('3')) yield;
  const ref = yield* createCache(here, yield* makeStore(), true);
  if (here.step('4')) yield;
  acquireCacheRef(ref, true);
  if (here.step('5')) yield;
  const region = yield* mapBackingStore(here, {
    aspace, store: ref.cache.store, vaddr: args.address, offset: 0, size: pageUp(args.size), addr_type: args.addr_type,
    wiring: REGION_WIRING_LAZY, lock: args.lock, mapping: REGION_NO_PRIVATE_MAP, name: args.name,
  }); // prettier-ignore
  if (here.step('6')) yield;
  yield* releaseCacheRef(here, ref);
  if (here.step('7')) yield;
  yield* putAspace(here, aspace);
  if (here.step('8')) yield;
  return region;
}

const simpleSteps = {
  1: 'the address space',
  2: 'size rounded up',
  3: 'store, cache and cache_ref',
  4: 'a reference for the creation',
  5: 'map_backing_store',
  6: 'drop it',
  7: 'put the address space',
  8: 'error: return it',
  10: 'the region’s id',
} as const;

export const mapPhysicalMemory = kernelFunction(
  {
    name: 'vm_map_physical_memory',
    section: '4.13',
    doc: 'Maps a range of physical memory; nothing is entered before the first fault, and nothing charged.',
    parameters: [aidParameter, nameParameter, addressParameter, addrTypeParameter, sizeParameter, lockParameter, { name: 'phys_addr', type: { kind: 'address' } }],
    result: { kind: 'integer' },
    errors: creationErrors,
    steps: { ...simpleSteps, 2: 'the offset inside the page: size grows by it; size rounded up', 9: '*address moves by the offset' },
  },
  function* (here: Here, args: SimpleArgs & { phys_addr: number }): Steps<Created | VmError> {
    const off = args.phys_addr % 4096;
    const base_addr = args.phys_addr - off;
    const region = yield* createOver(here, { ...args, size: args.size + off }, () => vm_store_create_device(here, { base_addr }));
    if (typeof region === 'string') return region;
    if (here.step('9')) yield;
    const address = region.base + off;
    if (here.step('10')) yield;
    return { result: region.id, address };
  },
); // prettier-ignore

export const createNullRegion = kernelFunction(
  {
    name: 'vm_create_null_region',
    section: '4.14',
    doc: 'Reserves a range: every fault in it fails.',
    parameters: [aidParameter, nameParameter, addressParameter, addrTypeParameter, sizeParameter],
    result: { kind: 'integer' },
    errors: creationErrors,
    steps: simpleSteps,
  },
  function* (here: Here, args: Omit<SimpleArgs, 'lock'>): Steps<Created | VmError> {
    const region = yield* createOver(here, { ...args, lock: LOCK_RO }, () => vm_store_create_null(here, {}));
    if (typeof region === 'string') return region;
    if (here.step('10')) yield;
    return { result: region.id, address: region.base };
  },
);

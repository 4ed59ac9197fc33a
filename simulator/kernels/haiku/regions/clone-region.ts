/** 4.19: a second region on a region’s cache. */
import { kernelFunction } from '../../../execution/activation.ts';
import { REGION_NO_PRIVATE_MAP, type VmError } from '../base/constants.ts';
import { aidParameter, getAspaceById, getRegionById } from './aspaces.ts';
import { acquireCacheRef, releaseCacheRef } from '../caches/caches.ts';
import { putRegion } from './delete.ts';
import { putAspace } from '../memory/put-aspace.ts';
import { mapBackingStore } from './region-core.ts';
import { type Here, type Steps, type VmAddressSpace, type VmCacheRef, type VmRegion } from '../base/state.ts';
import {
  creationErrors,
  type Created,
  addrTypeParameter,
  addressParameter,
  lockParameter,
  mappingParameter,
  nameParameter,
} from './region-parameters.ts';

interface CloneArgs {
  readonly aid: number;
  readonly name: string;
  readonly address: number;
  readonly addr_type: number;
  readonly source_region: number;
  readonly mapping: number;
  readonly lock: number;
}

export const cloneRegion = kernelFunction(
  {
    name: 'vm_clone_region',
    section: '4.19',
    doc: 'A second region on a region’s cache, or on a private cache on top of it; in any address space.',
    parameters: [
      aidParameter,
      nameParameter,
      addressParameter,
      addrTypeParameter,
      { name: 'source_region', type: { kind: 'integer' } },
      mappingParameter,
      lockParameter,
    ],
    result: { kind: 'integer' },
    errors: [...creationErrors, 'ERR_VM_INVALID_REGION'],
    steps: {
      1: 'the address space',
      2: 'the source region',
      3: 'a reference on its cache',
      4: 'map_backing_store with its window',
      5: 'drop the cache’s reference',
      6: 'put the source',
      7: 'put the address space',
      8: 'the region’s id',
    },
  },
  function* (here: Here, args: CloneArgs): Steps<Created | VmError> {
    if (here.step('1')) yield;
    const aspace = yield* getAspaceById(here, { aid: args.aid });
    if (aspace === null) return 'ERR_VM_INVALID_ASPACE';
    if (here.step('2')) yield;
    const source = yield* getRegionById(here, { rid: args.source_region });
    const region = source === null ? 'ERR_VM_INVALID_REGION' : yield* cloneFrom(here, aspace, source, args);
    if (here.step('7')) yield;
    yield* putAspace(here, aspace);
    if (typeof region === 'string') return region;
    if (here.step('8')) yield;
    if (args.mapping === REGION_NO_PRIVATE_MAP) region.sim_share = 'shared';
    return { result: region.id, address: region.base };
  },
);

function* cloneFrom(here: Here, aspace: VmAddressSpace, source: VmRegion, args: CloneArgs): Steps<VmRegion | VmError> {
  const ref = source.cache_ref as VmCacheRef;
  if (here.step('3')) yield;
  acquireCacheRef(ref, true);
  if (here.step('4')) yield;
  const region = yield* mapBackingStore(here, {
    aspace, store: ref.cache.store, vaddr: args.address, offset: source.cache_offset, size: source.size, addr_type: args.addr_type,
    wiring: source.wiring, lock: args.lock, mapping: args.mapping, name: args.name,
  }); // prettier-ignore
  if (here.step('5')) yield;
  yield* releaseCacheRef(here, ref);
  if (here.step('6')) yield;
  yield* putRegion(here, source);
  return region;
}

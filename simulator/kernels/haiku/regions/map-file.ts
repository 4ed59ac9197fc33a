/** 4.15, 4.16: files. */
import { kernelFunction } from '../../../execution/activation.ts';
import type { Parameter } from '../../../execution/function-info.ts';
import { REGION_NO_PRIVATE_MAP, REGION_WIRING_LAZY, type VmError } from '../base/constants.ts';
import { aidParameter, getAspaceById } from './aspaces.ts';
import { acquireCacheRef, createCache, releaseCacheRef } from '../caches/caches.ts';
import { vm_store_create_vnode } from '../caches/stores.ts';
import { vfs_get_vnode_from_path, vfs_set_cache_ptr } from '../caches/vfs.ts';
import { putAspace } from '../memory/put-aspace.ts';
import { mapBackingStore } from './region-core.ts';
import {
  pageDown,
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
  mappingParameter,
  nameParameter,
  sizeParameter,
} from './region-parameters.ts';

interface MapFileArgs {
  readonly aid: number;
  readonly name: string;
  readonly address: number;
  readonly addr_type: number;
  readonly size: number;
  readonly lock: number;
  readonly mapping: number;
  readonly path: string;
  readonly offset: number;
  readonly kernel?: boolean;
}

const fileParameters: readonly Parameter[] = [
  aidParameter,
  nameParameter,
  addressParameter,
  addrTypeParameter,
  sizeParameter,
  lockParameter,
  mappingParameter,
  { name: 'path', type: { kind: 'string' } },
  { name: 'offset', type: { kind: 'offset' }, default: 0 },
];
const fileErrors = [...creationErrors, 'ERR_VFS_PATH_NOT_FOUND'];

export const mapFileInto = kernelFunction(
  {
    name: '_vm_map_file',
    section: '4.15',
    doc: 'Maps a window of a file: its one cache, or a private cache on top of it.',
    parameters: [...fileParameters, { name: 'kernel', type: { kind: 'boolean' }, default: true }],
    result: { kind: 'integer' },
    errors: fileErrors,
    steps: {
      1: 'the address space',
      2: 'offset rounded down, size rounded up, each by itself; a negative offset: ERR_INVALID_ARGS',
      3: 'the vnode of the path',
      4: 'its cache',
      5: 'none yet: store, cache and cache_ref for the vnode; somebody was faster: back to 4',
      6: 'a reference, paired with the vnode’s of step 3',
      7: 'map_backing_store',
      8: 'drop it, and the vnode’s',
      9: 'put the address space',
      10: 'the region’s id',
    },
  },
  function* (here: Here, args: MapFileArgs): Steps<Created | VmError> {
    if (here.step('1')) yield;
    const aspace = yield* getAspaceById(here, { aid: args.aid });
    if (aspace === null) return 'ERR_VM_INVALID_ASPACE';
    if (here.step('2')) yield;
    const window = { offset: pageDown(args.offset), size: pageUp(args.size) };
    const region = args.offset < 0 ? 'ERR_INVALID_ARGS' : yield* mapWindow(here, aspace, { ...args, ...window });
    if (here.step('9')) yield;
    yield* putAspace(here, aspace);
    if (typeof region === 'string') return region;
    if (here.step('10')) yield;
    if (args.mapping === REGION_NO_PRIVATE_MAP) region.sim_share = 'shared';
    return { result: region.id, address: region.base };
  },
);

function* mapWindow(here: Here, aspace: VmAddressSpace, args: MapFileArgs): Steps<VmRegion | VmError> {
  if (here.step('3')) yield;
  const vnode = yield* vfs_get_vnode_from_path(here, { path: args.path, kernel: args.kernel ?? true });
  if (typeof vnode === 'string') return vnode;
  if (here.step('4')) yield;
  while (vnode.cache === null) {
    if (here.step('5')) yield;
    const made = yield* createCache(here, yield* vm_store_create_vnode(here, { vnode }), false);
    acquireCacheRef(made, false);
    // The calls may have let another thread in, that was faster.
    if ((yield* vfs_set_cache_ptr(here, { v: vnode, c: made })) === 0) break;
    yield* releaseCacheRef(here, made);
    if (here.step('4')) yield;
  }
  const ref = vnode.cache as VmCacheRef;
  if (here.step('6')) yield;
  acquireCacheRef(ref, false);
  if (here.step('7')) yield;
  const region = yield* mapBackingStore(here, {
    aspace, store: ref.cache.store, vaddr: args.address, offset: args.offset, size: args.size, addr_type: args.addr_type,
    wiring: REGION_WIRING_LAZY, lock: args.lock, mapping: args.mapping, name: args.name,
  }); // prettier-ignore
  if (here.step('8')) yield;
  yield* releaseCacheRef(here, ref);
  return region;
}

export const vm_map_file = kernelFunction(
  {
    name: 'vm_map_file',
    section: '4.16',
    doc: 'Maps a window of a file.',
    parameters: fileParameters,
    result: { kind: 'integer' },
    errors: fileErrors,
    steps: { 1: '_vm_map_file for the kernel' },
  },
  function* (here: Here, args: MapFileArgs): Steps<Created | VmError> {
    if (here.step('1')) yield;
    return yield* mapFileInto(here, { ...args, kernel: true });
  },
);

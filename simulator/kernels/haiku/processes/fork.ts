/** 13.6, 13.7, H12, H13, 15.5: fork, from what this VM has: clones of regions; `cow` makes them symmetric. */
import { lastNote, noteFork, type RegionNote } from '../../../hardware/region-log.ts';
import { refuse } from '../../../execution/refusal.ts';
import { kernelFunction } from '../../../execution/activation.ts';
import {
  LOCK_RW, REGION_ADDR_EXACT_ADDRESS, REGION_NO_PRIVATE_MAP, REGION_PRIVATE_MAP, REGION_WIRING_WIRED, type VmError,
} from '../base/constants.ts'; // prettier-ignore
import { deleteAspace, getAspaceById, getRegionById } from '../regions/aspaces.ts';
import { createCache, releaseCacheRef } from '../caches/caches.ts';
import { vm_store_create_anonymous_noswap } from '../caches/stores.ts';
import { putRegion, unmapRange } from '../regions/delete.ts';
import { lockMutex, unlock, unlockMutex, writeLock } from '../base/locks.ts';
import { newProcess, openAspace, registerThread } from './process.ts';
import { putAspace } from '../memory/put-aspace.ts';
import { cloneRegion } from '../regions/clone-region.ts';
import { createNullRegion } from '../regions/unpaged-region.ts';
import { softFault } from '../regions/soft-fault.ts';
import { lockMap, unlockMap } from '../memory/translation-map.ts';
import { mustFail } from '../../injections.ts';
import {
  endOf,
  type Here,
  type Steps,
  type Process,
  type Thread,
  type VmAddressSpace,
  type VmCacheRef,
  type VmRegion,
} from '../base/state.ts';

/** The process has ended. */
const DEAD = 'ERR_VM_INVALID_ASPACE';

interface ForkArgs {
  readonly caller: Thread;
  readonly core: number;
}

export const fork = kernelFunction(
  {
    name: 'fork',
    section: '13.6',
    doc: 'A second process that shows the same memory. `clone`: what the parent writes and the child has not copied, the child sees. `cow`: neither sees the other.',
    parameters: [],
    result: { kind: 'process' },
    errors: ['ERR_NO_MEMORY', 'ERR_VM_WOULD_OVERCOMMIT', 'ERR_VM_NO_REGION_SLOT', 'ERR_VM_INVALID_ASPACE'],
    steps: {
      1: 'a new address space',
      2: 'a region: shared ones show the same cache, private ones a cache on top of it',
      3: 'cow: the parent’s private writable region gets a cache on top, too',
      4: 'the process and its thread. Failure: the child’s address space is deleted',
    },
  },
  function* (here: Here, { caller, core }: ForkArgs): Steps<Process | VmError> {
    const parent = caller.process;
    yield* waitForForks(here, parent);
    if (parent.aspace === null) return DEAD;
    if (mustFail(here.kernel, ['object-alloc'], here.cluster))
      return refuse(here, 'ERR_NO_MEMORY', 'no memory is left for the process');
    const since = lastNote(here.machine);
    if (here.step('1')) yield;
    parent.forking = true;
    const made = yield* copyAspace(here, parent, `${parent.name}.fork${String(++parent.forks)}`);
    parent.forking = false;
    if (here.step('4')) yield;
    if (typeof made === 'string') return made;
    const { aspace } = made;
    const error = made.error ?? (parent.alive ? undefined : DEAD);
    if (error === undefined) return makeChild(here, aspace, caller, core, since);
    yield* putAspace(here, aspace);
    yield* deleteAspace(here, { aid: aspace.id });
    return error;
  },
);

/** One fork of a process at a time: a second one would move regions that the first is about to move (13.7). */
function* waitForForks(here: Here, parent: Process): Steps<void> {
  while (parent.forking) {
    here.activity.wait = {
      kind: 'condition',
      description: () => `the fork of ${parent.name}`,
      ready: () => !parent.forking,
    };
    yield;
  }
}

interface Copied {
  readonly aspace: VmAddressSpace;
  /** What stopped the copying of regions. */
  readonly error: VmError | undefined;
}

/** Steps 1 to 3. The parent's address space is held meanwhile: another thread may end the process. */
function* copyAspace(here: Here, parent: Process, name: string): Steps<Copied | VmError> {
  const source = yield* getAspaceById(here, { aid: parent.aspace?.id ?? -1 });
  if (source === null) return DEAD;
  const aspace = yield* openAspace(here, name);
  const error = typeof aspace === 'string' ? undefined : yield* copyRegions(here, source, aspace);
  yield* putAspace(here, source);
  return typeof aspace === 'string' ? aspace : { aspace, error: error ?? undefined };
}

function makeChild(
  here: Here,
  aspace: VmAddressSpace,
  caller: Thread,
  core: number,
  since: RegionNote | null,
): Process {
  const parent = caller.process;
  const { name } = aspace;
  const child = newProcess(here.kernel, name, here.cluster, parent);
  const { codeStart, dataStart, stackStart, heap_base, heap_end, heaps, path } = parent;
  Object.assign(child, { codeStart, dataStart, stackStart, heap_base, heap_end, heaps, path, aspace });
  here.kernel.processes.push(child);
  const stack = here.kernel.region_table.get(caller.stack_region);
  const copy = aspace.virtual_map.region_list.find(({ base }) => base === stack?.base);
  registerThread(here.kernel, name, child, core, copy?.id ?? -1);
  noteFork(here.machine, parent.owner, child.owner, since);
  return child;
}

function* copyRegions(here: Here, parent: VmAddressSpace, child: VmAddressSpace): Steps<VmError | void> {
  for (const { id } of [...parent.virtual_map.region_list]) {
    if (here.step('2')) yield;
    // Held meanwhile: another thread may delete it. One that is gone already is not copied.
    const region = yield* getRegionById(here, { rid: id });
    if (region === null) continue;
    const error = yield* forkRegion(here, region, child);
    yield* putRegion(here, region);
    if (error) return error;
  }
}

function* forkRegion(here: Here, region: VmRegion, child: VmAddressSpace): Steps<VmError | void> {
  const error = yield* copyRegion(here, region, child);
  if (error) return error;
  const isCow = here.kernel.options.fork === 'cow' && isPrivate(region) && (region.lock & LOCK_RW) !== 0;
  if (!isCow) return;
  if (here.step('3')) yield;
  return yield* coverRegion(here, { region });
}

/** Caches that faults go through; null and device regions are never private. */
function isPrivate({ sim_share, cache_ref }: VmRegion): boolean {
  return sim_share === 'private' && cache_ref?.cache.store.kind !== 'device' && cache_ref?.cache.store.kind !== 'null';
}

function* copyRegion(here: Here, region: VmRegion, child: VmAddressSpace): Steps<VmError | void> {
  const { name, base, size, id, lock, cache_ref, sim_share } = region;
  const place = { aid: child.id, name, address: base, addr_type: REGION_ADDR_EXACT_ADDRESS };
  if (cache_ref?.cache.store.kind === 'null') {
    const made = yield* createNullRegion(here, { ...place, size });
    return typeof made === 'string' ? made : undefined;
  }
  const mapping = isPrivate(region) ? REGION_PRIVATE_MAP : REGION_NO_PRIVATE_MAP;
  const made = yield* cloneRegion(here, { ...place, source_region: id, mapping, lock });
  if (typeof made === 'string') return made;
  const copy = here.kernel.region_table.get(made.result);
  if (copy !== undefined) copy.sim_share = sim_share;
}

const coverRegion = kernelFunction(
  {
    name: 'cow_region',
    section: '13.7',
    doc: 'Puts a cache on top of the cache that a region shows, which thereby becomes shared and read-only.',
    parameters: [],
    errors: ['ERR_VM_WOULD_OVERCOMMIT', 'ERR_NO_MEMORY'],
    steps: {
      2: 'an anonymous cache on top, charged with the whole window; too little left: ERR_VM_WOULD_OVERCOMMIT',
      3: '+W(map.sem); the region moves from the old cache’s list to the new one’s; one change more; -W',
      4: 'unmap a page of the region; the unlock flushes',
      5: 'a WIRED region: a page is faulted in again (15.5)',
    },
  },
  function* (here: Here, { region }: { region: VmRegion }): Steps<VmError | void> {
    const { aspace, map } = region;
    const below = region.cache_ref as VmCacheRef;
    if (here.step('2')) yield;
    const size = region.cache_offset + region.size;
    const store = yield* vm_store_create_anonymous_noswap(here, {});
    const cover = yield* createCache(here, store, below.cache.scan_skip);
    if (here.kernel.max_commit < size) {
      // It promises nothing yet, and has no source.
      cover.ref_count = 1;
      yield* releaseCacheRef(here, cover);
      return 'ERR_VM_WOULD_OVERCOMMIT';
    }
    here.kernel.max_commit -= size;
    Object.assign(cover.cache, { source: below.cache, virtual_size: size });
    cover.ref_count = 1;
    if (here.step('3')) yield;
    yield* writeLock(here, map.sem);
    const isThere = map.region_list.includes(region);
    if (isThere) {
      yield* moveRegion(here, region, below, cover);
      map.change_count += 1;
    }
    unlock(here, map.sem);
    // Deleted meanwhile, twice, which took the reference held here (4.22).
    if (!isThere) return yield* dropCover(here, cover);
    if (here.step('4')) yield;
    yield* lockMap(here, aspace.translation_map);
    yield* unmapRange(here, region, '4');
    unlockMap(here, aspace.translation_map);
    if (region.wiring !== REGION_WIRING_WIRED) return;
    for (let va = region.base; va < endOf(region); va += 4096) {
      if (here.step('5')) yield;
      const error = yield* softFault(here, { address: va, is_write: false, is_user: false, aspace });
      if (error) return error;
    }
  },
);

/** It shows nothing, and takes its charge along; it has no reference on its source, which the region's would have become. */
function* dropCover(here: Here, cover: VmCacheRef): Steps<void> {
  cover.cache.source = null;
  yield* releaseCacheRef(here, cover);
}

/** Step 3: its reference on the old cache is the new cache's reference on its source from now on. */
function* moveRegion(here: Here, region: VmRegion, from: VmCacheRef, to: VmCacheRef): Steps<void> {
  yield* lockMutex(here, from.lock);
  from.region_list.splice(from.region_list.indexOf(region), 1);
  unlockMutex(here, from.lock);
  yield* lockMutex(here, to.lock);
  to.region_list.unshift(region);
  unlockMutex(here, to.lock);
  region.cache_ref = to;
}

/** Chapter 5: vm_soft_fault, SF1 to SF23. Step labels are the specification's numbers. */
import { clusterOfPpn, copyFrame } from '../../../hardware/physical-memory.ts';
import { emit, EventKind } from '../../../hardware/trace-event.ts';
import { kernelFunction } from '../../../execution/activation.ts';
import { panic } from '../../../execution/panic.ts';
import {
  BUSY_SLEEP, KERNEL_BASE, KERNEL_TOP, LOCK_KERNEL, LOCK_MASK, LOCK_RW, PAGE_PRESENT, PAGE_STATE_ACTIVE, PAGE_STATE_BUSY, PAGE_STATE_CLEAR,
  PAGE_STATE_FREE, PAGE_STATE_INACTIVE, PAGE_STATE_MODIFIED, PAGE_STATE_WIRED, PHYSICAL_PAGE_NO_WAIT, USER_BASE, USER_TOP, WINDOW_SLEEP,
  type VmError,
} from '../base/constants.ts'; // prettier-ignore
import { getCurrentUserAspace, vm_get_kernel_aspace } from './aspaces.ts';
import { acquireCacheRef, chainOf, insertPage, lookupPage, releaseCacheRef, removePage } from '../caches/caches.ts';
import { hasFault, hasPage, readStore } from '../caches/stores.ts';
import { payPages } from '../base/cost.ts';
import { leavePage } from './delete.ts';
import { lookupRegion } from '../caches/lookup.ts';
import { lockMutex, readLock, snooze, unlock, unlockMutex } from '../base/locks.ts';
import { allocatePage, cacheRefOf, setPageState } from '../memory/pages.ts';
import { putAspace } from '../memory/put-aspace.ts';
import { deviceFault } from './device-fault.ts';
import { lockMap, mapPage, query, unlockMap, unmapPage } from '../memory/translation-map.ts';
import { getPhysicalPage, putPhysicalPage } from '../memory/windows.ts';
import {
  currentThread,
  pageDown,
  type DummyPage,
  type Here,
  type Steps,
  type VmAddressSpace,
  type VmCacheRef,
  type VmRegion,
} from '../base/state.ts';

export interface FaultArgs {
  readonly address: number;
  readonly is_write: boolean;
  readonly is_user: boolean;
  /** WIRED regions are filled in their own address space (D13). */
  readonly aspace?: VmAddressSpace;
  /** Told that the page was entered already, with the same rights. */
  readonly finding?: { isDone: boolean } | undefined;
}

/** What a fault carries from SF7 to SF23. */
interface Fault extends FaultArgs {
  readonly a: number;
  readonly space: VmAddressSpace;
  readonly region: VmRegion;
  readonly top: VmCacheRef;
  readonly off: number;
  readonly cc: number;
  readonly dummy: DummyPage;
}

/** The page found or made, and what it was before: MODIFIED and WIRED come back (D7). */
interface Found {
  readonly page: number;
  readonly prior: number;
}

export const softFault = kernelFunction(
  {
    name: 'vm_soft_fault',
    section: '5',
    doc: 'Resolves a page fault: finds the page along the chain of caches, or makes it, copies it up for a write, and enters it.',
    parameters: [
      { name: 'address', type: { kind: 'address' } },
      { name: 'is_write', type: { kind: 'boolean' } },
      { name: 'is_user', type: { kind: 'boolean' } },
    ],
    errors: ['ERR_VM_PF_FATAL', 'ERR_VM_PF_BAD_ADDRESS', 'ERR_VM_PF_BAD_PERM', 'ERR_IO_ERROR', 'ERR_GENERAL'],
    steps: {
      SF1: 'round the address down',
      SF2: 'the kernel’s or the current user’s address space; neither: ERR_VM_PF_FATAL',
      SF3: 'one fault more',
      SF4: '+R(map.sem); the region; none: ERR_VM_PF_BAD_ADDRESS',
      SF5: 'a user in a kernel region: ERR_VM_PF_BAD_PERM',
      SF6: 'a write to a read-only region: ERR_VM_PF_BAD_PERM',
      SF7: 'the top cache and the offset in it; a reference; -R',
      SF8: 'the store handles faults itself (device, null)',
      SF9: 'a dummy page; from the top cache down',
      SF10: '+L(cache lock)',
      SF11: 'the page at the offset',
      SF11a: 'found: its state is remembered; BUSY; -L',
      SF11b: 'BUSY, or somebody’s dummy: -L, sleep 20 ms, +L, look again',
      SF11c: 'none',
      SF12: 'nothing in the top cache: the dummy keeps others from following',
      SF13: 'has the store the page? Else on to the source',
      SF14: 'a page, a window, read the store',
      SF15: 'insert it, unless somebody was faster (D5)',
      SF16: 'end of the chain: a clear page; for a write in the top cache, for a read in the deepest',
      SF17a: 'a write, and the page lies deeper: a page for the copy',
      SF17b: 'windows onto both; none for the second: put the first, sleep 5 ms, again',
      SF17c: 'copy 4096 bytes',
      SF17d: 'put both windows',
      SF17e: 'the source is MODIFIED or WIRED again, else ACTIVE (D7)',
      SF17f: 'the dummy leaves, the copy goes into the top cache',
      SF17g: 'whoever still sees the deeper page here through the top cache loses it (D8)',
      SF18: '+R(map.sem); the map changed: is the region still the one?',
      SF19: 'enter it: with the region’s rights, read-only if the page lies deeper',
      SF20: '-R(map.sem)',
      SF21: 'the dummy leaves its cache',
      SF22: 'the page’s state: MODIFIED or WIRED again, else ACTIVE',
      SF23: 'release the cache, put the address space',
    },
  },
  function* (here: Here, args: FaultArgs): Steps<VmError | void> {
    if (here.step('SF1')) yield;
    const a = pageDown(args.address);
    if (here.step('SF2')) yield;
    const space = yield* findSpace(here, a, args);
    if (space === null) return 'ERR_VM_PF_FATAL';
    if (here.step('SF3')) yield;
    space.fault_count += 1;
    const error = yield* faultIn(here, args, a, space);
    yield* putAspace(here, space);
    return error;
  },
);

function* findSpace(here: Here, a: number, { is_user, aspace }: FaultArgs): Steps<VmAddressSpace | null> {
  if (aspace !== undefined) {
    aspace.ref_count += 1;
    return aspace;
  }
  if (a >= KERNEL_BASE && a <= KERNEL_TOP) return yield* vm_get_kernel_aspace(here, undefined);
  if (a < USER_BASE || a > USER_TOP) return null;
  const current = yield* getCurrentUserAspace(here, undefined);
  // A thread of a process that ends meanwhile has none any more, either: it ends, too.
  const isEnding = currentThread(here)?.process.alive === false;
  if (current === null && is_user && !isEnding) panic(here, 'user mode fault without an address space');
  return current;
}

/** SF4 to SF8. */
function* faultIn(here: Here, args: FaultArgs, a: number, space: VmAddressSpace): Steps<VmError | void> {
  const map = space.virtual_map;
  if (here.step('SF4')) yield;
  yield* readLock(here, map.sem);
  const region = lookupRegion(map, a);
  if (region === null) {
    unlock(here, map.sem);
    return 'ERR_VM_PF_BAD_ADDRESS';
  }
  if (here.step('SF5')) yield;
  let isForbidden = args.is_user && (region.lock & LOCK_KERNEL) !== 0;
  if (!isForbidden) {
    if (here.step('SF6')) yield;
    isForbidden = args.is_write && (region.lock & LOCK_RW) === 0;
  }
  if (isForbidden) {
    unlock(here, map.sem);
    return 'ERR_VM_PF_BAD_PERM';
  }
  if (here.step('SF7')) yield;
  const top = region.cache_ref as VmCacheRef;
  const off = a - region.base + region.cache_offset;
  acquireCacheRef(top, true);
  const cc = map.change_count;
  unlock(here, map.sem);
  const { store } = top.cache;
  let error: VmError | void;
  if (hasFault(store)) {
    if (here.step('SF8')) yield;
    error = store.kind === 'null' ? 'ERR_VM_PF_FATAL' : yield* deviceFault(here, { aspace: space, top, off });
  } else {
    const dummy: DummyPage = {
      type: 'dummy_page',
      id: here.kernel.nextDummy--,
      state: PAGE_STATE_INACTIVE,
      offset: 0,
      cache_ref: null,
    };
    here.kernel.dummies.set(dummy.id, dummy);
    error = yield* resolveFault(here, {
      ...args,
      a,
      space,
      region,
      top,
      off,
      cc,
      dummy,
    });
    here.kernel.dummies.delete(dummy.id);
  }
  if (here.step('SF23')) yield;
  yield* releaseCacheRef(here, top);
  return error;
}

/** SF9 to SF22, again from the start where another thread changed what was found (H6). */
function* resolveFault(here: Here, fault: Fault): Steps<VmError | void> {
  for (;;) {
    if (here.step('SF9')) yield;
    const first = yield* findPage(here, fault);
    if (typeof first === 'string') return first;
    let found: Found = first;
    if (fault.is_write && cacheRefOf(here.kernel, first.page) !== fault.top) {
      if (here.step('SF17a')) yield;
      if (isShadowed(here, fault, first.page)) {
        yield* startAgain(here, fault, first);
        continue;
      }
      found = yield* copyUp(here, fault, first);
    }
    if (here.step('SF18')) yield;
    yield* readLock(here, fault.space.virtual_map.sem);
    if (isShadowed(here, fault, found.page)) {
      unlock(here, fault.space.virtual_map.sem);
      yield* startAgain(here, fault, found);
      continue;
    }
    const region = regionStill(fault);
    if (typeof region === 'object') {
      if (here.step('SF19')) yield;
      yield* enter(here, fault, region, found.page);
    }
    if (here.step('SF20')) yield;
    unlock(here, fault.space.virtual_map.sem);
    yield* giveUp(here, fault, found);
    return region === 'gone' ? 'ERR_VM_PF_BAD_ADDRESS' : undefined;
  }
}

/** SF21, SF22. */
function* giveUp(here: Here, fault: Fault, { page, prior }: Found): Steps<void> {
  if (here.step('SF21')) yield;
  yield* removeDummy(here, fault);
  if (here.step('SF22')) yield;
  restoreState(here, page, prior);
}

/** H6: the page is given back as it was, and the fault begins again at SF9. */
function* startAgain(here: Here, fault: Fault, { page, prior }: Found): Steps<void> {
  if (here.step('SF22')) yield;
  restoreState(here, page, prior);
  if (here.step('SF21')) yield;
  yield* removeDummy(here, fault);
}

function restoreState(here: Here, page: number, prior: number): void {
  const { pages } = here.kernel;
  const isLate = pages.late_dirty[page] === 1;
  pages.late_dirty[page] = 0;
  const kept = prior === PAGE_STATE_MODIFIED || prior === PAGE_STATE_WIRED ? prior : PAGE_STATE_ACTIVE;
  setPageState(here, page, isLate && kept === PAGE_STATE_ACTIVE ? PAGE_STATE_MODIFIED : kept);
}

function* removeDummy(here: Here, { dummy }: Fault): Steps<void> {
  const ref = dummy.cache_ref;
  if (ref === null) return;
  yield* lockMutex(here, ref.lock);
  dropDummy(here, dummy);
  unlockMutex(here, ref.lock);
}

/** Under the cache's lock. */
function dropDummy(here: Here, dummy: DummyPage): void {
  if (dummy.cache_ref !== null) removePage(here.kernel, dummy.cache_ref.cache, dummy.id);
  dummy.state = PAGE_STATE_INACTIVE;
}

/** H6: a cache above the page's own has a page of its own there by now. */
function isShadowed(here: Here, { top, off }: Fault, page: number): boolean {
  const owner = cacheRefOf(here.kernel, page);
  for (const cache of chainOf(top.cache)) {
    if (cache.ref === owner) return false;
    const above = cache.pages.get(off);
    if (above !== undefined && above >= 0) return true;
  }
  return false;
}

/** SF10 to SF16: the page, BUSY now. */
function* findPage(here: Here, fault: Fault): Steps<Found | VmError> {
  const { top, off } = fault;
  let cur: VmCacheRef = top;
  let isLocked = false;
  for (;;) {
    if (!isLocked) {
      if (here.step('SF10')) yield;
      yield* lockMutex(here, cur.lock);
    }
    isLocked = false;
    const found = yield* lookUp(here, cur, off);
    if (found !== null) return found;
    if (cur === top) {
      if (here.step('SF12')) yield;
      fault.dummy.state = PAGE_STATE_BUSY;
      insertPage(here.kernel, cur, fault.dummy.id, off);
    }
    if (here.step('SF13')) yield;
    if (hasPage(cur.cache.store)) {
      const read = yield* readIn(here, fault, cur);
      if (read !== 'again') return read;
      isLocked = true;
      continue;
    }
    unlockMutex(here, cur.lock);
    const source: VmCacheRef | null = cur.cache.source?.ref ?? null;
    if (source === null) {
      const made = yield* makePage(here, fault, cur);
      if (made !== 'again') return made;
      isLocked = true;
      continue;
    }
    cur = source;
  }
}

/** SF11, with the lock held; null with the lock still held: nothing there. Given back otherwise. */
function* lookUp(here: Here, cur: VmCacheRef, off: number): Steps<Found | null> {
  const { kernel } = here;
  for (;;) {
    if (here.step('SF11')) yield;
    const page = lookupPage(cur, off);
    if (page === null) {
      if (here.step('SF11c')) yield;
      return null;
    }
    const state = page >= 0 ? (kernel.pages.state[page] as number) : PAGE_STATE_BUSY;
    if (state !== PAGE_STATE_BUSY) {
      if (here.step('SF11a')) yield;
      setPageState(here, page, PAGE_STATE_BUSY);
      unlockMutex(here, cur.lock);
      return { page, prior: state };
    }
    if (here.step('SF11b')) yield;
    unlockMutex(here, cur.lock);
    yield* snooze(here, BUSY_SLEEP);
    yield* lockMutex(here, cur.lock);
  }
}

/** SF14, SF15. `again`: somebody else's page sits there by now; look again, with the cache's lock held. */
function* readIn(here: Here, fault: Fault, cur: VmCacheRef): Steps<Found | VmError | 'again'> {
  const { top, off, dummy } = fault;
  if (here.step('SF14')) yield;
  unlockMutex(here, cur.lock);
  const page = yield* allocatePage(here, PAGE_STATE_FREE);
  yield* getPhysicalPage(here, page * 4096);
  const error = yield* readStore(here, cur.cache.store, off, page);
  yield* putPhysicalPage(here, page * 4096);
  if (error) {
    setPageState(here, page, PAGE_STATE_FREE);
    yield* removeDummy(here, fault);
    return error;
  }
  if (here.step('SF15')) yield;
  yield* lockMutex(here, cur.lock);
  const other = lookupPage(cur, off);
  if (other !== null && other !== dummy.id) {
    setPageState(here, page, PAGE_STATE_FREE);
    return 'again';
  }
  if (cur === top) dropDummy(here, dummy);
  insertPage(here.kernel, cur, page, off);
  unlockMutex(here, cur.lock);
  return { page, prior: -1 };
}

/** SF16; `again` as in SF15. */
function* makePage(here: Here, fault: Fault, last: VmCacheRef): Steps<Found | 'again'> {
  const { top, off, dummy, is_write } = fault;
  if (here.step('SF16')) yield;
  const target = is_write ? top : last;
  const page = yield* allocatePage(here, PAGE_STATE_CLEAR);
  yield* lockMutex(here, target.lock);
  const other = lookupPage(target, off);
  if (target !== top && other !== null) {
    setPageState(here, page, PAGE_STATE_CLEAR);
    return 'again';
  }
  if (dummy.cache_ref === target) dropDummy(here, dummy);
  insertPage(here.kernel, target, page, off);
  unlockMutex(here, target.lock);
  yield* removeDummy(here, fault);
  return { page, prior: -1 };
}

/** SF17. */
function* copyUp(here: Here, fault: Fault, { page: source, prior }: Found): Steps<Found> {
  const { top, off, dummy } = fault;
  const page = yield* allocatePage(here, PAGE_STATE_FREE);
  yield* openWindows(here, source, page);
  if (here.step('SF17c')) yield;
  copyFrame(here.machine, page, source);
  payPages(here, source, page);
  emit(here.machine, EventKind.pageCopy, clusterOfPpn(here.machine, page), { from: source, to: page });
  if (here.step('SF17d')) yield;
  yield* putPhysicalPage(here, source * 4096);
  yield* putPhysicalPage(here, page * 4096);
  if (here.step('SF17e')) yield;
  restoreState(here, source, prior);
  if (here.step('SF17f')) yield;
  yield* lockMutex(here, top.lock);
  if (dummy.cache_ref === top) dropDummy(here, dummy);
  insertPage(here.kernel, top, page, off);
  unlockMutex(here, top.lock);
  yield* removeDummy(here, fault);
  yield* removeStale(here, top, off);
  return { page, prior: -1 };
}

/** Both or none: who holds one and waits for the other could wait for ever. */
function* openWindows(here: Here, source: number, page: number): Steps<void> {
  for (;;) {
    if (here.step('SF17b')) yield;
    yield* getPhysicalPage(here, source * 4096);
    const second = yield* getPhysicalPage(here, page * 4096, PHYSICAL_PAGE_NO_WAIT);
    if (typeof second === 'number') return;
    yield* putPhysicalPage(here, source * 4096);
    yield* snooze(here, WINDOW_SLEEP);
  }
}

/** 5.2: whoever sees the offset through the top cache, and still a deeper page, faults again. */
function* removeStale(here: Here, top: VmCacheRef, off: number): Steps<void> {
  for (const ref of [...here.kernel.cache_refs.values()]) {
    if (ref !== top && !chainOf(ref.cache).includes(top.cache)) continue;
    for (const region of [...ref.region_list]) {
      if (off < region.cache_offset || off >= region.cache_offset + region.size) continue;
      if (here.step('SF17g')) yield;
      if (!ref.region_list.includes(region)) continue;
      const map = region.aspace.translation_map;
      const va = region.base + off - region.cache_offset;
      yield* lockMap(here, map);
      const mapping = query(here.machine, map, va);
      const isThere = (mapping.flags & PAGE_PRESENT) !== 0 && ref.region_list.includes(region);
      if (isThere && isDeeper(here, top, mapping.pa / 4096)) {
        leavePage(here, mapping);
        unmapPage(here, map, va);
      }
      unlockMap(here, map);
    }
  }
}

function isDeeper(here: Here, top: VmCacheRef, page: number): boolean {
  const owner = cacheRefOf(here.kernel, page);
  return owner !== null && chainOf(top.cache).slice(1).includes(owner.cache);
}

/** SF18, H7: `moved`: the same region shows another cache by now (13.7); the access is simply tried again. */
function regionStill({ space, cc, a, top, off, region }: Fault): VmRegion | 'moved' | 'gone' {
  const map = space.virtual_map;
  if (map.change_count === cc) return region;
  const now = lookupRegion(map, a);
  if (now === null) return 'gone';
  if (now.id === region.id && now.cache_ref !== top) return 'moved';
  return now.cache_ref === top && a - now.base + now.cache_offset === off ? now : 'gone';
}

/** SF19. */
function* enter(here: Here, { a, space, top, finding }: Fault, { lock }: VmRegion, page: number): Steps<void> {
  const { kernel, machine } = here;
  const { pages } = kernel;
  const map = space.translation_map;
  const attributes = cacheRefOf(kernel, page) === top ? lock : lock & ~LOCK_RW;
  yield* lockMap(here, map);
  const old = query(machine, map, a);
  const isPresent = (old.flags & PAGE_PRESENT) !== 0;
  const isSame = isPresent && old.pa / 4096 === page;
  if (finding !== undefined) finding.isDone = isSame && (old.flags & LOCK_MASK) === attributes;
  if (isPresent && !isSame) leavePage(here, old);
  if (!isSame) pages.ref_count[page] = (pages.ref_count[page] as number) + 1;
  yield* mapPage(here, { map, va: a, pa: page * 4096, attributes });
  unlockMap(here, map);
}

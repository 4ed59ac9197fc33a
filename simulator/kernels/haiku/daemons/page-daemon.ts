/** 7.10, 7.11: the page daemon: working sets and trimming. */
import { kernelFunction } from '../../../execution/activation.ts';
import {
  MAX_FAULTS_PER_SECOND,
  MIN_FAULTS_PER_SECOND,
  PAGE_ACCESSED,
  PAGE_MODIFIED,
  PAGE_PRESENT,
  PAGE_SCAN_QUANTUM,
  PAGE_STATE_ACTIVE,
  PAGE_STATE_BUSY,
  PAGE_STATE_INACTIVE,
  PAGE_STATE_MODIFIED,
  PAGE_STATE_WIRED,
  WORKING_SET_ADJUST_INTERVAL,
  WORKING_SET_DECREMENT,
  WORKING_SET_INCREMENT,
} from '../base/constants.ts';
import { vm_aspace_walk_next, vm_aspace_walk_start } from '../regions/aspaces.ts';
import { lockMutex, readLock, unlock, unlockMutex } from '../base/locks.ts';
import { freePageCount, setPageState } from '../memory/pages.ts';
import { putAspace } from '../memory/put-aspace.ts';
import {
  clearFlags,
  flushMap,
  hasTable,
  lastOfTable,
  lockMap,
  query,
  unlockMap,
  unmapPage,
} from '../memory/translation-map.ts';
import {
  endOf,
  type HaikuState,
  type Here,
  type Steps,
  type VmAddressSpace,
  type VmCacheRef,
  type VmRegion,
} from '../base/state.ts';

export const pageDaemon = kernelFunction(
  {
    name: 'page_daemon',
    section: '7.10',
    doc: 'Adjusts working sets by their fault rate, and trims them while memory is short.',
    parameters: [],
    errors: [],
    steps: {
      2: 'the next address space, fetched before the last is put',
      '2a': 'how much it has mapped',
      '2b': 'its working set, by the faults a second',
      '2c': 'trimming begins below the low water mark, and ends above the high one',
      '2d': 'how much it is above its working set',
      '2e': 'scan its pages',
    },
  },
  function* (here: Here, { at }: { at: number }): Steps<void> {
    if (here.step('2')) yield;
    const { iterator } = yield* vm_aspace_walk_start(here, undefined);
    let aspace = yield* vm_aspace_walk_next(here, { iterator });
    while (aspace !== null) {
      yield* watch(here, aspace, at);
      if (here.step('2')) yield;
      const next: VmAddressSpace | null = yield* vm_aspace_walk_next(here, { iterator });
      yield* putAspace(here, aspace);
      aspace = next;
    }
  },
);

function* watch(here: Here, aspace: VmAddressSpace, at: number): Steps<void> {
  if (here.step('2a')) yield;
  const { map_count } = aspace.translation_map;
  if (here.step('2b')) yield;
  adjust(aspace, map_count, at);
  if (here.step('2c')) yield;
  trim(here.kernel);
  if (here.step('2d')) yield;
  const excess = map_count - aspace.working_set_size;
  const target = here.kernel.trimming_cycle && excess > 0 ? excess : 0;
  if (here.step('2e')) yield;
  yield* scanPages(here, { aspace, target });
}

function adjust(aspace: VmAddressSpace, mapped: number, at: number): void {
  const elapsed = at - aspace.last_working_set_adjust;
  if (elapsed <= WORKING_SET_ADJUST_INTERVAL) return;
  const rate = Math.floor((aspace.fault_count * 1_000_000) / elapsed);
  aspace.last_working_set_adjust = at;
  aspace.fault_count = 0;
  const { working_set_size, max_working_set, min_working_set } = aspace;
  if (rate > MAX_FAULTS_PER_SECOND && mapped >= working_set_size && working_set_size < max_working_set)
    aspace.working_set_size += WORKING_SET_INCREMENT;
  else if (rate < MIN_FAULTS_PER_SECOND && mapped <= working_set_size && working_set_size > min_working_set)
    aspace.working_set_size -= WORKING_SET_DECREMENT;
}

function trim(kernel: HaikuState): void {
  const free = freePageCount(kernel);
  if (!kernel.trimming_cycle && free < kernel.free_memory_low_water) {
    kernel.trimming_cycle = true;
    if (kernel.pages.queues.page_modified_queue.count > 0) kernel.modified_pages_available.count += 1;
  } else if (kernel.trimming_cycle && free > kernel.free_memory_high_water) kernel.trimming_cycle = false;
}

interface Scan {
  readonly aspace: VmAddressSpace;
  target: number;
  quantum: number;
}

export const scanPages = kernelFunction(
  {
    name: 'scan_pages',
    section: '7.11',
    doc: 'Looks at the accessed and dirty bits of an address space’s pages, and unmaps those that were not accessed.',
    parameters: [
      { name: 'aspace', type: { kind: 'object', type: 'vm_address_space' } },
      { name: 'target', type: { kind: 'integer' } },
    ],
    errors: [],
    steps: {
      1: '+R(map.sem)',
      2: 'the first region not scanned yet',
      3: 'the next page: unmap it if it was not accessed and there is too much, else clear its accessed bit; dirty: MODIFIED',
      4: 'where the next scan begins',
      5: '-R',
    },
  },
  function* (here: Here, { aspace, target }: { aspace: VmAddressSpace; target: number }): Steps<void> {
    const { region_list, sem } = aspace.virtual_map;
    if (here.step('1')) yield;
    yield* readLock(here, sem);
    if (here.step('2')) yield;
    const from = Math.max(
      0,
      region_list.findIndex((region) => endOf(region) - 1 >= aspace.scan_va),
    );
    const first = region_list[from];
    const scan: Scan = { aspace, target, quantum: PAGE_SCAN_QUANTUM };
    for (let index = 0; index < region_list.length && scan.quantum > 0; index++)
      yield* scanRegion(here, scan, region_list[(from + index) % region_list.length] as VmRegion);
    if (here.step('4')) yield;
    if (first !== undefined) aspace.scan_va = endOf(first);
    if (here.step('5')) yield;
    unlock(here, sem);
  },
);

function* scanRegion(here: Here, scan: Scan, region: VmRegion): Steps<void> {
  const ref = region.cache_ref as VmCacheRef;
  yield* lockMutex(here, ref.lock);
  if (!ref.cache.scan_skip) {
    for (let va = region.base; va < endOf(region) && scan.quantum > 0; va += 4096) {
      const { pa, flags } = query(here.machine, scan.aspace.translation_map, va);
      if ((flags & PAGE_PRESENT) === 0) {
        if (pa === 0 && !hasTable(here, scan.aspace.translation_map, va)) va = lastOfTable(va);
        continue;
      }
      if (here.step('3')) yield;
      yield* scanPage(here, scan, va);
    }
  }
  unlockMutex(here, ref.lock);
}

function* scanPage(here: Here, scan: Scan, va: number): Steps<void> {
  const { kernel, machine } = here;
  const { pages } = kernel;
  const map = scan.aspace.translation_map;
  yield* lockMap(here, map);
  const { pa, flags } = query(machine, map, va);
  const page = pa / 4096;
  const state = pages.state[page];
  const isPresent = (flags & PAGE_PRESENT) !== 0;
  const isEligible = isPresent && page < pages.num_pages && state !== PAGE_STATE_BUSY && state !== PAGE_STATE_WIRED;
  if (isEligible) {
    let seen = flags;
    const isTrimmed = scan.target > 0;
    if (isTrimmed && (flags & PAGE_ACCESSED) === 0 && state === PAGE_STATE_ACTIVE) {
      unmapPage(here, map, va);
      flushMap(here, map);
      seen |= query(machine, map, va).flags;
      clearFlags(here, map, va, PAGE_MODIFIED | PAGE_ACCESSED);
      pages.ref_count[page] = (pages.ref_count[page] as number) - 1;
      if (pages.ref_count[page] === 0) {
        setPageState(here, page, PAGE_STATE_INACTIVE);
        scan.target -= 1;
      }
    } else if (isTrimmed && (flags & PAGE_ACCESSED) !== 0) clearFlags(here, map, va, PAGE_ACCESSED);
    const current = pages.state[page];
    const isDirty = (seen & PAGE_MODIFIED) !== 0;
    if (isDirty && (current === PAGE_STATE_ACTIVE || current === PAGE_STATE_INACTIVE))
      setPageState(here, page, PAGE_STATE_MODIFIED);
    scan.quantum -= 1;
  }
  unlockMap(here, map);
}

/** 4.20 to 4.24: the end of a region. */
import { emitRemoval } from '../../../hardware/region-log.ts';
import { emit } from '../../../hardware/trace-event.ts';
import { kernelFunction } from '../../../execution/activation.ts';
import { panic } from '../../../execution/panic.ts';
import {
  PAGE_MODIFIED, PAGE_PRESENT, PAGE_STATE_ACTIVE, PAGE_STATE_BUSY, PAGE_STATE_INACTIVE, PAGE_STATE_MODIFIED,
} from '../base/constants.ts'; // prettier-ignore
import { Own } from '../base/events.ts';
import { releaseCacheRef, vm_cache_remove_region } from '../caches/caches.ts';
import { unlock, writeLock } from '../base/locks.ts';
import { hasFault } from '../caches/stores.ts';
import { cacheRefOf, setPageState } from '../memory/pages.ts';
import { putAspace } from '../memory/put-aspace.ts';
import {
  hasTable,
  lastOfTable,
  lockMap,
  query,
  unlockMap,
  unmapPage,
  type Mapping,
} from '../memory/translation-map.ts';
import { endOf, type Here, type Steps, type VmRegion } from '../base/state.ts';
import { rangeOf } from './region-range.ts';

/** D1, D9, H4: one mapping of a page less; what was written through it is not forgotten. */
export function leavePage(here: Here, { pa, flags }: Mapping): void {
  const { kernel } = here;
  const { pages } = kernel;
  const page = pa / 4096;
  if ((flags & PAGE_PRESENT) === 0 || page >= pages.num_pages) return;
  pages.ref_count[page] = (pages.ref_count[page] as number) - 1;
  noteDirty(here, page, flags);
}

/** The dirty rule of 4.23 step 11: only what has a place to be written to. */
export function noteDirty(here: Here, page: number, flags: number): void {
  const { kernel } = here;
  const { pages } = kernel;
  const ref = cacheRefOf(kernel, page);
  if ((flags & PAGE_MODIFIED) === 0 || ref === null || ref.cache.temporary) return;
  const state = pages.state[page];
  if (state === PAGE_STATE_ACTIVE || state === PAGE_STATE_INACTIVE) setPageState(here, page, PAGE_STATE_MODIFIED);
  else if (state === PAGE_STATE_BUSY) pages.late_dirty[page] = 1;
}

/** Step 11, under the map's lock: every page of a range. Only tables that exist are looked at. */
export function* unmapRange(here: Here, region: VmRegion, label: string): Steps<void> {
  const map = region.aspace.translation_map;
  const store = region.cache_ref?.cache.store;
  // IOSPACE, a null region, shows pages that are not its own, like a device.
  const isDevice = store !== undefined && hasFault(store);
  for (let va = region.base; va < endOf(region); va += 4096) {
    const mapping = query(here.machine, map, va);
    if ((mapping.flags & PAGE_PRESENT) === 0) {
      // A whole table that is absent is skipped at once.
      if (mapping.pa === 0 && !hasTable(here, map, va)) va = lastOfTable(va);
      continue;
    }
    if (here.step(label)) yield;
    if (!isDevice) leavePage(here, mapping);
    unmapPage(here, map, va);
  }
}

export const putRegionLocked = kernelFunction(
  {
    name: '_vm_put_region',
    section: '4.23',
    doc: 'Drops a reference of a region; the last one unmaps and frees it.',
    parameters: [
      { name: 'region', type: { kind: 'object', type: 'vm_region' } },
      { name: 'aspace_locked', type: { kind: 'boolean' }, default: false },
    ],
    errors: [],
    steps: {
      1: '+W(region_hash_sem)',
      2: 'one reference less',
      3: 'at 0 it leaves the table',
      4: '-W',
      5: 'not the last: return',
      6: '+W(map.sem), unless the caller has it',
      7: 'unlink it; one change more',
      8: 'the hint forgets it',
      9: '-W(map.sem)',
      10: 'leave the cache’s list',
      11: 'a page: one mapping less, dirty pages of files become MODIFIED; unmap it. The unlock flushes',
      12: 'release the cache',
      13: 'put the address space',
      14: 'free name and region',
    },
  },
  function* (here: Here, { region, aspace_locked }: { region: VmRegion; aspace_locked: boolean }): Steps<void> {
    const { kernel } = here;
    if (here.step('1')) yield;
    yield* writeLock(here, kernel.region_hash_sem);
    if (here.step('2')) yield;
    region.ref_count -= 1;
    const isLast = region.ref_count === 0;
    if (isLast) {
      if (here.step('3')) yield;
      kernel.region_table.delete(region.id);
    }
    if (here.step('4')) yield;
    unlock(here, kernel.region_hash_sem);
    if (here.step('5')) yield;
    if (isLast) yield* end(here, region, aspace_locked);
  },
);

/** Steps 6 to 14. */
function* end(here: Here, region: VmRegion, aspace_locked: boolean): Steps<void> {
  const { map, aspace } = region;
  if (!aspace_locked) {
    if (here.step('6')) yield;
    yield* writeLock(here, map.sem);
  }
  if (here.step('7')) yield;
  const place = map.region_list.indexOf(region);
  if (place < 0) panic(here, '_vm_put_region: the region is not on its list');
  map.region_list.splice(place, 1);
  map.change_count += 1;
  if (here.step('8')) yield;
  if (map.region_hint === region) map.region_hint = null;
  emitRemoval(here.machine, here.cluster, rangeOf(here, region));
  if (!aspace_locked) {
    if (here.step('9')) yield;
    unlock(here, map.sem);
  }
  // Read only now: until it was off the list, a fork could give it another cache (13.7).
  const { cache_ref } = region;
  if (cache_ref === null) return panic(here, '_vm_put_region: no cache');
  if (here.step('10')) yield;
  yield* vm_cache_remove_region(here, { ref: cache_ref, region });
  if (here.step('11')) yield;
  yield* lockMap(here, aspace.translation_map);
  yield* unmapRange(here, region, '11');
  unlockMap(here, aspace.translation_map);
  if (here.step('12')) yield;
  yield* releaseCacheRef(here, cache_ref);
  if (here.step('13')) yield;
  yield* putAspace(here, aspace);
  if (here.step('14')) yield;
  region.freed = '_vm_put_region step 14';
}

/** Deleted already: the reference that goes is a holder's (4.22). */
export function giveUp(here: Here, region: VmRegion): void {
  if (region.deleted) {
    emit(here.machine, Own['refcount-steal'], here.cluster, { region: region.id });
    region.held = Math.max(0, region.held - 1);
  }
  region.deleted = true;
}

export function putRegion(here: Here, region: VmRegion): Steps<void> {
  return putRegionLocked(here, { region, aspace_locked: false });
}

export const vm_put_region = kernelFunction(
  {
    name: 'vm_put_region',
    section: '4.24',
    doc: 'Drops a reference of a region.',
    parameters: [{ name: 'region', type: { kind: 'object', type: 'vm_region' } }],
    errors: [],
    steps: { 1: '_vm_put_region, the list not locked' },
  },
  function* (here: Here, { region }: { region: VmRegion }): Steps<void> {
    if (here.step('1')) yield;
    yield* putRegion(here, region);
  },
);

/** 7.9: the pageout daemon. */
import { kernelFunction } from '../../../execution/activation.ts';
import {
  PAGE_MODIFIED,
  PAGE_STATE_ACTIVE,
  PAGE_STATE_BUSY,
  PAGE_STATE_INACTIVE,
  PAGE_STATE_MODIFIED,
} from '../base/constants.ts';
import { acquireCacheRef, releaseCacheRef } from '../caches/caches.ts';
import { writeStore } from '../caches/stores.ts';
import { lockMutex, unlockMutex } from '../base/locks.ts';
import { cacheRefOf, dequeue, enqueue } from '../memory/pages.ts';
import { clearFlags, lockMap, unlockMap } from '../memory/translation-map.ts';
import { getPhysicalPage, putPhysicalPage } from '../memory/windows.ts';
import { type HaikuState, type Here, type Steps, type VmCacheRef } from '../base/state.ts';

/** n is read once; an empty queue ends the round (H14). */
export const pageout = kernelFunction(
  {
    name: 'pageout_daemon',
    section: '7.9',
    doc: 'Writes modified pages to their files.',
    parameters: [],
    errors: [],
    steps: {
      1: 'acquire modified_pages_available',
      2: 'how many pages are modified',
      '3a': '+K; the oldest: BUSY, off its queue, a reference on its cache; -K',
      '3b': 'anonymous, and memory is not short: put it back',
      '3c': 'clear the dirty bit of every region that shows it',
      '3d': 'a window; write it',
      '3e': 'ACTIVE while it is mapped, else INACTIVE; it could not be written: put it back, for another round',
      '3f': 'release the cache',
    },
  },
  function* (here: Here): Steps<void> {
    const { kernel } = here;
    const { queues } = kernel.pages;
    if (here.step('1')) yield;
    if (kernel.modified_pages_available.count > 0) kernel.modified_pages_available.count -= 1;
    if (here.step('2')) yield;
    const { count } = queues.page_modified_queue;
    for (let turns = 0; turns < count; turns++) {
      if (here.step('3a')) yield;
      const page = dequeue(kernel, queues.page_modified_queue);
      if (page < 0) return;
      const ref = seize(kernel, page);
      if (ref === null) continue;
      yield* writeOut(here, page, ref);
      if (here.step('3f')) yield;
      yield* releaseCacheRef(here, ref);
    }
  },
);

/** 3a: BUSY and on no queue, with a reference on its cache. Null, and put back: it has none, or one that is going (H5). */
function seize(kernel: HaikuState, page: number): VmCacheRef | null {
  const ref = cacheRefOf(kernel, page);
  if (ref === null || ref.ref_count === 0 || ref.cache.store.vnode?.dying === true) {
    putBack(kernel, page);
    return null;
  }
  kernel.pages.state[page] = PAGE_STATE_BUSY;
  acquireCacheRef(ref, true);
  return ref;
}

function* writeOut(here: Here, page: number, ref: VmCacheRef): Steps<void> {
  const { kernel } = here;
  const { pages } = kernel;
  const offset = pages.offset[page] as number;
  if (ref.cache.temporary && !kernel.trimming_cycle) {
    if (here.step('3b')) yield;
    putBack(kernel, page);
    return;
  }
  if (here.step('3c')) yield;
  yield* cleanMappings(here, ref, offset);
  if (here.step('3d')) yield;
  yield* getPhysicalPage(here, page * 4096);
  const error = yield* writeStore(here, ref.cache.store, offset, page);
  yield* putPhysicalPage(here, page * 4096);
  if (here.step('3e')) yield;
  const isLate = pages.late_dirty[page] === 1;
  pages.late_dirty[page] = 0;
  if (error) {
    // What could not be written is not lost: the next round tries again.
    putBack(kernel, page);
    kernel.modified_pages_available.count += 1;
    return;
  }
  const clean = (pages.ref_count[page] as number) > 0 ? PAGE_STATE_ACTIVE : PAGE_STATE_INACTIVE;
  pages.state[page] = isLate ? PAGE_STATE_MODIFIED : clean;
  enqueue(kernel, isLate ? pages.queues.page_modified_queue : pages.queues.page_active_queue, page);
}

/** At the head of its queue, without an announcement. */
function putBack(kernel: HaikuState, page: number): void {
  const { pages, modified_pages_available } = kernel;
  const announced = modified_pages_available.count;
  pages.state[page] = PAGE_STATE_MODIFIED;
  enqueue(kernel, pages.queues.page_modified_queue, page);
  modified_pages_available.count = announced;
}

function* cleanMappings(here: Here, ref: VmCacheRef, offset: number): Steps<void> {
  yield* lockMutex(here, ref.lock);
  for (const region of ref.region_list) {
    if (offset < region.cache_offset || offset >= region.cache_offset + region.size) continue;
    const map = region.aspace.translation_map;
    yield* lockMap(here, map);
    clearFlags(here, map, region.base + offset - region.cache_offset, PAGE_MODIFIED);
    unlockMap(here, map);
  }
  unlockMutex(here, ref.lock);
}

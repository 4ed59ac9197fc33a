/** 4.12 step 9: pages in contiguous frames. */
import { copyFrame } from '../../../hardware/physical-memory.ts';
import { payPages } from '../base/cost.ts';
import {
  BUSY_SLEEP, PAGE_PRESENT, PAGE_STATE_BUSY, PAGE_STATE_CLEAR, PAGE_STATE_FREE, PAGE_STATE_WIRED,
} from '../base/constants.ts'; // prettier-ignore
import { lockMutex, snooze, unlockMutex } from '../base/locks.ts';
import { insertPage, lookupPage, removePage } from '../caches/caches.ts';
import { allocatePageRun, setPageState } from '../memory/pages.ts';
import { flushMap, lockMap, mapPage, query, unlockMap, unmapPage } from '../memory/translation-map.ts';
import type { Here, Steps, VmCacheRef, VmRegion } from '../base/state.ts';
import { leavePage } from './delete.ts';

/** The run first, page tables afterwards (15.3). */
export function* wireRun(here: Here, region: VmRegion, ref: VmCacheRef): Steps<'ERR_NO_MEMORY' | void> {
  const map = region.aspace.translation_map;
  const { pages } = here.kernel;
  const first = yield* allocatePageRun(here, { state: PAGE_STATE_CLEAR, len: region.size / 4096 });
  if (first < 0) return 'ERR_NO_MEMORY';
  yield* lockMutex(here, ref.lock);
  yield* lockMap(here, map);
  for (let index = 0; index < region.size / 4096; index++) {
    if (here.step('9')) yield;
    const page = first + index;
    yield* takeOver(here, region, ref, { offset: index * 4096, page });
    pages.ref_count[page] = (pages.ref_count[page] as number) + 1;
    yield* mapPage(here, { map, va: region.base + index * 4096, pa: page * 4096, attributes: region.lock });
    setPageState(here, page, PAGE_STATE_WIRED);
    insertPage(here.kernel, ref, page, index * 4096);
  }
  unlockMap(here, map);
  unlockMutex(here, ref.lock);
}

interface Taken {
  readonly offset: number;
  /** The run's page of that offset. */
  readonly page: number;
}

/**
 * Another thread may have touched the region before its pages were there. Its fault is waited for as in SF11b; what it wrote
 * goes into the run's page, and its own page is FREE again. Cache and map are locked, but not while it sleeps.
 */
function* takeOver(here: Here, region: VmRegion, ref: VmCacheRef, { offset, page }: Taken): Steps<void> {
  const map = region.aspace.translation_map;
  const { kernel } = here;
  const { pages } = kernel;
  for (let found = lookupPage(ref, offset); found !== null; found = lookupPage(ref, offset)) {
    if (found >= 0 && pages.state[found] !== PAGE_STATE_BUSY) {
      yield* leaveAll(here, ref, offset, found);
      copyFrame(here.machine, page, found);
      payPages(here, found, page);
      removePage(kernel, ref.cache, found);
      setPageState(here, found, PAGE_STATE_FREE);
      return;
    }
    unlockMap(here, map);
    unlockMutex(here, ref.lock);
    yield* snooze(here, BUSY_SLEEP);
    yield* lockMutex(here, ref.lock);
    yield* lockMap(here, map);
  }
}

/** Nobody sees the page any more, and no core remembers it, when this returns. */
function* leaveAll(here: Here, ref: VmCacheRef, offset: number, page: number): Steps<void> {
  for (const { base, size, cache_offset, aspace } of [...ref.region_list]) {
    if (offset < cache_offset || offset >= cache_offset + size) continue;
    const map = aspace.translation_map;
    const va = base + offset - cache_offset;
    yield* lockMap(here, map);
    const mapping = query(here.machine, map, va);
    if ((mapping.flags & PAGE_PRESENT) !== 0 && mapping.pa / 4096 === page) {
      leavePage(here, mapping);
      unmapPage(here, map, va);
      flushMap(here, map);
    }
    unlockMap(here, map);
  }
}

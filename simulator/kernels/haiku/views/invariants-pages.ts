/** I8 to I11, I19: pages, their queues and their caches. */
import { frameIndex, frameState, wordOfState } from '../../../hardware/physical-memory.ts';
import { hex } from '../../../hardware/word.ts';
import {
  PAGE_STATE_BUSY,
  PAGE_STATE_CLEAR,
  PAGE_STATE_FREE,
  PAGE_STATE_MODIFIED,
  PAGE_STATE_UNUSED,
  pageStateTexts,
} from '../base/constants.ts';
import type { Check } from './invariant-check.ts';
import type { PageQueue, VmCacheRef } from '../base/state.ts';

export function checkPages(check: Check): void {
  const { state, report } = check;
  const { pages, cache_refs, dummies, held } = state;
  const seen = new Uint8Array(pages.num_pages);
  for (const queue of Object.values(pages.queues)) walkQueue(check, queue, seen);
  seen.forEach((times, page) => {
    if (times !== 1) report('I9', `page ${hex(page, 1)} is on ${String(times)} queues`);
    if (pages.state[page] === PAGE_STATE_BUSY && !held.pages.has(page))
      report('I10', `page ${hex(page, 1)} is BUSY and nothing is in progress`);
  });
  if (dummies.size > 0) report('I10', `${String(dummies.size)} dummy pages are left`);
  for (const ref of cache_refs.values()) checkCachePages(check, ref);
  pages.owner.forEach((owner, page) => {
    if (owner !== 0 && cache_refs.get(owner)?.cache.pages.get(pages.offset[page] ?? -1) !== page)
      report('I8', `page ${hex(page, 1)} names a cache that does not have it`);
  });
}

function belongs(queue: PageQueue, pageState: number): boolean {
  switch (queue.name) {
    case 'page_free_queue':
      return pageState === PAGE_STATE_FREE;
    case 'page_clear_queue':
      return pageState === PAGE_STATE_CLEAR;
    case 'page_modified_queue':
      return pageState === PAGE_STATE_MODIFIED;
    case 'page_active_queue':
      return pageState !== PAGE_STATE_FREE && pageState !== PAGE_STATE_CLEAR && pageState !== PAGE_STATE_MODIFIED;
  }
}

/** I9, I11. */
function walkQueue({ state, machine, report }: Check, queue: PageQueue, seen: Uint8Array): void {
  const { pages } = state;
  let count = 0;
  let last = -1;
  for (let page = queue.head; page >= 0 && count <= pages.num_pages; page = pages.next[page] ?? -1) {
    count += 1;
    seen[page] = (seen[page] ?? 0) + 1;
    const pageState = pages.state[page] ?? 7;
    if (pages.prev[page] !== last) report('I9', `page ${hex(page, 1)} is not linked back`);
    if (!belongs(queue, pageState))
      report('I9', `page ${hex(page, 1)} is ${pageStateTexts[pageState] ?? '?'} on ${queue.name}`);
    last = page;
    if (queue.name !== 'page_clear_queue') continue;
    const { memory } = machine;
    const contents = frameState(memory, frameIndex(memory, page));
    for (let word = 0; word < 1024; word++)
      if (wordOfState(memory, contents, word) !== 0) {
        report('I11', `CLEAR page ${hex(page, 1)} is not zero at ${hex(word * 4, 3)}`);
        break;
      }
  }
  if (queue.tail !== last) report('I9', `${queue.name} ends at ${hex(last, 1)}, its tail is ${hex(queue.tail, 1)}`);
  if (queue.count !== count)
    report(
      queue.name === 'page_clear_queue' ? 'I19' : 'I9',
      `${queue.name} has ${String(count)} pages, its count is ${String(queue.count)}`,
    );
}

/** I8. */
function checkCachePages({ state, report }: Check, { id, cache }: VmCacheRef): void {
  const { pages } = state;
  const listed = new Set(cache.page_list);
  if (cache.pages.size !== cache.page_list.length)
    report('I8', `page hash and page_list of cache_ref #${String(id)} differ`);
  for (const [offset, page] of cache.pages) {
    const text = `page ${hex(page, 1)} of cache_ref #${String(id)}`;
    if (!listed.has(page)) report('I8', `${text} is not in page_list`);
    if (page < 0) continue;
    if (pages.owner[page] !== id || pages.offset[page] !== offset)
      report('I8', `${text} names another cache or offset`);
    const pageState = pages.state[page] ?? 7;
    if ([PAGE_STATE_FREE, PAGE_STATE_CLEAR, PAGE_STATE_UNUSED].includes(pageState))
      report('I8', `${text} is ${pageStateTexts[pageState] ?? '?'}`);
  }
}

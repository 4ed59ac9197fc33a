/** Chapter 7: physical pages, their states and queues. */
import { clusterOfPpn, poisonFrame, zeroFrame } from '../../../hardware/physical-memory.ts';
import { emit, EventKind } from '../../../hardware/trace-event.ts';
import { kernelFunction } from '../../../execution/activation.ts';
import { panic } from '../../../execution/panic.ts';
import {
  PAGE_STATE_BUSY,
  PAGE_STATE_CLEAR,
  PAGE_STATE_FREE,
  PAGE_STATE_INACTIVE,
  PAGE_STATE_MODIFIED,
  PAGE_STATE_UNUSED,
  PAGE_STATE_WIRED,
  PAGE_SIZE,
  pageStateTexts,
} from '../base/constants.ts';
import { payPages } from '../base/cost.ts';
import { mustFail } from '../../injections.ts';
import type { HaikuState, Here, Steps, PageQueue, Pages, QueueName, VmCacheRef, VmPage } from '../base/state.ts';
import { getPhysicalPage, putPhysicalPage } from './windows.ts';

export function createPages(num_pages: number, bank: number): Pages {
  const queue = (name: QueueName): PageQueue => ({ type: 'page_queue', name, head: -1, tail: -1, count: 0 });
  return {
    num_pages,
    bank,
    state: new Uint8Array(num_pages).fill(PAGE_STATE_FREE),
    ref_count: new Int32Array(num_pages),
    owner: new Int32Array(num_pages),
    offset: new Float64Array(num_pages),
    entered: new Float64Array(num_pages),
    next: new Int32Array(num_pages).fill(-1),
    prev: new Int32Array(num_pages).fill(-1),
    late_dirty: new Uint8Array(num_pages),
    queues: {
      page_free_queue: queue('page_free_queue'),
      page_clear_queue: queue('page_clear_queue'),
      page_active_queue: queue('page_active_queue'),
      page_modified_queue: queue('page_modified_queue'),
    },
  };
}

/** 7.2 */
function queueOf(pages: Pages, state: number): PageQueue {
  if (state === PAGE_STATE_FREE) return pages.queues.page_free_queue;
  if (state === PAGE_STATE_CLEAR) return pages.queues.page_clear_queue;
  if (state === PAGE_STATE_MODIFIED) return pages.queues.page_modified_queue;
  return pages.queues.page_active_queue;
}

/** 7.3: at the head. A first page on the modified queue is announced. */
export function enqueue(kernel: HaikuState, queue: PageQueue, page: number): void {
  const { pages } = kernel;
  pages.next[page] = queue.head;
  pages.prev[page] = -1;
  if (queue.head >= 0) pages.prev[queue.head] = page;
  else queue.tail = page;
  queue.head = page;
  queue.count += 1;
  if (queue.name === 'page_modified_queue' && queue.count === 1) kernel.modified_pages_available.count += 1;
}

export function removeFromQueue({ pages }: HaikuState, queue: PageQueue, page: number): void {
  const next = pages.next[page] as number;
  const prev = pages.prev[page] as number;
  if (next >= 0) pages.prev[next] = prev;
  else queue.tail = prev;
  if (prev >= 0) pages.next[prev] = next;
  else queue.head = next;
  pages.next[page] = -1;
  pages.prev[page] = -1;
  queue.count -= 1;
}

/** From the tail: first in, first out. -1 from an empty queue. */
export function dequeue(kernel: HaikuState, queue: PageQueue): number {
  const page = queue.tail;
  if (page >= 0) removeFromQueue(kernel, queue, page);
  return page;
}

/** 7.4, under page_lock, which is one step; what becomes free must be in no cache and nowhere mapped. */
export function setPageState(here: Here, page: number, state: number): void {
  const { kernel, machine } = here;
  const { pages } = kernel;
  const old = pages.state[page] as number;
  if (!(state >= 0 && state <= PAGE_STATE_UNUSED)) panic(here, `invalid page state ${String(state)}`);
  const isFreed = state === PAGE_STATE_FREE || state === PAGE_STATE_CLEAR;
  if (isFreed && (pages.owner[page] !== 0 || pages.ref_count[page] !== 0))
    panic(here, `page 0x${page.toString(16)} becomes free, and is in use`);
  const from = queueOf(pages, old);
  const to = queueOf(pages, state);
  if (from !== to) {
    removeFromQueue(kernel, from, page);
    enqueue(kernel, to, page);
  }
  pages.state[page] = state;
  const wasFree = old === PAGE_STATE_FREE || old === PAGE_STATE_CLEAR;
  if (!isFreed || wasFree) return;
  pages.late_dirty[page] = 0;
  if (state === PAGE_STATE_FREE) poisonFrame(machine, page, 'free');
  emit(machine, EventKind.pageFree, clusterOfPpn(machine, page), { ppn: page, pages: 1 });
}

/** Without an event: an UNUSED page from the free queue, else from the clear one. There must be one. */
export function takePage(kernel: HaikuState): number {
  const { queues, state } = kernel.pages;
  const page = dequeue(kernel, queues.page_free_queue.count > 0 ? queues.page_free_queue : queues.page_clear_queue);
  state[page] = PAGE_STATE_UNUSED;
  enqueue(kernel, queues.page_active_queue, page);
  return page;
}

/** What `takePage` took becomes FREE again. */
export function returnPage(kernel: HaikuState, page: number): void {
  const { queues, state } = kernel.pages;
  removeFromQueue(kernel, queues.page_active_queue, page);
  state[page] = PAGE_STATE_FREE;
  enqueue(kernel, queues.page_free_queue, page);
}

export function freePageCount({ pages }: HaikuState): number {
  return pages.queues.page_free_queue.count + pages.queues.page_clear_queue.count;
}

/** Of one bank of memory; the kernel itself has no notion of banks (7.12). */
export function freePagesInBank({ pages }: HaikuState, cluster: number): number {
  let count = 0;
  for (let page = cluster * pages.bank; page < (cluster + 1) * pages.bank; page++)
    if (pages.state[page] === PAGE_STATE_FREE || pages.state[page] === PAGE_STATE_CLEAR) count += 1;
  return count;
}

export function cacheRefOf({ pages, cache_refs }: HaikuState, page: number): VmCacheRef | null {
  return cache_refs.get(pages.owner[page] ?? 0) ?? null;
}

/** The one object that stands for a page in scenarios. */
export function pageHandle({ pageHandles }: HaikuState, ppn: number): VmPage {
  let handle = pageHandles.get(ppn);
  if (handle === undefined) pageHandles.set(ppn, (handle = { type: 'vm_page', ppn }));
  return handle;
}

export const clear_page = kernelFunction(
  {
    name: 'clear_page',
    section: '7.7',
    doc: 'Zeroes a physical page.',
    parameters: [{ name: 'pa', type: { kind: 'address' } }],
    errors: [],
    steps: { 1: 'a window', 2: '4096 zero bytes', 3: 'put the window' },
  },
  function* (here: Here, { pa }: { pa: number }): Steps<void> {
    const page = Math.floor(pa / PAGE_SIZE);
    if (page >= here.kernel.pages.num_pages) panic(here, 'there is no such page');
    if (here.step('1')) yield;
    yield* getPhysicalPage(here, pa);
    if (here.step('2')) yield;
    zeroFrame(here.machine, page);
    payPages(here, page);
    emit(here.machine, EventKind.pageZero, clusterOfPpn(here.machine, page), { ppn: page });
    if (here.step('3')) yield;
    yield* putPhysicalPage(here, pa);
  },
);

export function clearPage(here: Here, page: number): Steps<void> {
  return clear_page(here, { pa: page * PAGE_SIZE });
}

const allocationSteps = {
  1: '+K(page_lock): what follows up to -K is one step',
  2: 'dequeue from the named queue',
  3: 'it is empty: from the other',
  4: 'both empty: steal a clean inactive page of a file, else panic',
  5: 'BUSY, on the active queue',
  6: '-K',
  7: 'a FREE page where a CLEAR one was asked: clear it',
} as const;

/** 7.5; -1 for another argument. */
export const allocatePage = kernelFunction(
  {
    name: 'vm_page_allocate_page',
    section: '7.5',
    doc: 'Takes a page, FREE or CLEAR. When none is left, a clean inactive page of a file is stolen, else the kernel panics.',
    parameters: [],
    errors: [],
    steps: allocationSteps,
  },
  function* (here: Here, wanted: number): Steps<number> {
    if (wanted !== PAGE_STATE_FREE && wanted !== PAGE_STATE_CLEAR) return -1;
    const { kernel, machine } = here;
    const { queues, state } = kernel.pages;
    if (here.step('1')) yield;
    const [first, second] =
      wanted === PAGE_STATE_FREE
        ? [queues.page_free_queue, queues.page_clear_queue]
        : [queues.page_clear_queue, queues.page_free_queue];
    const isEmpty = mustFail(kernel, ['page-alloc'], here.cluster);
    here.step('2');
    let page = isEmpty ? -1 : dequeue(kernel, first);
    if (page < 0) {
      here.step('3');
      page = isEmpty ? -1 : dequeue(kernel, second);
    }
    if (page < 0) {
      here.step('4');
      page = stealPage(here);
    }
    here.step('5');
    const old = state[page];
    state[page] = PAGE_STATE_BUSY;
    enqueue(kernel, queues.page_active_queue, page);
    here.step('6');
    emit(machine, EventKind.pageAlloc, clusterOfPpn(machine, page), { ppn: page, pages: 1 });
    if (wanted === PAGE_STATE_CLEAR && old !== PAGE_STATE_CLEAR) {
      if (here.step('7')) yield;
      yield* clearPage(here, page);
    }
    return page;
  },
);

/** 7.6: taken off the active queue and out of its cache. There is no swap: anonymous pages are never stolen. */
function stealPage(here: Here): number {
  const { kernel } = here;
  const { pages } = kernel;
  for (let page = pages.queues.page_active_queue.tail; page >= 0; page = pages.prev[page] as number) {
    if (pages.state[page] !== PAGE_STATE_INACTIVE || pages.ref_count[page] !== 0) continue;
    const ref = cacheRefOf(kernel, page);
    if (ref === null || ref.cache.temporary || ref.lock.lock.holder !== null) continue;
    const { cache } = ref;
    cache.pages.delete(pages.offset[page] as number);
    cache.page_list.splice(cache.page_list.lastIndexOf(page), 1);
    pages.owner[page] = 0;
    removeFromQueue(kernel, pages.queues.page_active_queue, page);
    pages.state[page] = PAGE_STATE_FREE;
    emit(here.machine, EventKind.pageFree, clusterOfPpn(here.machine, page), { ppn: page, pages: 1 });
    return page;
  }
  return panic(here, 'out of memory');
}

/** 7.7: the first page of the lowest run, or -1. */
export const allocatePageRun = kernelFunction(
  {
    name: 'vm_page_allocate_page_run',
    section: '7.7',
    doc: 'Takes the lowest run of so many pages, all FREE or CLEAR; none: NULL.',
    parameters: [],
    errors: [],
    steps: { 1: 'the lowest run; all its pages BUSY', 2: 'a FREE one where CLEAR was asked: clear it (D15)' },
  },
  function* (here: Here, { state: wanted, len }: { state: number; len: number }): Steps<number> {
    const { kernel, machine } = here;
    if (here.step('1')) yield;
    const first = mustFail(kernel, ['page-alloc'], here.cluster) ? -1 : findRun(kernel.pages, len);
    if (first < 0) return -1;
    const states = [...kernel.pages.state.subarray(first, first + len)];
    for (let page = first; page < first + len; page++) setPageState(here, page, PAGE_STATE_BUSY);
    emit(machine, EventKind.pageAlloc, clusterOfPpn(machine, first), { ppn: first, pages: len });
    for (const [index, old] of states.entries()) {
      if (wanted !== PAGE_STATE_CLEAR || old === PAGE_STATE_CLEAR) continue;
      if (here.step('2')) yield;
      yield* clearPage(here, first + index);
    }
    return first;
  },
);

function findRun({ state, num_pages }: Pages, len: number): number {
  let run = 0;
  for (let page = 0; page < num_pages; page++) {
    const isFree = state[page] === PAGE_STATE_FREE || state[page] === PAGE_STATE_CLEAR;
    run = isFree ? run + 1 : 0;
    if (run === len) return page - len + 1;
  }
  return -1;
}

/** 7.7 */
export function markInUse(here: Here, start: number, len: number): number | 'ERR_INVALID_ARGS' {
  const { state, num_pages } = here.kernel.pages;
  if (start < 0 || start + len > num_pages) return 'ERR_INVALID_ARGS';
  for (let page = start; page < start + len; page++) {
    const isFree = state[page] === PAGE_STATE_FREE || state[page] === PAGE_STATE_CLEAR;
    if (isFree) setPageState(here, page, PAGE_STATE_UNUSED);
    else if (state[page] !== PAGE_STATE_WIRED && state[page] !== PAGE_STATE_UNUSED)
      here.kernel.log.push(
        `vm_mark_page_range_inuse: page ${page.toString(16)} is ${pageStateTexts[state[page] ?? 7] ?? 'unknown'}`,
      );
  }
  return len;
}

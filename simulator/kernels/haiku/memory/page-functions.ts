/** 7.1, 7.2, 7.4, 7.5, 7.7: the functions of pages as scenarios call them. */
import { clusterOfPpn } from '../../../hardware/physical-memory.ts';
import { emit, EventKind } from '../../../hardware/trace-event.ts';
import { kernelFunction } from '../../../execution/activation.ts';
import { panic } from '../../../execution/panic.ts';
import {
  PAGE_STATE_BUSY,
  PAGE_STATE_CLEAR,
  PAGE_STATE_FREE,
  PAGE_STATE_UNUSED,
  PAGE_STATE_WIRED,
  pageStates,
  pageStateTexts,
} from '../base/constants.ts';
import { mustFail } from '../../injections.ts';
import type { Here, Steps, VmPage } from '../base/state.ts';
import {
  allocatePage,
  allocatePageRun,
  clear_page,
  clearPage,
  freePageCount,
  markInUse,
  pageHandle,
  setPageState,
} from './pages.ts';

const wantedParameter = {
  name: 'state',
  type: { kind: 'enumeration', name: 'page_state', members: pageStates },
} as const;
const pageResult = { kind: 'object', type: 'vm_page', nullable: true } as const;
const pageParameter = { name: 'page', type: { kind: 'object', type: 'vm_page' } } as const;

export const vm_page_allocate_page = kernelFunction(
  { ...allocatePage.info, parameters: [wantedParameter], result: pageResult },
  function* (here: Here, { state }: { state: number }): Steps<VmPage | null> {
    const page = yield* allocatePage(here, state);
    return page < 0 ? null : pageHandle(here.kernel, page);
  },
);

export const vm_page_allocate_specific_page = kernelFunction(
  {
    name: 'vm_page_allocate_specific_page',
    section: '7.7',
    doc: 'Takes one given page, if it is FREE, CLEAR or UNUSED.',
    parameters: [{ name: 'n', type: { kind: 'ppn' } }, wantedParameter],
    result: pageResult,
    errors: [],
    steps: { 1: 'unknown, or in use: NULL', 2: 'BUSY, on the active queue', 3: 'CLEAR was asked: clear it' },
  },
  function* (here: Here, { n: page_num, state }: { n: number; state: number }): Steps<VmPage | null> {
    const { pages } = here.kernel;
    if (here.step('1')) yield;
    if (!(page_num >= 0 && page_num < pages.num_pages)) return null;
    if (mustFail(here.kernel, ['page-alloc'], here.cluster)) return null;
    const old = pages.state[page_num] as number;
    if (old !== PAGE_STATE_FREE && old !== PAGE_STATE_CLEAR && old !== PAGE_STATE_UNUSED) return null;
    if (here.step('2')) yield;
    setPageState(here, page_num, PAGE_STATE_BUSY);
    emit(here.machine, EventKind.pageAlloc, clusterOfPpn(here.machine, page_num), { ppn: page_num, pages: 1 });
    if (state === PAGE_STATE_CLEAR && old !== PAGE_STATE_CLEAR) {
      if (here.step('3')) yield;
      yield* clearPage(here, page_num);
    }
    return pageHandle(here.kernel, page_num);
  },
);

export const vm_page_allocate_page_run = kernelFunction(
  {
    ...allocatePageRun.info,
    parameters: [wantedParameter, { name: 'len', type: { kind: 'integer' } }],
    result: pageResult,
  },
  function* (here: Here, args: { state: number; len: number }): Steps<VmPage | null> {
    const first = args.len > 0 ? yield* allocatePageRun(here, args) : -1;
    return first < 0 ? null : pageHandle(here.kernel, first);
  },
);

export const vm_page_set_state_nolock = kernelFunction(
  {
    name: 'vm_page_set_state_nolock',
    section: '7.4',
    doc: 'Moves a page to another state, and to the queue of that state; page_lock is held.',
    parameters: [pageParameter, { ...wantedParameter, name: 's' }],
    result: { kind: 'integer' },
    errors: [],
    steps: { 1: 'between the queues of the states; store the state' },
  },
  function* (here: Here, { page, s: state }: { page: VmPage; s: number }): Steps<number> {
    if (here.step('1')) yield;
    const { pages } = here.kernel;
    const isTable = pages.state[page.ppn] === PAGE_STATE_WIRED && pages.owner[page.ppn] === 0;
    if (isTable && state !== PAGE_STATE_WIRED) panic(here, 'the page is a page table');
    if (state === PAGE_STATE_UNUSED && pages.owner[page.ppn] !== 0) panic(here, 'the page is in a cache');
    setPageState(here, page.ppn, state);
    return 0;
  },
);

export const vm_page_set_state = kernelFunction(
  {
    name: 'vm_page_set_state',
    section: '7.4',
    doc: 'Moves a page to another state, and to the queue of that state.',
    parameters: [pageParameter, { ...wantedParameter, name: 's' }],
    result: { kind: 'integer' },
    errors: [],
    steps: { 1: '+K(page_lock), vm_page_set_state_nolock, -K' },
  },
  function* (here: Here, { page, s: state }: { page: VmPage; s: number }): Steps<number> {
    if (here.step('1')) yield;
    return yield* vm_page_set_state_nolock(here, { page, s: state });
  },
);

export const vm_lookup_page = kernelFunction(
  {
    name: 'vm_lookup_page',
    section: '7.1',
    doc: 'The descriptor of a physical page, or NULL.',
    parameters: [{ name: 'n', type: { kind: 'ppn' } }],
    result: pageResult,
    errors: [],
    steps: { 1: 'all_pages[n]' },
  },
  function* (here: Here, { n: page_num }: { n: number }): Steps<VmPage | null> {
    if (here.step('1')) yield;
    const { num_pages } = here.kernel.pages;
    return page_num >= 0 && page_num < num_pages ? pageHandle(here.kernel, page_num) : null;
  },
);

export const vm_mark_page_range_inuse = kernelFunction(
  {
    name: 'vm_mark_page_range_inuse',
    section: '7.7',
    doc: 'Free pages of a range become UNUSED.',
    parameters: [
      { name: 'start', type: { kind: 'ppn' } },
      { name: 'len', type: { kind: 'integer' } },
    ],
    result: { kind: 'integer' },
    errors: ['ERR_INVALID_ARGS'],
    steps: { 1: 'each page of the range' },
  },
  function* (here: Here, { start, len }: { start: number; len: number }): Steps<number | 'ERR_INVALID_ARGS'> {
    if (here.step('1')) yield;
    return markInUse(here, start, len);
  },
);

export const vm_mark_page_inuse = kernelFunction(
  {
    name: 'vm_mark_page_inuse',
    section: '7.7',
    doc: 'A free page becomes UNUSED.',
    parameters: [{ name: 'p', type: { kind: 'ppn' } }],
    result: { kind: 'integer' },
    errors: ['ERR_INVALID_ARGS'],
    steps: { 1: 'a range of one page' },
  },
  function* (here: Here, { p }: { p: number }): Steps<number | 'ERR_INVALID_ARGS'> {
    if (here.step('1')) yield;
    return markInUse(here, p, 1);
  },
);

export const vm_page_num_pages = kernelFunction(
  {
    name: 'vm_page_num_pages',
    section: '7.7',
    doc: 'How many pages there are.',
    parameters: [],
    result: { kind: 'integer' },
    errors: [],
    steps: { 1: 'num_pages' },
  },
  function* (here: Here): Steps<number> {
    if (here.step('1')) yield;
    return here.kernel.pages.num_pages;
  },
);

export const vm_page_num_free_pages = kernelFunction(
  {
    name: 'vm_page_num_free_pages',
    section: '7.7',
    doc: 'How many are free or clear.',
    parameters: [],
    result: { kind: 'integer' },
    errors: [],
    steps: { 1: 'free and clear' },
  },
  function* (here: Here): Steps<number> {
    if (here.step('1')) yield;
    return freePageCount(here.kernel);
  },
);

export const page_state_to_text = kernelFunction(
  {
    name: 'page_state_to_text',
    section: '7.2',
    doc: 'A page state in words.',
    parameters: [{ name: 'state', type: { kind: 'integer' } }],
    result: { kind: 'string' },
    errors: [],
    steps: { 1: 'look it up' },
  },
  function* (here: Here, { state }: { state: number }): Steps<string> {
    if (here.step('1')) yield;
    return pageStateTexts[state] ?? 'unknown';
  },
);

export const pageFunctions = [
  vm_page_allocate_page, vm_page_allocate_specific_page, vm_page_allocate_page_run, vm_page_set_state, vm_page_set_state_nolock,
  vm_lookup_page, clear_page,
  vm_mark_page_range_inuse, vm_mark_page_inuse, vm_page_num_pages, vm_page_num_free_pages, page_state_to_text,
]; // prettier-ignore

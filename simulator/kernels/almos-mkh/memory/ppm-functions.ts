import { kernelFunction } from '../../../execution/activation.ts';
import { release, tryLock, waitForLock } from '../../../execution/lock.ts';
import { panic } from '../../../execution/panic.ts';
import { clusterOfPpn, pageOfPpn, poisonFrame, ppnAt } from '../../../hardware/physical-memory.ts';
import { emit, EventKind } from '../../../hardware/trace-event.ts';
import { hex, type Ppn } from '../../../hardware/word.ts';
import { allocateBlock, insertAndMerge, isFreePage } from '../objects/buddy.ts';
import { CONFIG_PPM_MAX_ORDER, PageFlag } from '../base/constants.ts';
import { mustFail } from '../../injections.ts';
import { ensureDescriptor, PageUse } from '../objects/page.ts';
import { clusterAt, type Here, type Steps } from '../objects/state.ts';
import type { Ppm } from '../objects/ppm.ts';

/** 9.2 steps 2 to 6 without steps, locks or events: for `reserve` and tests. */
export function takePagesQuietly(ppm: Ppm, order: number, use: PageUse): number {
  const page = allocateBlock(ppm.free_pages_root, order);
  if (page < 0) return -1;
  describeBlock(ppm, page, order, use);
  ppm.free_pages_nr -= 1 << order;
  return page;
}

export function givePagesQuietly(ppm: Ppm, page: number): void {
  const order = ppm.pages_tbl.order[page] as number;
  ppm.pages_tbl.refcount[page] = 0;
  ppm.pages_tbl.use[page] = PageUse.none;
  insertAndMerge(ppm.free_pages_root, page, order);
  ppm.pages_tbl.flags[page] = PageFlag.FREE;
  ppm.free_pages_nr += 1 << order;
}

function describeBlock({ pages_tbl, pages_nr }: Ppm, page: number, order: number, use: PageUse): void {
  ensureDescriptor(pages_tbl, page + (1 << order) - 1, pages_nr);
  pages_tbl.flags[page] = PageFlag.INIT;
  pages_tbl.order[page] = order;
  pages_tbl.refcount[page] = 1;
  pages_tbl.forks[page] = 0;
  pages_tbl.mapper[page] = 0;
  pages_tbl.use.fill(use, page, page + (1 << order));
}

/** 9.2 alloc, from any cluster's PPM: another one's only by remote access. -1: none left. */
export function* allocatePages(here: Here, cluster: number, order: number, use: PageUse): Steps<number> {
  const ppn = yield* ppm_alloc_pages(here, { order, use, cluster });
  return ppn === null ? -1 : pageOfPpn(here.machine, ppn);
}

/** 9.2 free, to any cluster's PPM. */
export function* freePages(here: Here, cluster: number, page: number): Steps<void> {
  yield* ppm_free_pages(here, { page: ppnAt(here.machine, cluster, page), cluster });
}

interface AllocArgs {
  readonly order: number;
  readonly use?: PageUse;
  /** Left out: the local one. */
  readonly cluster?: number;
}

interface FreeArgs {
  readonly page: Ppn;
  readonly cluster?: number;
}

export const ppm_alloc_pages = kernelFunction(
  {
    name: 'ppm_alloc_pages',
    section: '9.2',
    doc: 'Takes 2^order physical pages from the local memory bank: the lowest block of the smallest order that will do.',
    parameters: [{ name: 'order', type: { kind: 'integer' }, default: 0, doc: '0 to 9' }],
    result: { kind: 'ppn' },
    errors: [],
    steps: {
      1: 'lock the PPM',
      2: 'smallest order with a free block; none: unlock, null. Take its block with the lowest page number; split while it is too big, upper half to the list one order below',
      5: 'FREE cleared, order set, refcount := 1, forks := 0, mapper := null',
      6: 'free count -= 2^order',
      7: 'unlock',
    },
  },
  function* (here: Here, { order, use = PageUse.user, cluster = here.cluster }: AllocArgs): Steps<Ppn | null> {
    if (!Number.isInteger(order) || order < 0 || order >= CONFIG_PPM_MAX_ORDER) return null;
    const { ppm } = clusterAt(here, cluster);
    if (here.stage('1')) yield;
    if (!tryLock(here, ppm.lock)) yield* waitForLock(here, ppm.lock);
    if (here.stage('2')) yield;
    const page = mustFail(here.kernel, 'page-alloc', cluster) ? -1 : allocateBlock(ppm.free_pages_root, order);
    if (page < 0) {
      release(here, ppm.lock);
      return null;
    }
    const ppn = ppnAt(here.machine, cluster, page);
    if (here.stage('5')) yield;
    describeBlock(ppm, page, order, use);
    for (let i = 0; i < 1 << order; i++) poisonFrame(here.machine, ppn + i, 'fresh');
    if (here.stage('6')) yield;
    ppm.free_pages_nr -= 1 << order;
    emit(here.machine, EventKind.pageAlloc, cluster, { ppn, pages: 1 << order });
    if (here.stage('7')) yield;
    release(here, ppm.lock);
    return ppn;
  },
);

export const ppm_free_pages = kernelFunction(
  {
    name: 'ppm_free_pages',
    section: '9.2',
    doc: 'Drops one reference of a block of the local memory bank; the last one frees it.',
    parameters: [{ name: 'page', type: { kind: 'ppn' }, doc: 'first page of the block' }],
    errors: [],
    steps: {
      1: 'refcount -= 1; still above 0: done',
      2: 'lock the PPM',
      3: 'the page must be neither FREE nor RESERVED, else panic',
      4: 'merge while the buddy is free and of the same order, below order 9',
      5: 'insert, flag FREE, free count += 2^order',
      6: 'unlock',
    },
  },
  function* (here: Here, { page: ppn, cluster = here.cluster }: FreeArgs): Steps<void> {
    if (clusterOfPpn(here.machine, ppn) !== cluster) panic(here, `page ${hex(ppn)} is not of this cluster`);
    const { ppm } = clusterAt(here, cluster);
    const { pages_tbl } = ppm;
    const page = pageOfPpn(here.machine, ppn);
    if (here.stage('1')) yield;
    const isTaken = page >= ppm.reserved_nr && page < pages_tbl.length && (pages_tbl.refcount[page] as number) > 0;
    if (isTaken) {
      pages_tbl.refcount[page] = (pages_tbl.refcount[page] as number) - 1;
      if (pages_tbl.refcount[page] > 0) return;
    }
    if (here.stage('2')) yield;
    if (!tryLock(here, ppm.lock)) yield* waitForLock(here, ppm.lock);
    if (here.stage('3')) yield;
    if (page < ppm.reserved_nr || page >= ppm.pages_nr) panic(here, `page 0x${page.toString(16)} is RESERVED`);
    if (!isTaken || isFreePage(ppm.free_pages_root, page)) panic(here, `page 0x${page.toString(16)} is FREE`);
    if (here.stage('4')) yield;
    const order = pages_tbl.order[page] as number;
    for (let i = 0; i < 1 << order; i++) poisonFrame(here.machine, ppn + i, 'free');
    pages_tbl.use.fill(PageUse.none, page, page + (1 << order));
    insertAndMerge(ppm.free_pages_root, page, order);
    if (here.stage('5')) yield;
    pages_tbl.flags[page] = PageFlag.FREE;
    ppm.free_pages_nr += 1 << order;
    emit(here.machine, EventKind.pageFree, cluster, { ppn, pages: 1 << order });
    if (here.stage('6')) yield;
    release(here, ppm.lock);
  },
);

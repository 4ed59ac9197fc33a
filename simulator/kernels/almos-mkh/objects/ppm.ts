import { createLock, type Lock } from '../../../execution/lock.ts';
import type { BuddyLists } from './buddy.ts';
import { createBuddyLists } from './buddy.ts';
import { RESERVED_PAGES } from '../base/constants.ts';
import { createPagesTable, type PagesTable } from './page.ts';

/** 9.1: the physical memory manager of one cluster. */
export interface Ppm {
  readonly type: 'ppm';
  readonly lock: Lock;
  readonly pages_nr: number;
  readonly reserved_nr: number;
  free_pages_nr: number;
  readonly pages_tbl: PagesTable;
  readonly free_pages_root: BuddyLists;
  /** page.lock of pages somebody works on (9.5). */
  readonly pageLocks: Map<number, Lock>;
}

export function createPpm(pages_nr: number): Ppm {
  const reserved_nr = Math.min(RESERVED_PAGES, pages_nr);
  return {
    type: 'ppm',
    lock: createLock('ppm.lock'),
    pages_nr,
    reserved_nr,
    free_pages_nr: pages_nr - reserved_nr,
    pages_tbl: createPagesTable(),
    free_pages_root: createBuddyLists(pages_nr, reserved_nr),
    pageLocks: new Map(),
  };
}

import { PageFlag } from '../base/constants.ts';

/** What a taken page is used for; the simulator's own note, for views and invariants. */
export const PageUse = { none: 0, user: 1, table: 2, mapper: 3, reserved: 4 } as const;
export type PageUse = (typeof PageUse)[keyof typeof PageUse];

/**
 * 2.8 `page_t`: the descriptors of a bank's pages, one column a field. The columns are as long as the highest
 * page taken so far: pages beyond are free, and nothing has ever been written about them.
 */
export interface PagesTable {
  length: number;
  flags: Uint16Array;
  order: Uint8Array;
  refcount: Int32Array;
  forks: Int32Array;
  /** Mapper that owns the page, 0 for none, and the page's index in it. */
  mapper: Int32Array;
  index: Int32Array;
  use: Uint8Array;
}

export function createPagesTable(): PagesTable {
  return {
    length: 0,
    flags: new Uint16Array(0),
    order: new Uint8Array(0),
    refcount: new Int32Array(0),
    forks: new Int32Array(0),
    mapper: new Int32Array(0),
    index: new Int32Array(0),
    use: new Uint8Array(0),
  };
}

const FIRST_LENGTH = 512;

/** Makes room for a page's descriptor. */
export function ensureDescriptor(table: PagesTable, page: number, pages_nr: number): void {
  if (page < table.length) return;
  let length = Math.max(FIRST_LENGTH, table.length);
  while (length <= page) length *= 2;
  length = Math.min(length, pages_nr);
  table.flags = grown(table.flags, new Uint16Array(length));
  table.order = grown(table.order, new Uint8Array(length));
  table.refcount = grown(table.refcount, new Int32Array(length));
  table.forks = grown(table.forks, new Int32Array(length));
  table.mapper = grown(table.mapper, new Int32Array(length));
  table.index = grown(table.index, new Int32Array(length));
  table.use = grown(table.use, new Uint8Array(length));
  table.length = length;
}

function grown<T extends { set(old: T): void }>(old: T, room: T): T {
  room.set(old);
  return room;
}

export function isLoading(table: PagesTable, page: number): boolean {
  return ((table.flags[page] as number) & PageFlag.INLOAD) !== 0;
}

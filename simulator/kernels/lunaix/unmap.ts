import { noteRegion } from '../../hardware/region-log.ts';
import { PAGE_SIZE, VMS_SELF } from './constants.ts';
import { lunaixFunction } from './klock.ts';
import { duplicateRegion, recordRegion, region_release } from './region.ts';
import { currentProcess, pageDown, pageUp, type Here, type Lunaixly, type MmRegion, type VmRegions } from './state.ts';
import { mem_sync_pages } from './sync.ts';
import { noteForeign } from './tables.ts';
import { freeAddress, vmm_del_mapping } from './vmm.ts';

/** 4.8 Unmapping. */

interface Cut {
  readonly start: number;
  readonly end: number;
}

function* unmapPages(here: Here, mnt: number, { start, end }: Cut, label: string): Lunaixly<void> {
  for (let page = start; page < end; page += PAGE_SIZE) {
    if (here.step(label)) yield;
    const pa = yield* vmm_del_mapping(here, { mnt, va: page });
    freeAddress(here, pa);
  }
}

/** 2c: what is left of a region when a part of it goes (D11). */
function* reshape(here: Here, list: MmRegion[], region: MmRegion, cut: Cut): Lunaixly<void> {
  const { start, end } = region;
  if (cut.start === start && cut.end === end) {
    list.splice(list.indexOf(region), 1);
    recordRegion(here, 'remove', region);
    yield* region_release(here, { r: region });
    return;
  }
  if (cut.start === start) {
    region.foff += cut.end - start;
    region.start = cut.end;
  } else if (cut.end === end) {
    region.end = cut.start;
  } else {
    const upper = duplicateRegion(here, region);
    upper.start = cut.end;
    upper.foff += cut.end - start;
    upper.flen = upper.end - upper.start;
    region.end = cut.start;
    list.splice(list.indexOf(region) + 1, 0, upper);
    recordRegion(here, 'split', upper);
  }
  region.flen = region.end - region.start;
  noteRegion(here.machine, { action: 'unmapped', ...cut, owner: region.proc_vms?.proc.owner });
  recordRegion(here, 'resize', region);
}

interface UnmapArgs {
  readonly mnt: number;
  readonly list: VmRegions;
  readonly addr: number;
  readonly length: number;
}

export const mem_unmap = lunaixFunction(
  {
    name: 'mem_unmap',
    section: '4.8',
    doc: 'Takes a range out of the regions of a list; always 0. Holes and length 0 are fine.',
    parameters: [
      { name: 'mnt', type: { kind: 'address' } },
      { name: 'list', type: { kind: 'object', type: 'vm_regions' } },
      { name: 'addr', type: { kind: 'address' } },
      { name: 'length', type: { kind: 'size' } },
    ],
    result: { kind: 'integer' },
    errors: [],
    steps: {
      1: 'length rounded up, address rounded down (the length is not extended for it)',
      2: 'the next region that meets the range',
      '2a': 'write back its part',
      '2b': 'clear a page and free its frame',
      '2c': 'whole: unlink and release; prefix or suffix: shrink; middle: the upper part becomes a region of its own',
      3: '0',
    },
  },
  function* (here: Here, { mnt, list, addr, length }: UnmapArgs): Lunaixly<number> {
    if (here.step('1')) yield;
    const owner = here.kernel.processes.find(({ mm }) => mm?.regions === list);
    if (list.items.length > 0) noteForeign(here, mnt, owner?.mm);
    const from = pageDown(addr);
    const to = from + pageUp(length);
    for (const region of list.items.filter((candidate) => candidate.start < to && from < candidate.end)) {
      if (here.step('2')) yield;
      const cut = { start: Math.max(from, region.start), end: Math.min(to, region.end) };
      if (here.step('2a')) yield;
      yield* mem_sync_pages(here, { mnt, r: region, start: cut.start, length: cut.end - cut.start, options: 0 });
      yield* unmapPages(here, mnt, cut, '2b');
      if (here.step('2c')) yield;
      yield* reshape(here, list.items, region, cut);
    }
    if (here.step('3')) yield;
    return 0;
  },
);

export const sys_munmap = lunaixFunction(
  {
    name: 'sys_munmap',
    section: '4.8',
    doc: 'Unmaps a range of the current process.',
    parameters: [
      { name: 'addr', type: { kind: 'address' } },
      { name: 'length', type: { kind: 'size' } },
    ],
    result: { kind: 'integer' },
    errors: [],
    steps: { 1: 'mem_unmap through VMS_SELF' },
  },
  function* (here: Here, { addr, length }: { addr: number; length: number }): Lunaixly<number> {
    if (here.step('1')) yield;
    return yield* mem_unmap(here, {
      mnt: VMS_SELF,
      list: currentProcess(here)?.mm?.regions ?? { type: 'vm_regions', items: [] },
      addr,
      length,
    });
  },
);

export const mem_unmap_region = lunaixFunction(
  {
    name: 'mem_unmap_region',
    section: '4.8',
    doc: 'Unmaps a whole region, unlinks and releases it; null does nothing.',
    parameters: [
      { name: 'mnt', type: { kind: 'address' } },
      { name: 'r', type: { kind: 'object', type: 'mm_region', nullable: true } },
    ],
    errors: [],
    steps: { 1: 'null: nothing', '2a': 'write it back', '2b': 'clear a page and free its frame', 3: 'unlink, release' },
  },
  function* (here: Here, { mnt, r }: { mnt: number; r: MmRegion | null }): Lunaixly<void> {
    if (here.step('1')) yield;
    if (r === null) return;
    noteForeign(here, mnt, r.proc_vms);
    if (here.step('2a')) yield;
    yield* mem_sync_pages(here, { mnt, r, start: r.start, length: r.end - r.start, options: 0 });
    yield* unmapPages(here, mnt, r, '2b');
    if (here.step('3')) yield;
    const list = r.proc_vms?.regions.items ?? [];
    if (list.includes(r)) {
      list.splice(list.indexOf(r), 1);
      recordRegion(here, 'remove', r);
    }
    yield* region_release(here, { r });
  },
);

/** Pages that a shrinking region gives back. */
export function* unmapTail(here: Here, start: number, end: number, label: string): Lunaixly<void> {
  yield* unmapPages(here, VMS_SELF, { start, end }, label);
  noteRegion(here.machine, { action: 'unmapped', start, end });
}

import { isError, type Result } from '../../execution/result.ts';
import { MS_ASYNC, MS_INVALIDATE, MS_INVALIDATE_ALL, MS_SYNC, PAGE_SIZE, PTE_D, PTE_P, VMS_SELF } from './constants.ts';
import { writePage } from './file.ts';
import { lunaixFunction } from './klock.ts';
import { dropFrame } from './pmm.ts';
import { isWriteShared, reservedEntry } from './region.ts';
import {
  currentProcess,
  isPageAligned,
  u32,
  type Here,
  type Lunaixly,
  type MmRegion,
  type VmRegions,
} from './state.ts';
import { flushHere, flushPage, frameOfEntry, loadL2, mountedRoot, pteAddress, writeL2 } from './tables.ts';

/** 4.8 Write-back. */

interface SyncArgs {
  readonly mnt: number;
  readonly r: MmRegion;
  readonly start: number;
  readonly length: number;
  readonly options: number;
}

export const mem_sync_pages = lunaixFunction(
  {
    name: 'mem_sync_pages',
    section: '4.8',
    doc: 'Writes the dirty pages of a shared file mapping back, through the frame (D15).',
    parameters: [
      { name: 'mnt', type: { kind: 'address' } },
      { name: 'r', type: { kind: 'object', type: 'mm_region' } },
      { name: 'start', type: { kind: 'address' } },
      { name: 'length', type: { kind: 'size' } },
      { name: 'options', type: { kind: 'integer' }, default: 0 },
    ],
    errors: [],
    steps: {
      1: 'no file, or not WSHARED: nothing',
      2: 'a present page: dirty is written and D cleared; clean with MS_INVALIDATE, or MS_INVALIDATE_ALL, goes back to its reserved entry',
    },
  },
  function* (here: Here, { mnt, r, start, length, options }: SyncArgs): Lunaixly<void> {
    if (here.step('1')) yield;
    const file = r.mfile;
    if (file === null || !isWriteShared(r)) return;
    const root = mountedRoot(here, mnt);
    for (let page = start; page < start + length; page += PAGE_SIZE) {
      if (here.step('2')) yield;
      const entry = loadL2(here, mnt, root, page);
      if ((entry & PTE_P) === 0) continue;
      const isDirty = (entry & PTE_D) !== 0;
      if (isDirty) {
        if (isError(writePage(here, file, frameOfEntry(entry), page - r.start + r.foff))) continue;
        writeL2(here, mnt, root, page, u32(entry & ~PTE_D));
        flushSynced(here, mnt, root, page);
      }
      if ((options & MS_INVALIDATE_ALL) !== 0 || (!isDirty && (options & MS_INVALIDATE) !== 0)) {
        const { syncFlush } = here.kernel.options;
        writeL2(here, mnt, root, page, syncFlush === 'page' ? reservedEntry(r) : u32(entry & ~(PTE_P | PTE_D)));
        flushSynced(here, mnt, root, page);
        dropFrame(here, frameOfEntry(entry));
      }
    }
  },
);

/** The page, or what the sources flush in its place: the address at which its entry is reached (D23). */
function flushSynced(here: Here, mnt: number, root: number, page: number): void {
  if (here.kernel.options.syncFlush === 'page') flushPage(here, root, page);
  else flushHere(here, pteAddress(mnt, page));
}

interface RangeArgs {
  readonly mnt: number;
  readonly list: VmRegions;
  readonly addr: number;
  readonly length: number;
  readonly options: number;
}

export const mem_msync = lunaixFunction(
  {
    name: 'mem_msync',
    section: '4.8',
    doc: 'Synchronises a range of a list of regions; a hole ends it.',
    parameters: [
      { name: 'mnt', type: { kind: 'address' }, default: VMS_SELF },
      { name: 'list', type: { kind: 'object', type: 'vm_regions' } },
      { name: 'addr', type: { kind: 'address' } },
      { name: 'length', type: { kind: 'size' } },
      { name: 'options', type: { kind: 'integer' } },
    ],
    result: { kind: 'integer' },
    errors: ['ENOMEM'],
    steps: {
      1: 'the next region that holds the current address: its part is synchronised',
      2: 'anything left over (a hole): ENOMEM',
    },
  },
  function* (here: Here, { mnt, list, addr, length, options }: RangeArgs): Lunaixly<Result<number>> {
    let at = addr;
    let left = length;
    for (const r of [...list.items]) {
      if (left <= 0) break;
      if (at < r.start || at >= r.end) continue;
      if (here.step('1')) yield;
      const part = Math.min(left, r.end - at);
      yield* mem_sync_pages(here, { mnt, r, start: at, length: part, options });
      at += part;
      left -= part;
    }
    if (here.step('2')) yield;
    return left > 0 ? 'ENOMEM' : 0;
  },
);

interface MsyncArgs {
  readonly addr: number;
  readonly length: number;
  readonly flags: number;
}

export const msync = lunaixFunction(
  {
    name: 'msync',
    aliases: ['sys_msync'],
    section: '4.8',
    doc: 'Synchronises mapped files with their pages.',
    parameters: [
      { name: 'addr', type: { kind: 'address' } },
      { name: 'length', type: { kind: 'size' } },
      { name: 'flags', type: { kind: 'integer' } },
    ],
    result: { kind: 'integer' },
    errors: ['EINVAL', 'ENOMEM'],
    steps: {
      1: 'unaligned address, or ASYNC and SYNC both: EINVAL',
      2: 'mem_msync',
    },
  },
  function* (here: Here, { addr, length, flags }: MsyncArgs): Lunaixly<Result<number>> {
    if (here.step('1')) yield;
    if (!isPageAligned(addr) || (flags & (MS_ASYNC | MS_SYNC)) === (MS_ASYNC | MS_SYNC)) return 'EINVAL';
    if (here.step('2')) yield;
    const list = currentProcess(here)?.mm?.regions ?? { type: 'vm_regions', items: [] };
    return yield* mem_msync(here, { mnt: VMS_SELF, list, addr, length, options: flags });
  },
);

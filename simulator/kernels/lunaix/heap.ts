import { panic } from './kpanic.ts';
import { noteRegion } from '../../hardware/region-log.ts';
import { isError, type Result } from '../../execution/result.ts';
import { ANON, KERNEL_EXEC, PAGE_SIZE, RSHARED, TYPE_HEAP, USR_EXEC, VMS_SELF } from './constants.ts';
import { lunaixFunction } from './klock.ts';
import { mmap_user } from './mmap.ts';
import { hasOverlap, indexHeap, recordRegion } from './region.ts';
import {
  currentProcess,
  pageUp,
  type Here,
  type Lunaixly,
  type MmRegion,
  type ProcMm,
  type VmRegions,
} from './state.ts';
import { unmapTail } from './unmap.ts';

/** 4.8 The heap: a region that grows and shrinks in place. */

interface AdjustArgs {
  readonly list: VmRegions;
  readonly r: MmRegion;
  readonly newend: number;
}

export const mem_adjust_inplace = lunaixFunction(
  {
    name: 'mem_adjust_inplace',
    section: '4.8',
    doc: 'Moves the end of a region (D8, D13).',
    parameters: [
      { name: 'list', type: { kind: 'object', type: 'vm_regions' } },
      { name: 'r', type: { kind: 'object', type: 'mm_region' } },
      { name: 'newend', type: { kind: 'address' } },
    ],
    result: { kind: 'integer' },
    errors: ['EINVAL', 'ENOMEM'],
    steps: {
      1: 'round up; at its start: nothing is done; before its start: EINVAL',
      2: 'growing: another region in the way, or beyond KERNEL_EXEC: ENOMEM; else the end moves, no entry is reserved',
      3: 'shrinking: a page is unmapped and freed',
      4: 'the end moves',
    },
  },
  function* (here: Here, { list, r, newend }: AdjustArgs): Lunaixly<Result<number>> {
    if (here.step('1')) yield;
    const end = pageUp(newend);
    if (end === r.start) return 0;
    if (end < r.start) return 'EINVAL';
    if (end > r.end) {
      if (here.step('2')) yield;
      const others = list.items.filter((other) => other !== r);
      if (end > KERNEL_EXEC || hasOverlap(others, r.end, end)) return 'ENOMEM';
    } else {
      yield* unmapTail(here, end, r.end, '3');
    }
    if (end !== r.end) {
      if (here.step('4')) yield;
      if (end > r.end) noteRegion(here.machine, { action: 'mapped', start: r.end, end, owner: r.proc_vms?.proc.owner });
      r.end = end;
      r.flen = r.end - r.start;
      recordRegion(here, 'resize', r);
    }
    return 0;
  },
);

export const create_heap = lunaixFunction(
  {
    name: 'create_heap',
    section: '4.8',
    doc: 'Makes a heap of one page, indexed by mm.heap.',
    parameters: [
      { name: 'mm', type: { kind: 'object', type: 'proc_mm' } },
      { name: 'addr', type: { kind: 'address' } },
    ],
    result: { kind: 'integer' },
    errors: ['ENOMEM'],
    steps: {
      1: 'mmap_user: read and write, anonymous, RSHARED, type HEAP',
      2: 'region_copied = heap-copied; mm_index(&mm.heap, heap)',
    },
  },
  function* (here: Here, { mm, addr }: { mm: ProcMm; addr: number }): Lunaixly<Result<number>> {
    return yield* makeHeap(here, mm, addr, VMS_SELF);
  },
);

/** Also for a space that is only mounted. */
export function* makeHeap(here: Here, mm: ProcMm, addr: number, vms_mnt: number): Lunaixly<Result<number>> {
  if (here.step('1')) yield;
  const param = {
    vms_mnt, pvms: mm, offset: 0, mlen: PAGE_SIZE, proct: { read: true, write: true, execute: false }, flags: ANON | RSHARED, type: TYPE_HEAP,
    range_start: USR_EXEC, range_end: KERNEL_EXEC,
  }; // prettier-ignore
  const mapped = yield* mmap_user(here, { addr, file: null, param });
  if (isError(mapped)) return mapped;
  if (here.step('2')) yield;
  mapped.created.region_copied = 'heap_copied';
  indexHeap(here, mm, mapped.created);
  return 0;
}

export const sys_brk = lunaixFunction(
  {
    name: 'sys_brk',
    section: '4.8',
    doc: 'Moves the end of the heap; makes a heap where there is none.',
    parameters: [{ name: 'addr', type: { kind: 'address' } }],
    result: { kind: 'integer' },
    errors: ['EINVAL', 'ENOMEM'],
    steps: { 1: 'no heap: address 0 is EINVAL (D14), else create_heap', 2: 'mem_adjust_inplace' },
  },
  function* (here: Here, { addr }: { addr: number }): Lunaixly<Result<number>> {
    const mm = currentProcess(here)?.mm ?? null;
    if (mm === null) return 'EINVAL';
    if (mm.heap === null) {
      if (here.step('1')) yield;
      return addr === 0 ? 'EINVAL' : yield* create_heap(here, { mm, addr });
    }
    if (here.step('2')) yield;
    return yield* mem_adjust_inplace(here, { list: mm.regions, r: mm.heap, newend: addr });
  },
);

export const sbrk = lunaixFunction(
  {
    name: 'sbrk',
    section: '4.8',
    doc: 'Moves the end of the heap by an amount and gives the new end (C2), not the old one as POSIX does.',
    parameters: [{ name: 'incr', type: { kind: 'integer' } }],
    result: { kind: 'address' },
    errors: ['EINVAL', 'ENOMEM'],
    steps: { 1: 'no heap: panic; a negative amount: EINVAL', 2: 'mem_adjust_inplace(end + incr)', 3: 'the new end' },
  },
  function* (here: Here, { incr }: { incr: number }): Lunaixly<Result<number>> {
    if (here.step('1')) yield;
    const mm = currentProcess(here)?.mm ?? null;
    if (mm === null || mm.heap === null) return panic(here, 'no heap');
    if (incr < 0) return 'EINVAL';
    if (here.step('2')) yield;
    const heap = mm.heap;
    const moved = yield* mem_adjust_inplace(here, { list: mm.regions, r: heap, newend: heap.end + incr });
    if (isError(moved)) return moved;
    if (here.step('3')) yield;
    return heap.end;
  },
);

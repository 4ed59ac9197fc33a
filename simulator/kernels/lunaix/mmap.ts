import { hex } from '../../hardware/word.ts';
import { refuse } from '../../execution/refusal.ts';
import { panic } from './kpanic.ts';
import { isError, type Result } from '../../execution/result.ts';
import {
  ANON, BS_SIZE, EXEC, KERNEL_EXEC, MAP_FIXED, MAP_FIXED_NOREPLACE, PAGE_SIZE, PRIVATE, READ, RSHARED, TYPE_GENERAL,
  USR_EXEC, USR_MMAP, USR_MMAP_END, VMS_SELF, WRITE, WSHARED,
} from './constants.ts'; // prettier-ignore
import type { Protection } from '../view.ts';
import { lookupFile, refFile } from './file.ts';
import { lunaixFunction } from './klock.ts';
import { addToList, newRegion, recordRegion, reservedEntry } from './region.ts';
import { mustFail } from '../injections.ts';
import { currentProcess, isPageAligned, pageDown, pageUp, type Here, type Lunaixly, type MmRegion, type ProcMm, type VFile } from './state.ts'; // prettier-ignore
import { mountedRoot, noteForeign, writeL2 } from './tables.ts';
import { mem_unmap } from './unmap.ts';
import { vmm_set_mapping } from './vmm.ts';

/** 4.7 mem_map and the system call on top. */

export interface MmapParam {
  readonly vms_mnt: number;
  readonly pvms: ProcMm;
  readonly offset: number;
  readonly mlen: number;
  readonly proct: Protection;
  readonly flags: number;
  readonly type: number;
  readonly range_start: number;
  readonly range_end: number;
}

const mapOptions = {
  kind: 'flags',
  name: 'options',
  members: {
    MAP_EXCLUSIVE: PRIVATE,
    MAP_PRIVATE: RSHARED,
    MAP_SHARED: WSHARED,
    MAP_ANON: ANON,
    MAP_FIXED,
    MAP_FIXED_NOREPLACE,
  },
} as const;

export function protBits({ read, write, execute }: Protection): number {
  return (read ? READ : 0) | (write ? WRITE : 0) | (execute ? EXEC : 0);
}

/** attr of a mapping request (2.4). */
export function attrOf(param: Pick<MmapParam, 'proct' | 'flags' | 'type'>): number {
  return (((protBits(param.proct) | param.flags) & 0x3f) | (param.type & ~0xffff)) >>> 0;
}

const mmapParameters = [
  { name: 'vms_mnt', type: { kind: 'address' } as const, default: VMS_SELF },
  { name: 'pvms', type: { kind: 'object', type: 'proc_mm' } as const },
  { name: 'offset', type: { kind: 'offset' } as const, default: 0 },
  { name: 'mlen', type: { kind: 'size' } as const },
  { name: 'proct', type: { kind: 'protection' } as const },
  { name: 'flags', type: { kind: 'integer' } as const },
  { name: 'type', type: { kind: 'integer' } as const, default: TYPE_GENERAL },
  { name: 'range_start', type: { kind: 'address' } as const, default: USR_EXEC },
  { name: 'range_end', type: { kind: 'address' } as const, default: KERNEL_EXEC },
];

/** The region that contains the hint (its distance is negative), else the nearest, the first on ties. */
function nearestRegion(list: readonly MmRegion[], hint: number): number {
  let nearest = -1;
  let least = Number.POSITIVE_INFINITY;
  for (let place = 0; place < list.length; place++) {
    const { start, end } = list[place] as MmRegion;
    const distance = hint < start ? start - hint : hint - end;
    if (distance >= least) continue;
    nearest = place;
    least = distance;
  }
  return nearest;
}

function isInRange(loc: number, { mlen, range_start, range_end }: MmapParam): boolean {
  return loc >= range_start && loc < range_end && loc + mlen <= range_end;
}

export interface Mapped {
  readonly addr_out: number;
  readonly created: MmRegion;
}

interface MemMapArgs {
  readonly addr: number;
  readonly file: VFile | null;
  readonly param: MmapParam;
}

export const mem_map = lunaixFunction(
  {
    name: 'mem_map',
    section: '4.7',
    doc: 'Makes a region and reserves its pages in the tables.',
    parameters: [
      { name: 'addr', type: { kind: 'address' } },
      { name: 'file', type: { kind: 'object', type: 'v_file', nullable: true }, default: null },
      { name: 'param', type: { kind: 'record', fields: mmapParameters } },
    ],
    outputs: [
      { name: 'addr_out', type: { kind: 'address' } },
      { name: 'created', type: { kind: 'object', type: 'mm_region' } },
    ],
    errors: ['EEXIST', 'ENOMEM'],
    steps: {
      1: 'address 0: panic; round it down',
      2: 'FIXED_NOREPLACE: overlap is EEXIST',
      3: 'FIXED: check the range, then unmap what is there',
      '4a': 'no region yet: the hint as it is',
      '4b': 'anchor: the region that contains the hint, else the nearest',
      '4c': 'upwards from the anchor: the first gap that is large enough',
      '4d': 'else downwards from the anchor',
      '4e': 'no gap: ENOMEM',
      5: 'outside the range: ENOMEM (D10)',
      6: 'the region, linked',
      7: 'reserve a page: an entry that is not present but has the rights',
      8: 'file reference +1; outputs',
    },
  },
  function* (here: Here, { addr, file, param }: MemMapArgs): Lunaixly<Result<Mapped>> {
    if (here.step('1')) yield;
    noteForeign(here, param.vms_mnt, param.pvms);
    if (addr === 0) panic(here, 'address 0');
    let loc = pageDown(addr);
    const { regions } = param.pvms;
    if ((param.flags & MAP_FIXED_NOREPLACE) !== 0) {
      if (here.step('2')) yield;
      const other = regions.items.find((region) => region.start < loc + param.mlen && loc < region.end);
      if (other !== undefined) return occupiedBy(here, other);
    } else if ((param.flags & MAP_FIXED) !== 0) {
      if (here.step('3')) yield;
      if (!isInRange(loc, param)) return 'ENOMEM';
      yield* mem_unmap(here, { mnt: param.vms_mnt, list: regions, addr: loc, length: param.mlen });
    } else {
      const place = yield* choosePlace(here, regions.items, loc, param);
      if (isError(place)) return place;
      loc = place;
    }
    if (here.step('5')) yield;
    if (!isInRange(loc, param)) return 'ENOMEM';
    if (here.step('6')) yield;
    const region = linkRegion(here, loc, file, param);
    if (region === null) return refuse(here, 'ENOMEM', 'no memory is left for the mm_region');
    const reserved = yield* reservePages(here, region, param);
    if (!reserved) return refuse(here, 'ENOMEM', 'no memory is left for a page table');
    if (here.step('8')) yield;
    if (file !== null) refFile(file);
    return { addr_out: loc, created: region };
  },
);

function occupiedBy(here: Here, { start, end }: MmRegion): 'EEXIST' {
  const message = `a region stands at [${hex(start, 8)}, ${hex(end, 8)})`;
  here.activity.reason = { kind: 'overlap', error: 'EEXIST', message, address: start };
  return 'EEXIST';
}

/** Step 4: a place that touches a region. A free hint is not honoured. */
function* choosePlace(
  here: Here,
  list: readonly MmRegion[],
  hint: number,
  { mlen, range_start, range_end }: MmapParam,
): Lunaixly<Result<number, 'ENOMEM'>> {
  if (list.length === 0) {
    if (here.step('4a')) yield;
    return hint;
  }
  if (here.step('4b')) yield;
  const anchor = nearestRegion(list, hint);
  for (let place = anchor; place < list.length; place++) {
    if (here.step('4c')) yield;
    const { end } = list[place] as MmRegion;
    if ((list[place + 1]?.start ?? range_end) - end >= mlen) return end;
  }
  for (let place = anchor; place >= 0; place--) {
    if (here.step('4d')) yield;
    const { start } = list[place] as MmRegion;
    if (start - (list[place - 1]?.end ?? range_start) >= mlen) return start - mlen;
  }
  if (here.step('4e')) yield;
  return 'ENOMEM';
}

function linkRegion(here: Here, loc: number, file: VFile | null, param: MmapParam): MmRegion | null {
  if (!isPageAligned(param.mlen)) panic(here, 'region start and length are not page aligned');
  if (mustFail(here.kernel, 'object-alloc', here.cluster)) return null;
  const region = newRegion(here.kernel, loc, pageUp(loc + param.mlen), attrOf(param));
  region.mfile = file;
  region.foff = param.offset;
  region.flen = param.mlen;
  region.proc_vms = param.pvms;
  addToList(param.pvms.regions.items, region);
  recordRegion(here, 'add', region);
  return region;
}

/** Step 7. On ENOMEM the reserved entries and the region are undone; L2 tables stay (C3). */
function* reservePages(here: Here, region: MmRegion, param: MmapParam): Lunaixly<boolean> {
  const attr = reservedEntry(region);
  for (let page = region.start; page < region.end; page += PAGE_SIZE) {
    if (here.step('7')) yield;
    const set = yield* vmm_set_mapping(here, { mnt: param.vms_mnt, va: page, pa: 0, attr, options: 0 });
    if (set === 1) continue;
    const root = mountedRoot(here, param.vms_mnt);
    // None of them was ever present: no TLB has it.
    for (let made = region.start; made < page; made += PAGE_SIZE) writeL2(here, param.vms_mnt, root, made, 0);
    param.pvms.regions.items.splice(param.pvms.regions.items.indexOf(region), 1);
    recordRegion(here, 'remove', region);
    return false;
  }
  return true;
}

export const mmap_user = lunaixFunction(
  {
    name: 'mmap_user',
    section: '4.7',
    doc: 'mem_map in the user’s range. With ANON the file is null.',
    parameters: [
      { name: 'addr', type: { kind: 'address' } },
      { name: 'file', type: { kind: 'object', type: 'v_file', nullable: true }, default: null },
      { name: 'param', type: { kind: 'record', fields: mmapParameters } },
    ],
    outputs: [
      { name: 'addr_out', type: { kind: 'address' } },
      { name: 'created', type: { kind: 'object', type: 'mm_region' } },
    ],
    errors: ['EEXIST', 'ENOMEM'],
    steps: { 1: 'range_start = USR_EXEC, range_end = KERNEL_EXEC', 2: 'mem_map' },
  },
  function* (here: Here, { addr, file, param }: MemMapArgs): Lunaixly<Result<Mapped>> {
    if (here.step('1')) yield;
    const inRange = { ...param, range_start: USR_EXEC, range_end: KERNEL_EXEC };
    if (here.step('2')) yield;
    return yield* mem_map(here, { addr, file: (param.flags & ANON) !== 0 ? null : file, param: inRange });
  },
);

interface SysMmapArgs {
  readonly addr: number;
  readonly length: number;
  readonly prot: Protection;
  readonly fd: number;
  readonly offset: number;
  readonly options: number;
}

export const sys_mmap = lunaixFunction(
  {
    name: 'sys_mmap',
    section: '4.7',
    doc: 'Maps memory for the current process.',
    parameters: [
      { name: 'addr', type: { kind: 'address' } },
      { name: 'length', type: { kind: 'size' } },
      { name: 'prot', type: { kind: 'protection' } },
      { name: 'fd', type: { kind: 'integer' }, default: -1 },
      { name: 'offset', type: { kind: 'offset' }, default: 0 },
      { name: 'options', type: mapOptions },
    ],
    result: { kind: 'address' },
    errors: ['EINVAL', 'ENOMEM', 'EBADF', 'ENODEV', 'EEXIST'],
    steps: {
      1: 'length 0 or beyond BS_SIZE, or an unaligned address: EINVAL',
      2: 'address 0: hint USR_MMAP; outside the mapping zone without a FIXED flag, by the length as it was given: ENOMEM',
      3: 'a file: EBADF, ENODEV without pages, EINVAL for a negative or unaligned offset (D9)',
      4: 'mmap_user',
    },
  },
  function* (here: Here, { addr, length, prot, fd, offset, options }: SysMmapArgs): Lunaixly<Result<number>> {
    const process = currentProcess(here);
    if (process === null || process.mm === null) return 'EINVAL';
    if (here.step('1')) yield;
    if (length <= 0 || length > BS_SIZE)
      return refuse(here, 'EINVAL', `the length ${String(length)} is not between 1 and BS_SIZE, ${String(BS_SIZE)}`);
    if (!isPageAligned(addr)) return refuse(here, 'EINVAL', `${hex(addr, 8)} is not page-aligned`);
    if (here.step('2')) yield;
    const isFixed = (options & (MAP_FIXED | MAP_FIXED_NOREPLACE)) !== 0;
    if (addr !== 0 && !isFixed && (addr < USR_MMAP || addr + length >= USR_MMAP_END)) {
      const zone = `[${hex(USR_MMAP, 8)}, ${hex(USR_MMAP_END, 8)})`;
      return refuse(here, 'ENOMEM', `the hint ${hex(addr, 8)} lies outside the mapping zone ${zone}`);
    }
    let file: VFile | null = null;
    if ((options & ANON) === 0) {
      if (here.step('3')) yield;
      const open = lookupFile(here, fd);
      if (isError(open)) return open;
      if (open.inode === null) return refuse(here, 'ENODEV', 'the file has no pages');
      if (offset < 0 || !isPageAligned(offset))
        return refuse(here, 'EINVAL', `the offset ${String(offset)} is negative or not page-aligned`);
      file = open;
    }
    if (here.step('4')) yield;
    const param = {
      vms_mnt: VMS_SELF, pvms: process.mm, offset, mlen: pageUp(length), proct: prot, flags: options, type: TYPE_GENERAL,
      range_start: USR_EXEC, range_end: KERNEL_EXEC,
    }; // prettier-ignore
    const hint = addr === 0 ? USR_MMAP : addr;
    const mapped = yield* mmap_user(here, { addr: hint, file, param });
    return isError(mapped) ? mapped : mapped.addr_out;
  },
);

export const mem_remap = lunaixFunction(
  {
    name: 'mem_remap',
    section: '4.7',
    doc: 'Not in this kernel: upstream has no body.',
    parameters: [
      { name: 'addr', type: { kind: 'address' }, default: 0 },
      { name: 'length', type: { kind: 'size' }, default: 0 },
    ],
    errors: ['EINVAL'],
    steps: { 1: 'EINVAL' },
  },
  function* (here: Here): Lunaixly<Result<void>> {
    if (here.step('1')) yield;
    return 'EINVAL';
  },
);

import { emitCreation, emitRemoval } from '../../hardware/region-log.ts';
import { emit, EventKind } from '../../hardware/trace-event.ts';
import { Own } from './events.ts';
import { panic } from './kpanic.ts';
import {
  ANON, ATTR_KERNEL, EXEC, MODE_MASK, PRIVATE, PTE_P, PTE_U, PTE_W, READ, RSHARED, TYPE_CODE, TYPE_GENERAL, TYPE_HEAP, TYPE_MASK,
  TYPE_STACK, TYPE_VARS, WRITE, WSHARED,
} from './constants.ts'; // prettier-ignore
import { lunaixFunction } from './klock.ts';
import { closeFile, refFile } from './file.ts';
import { mustFail } from '../injections.ts';
import { isPageAligned, pageDown, pageUp, type Here, type LunaixState, type Lunaixly, type MmRegion, type ProcMm, type Slot, type VmRegions } from './state.ts'; // prettier-ignore

/** 4.6 Region primitives. */

export function newRegion(state: LunaixState, start: number, end: number, attr: number): MmRegion {
  return {
    type: 'mm_region', id: state.nextId++, proc_vms: null, mfile: null, foff: 0, flen: 0, start, end, attr,
    index: null, data: 0, region_copied: null, destruct_region: null, guard: null, freed: null,
  }; // prettier-ignore
}

export function regionType(region: MmRegion): number {
  return region.attr & TYPE_MASK;
}

export function isStack(region: MmRegion): boolean {
  return regionType(region) === TYPE_STACK;
}

/** Mode 3 counts as WSHARED (2.4). */
export function isWriteShared(region: MmRegion): boolean {
  return (region.attr & MODE_MASK) >= WSHARED;
}

export function isReadShared(region: MmRegion): boolean {
  return (region.attr & MODE_MASK) === RSHARED;
}

/** What a page that is not there yet holds: not present, with the rights it will get. */
export function reservedEntry(region: MmRegion): number {
  return ((region.attr & ATTR_KERNEL) === 0 ? PTE_U : 0) | ((region.attr & WRITE) !== 0 ? PTE_W : 0);
}

/** `region_ptattr`: a resident page is present and readable whatever READ, EXEC and NONE say (3.1). */
export function residentEntry(region: MmRegion): number {
  return reservedEntry(region) | PTE_P;
}

/** `heap RSHARED RW- anon` */
export function describeAttr(attr: number): string {
  const types: Record<number, string> = {
    [TYPE_CODE]: 'code', [TYPE_GENERAL]: 'general', [TYPE_HEAP]: 'heap', [TYPE_STACK]: 'stack', [TYPE_VARS]: 'vars',
  }; // prettier-ignore
  const mode = (attr & MODE_MASK) === PRIVATE ? 'PRIVATE' : (attr & MODE_MASK) === RSHARED ? 'RSHARED' : 'WSHARED';
  const letters = `${(attr & READ) !== 0 ? 'R' : '-'}${(attr & WRITE) !== 0 ? 'W' : '-'}${(attr & EXEC) !== 0 ? 'X' : '-'}`;
  return `${types[attr & TYPE_MASK] ?? 'none'} ${mode} ${letters} ${(attr & ANON) !== 0 ? 'anon' : 'file'}`;
}

/** Inserts where `region_add` says: before the first region that leaves room in front of it. */
export function addToList(list: MmRegion[], region: MmRegion): void {
  let previousEnd = 0;
  for (let place = 0; place < list.length; place++) {
    const next = list[place] as MmRegion;
    if (region.start >= previousEnd && region.end <= next.start) {
      list.splice(place, 0, region);
      return;
    }
    previousEnd = next.end;
  }
  list.push(region);
}

export function findRegion(list: readonly MmRegion[], va: number): MmRegion | null {
  const page = pageDown(va);
  return list.find((region) => region.start <= page && page < region.end) ?? null;
}

export function hasOverlap(list: readonly MmRegion[], start: number, end: number): boolean {
  return list.some((region) => region.start < end && start < region.end);
}

/** A copy that hangs nowhere yet; the file's reference count knows of it. */
export function duplicateRegion(here: Here, region: MmRegion): MmRegion {
  const copy = { ...region, id: here.kernel.nextId++, index: null, freed: null };
  if (copy.mfile !== null) refFile(copy.mfile);
  return copy;
}

export function recordRegion(here: Here, what: 'add' | 'remove' | 'resize' | 'split', region: MmRegion): void {
  const { machine } = here;
  const fields = {
    pid: region.proc_vms?.proc.pid ?? 0, start: region.start, end: region.end, attr: describeAttr(region.attr), foff: region.foff,
  }; // prettier-ignore
  emit(machine, Own[`vmr.${what}`], here.cluster, fields);
  const range = { process: region.proc_vms?.proc.owner ?? 0, start: region.start, end: region.end };
  if (what === 'add') emitCreation(machine, here.cluster, range);
  if (what === 'remove') emitRemoval(machine, here.cluster, range);
  if (what === 'split') emit(machine, EventKind.regionSplit, here.cluster, range);
}

function runCallback(here: Here, region: MmRegion, name: 'region_copied' | 'destruct_region'): void {
  emit(here.machine, Own.callback, here.cluster, { region: region.id, callback: name });
}

/** Calls region_copied with the copy, which belongs to its new space already. */
export function callRegionCopied(here: Here, copy: MmRegion): void {
  if (copy.region_copied === null) return;
  runCallback(here, copy, 'region_copied');
  if (copy.region_copied === 'heap_copied' && copy.proc_vms !== null) indexHeap(here, copy.proc_vms, copy);
}

export function indexHeap(here: Here, mm: ProcMm, heap: MmRegion): void {
  setIndex(here, { object: mm, field: 'heap' }, heap);
}

/** The seed's two assignments, and no more (L2). */
export function setIndex(here: Here, slot: Slot, target: MmRegion): void {
  (slot.object as Record<string, unknown>)[slot.field] = target;
  target.index = { object: slot.object, field: slot.field };
  emit(here.machine, Own.index, here.cluster, { slot: slot.field, region: target.id });
}

export const region_release = lunaixFunction(
  {
    name: 'region_release',
    section: '4.6',
    doc: 'Frees a region’s descriptor. It does not unlink it and does not touch page-table entries.',
    parameters: [{ name: 'r', type: { kind: 'object', type: 'mm_region' } }],
    errors: [],
    steps: {
      1: 'destruct_region, if there is one',
      2: 'close the mapped file',
      3: 'clear the slot that indexes it, if it still names this region',
      4: 'free',
    },
  },
  function* (here: Here, { r }: { r: MmRegion }): Lunaixly<void> {
    if (here.step('1')) yield;
    if (r.destruct_region !== null) runCallback(here, r, 'destruct_region');
    if (here.step('2')) yield;
    if (r.mfile !== null) closeFile(here, r.mfile);
    if (here.step('3')) yield;
    if (r.index !== null) {
      const holder = r.index.object as Record<string, unknown>;
      if (holder[r.index.field] === r) holder[r.index.field] = null;
    }
    if (here.step('4')) yield;
    forgetLoose(here.kernel, r);
    for (const thread of here.kernel.threads) if (thread.ustack === r) thread.ustack = null;
    r.freed = `${here.info.name} step 4`;
  },
);

function forgetLoose(state: LunaixState, region: MmRegion): void {
  const place = state.looseRegions.indexOf(region);
  if (place >= 0) state.looseRegions.splice(place, 1);
}

export const region_release_all = lunaixFunction(
  {
    name: 'region_release_all',
    section: '4.6',
    doc: 'Releases every region of a list and empties it.',
    parameters: [{ name: 'list', type: { kind: 'object', type: 'vm_regions' } }],
    errors: [],
    steps: { 1: 'release the next region' },
  },
  function* (here: Here, { list }: { list: VmRegions }): Lunaixly<void> {
    while (list.items.length > 0) {
      if (here.step('1')) yield;
      yield* region_release(here, { r: list.items.shift() as MmRegion });
    }
  },
);

export const region_create = lunaixFunction(
  {
    name: 'region_create',
    section: '4.6',
    doc: 'Makes a region that hangs nowhere yet.',
    parameters: [
      { name: 'start', type: { kind: 'address' } },
      { name: 'end', type: { kind: 'address' } },
      { name: 'attr', type: { kind: 'integer' } },
    ],
    result: { kind: 'object', type: 'mm_region' },
    errors: [],
    steps: { 1: 'both ends must be page multiples, else panic', 2: 'the descriptor; end is exclusive (D7)' },
  },
  function* (
    here: Here,
    { start, end, attr }: { start: number; end: number; attr: number },
  ): Lunaixly<MmRegion | null> {
    if (here.step('1')) yield;
    if (!isPageAligned(start) || !isPageAligned(end)) panic(here, 'region ends are not page aligned');
    if (here.step('2')) yield;
    return createLoose(here, start, end, attr);
  },
);

function createLoose(here: Here, start: number, end: number, attr: number): MmRegion | null {
  if (mustFail(here.kernel, 'object-alloc', here.cluster)) return null;
  const region = newRegion(here.kernel, start, end, attr);
  here.kernel.looseRegions.push(region);
  return region;
}

export const region_create_range = lunaixFunction(
  {
    name: 'region_create_range',
    section: '4.6',
    doc: 'Makes a region from its start and length.',
    parameters: [
      { name: 'start', type: { kind: 'address' } },
      { name: 'length', type: { kind: 'size' } },
      { name: 'attr', type: { kind: 'integer' } },
    ],
    result: { kind: 'object', type: 'mm_region' },
    errors: [],
    steps: { 1: 'start must be a page multiple, else panic', 2: 'end = roundup(start + length)' },
  },
  function* (
    here: Here,
    { start, length, attr }: { start: number; length: number; attr: number },
  ): Lunaixly<MmRegion | null> {
    if (here.step('1')) yield;
    if (!isPageAligned(start) || !isPageAligned(length)) panic(here, 'region start and length are not page aligned');
    if (here.step('2')) yield;
    return createLoose(here, start, pageUp(start + length), attr);
  },
);

export const region_add = lunaixFunction(
  {
    name: 'region_add',
    section: '4.6',
    doc: 'Links a region into a list in address order; neighbours are never merged.',
    parameters: [
      { name: 'list', type: { kind: 'object', type: 'vm_regions' } },
      { name: 'r', type: { kind: 'object', type: 'mm_region' } },
    ],
    errors: [],
    steps: { 1: 'before the first region that leaves room in front of it; else at the tail' },
  },
  function* (here: Here, { list, r }: { list: VmRegions; r: MmRegion }): Lunaixly<void> {
    if (here.step('1')) yield;
    addToList(list.items, r);
    forgetLoose(here.kernel, r);
    recordRegion(here, 'add', r);
  },
);

export const region_get = lunaixFunction(
  {
    name: 'region_get',
    section: '4.6',
    doc: 'The region of a list that holds an address, or none.',
    parameters: [
      { name: 'list', type: { kind: 'object', type: 'vm_regions' } },
      { name: 'va', type: { kind: 'address' } },
    ],
    result: { kind: 'object', type: 'mm_region', nullable: true },
    errors: [],
    steps: { 1: 'round the address down; first region with start <= va < end' },
  },
  function* (here: Here, { list, va }: { list: VmRegions; va: number }): Lunaixly<MmRegion | null> {
    if (here.step('1')) yield;
    return findRegion(list.items, va);
  },
);

export const region_contains = lunaixFunction(
  {
    name: 'region_contains',
    section: '4.6',
    doc: 'start <= va < end?',
    parameters: [
      { name: 'r', type: { kind: 'object', type: 'mm_region' } },
      { name: 'va', type: { kind: 'address' } },
    ],
    result: { kind: 'boolean' },
    errors: [],
    steps: { 1: 'compare' },
  },
  function* (here: Here, { r, va }: { r: MmRegion; va: number }): Lunaixly<boolean> {
    if (here.step('1')) yield;
    return r.start <= va && va < r.end;
  },
);

export const region_size = lunaixFunction(
  {
    name: 'region_size',
    section: '4.6',
    doc: 'end - start.',
    parameters: [{ name: 'r', type: { kind: 'object', type: 'mm_region' } }],
    result: { kind: 'size' },
    errors: [],
    steps: { 1: 'subtract' },
  },
  function* (here: Here, { r }: { r: MmRegion }): Lunaixly<number> {
    if (here.step('1')) yield;
    return r.end - r.start;
  },
);

export const region_dup = lunaixFunction(
  {
    name: 'region_dup',
    section: '4.6',
    doc: 'Copies a region; the file gets one more reference, index is null (D6), region_copied is not called.',
    parameters: [{ name: 'r', type: { kind: 'object', type: 'mm_region' } }],
    result: { kind: 'object', type: 'mm_region' },
    errors: [],
    steps: { 1: 'copy, unlinked' },
  },
  function* (here: Here, { r }: { r: MmRegion }): Lunaixly<MmRegion> {
    if (here.step('1')) yield;
    const copy = duplicateRegion(here, r);
    here.kernel.looseRegions.push(copy);
    return copy;
  },
);

export function isSameRegion(a: MmRegion, b: MmRegion): boolean {
  return a.start === b.start && a.end === b.end && a.attr === b.attr;
}

export const same_region = lunaixFunction(
  {
    name: 'same_region',
    section: '4.6',
    doc: 'Equal start, end and attributes?',
    parameters: [
      { name: 'a', type: { kind: 'object', type: 'mm_region' } },
      { name: 'b', type: { kind: 'object', type: 'mm_region' } },
    ],
    result: { kind: 'boolean' },
    errors: [],
    steps: { 1: 'compare' },
  },
  function* (here: Here, { a, b }: { a: MmRegion; b: MmRegion }): Lunaixly<boolean> {
    if (here.step('1')) yield;
    return isSameRegion(a, b);
  },
);

export const mem_has_overlap = lunaixFunction(
  {
    name: 'mem_has_overlap',
    section: '4.6',
    doc: 'Does some region meet [start, end)? Touching is not overlap (D8).',
    parameters: [
      { name: 'list', type: { kind: 'object', type: 'vm_regions' } },
      { name: 's', type: { kind: 'address' } },
      { name: 'e', type: { kind: 'address' } },
    ],
    result: { kind: 'boolean' },
    errors: [],
    steps: { 1: 'compare with each region' },
  },
  function* (here: Here, { list, s, e }: { list: VmRegions; s: number; e: number }): Lunaixly<boolean> {
    if (here.step('1')) yield;
    return hasOverlap(list.items, s, e);
  },
);

/** C8: an empty list, for scenarios that try the primitives. */
export const vm_regions = lunaixFunction(
  {
    name: 'vm_regions',
    section: 'C8',
    doc: 'Makes an empty list of regions.',
    parameters: [],
    result: { kind: 'object', type: 'vm_regions' },
    errors: [],
    steps: { 1: 'empty: it points to itself' },
  },
  function* (here: Here): Lunaixly<VmRegions> {
    if (here.step('1')) yield;
    return { type: 'vm_regions', items: [] };
  },
);

/** 4.7: unmapping cuts mappings, in a region and everything below it. Only kill ends a region. */
import { addressText } from './dump.ts';
import { refuse } from '../../execution/refusal.ts';
import { emitRemoval, noteRegion } from '../../hardware/region-log.ts';
import { emit, EventKind } from '../../hardware/trace-event.ts';
import { kernelFunction } from '../../execution/activation.ts';
import { entriesIn, resizeEntry } from './btree.ts';
import { VM_REGION_DEAD, VM_REGION_ENTRY_NONE, type Status } from './constants.ts';
import { isInRange, linkEntry } from './create.ts';
import { Own } from './events.ts';
import { unlinkEntry } from './retire.ts';
import { give, giveAll, lockRegion, take, type Locks } from './locks.ts';
import { newMapping } from './map-object.ts';
import { ownerOf, pmap_remove, rangeOf } from './pmap.ts';
import { freeMapping } from './references.ts';
import { mustFail } from '../injections.ts';
import { endOf, isPageMultiple, pageUp, type Here, type Steps, type VmRegion, type VmRegionMapping } from './state.ts';

export interface UnmapArgs {
  readonly region: VmRegion;
  readonly region_offset: number;
  readonly length: number;
  /** The caller has the right piece's mapping already. */
  readonly isAllocated?: boolean;
}

export const unmapSteps = {
  1: 'length rounded up; 0, negative or unaligned: INVALID_ARGUMENT',
  2: 'lock; DEAD: BAD_STATE',
  3: 'outside the region: INVALID_ARGUMENT',
  4: 'a mapping would be cut in the middle: allocate its right piece before; NO_MEMORY changes nothing',
  5: 'the next entry in the range: a child is locked and walked',
  '5a': 'a whole mapping: out of its object’s list, the tree and the tables; drop the object reference',
  '5b': 'its left part: out of the tables; the rest moves up',
  '5c': 'its right part: out of the tables; the rest is shorter',
  '5d': 'its middle: out of the tables; the right piece becomes a mapping of its own',
  6: 'unlock',
} as const;

export const unmapRange = kernelFunction(
  {
    name: 'vm_region_unmap',
    section: '4.7',
    doc: 'Removes whatever mappings lie in a range, in the region and in its descendants.',
    parameters: [],
    errors: ['INVALID_ARGUMENT', 'BAD_STATE', 'NO_MEMORY'],
    steps: unmapSteps,
  },
  function* (here: Here, args: UnmapArgs): Steps<Status | void> {
    return yield* unmap(here, args);
  },
);

export function* unmap(here: Here, args: UnmapArgs): Steps<Status | void> {
  const { region, region_offset, length, isAllocated = false } = args;
  if (here.step('1')) yield;
  const size = pageUp(length);
  if (!(length > 0) || size >= 2 ** 63) return refuse(here, 'INVALID_ARGUMENT', `the length is ${String(length)}`);
  if (region_offset < 0) return refuse(here, 'INVALID_ARGUMENT', 'the range begins before the region');
  if (!isPageMultiple(region_offset)) {
    const start = addressText(region.vr_entry.e_address + region_offset);
    return refuse(here, 'INVALID_ARGUMENT', `${start} is not page-aligned`);
  }
  const locks: Locks = [];
  if (here.step('2')) yield;
  yield* lockRegion(here, locks, region);
  const error = yield* unmapLocked(here, { region, start: region_offset, size, isAllocated }, locks);
  if (here.step('6')) yield;
  giveAll(here, locks);
  return error;
}

interface Range {
  readonly region: VmRegion;
  readonly start: number;
  readonly size: number;
  readonly isAllocated: boolean;
}

function* unmapLocked(here: Here, { region, start, size, isAllocated }: Range, locks: Locks): Steps<Status | void> {
  if (region.vr_status === VM_REGION_DEAD) return 'BAD_STATE';
  if (here.step('3')) yield;
  if (!isInRange(region, start, size))
    return refuse(here, 'INVALID_ARGUMENT', `the range leaves region “${region.vr_name}”`);
  if (here.step('4')) yield;
  yield* lockDescent(here, region, start, start + size, locks);
  const isMiddle = hasMiddleCut(region, start, start + size);
  if (isMiddle && !isAllocated && mustFail(here.kernel, 'object-alloc', here.cluster)) return 'NO_MEMORY';
  yield* cutEntries(here, region, start, start + size, locks);
}

/** C6: the child that holds all of the range, and the one in that: what is found there stays so until the cut. */
function* lockDescent(here: Here, region: VmRegion, start: number, end: number, locks: Locks): Steps<void> {
  const [only, another] = entriesIn(region.vr_entries, start, end);
  if (only === undefined || another !== undefined || only.container.type !== 'vm_region') return;
  yield* lockRegion(here, locks, only.container);
  const from = Math.max(start, only.e_offset) - only.e_offset;
  yield* lockDescent(here, only.container, from, Math.min(end, endOf(only)) - only.e_offset, locks);
}

/** C6: found by a first descent. At most one mapping contains the range on both sides. */
export function hasMiddleCut(region: VmRegion, start: number, end: number): boolean {
  const [only, another] = entriesIn(region.vr_entries, start, end);
  if (only === undefined || another !== undefined) return false;
  if (only.container.type === 'vm_region') {
    const from = Math.max(start, only.e_offset);
    const to = Math.min(end, endOf(only));
    return hasMiddleCut(only.container, from - only.e_offset, to - only.e_offset);
  }
  return only.e_offset < start && end < endOf(only);
}

/** Step 5 on [start, end) of a region that is locked. */
function* cutEntries(here: Here, region: VmRegion, start: number, end: number, locks: Locks): Steps<void> {
  for (const entry of entriesIn(region.vr_entries, start, end)) {
    if (here.step('5')) yield;
    const from = Math.max(start, entry.e_offset);
    const to = Math.min(end, endOf(entry));
    const { container } = entry;
    if (container.type === 'vm_region') {
      yield* lockRegion(here, locks, container);
      yield* cutEntries(here, container, from - entry.e_offset, to - entry.e_offset, locks);
    } else yield* cutMapping(here, region, container, from, to);
  }
}

function* cutMapping(here: Here, region: VmRegion, mapping: VmRegionMapping, from: number, to: number): Steps<void> {
  const { m_entry, m_object } = mapping;
  const isLeft = from === m_entry.e_offset;
  const isRight = to === endOf(m_entry);
  const label = isLeft && isRight ? '5a' : isLeft ? '5b' : isRight ? '5c' : '5d';
  if (here.step(label)) yield;
  // V7: the object stays locked until its pages have left the tables; the reference is dropped after unlocking.
  const locks: Locks = [];
  const lock = m_object.vo_base.ob_lock;
  yield* take(here, locks, lock);
  const cut = to - from;
  const inMapping = from - m_entry.e_offset;
  const range = {
    pmap: region.vr_pmap, va: m_entry.e_address + inMapping, pages: cut / 4096, object: m_object,
    object_offset: mapping.m_object_offset + inMapping,
  }; // prettier-ignore
  if (label === '5a') {
    m_object.vo_mappings.splice(m_object.vo_mappings.indexOf(mapping), 1);
    unlinkEntry(here, region, m_entry);
    yield* pmap_remove(here, range);
    m_entry.e_type = VM_REGION_ENTRY_NONE;
    m_entry.e_parent = null;
    give(here, locks, lock);
    emitRemoval(here.machine, here.cluster, rangeOf(here, region, m_entry));
    yield* freeMapping(here, mapping, 'mapping');
    return;
  }
  yield* pmap_remove(here, range);
  const owner = ownerOf(here, region.vr_pmap);
  noteRegion(here.machine, { action: 'unmapped', start: range.va, end: range.va + cut, owner });
  if (label === '5b') moveUp(here, region, mapping, cut);
  else if (label === '5c') resizeEntry(region.vr_entries, m_entry, m_entry.e_size - cut);
  else split(here, region, mapping, from, to);
  emit(here.machine, Own['entry.resize'], here.cluster, {
    region: region.vr_base.ob_id, off: m_entry.e_offset, size: m_entry.e_size, type: m_entry.e_type,
  }); // prettier-ignore
  giveAll(here, locks);
}

/** The key of the tree changes: out and in again. */
function moveUp(here: Here, region: VmRegion, mapping: VmRegionMapping, by: number): void {
  const { m_entry } = mapping;
  unlinkEntry(here, region, m_entry);
  m_entry.e_address += by;
  m_entry.e_offset += by;
  m_entry.e_size -= by;
  mapping.m_object_offset += by;
  linkEntry(here, region, m_entry);
}

function split(here: Here, region: VmRegion, mapping: VmRegionMapping, from: number, to: number): void {
  const { m_entry, m_object } = mapping;
  const end = endOf(m_entry);
  const right = newMapping(here, region, to, end - to, {
    object: m_object, object_offset: mapping.m_object_offset + (to - m_entry.e_offset), prot: mapping.m_prot,
    kind: mapping.m_kind, label: mapping.m_label,
  }); // prettier-ignore
  resizeEntry(region.vr_entries, m_entry, from - m_entry.e_offset);
  m_object.vo_mappings.push(right);
  linkEntry(here, region, right.m_entry);
  emit(here.machine, EventKind.regionSplit, here.cluster, rangeOf(here, region, right.m_entry));
}

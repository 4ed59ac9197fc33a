/** 4.3 and 4.6: creating a region, and choosing a place for it. */
import { emit } from '../../hardware/trace-event.ts';
import { kernelFunction } from '../../execution/activation.ts';
import { entriesIn, insertEntry, lowestGap, newNode } from './btree.ts';
import {
  KERNEL_END, KERNEL_START, USER_END, USER_START, VM_PROT_ALL, VM_PROT_USER, VM_REGION_ANY_OFFSET, VM_REGION_DEAD,
  VM_REGION_ENTRY_REGION, VM_REGION_NAME_MAX, VM_REGION_ONLINE, type Status,
} from './constants.ts'; // prettier-ignore
import { Own } from './events.ts';
import { giveAll, lockRegion, newHeader, type Locks } from './locks.ts';
import { pmap_create } from './pmap.ts';
import { addReference } from './references.ts';
import { deniedByRegion, occupiedBy } from './refusals.ts';
import { mustFail } from '../injections.ts';
import { isPageMultiple, type Here, type Steps, type Pmap, type VmRegion, type VmRegionEntry } from './state.ts';

export interface CreateArgs {
  readonly parent: VmRegion | null;
  readonly name: string;
  /** Within the parent; without one an absolute address, below 2^48. */
  readonly offset: number;
  readonly region_len: number;
  readonly prot: number;
  /** Null: the caller has no place for the result. Scenarios always have one. */
  readonly out?: null;
}

export const createSteps = {
  1: 'no place for the result, length 0, unaligned, unknown protection bits, ANY_OFFSET without a parent: INVALID_ARGUMENT',
  2: 'lock the parent; DEAD: BAD_STATE',
  3: 'protection beyond the parent’s mask: ACCESS_DENIED',
  4: 'ANY_OFFSET: lowest first fit; no gap: NO_MEMORY',
  5: 'outside the parent, or no parent and outside its half of the address space: INVALID_ARGUMENT',
  6: 'an entry of the parent is in the way: ALREADY_EXISTS. There is no redirect',
  7: 'allocate the object, and without a parent a pmap: NO_MEMORY',
  8: 'fill it: ONLINE',
  9: 'insert it in the parent’s tree, which takes a reference',
  10: 'a reference for the caller; unlock',
} as const;

export const createRegion = kernelFunction(
  {
    name: 'vm_region_create',
    section: '4.3',
    doc: 'Creates a region, inside a parent or as the root of a new address space.',
    parameters: [],
    errors: ['INVALID_ARGUMENT', 'BAD_STATE', 'ACCESS_DENIED', 'NO_MEMORY', 'ALREADY_EXISTS'],
    steps: createSteps,
  },
  function* (here: Here, args: CreateArgs): Steps<VmRegion | Status> {
    return yield* create(here, args);
  },
);

export function* create(here: Here, args: CreateArgs): Steps<VmRegion | Status> {
  const { parent, offset, region_len, prot } = args;
  if (here.step('1')) yield;
  if (!here.kernel.isTypeRegistered) return 'BAD_STATE';
  const isAny = offset === VM_REGION_ANY_OFFSET;
  const isAligned = isPageMultiple(region_len) && (isAny || isPageMultiple(offset));
  if (args.out === null) return 'INVALID_ARGUMENT';
  if (!(region_len > 0) || !isAligned || (prot & ~VM_PROT_ALL) !== 0 || (isAny && parent === null))
    return 'INVALID_ARGUMENT';
  const locks: Locks = [];
  const made = yield* createLocked(here, args, locks);
  giveAll(here, locks);
  return made;
}

function* createLocked(here: Here, args: CreateArgs, locks: Locks): Steps<VmRegion | Status> {
  const { parent, region_len, prot } = args;
  if (parent !== null) {
    if (here.step('2')) yield;
    yield* lockRegion(here, locks, parent);
    if (parent.vr_status === VM_REGION_DEAD) return 'BAD_STATE';
  }
  if (here.step('3')) yield;
  if (parent !== null && (prot & ~parent.vr_prot) !== 0) return deniedByRegion(here, prot, parent);
  let { offset } = args;
  if (parent !== null && offset === VM_REGION_ANY_OFFSET) {
    if (here.step('4')) yield;
    offset = findGap(parent, region_len);
    if (offset < 0) return 'NO_MEMORY';
  }
  if (here.step('5')) yield;
  const isInside = parent === null ? isInHalf(offset, region_len, prot) : isInRange(parent, offset, region_len);
  if (!isInside) return 'INVALID_ARGUMENT';
  if (parent !== null) {
    if (here.step('6')) yield;
    const [first] = entriesIn(parent.vr_entries, offset, offset + region_len);
    if (first !== undefined) return occupiedBy(here, first);
  }
  if (here.step('7')) yield;
  if (mustFail(here.kernel, 'object-alloc', here.cluster)) return 'NO_MEMORY';
  const pmap = parent === null ? yield* pmap_create(here, undefined) : parent.vr_pmap;
  if (typeof pmap === 'string') return pmap;
  if (here.step('8')) yield;
  const region = newRegion(here, args, pmap, offset);
  if (parent !== null) {
    if (here.step('9')) yield;
    linkEntry(here, parent, region.vr_entry);
    addReference(here, region, 'tree');
  }
  if (here.step('10')) yield;
  return region;
}

/** Step 8. Its one reference is the caller's. */
function newRegion(
  here: Here,
  { parent, name, region_len, prot }: CreateArgs,
  vr_pmap: Pmap,
  offset: number,
): VmRegion {
  const id = here.kernel.nextObject++;
  const region: VmRegion = {
    type: 'vm_region', vr_base: newHeader('vm-region', id), vr_status: VM_REGION_ONLINE, vr_entry: null as never,
    vr_name: cutName(name), vr_entries: null, vr_prot: prot, vr_pmap, vr_retired: [], tree_reference_of: null, freed: null,
  }; // prettier-ignore
  region.vr_entry = {
    type: 'vm_region_entry', e_node: newNode(), e_parent: parent?.vr_entry ?? null, e_type: VM_REGION_ENTRY_REGION,
    e_address: parent === null ? offset : parent.vr_entry.e_address + offset, e_offset: offset, e_size: region_len,
    isRoot: parent === null, container: region,
  }; // prettier-ignore
  here.kernel.regions.set(id, region);
  const fields = { id, parent: parent?.vr_base.ob_id ?? 0, off: offset, size: region_len, prot };
  emit(here.machine, Own['region.create'], here.cluster, fields);
  return region;
}

/** The first 63 bytes, cut at a NUL. */
function cutName(name: string): string {
  const end = name.indexOf('\0');
  return (end < 0 ? name : name.slice(0, end)).slice(0, VM_REGION_NAME_MAX - 1);
}

export function linkEntry(here: Here, region: VmRegion, entry: VmRegionEntry): void {
  region.vr_entries = insertEntry(region.vr_entries, entry);
  emit(here.machine, Own['entry.insert'], here.cluster, {
    region: region.vr_base.ob_id, off: entry.e_offset, size: entry.e_size, type: entry.e_type,
  }); // prettier-ignore
}

/** 4.6: lowest first fit, byte-exact; -1 without a gap. Gaps inside children are not considered. */
export function findGap({ vr_entry, vr_entries }: VmRegion, length: number): number {
  const inside = lowestGap(vr_entries, 0, length);
  if (inside >= 0) return inside;
  const candidate = vr_entries?.e_node.high ?? 0;
  return vr_entry.e_size - candidate >= length ? candidate : -1;
}

/** 4: overflow-safe. */
export function isInRange({ vr_entry: { e_size } }: VmRegion, offset: number, length: number): boolean {
  return offset >= 0 && offset < e_size && length <= e_size - offset;
}

/** V1: of the kernel half only what PML4 entries 256 and 511 serve. */
function isInHalf(start: number, length: number, prot: number): boolean {
  const end = start + length;
  if (start >= USER_START && end <= USER_END) return true;
  if ((prot & VM_PROT_USER) !== 0) return false;
  const span = 2 ** 39;
  const isLow = start >= KERNEL_START && end <= KERNEL_START + span;
  return isLow || (start >= KERNEL_END - span && end <= KERNEL_END);
}

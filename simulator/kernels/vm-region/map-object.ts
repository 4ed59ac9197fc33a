/** 4.5: mapping an object, redirected into the child that holds the whole range. */
import { emitCreation } from '../../hardware/region-log.ts';
import { refuse } from '../../execution/refusal.ts';
import { kernelFunction } from '../../execution/activation.ts';
import { entriesIn, newNode } from './btree.ts';
import {
  VM_PROT_ALL, VM_PROT_EXEC, VM_PROT_READ, VM_PROT_RWX, VM_PROT_WRITE, VM_REGION_ANY_OFFSET, VM_REGION_DEAD,
  VM_REGION_ENTRY_MAPPING, type Status,
} from './constants.ts'; // prettier-ignore
import { findGap, isInRange, linkEntry } from './create.ts';
import { give, giveAll, lockRegion, take, type Locks } from './locks.ts';
import { rangeOf } from './pmap.ts';
import { addReference } from './references.ts';
import { deniedByObject, deniedByRegion, occupiedBy } from './refusals.ts';
import { mustFail } from '../injections.ts';
import {
  endOf,
  isPageMultiple,
  pageUp,
  type Here,
  type Steps,
  type VmObject,
  type VmRegion,
  type VmRegionMapping,
} from './state.ts';

export interface MapArgs {
  readonly region: VmRegion;
  readonly region_offset: number;
  readonly object: VmObject | null;
  readonly object_offset: number;
  readonly length: number;
  readonly prot: number;
  readonly kind?: VmRegionMapping['m_kind'];
  readonly label?: string;
  /** The caller has the mapping's memory already. */
  readonly isAllocated?: boolean;
}

export const mapSteps = {
  1: 'length rounded up; 0, unaligned, unknown bits, WRITE or EXEC without READ: INVALID_ARGUMENT',
  2: 'lock the region; DEAD: BAD_STATE',
  3: 'protection beyond the region’s mask: ACCESS_DENIED',
  4: 'protection beyond the object’s: ACCESS_DENIED',
  5: 'beyond the object’s end: INVALID_ARGUMENT',
  6: 'ANY_OFFSET: this region, lowest first fit; no gap: NO_MEMORY',
  7: 'outside the region: INVALID_ARGUMENT',
  8: 'what is in the range?',
  '8a': 'nothing: map here',
  '8b': 'one child holds all of it: lock it, go on in there, its mask asked again',
  '8c': 'a child otherwise: INVALID_ARGUMENT',
  '8d': 'mappings: ALREADY_EXISTS',
  9: 'allocate the mapping: NO_MEMORY',
  10: 'fill it, reference the object',
  11: 'lock the object, append to vo_mappings, unlock',
  12: 'insert it in the region’s tree; unlock all',
} as const;

export const mapObject = kernelFunction(
  {
    name: 'vm_region_map_object',
    section: '4.5',
    doc: 'Maps a range of an object. No page and no page-table entry is made.',
    parameters: [],
    errors: ['INVALID_ARGUMENT', 'BAD_STATE', 'ACCESS_DENIED', 'NO_MEMORY', 'ALREADY_EXISTS'],
    steps: mapSteps,
  },
  function* (here: Here, args: MapArgs): Steps<VmRegionMapping | Status> {
    return yield* map(here, args);
  },
);

export function* map(here: Here, args: MapArgs): Steps<VmRegionMapping | Status> {
  const { region_offset, object, object_offset, prot } = args;
  if (here.step('1')) yield;
  const length = pageUp(args.length);
  const isAny = region_offset === VM_REGION_ANY_OFFSET;
  const isAligned = isPageMultiple(object_offset) && object_offset >= 0 && (isAny || isPageMultiple(region_offset));
  const isWithoutRead = (prot & (VM_PROT_WRITE | VM_PROT_EXEC)) !== 0 && (prot & VM_PROT_READ) === 0;
  const isShort = !(args.length > 0) || length >= 2 ** 63;
  const invalid = (why: string): Status => refuse(here, 'INVALID_ARGUMENT', why);
  if (isShort) return invalid(`the length is ${String(args.length)}`);
  if (!isAligned) return invalid('an offset is not page-aligned');
  if (region_offset < 0 && !isAny) return invalid('the range begins before the region');
  if (object === null) return invalid('there is no object to map');
  if ((prot & ~VM_PROT_ALL) !== 0) return invalid('the protection has unknown bits');
  if (isWithoutRead) return invalid('w and x need r as well');
  const locks: Locks = [];
  const made = yield* mapLocked(here, { ...args, object, length }, locks);
  giveAll(here, locks);
  return made;
}

type Checked = MapArgs & { readonly object: VmObject };

function* mapLocked(here: Here, args: Checked, locks: Locks): Steps<VmRegionMapping | Status> {
  const { region, object, object_offset, length, prot } = args;
  if (here.step('2')) yield;
  yield* lockRegion(here, locks, region);
  if (region.vr_status === VM_REGION_DEAD) return 'BAD_STATE';
  if (here.step('3')) yield;
  if ((prot & ~region.vr_prot) !== 0) return deniedByRegion(here, prot, region);
  if (here.step('4')) yield;
  if ((prot & VM_PROT_RWX & ~object.vo_prot) !== 0) return deniedByObject(here, prot & VM_PROT_RWX, object);
  if (here.step('5')) yield;
  if (object_offset + length > object.vo_size) {
    const end = `object “${object.vo_name}” has ${String(object.vo_size)} bytes`;
    return refuse(here, 'INVALID_ARGUMENT', `${end}, the mapping would end at ${String(object_offset + length)}`);
  }
  const place = yield* findPlace(here, args, locks);
  if (typeof place === 'string') return place;
  if (here.step('9')) yield;
  if (args.isAllocated !== true && mustFail(here.kernel, 'object-alloc', here.cluster)) return 'NO_MEMORY';
  if (here.step('10')) yield;
  const mapping = newMapping(here, place.target, place.offset, length, { ...args, object });
  if (here.step('11')) yield;
  yield* take(here, locks, object.vo_base.ob_lock);
  object.vo_mappings.push(mapping);
  give(here, locks, object.vo_base.ob_lock);
  if (here.step('12')) yield;
  linkEntry(here, place.target, mapping.m_entry);
  emitCreation(here.machine, here.cluster, rangeOf(here, place.target, mapping.m_entry));
  return mapping;
}

interface Place {
  readonly target: VmRegion;
  readonly offset: number;
}

function* findPlace(here: Here, args: Checked, locks: Locks): Steps<Place | Status> {
  const { region, region_offset, length, prot } = args;
  if (region_offset === VM_REGION_ANY_OFFSET) {
    if (here.step('6')) yield;
    const offset = findGap(region, length);
    return offset < 0 ? 'NO_MEMORY' : { target: region, offset };
  }
  if (here.step('7')) yield;
  if (!isInRange(region, region_offset, length)) return 'INVALID_ARGUMENT';
  let target = region;
  let offset = region_offset;
  for (;;) {
    if (here.step('8')) yield;
    const inTheWay = entriesIn(target.vr_entries, offset, offset + length);
    const [only] = inTheWay;
    if (only === undefined) {
      if (here.step('8a')) yield;
      return { target, offset };
    }
    const child = only.container;
    const holdsAll = inTheWay.length === 1 && only.e_offset <= offset && offset + length <= endOf(only);
    if (child.type !== 'vm_region' || !holdsAll) {
      const isRegion = inTheWay.some(({ container }) => container.type === 'vm_region');
      if (here.step(isRegion ? '8c' : '8d')) yield;
      return isRegion ? 'INVALID_ARGUMENT' : occupiedBy(here, only);
    }
    if (here.step('8b')) yield;
    yield* lockRegion(here, locks, child);
    offset -= only.e_offset;
    target = child;
    if ((prot & ~child.vr_prot) !== 0) return deniedByRegion(here, prot, child);
  }
}

/** Step 10, also for the right piece of a middle cut. It is in no list and no tree yet. */
export function newMapping(
  here: Here,
  target: VmRegion,
  offset: number,
  size: number,
  { object, object_offset, prot, kind = 'SHARED', label = '' }: Omit<Checked, 'region' | 'region_offset' | 'length'>,
): VmRegionMapping {
  const mapping: VmRegionMapping = {
    type: 'vm_region_mapping', m_entry: null as never, m_object: object, m_prot: prot, m_object_offset: object_offset, m_kind: kind,
    m_label: label, freed: null,
  }; // prettier-ignore
  mapping.m_entry = {
    type: 'vm_region_entry', e_node: newNode(), e_parent: target.vr_entry, e_type: VM_REGION_ENTRY_MAPPING,
    e_address: target.vr_entry.e_address + offset, e_offset: offset, e_size: size, isRoot: false, container: mapping,
  }; // prettier-ignore
  here.kernel.mappings += 1;
  addReference(here, object, 'mapping');
  return mapping;
}

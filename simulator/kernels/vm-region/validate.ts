/** 4.8: may a range be accessed? Nothing is paged in. */
import { findEntry } from './btree.ts';
import { protectionBits, VM_PROT_ALL, VM_REGION_DEAD } from './constants.ts';
import { isInRange } from './create.ts';
import { kernelFunction } from '../../execution/activation.ts';
import { byHandles, handle } from './handles.ts';
import { giveAll, lockRegion, type Locks } from './locks.ts';
import { type Here, type Steps, type VmRegion, type VmRegionMapping } from './state.ts';

/** The mapping that holds an offset of a region, in whatever child, and where the offset lies in it. */
export interface Found {
  readonly mapping: VmRegionMapping;
  /** The region that holds the mapping. */
  readonly region: VmRegion;
  /** Bytes from the mapping's start. */
  readonly inside: number;
}

/** Locks every region on the way. */
export function* findMapping(here: Here, locks: Locks, region: VmRegion, offset: number): Steps<Found | null> {
  let holder = region;
  let rest = offset;
  for (;;) {
    const entry = findEntry(holder.vr_entries, rest);
    if (entry === null) return null;
    const { container } = entry;
    rest -= entry.e_offset;
    if (container.type === 'vm_region_mapping') return { mapping: container, region: holder, inside: rest };
    yield* lockRegion(here, locks, container);
    holder = container;
  }
}

interface ValidateArgs {
  readonly region: VmRegion;
  readonly offset: number;
  readonly len: number;
  readonly prot: number;
}

const steps = {
  1: 'lock; DEAD: false',
  2: 'unknown bits or outside the region: false. Nothing asked: true up to the end',
  3: 'the entry at the current offset: none: false; a child: descend; a mapping: rights and memory, on to its end',
  4: 'all covered: true',
} as const;

export const vm_region_validate_access = byHandles(
  {
    name: 'vm_region_validate_access',
    section: '4.8',
    doc: 'Is the whole range mapped with these rights, and does the objects’ memory reach that far?',
    parameters: [
      handle('region'),
      { name: 'offset', type: { kind: 'integer' } },
      { name: 'len', type: { kind: 'size' } },
      { name: 'prot', type: { kind: 'protection', bits: protectionBits } },
    ],
    result: { kind: 'boolean' },
    errors: [],
    steps,
  },
  function* (here: Here, args: ValidateArgs): Steps<boolean> {
    const locks: Locks = [];
    if (here.step('1')) yield;
    yield* lockRegion(here, locks, args.region);
    const isValid = args.region.vr_status !== VM_REGION_DEAD && (yield* validate(here, locks, args));
    giveAll(here, locks);
    return isValid;
  },
);

/** 4.13 step 3: on a region that is locked. */
export const validateLocked = kernelFunction(
  {
    name: 'vm_region_validate_access',
    section: '4.8',
    doc: 'Is the whole range of a region that is locked mapped with these rights?',
    parameters: [],
    errors: [],
    steps,
  },
  function* (here: Here, { locks, ...args }: ValidateArgs & { readonly locks: Locks }): Steps<boolean> {
    return yield* validate(here, locks, args);
  },
);

/** Steps 2 to 4. */
function* validate(here: Here, locks: Locks, { region, offset, len, prot }: ValidateArgs): Steps<boolean> {
  if (here.step('2')) yield;
  if ((prot & ~VM_PROT_ALL) !== 0) return false;
  if (len === 0) return offset >= 0 && offset <= region.vr_entry.e_size;
  if (!isInRange(region, offset, len)) return false;
  for (let at = offset; at < offset + len;) {
    if (here.step('3')) yield;
    const found = yield* findMapping(here, locks, region, at);
    if (found === null || (prot & ~found.mapping.m_prot) !== 0) return false;
    const { m_entry, m_object, m_object_offset } = found.mapping;
    const part = Math.min(m_entry.e_size - found.inside, offset + len - at);
    if (m_object_offset + found.inside + part > m_object.vo_size) return false;
    at += part;
  }
  if (here.step('4')) yield;
  return true;
}

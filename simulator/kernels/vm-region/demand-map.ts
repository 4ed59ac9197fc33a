/** 4.9: the page fault. Finds the mapping of an address and makes its page, if it must, and its page-table entry. */
import { emit, EventKind } from '../../hardware/trace-event.ts';
import { kernelFunction } from '../../execution/activation.ts';
import {
  PMAP_FAULT_ALL, PMAP_FAULT_BADCFG, PMAP_FAULT_EXEC, PMAP_FAULT_USER, PMAP_FAULT_WRITE, VM_PROT_EXEC, VM_PROT_READ, VM_PROT_RWX,
  VM_PROT_USER, VM_PROT_WRITE, VM_REGION_DEAD, type Status,
} from './constants.ts'; // prettier-ignore
import { isInRange } from './create.ts';
import { giveAll, lockRegion, take, type Locks } from './locks.ts';
import { invalidateHere, pmap_add } from './pmap.ts';
import { isSameLeaf, leafEntry, P, readLeaf } from './table-words.ts';
import { findMapping, type Found } from './validate.ts';
import { obtainPage } from './vm-object.ts';
import { pageDown, type Here, type Steps, type VmPage, type VmRegion } from './state.ts';

export interface DemandArgs {
  readonly region: VmRegion;
  readonly addr: number;
  readonly flags: number;
}

export const demandSteps = {
  1: 'unknown flags, WRITE and EXEC together: INVALID_ARGUMENT; BADCFG: MEMORY_FAULT',
  2: 'lock; DEAD: BAD_STATE',
  3: 'outside the region: NO_ENTRY',
  4: 'descend to the mapping; a hole: NO_ENTRY',
  5: 'rights that the access needs, not all in m_prot: ACCESS_DENIED',
  6: 'lock the object; beyond its end: MEMORY_FAULT',
  7: 'find the page',
  8: 'absent: a frame of this core’s bank, zeroed or from the file; none: NO_MEMORY',
  9: 'query the page-table entry',
  '9a': 'it is right already: drop the stale TLB entry of this core',
  '9b': 'present but different: enter the right one, with a shootdown',
  '9c': 'absent: enter it. No frame for a table: NO_MEMORY, the page stays in the object',
  10: 'unlock',
} as const;

export const demandMap = kernelFunction(
  {
    name: 'vm_region_demand_map',
    section: '4.9',
    doc: 'Pages in what an access needs.',
    parameters: [
      { name: 'region', type: { kind: 'object', type: 'vm_region' } },
      { name: 'addr', type: { kind: 'address' } },
      { name: 'flags', type: { kind: 'integer' } },
    ],
    errors: ['INVALID_ARGUMENT', 'MEMORY_FAULT', 'BAD_STATE', 'NO_ENTRY', 'ACCESS_DENIED', 'NO_MEMORY'],
    steps: demandSteps,
  },
  function* (here: Here, args: DemandArgs): Steps<Status | void> {
    return yield* demand(here, args);
  },
);

export function* demand(here: Here, { region, addr, flags }: DemandArgs): Steps<Status | void> {
  if (here.step('1')) yield;
  const isBoth = (flags & PMAP_FAULT_WRITE) !== 0 && (flags & PMAP_FAULT_EXEC) !== 0;
  if ((flags & ~PMAP_FAULT_ALL) !== 0 || isBoth) return 'INVALID_ARGUMENT';
  if ((flags & PMAP_FAULT_BADCFG) !== 0) return 'MEMORY_FAULT';
  const locks: Locks = [];
  if (here.step('2')) yield;
  yield* lockRegion(here, locks, region);
  const error = yield* demandLocked(here, region, pageDown(addr), flags, locks);
  if (here.step('10')) yield;
  giveAll(here, locks);
  return error;
}

function* demandLocked(here: Here, region: VmRegion, va: number, flags: number, locks: Locks): Steps<Status | void> {
  if (region.vr_status === VM_REGION_DEAD) return 'BAD_STATE';
  if (here.step('3')) yield;
  const offset = va - region.vr_entry.e_address;
  if (!isInRange(region, offset, 1)) return 'NO_ENTRY';
  if (here.step('4')) yield;
  const found = yield* findMapping(here, locks, region, offset);
  if (found === null) return 'NO_ENTRY';
  const { m_prot, m_object, m_object_offset } = found.mapping;
  if (here.step('5')) yield;
  // Without any of READ, WRITE and EXEC every access is denied (4.5 step 1).
  if ((neededFor(flags) & ~m_prot) !== 0 || (m_prot & VM_PROT_RWX) === 0) return 'ACCESS_DENIED';
  if (here.step('6')) yield;
  yield* take(here, locks, m_object.vo_base.ob_lock);
  const inObject = m_object_offset + pageDown(found.inside);
  if (inObject >= m_object.vo_size) return 'MEMORY_FAULT';
  if (here.step('7')) yield;
  const isResident = m_object.vo_pages.has(inObject / 4096);
  if (!isResident && here.step('8')) yield;
  const page = obtainPage(here, m_object, inObject);
  if (typeof page === 'string') return page;
  return yield* enter(here, found, page, va, isResident);
}

function neededFor(flags: number): number {
  const access =
    (flags & PMAP_FAULT_EXEC) !== 0 ? VM_PROT_EXEC : (flags & PMAP_FAULT_WRITE) !== 0 ? VM_PROT_WRITE : VM_PROT_READ;
  return access | ((flags & PMAP_FAULT_USER) !== 0 ? VM_PROT_USER : 0);
}

/** Step 9. A read fault on a writable mapping enters a writable page: there is no copy-on-write. */
function* enter(here: Here, found: Found, page: VmPage, va: number, isResident: boolean): Steps<Status | void> {
  const { m_prot, m_object } = found.mapping;
  const pmap = found.region.vr_pmap;
  if (here.step('9')) yield;
  const old = readLeaf(here.machine, pmap.root, va);
  const isPresent = (old[0] & P) !== 0;
  if (isPresent && isSameLeaf(old, leafEntry(va, page.frame, m_prot, m_object.vo_kind === 'PHYS'))) {
    if (here.step('9a')) yield;
    invalidateHere(here, va);
    if (isResident) emit(here.machine, EventKind.falseFault, here.cluster, { va });
    return;
  }
  if (here.step(isPresent ? '9b' : '9c')) yield;
  return yield* pmap_add(here, { pmap, va, frame: page.frame, prot: m_prot, object: m_object });
}

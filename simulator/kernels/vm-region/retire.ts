/** 4.4, steps 3 to 8: what a region leaves when it dies, and everything below it. */
import { emitRemoval } from '../../hardware/region-log.ts';
import { emit } from '../../hardware/trace-event.ts';
import { kernelFunction } from '../../execution/activation.ts';
import { entriesOf, removeEntry } from './btree.ts';
import { VM_REGION_DEAD, VM_REGION_ENTRY_NONE } from './constants.ts';
import { Own } from './events.ts';
import { giveAll, lockRegion, take, type Locks } from './locks.ts';
import { pmap_remove, rangeOf } from './pmap.ts';
import type { Here, Steps, VmRegion, VmRegionEntry, VmRegionMapping } from './state.ts';

/** Removes an entry from the tree that it is in. */
export function unlinkEntry(here: Here, parent: VmRegion, entry: VmRegionEntry): void {
  parent.vr_entries = removeEntry(parent.vr_entries, entry);
  emit(here.machine, Own['entry.remove'], here.cluster, {
    region: parent.vr_base.ob_id,
    off: entry.e_offset,
    size: entry.e_size,
    type: entry.e_type,
  });
}

export function parentOf({ e_parent }: VmRegionEntry): VmRegion | null {
  return e_parent === null ? null : (e_parent.container as VmRegion);
}

export const killSteps = {
  1: 'DEAD already: BAD_STATE',
  2: 'a parent: temporary references on both, unlock, lock the parent, lock the region. It died meanwhile: BAD_STATE',
  3: 'status DEAD',
  4: 'leave the parent’s tree; the range is free for others',
  5: 'the cleanup queue begins with the region',
  6: 'the next region of the queue, locked',
  '7a': 'a mapping: leave its object’s list, take its pages out of the tables, retire it',
  '7b': 'a region: lock it, DEAD, no parent; retire it, queue it',
  8: 'unlock it',
  9: 'the tree’s reference is the caller’s to drop',
  10: 'OK, still locked',
} as const;

/** Steps 5 to 8, on a region that is locked and DEAD. */
export function* cleanUp(here: Here, region: VmRegion): Steps<void> {
  if (here.step('5')) yield;
  const queue = [region];
  for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
    const locks: Locks = [];
    if (here.step('6')) yield;
    if (next !== region) yield* lockRegion(here, locks, next);
    for (const entry of entriesOf(next.vr_entries)) {
      const { container } = entry;
      if (here.step(container.type === 'vm_region' ? '7b' : '7a')) yield;
      unlinkEntry(here, next, entry);
      if (container.type === 'vm_region') queue.push(yield* retireRegion(here, next, container));
      else yield* retireMapping(here, next, container);
    }
    if (here.step('8')) yield;
    giveAll(here, locks);
  }
}

/** What the finaliser does to a region that is still ONLINE: nobody else can reach it. */
export const killUnreachable = kernelFunction(
  {
    name: 'vm_region_kill',
    section: '4.4',
    doc: 'Kills a region that nobody refers to any more, and everything below it.',
    parameters: [],
    errors: [],
    steps: killSteps,
  },
  function* (here: Here, region: VmRegion): Steps<void> {
    if (here.step('3')) yield;
    die(here, region);
    yield* cleanUp(here, region);
  },
);

export function die(here: Here, region: VmRegion): void {
  region.vr_status = VM_REGION_DEAD;
  emit(here.machine, Own['region.dead'], here.cluster, { id: region.vr_base.ob_id });
}

/** V3. The tree's reference becomes the retired list's. */
function* retireRegion(here: Here, parent: VmRegion, child: VmRegion): Steps<VmRegion> {
  const locks: Locks = [];
  yield* lockRegion(here, locks, child);
  die(here, child);
  child.vr_entry.e_parent = null;
  giveAll(here, locks);
  parent.vr_retired.push(child);
  return child;
}

/** Its object reference is kept. */
function* retireMapping(here: Here, region: VmRegion, mapping: VmRegionMapping): Steps<void> {
  const { m_object, m_entry } = mapping;
  const locks: Locks = [];
  yield* take(here, locks, m_object.vo_base.ob_lock);
  m_object.vo_mappings.splice(m_object.vo_mappings.indexOf(mapping), 1);
  yield* pmap_remove(here, {
    pmap: region.vr_pmap, va: m_entry.e_address, pages: m_entry.e_size / 4096, object: m_object, object_offset: mapping.m_object_offset,
  }); // prettier-ignore
  giveAll(here, locks);
  m_entry.e_type = VM_REGION_ENTRY_NONE;
  m_entry.e_parent = null;
  region.vr_retired.push(mapping);
  emitRemoval(here.machine, here.cluster, rangeOf(here, region, m_entry));
}

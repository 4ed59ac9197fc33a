/** 4.4: the end of a region and of everything below it. */
import { kernelFunction } from '../../execution/activation.ts';
import { VM_REGION_DEAD } from './constants.ts';
import { give, lockRegion, type Locks } from './locks.ts';
import { addReference, dropReference } from './references.ts';
import { cleanUp, die, killSteps, parentOf, unlinkEntry } from './retire.ts';
import type { Here, Steps, VmRegion } from './state.ts';

/** Entered and left with `region` locked, in `locks`. */
export const killRegion = kernelFunction(
  {
    name: 'vm_region_kill',
    section: '4.4',
    doc: 'Kills a region and everything below it. Called with the region locked, and returns with it locked.',
    parameters: [],
    errors: ['BAD_STATE'],
    steps: killSteps,
  },
  function* (here: Here, { region, locks }: { region: VmRegion; locks: Locks }): Steps<'BAD_STATE' | void> {
    if (here.step('1')) yield;
    if (region.vr_status === VM_REGION_DEAD) return 'BAD_STATE';
    const parent = parentOf(region.vr_entry);
    if (parent !== null) {
      if (here.step('2')) yield;
      if (!(yield* lockWithParent(here, parent, region, locks))) return 'BAD_STATE';
    }
    if (here.step('3')) yield;
    die(here, region);
    if (parent !== null) {
      if (here.step('4')) yield;
      unlinkEntry(here, parent, region.vr_entry);
      region.vr_entry.e_parent = null;
      give(here, locks, parent.vr_base.ob_lock);
    }
    yield* cleanUp(here, region);
    if (parent !== null) {
      if (here.step('9')) yield;
      yield* dropReference(here, parent, 'temporary');
      yield* dropReference(here, region, 'temporary');
      region.tree_reference_of = here.activity.agent;
    }
    if (here.step('10')) yield;
  },
);

/** Step 2, V3: the lock order is ancestor first, so the region's lock is dropped to take the parent's. */
function* lockWithParent(here: Here, parent: VmRegion, region: VmRegion, locks: Locks): Steps<boolean> {
  addReference(here, region, 'temporary');
  addReference(here, parent, 'temporary');
  give(here, locks, region.vr_base.ob_lock);
  yield* lockRegion(here, locks, parent);
  yield* lockRegion(here, locks, region);
  if (region.vr_status !== VM_REGION_DEAD && region.vr_entry.e_parent !== null) return true;
  give(here, locks, region.vr_base.ob_lock);
  give(here, locks, parent.vr_base.ob_lock);
  yield* dropReference(here, parent, 'temporary');
  yield* dropReference(here, region, 'temporary');
  yield* lockRegion(here, locks, region);
  return false;
}

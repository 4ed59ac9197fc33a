/** V9: the lock functions of DEFINE_OBJECT_LOCK_FUNCTION(vm_region, vr_base), and those for two regions. */
import { byHandles, handle, unlockRegion } from './handles.ts';
import { giveAll, isHeld, lockRegion, take, type Locks } from './locks.ts';
import { parentOf } from './retire.ts';
import type { Here, Steps, VmRegion } from './state.ts';

const section = '2.7';

export const vm_region_lock = byHandles(
  {
    name: 'vm_region_lock',
    section,
    doc: 'Locks a region, waiting for whoever holds it.',
    parameters: [handle('region')],
    errors: [],
    steps: { 1: 'wait until it is free, take it' },
  },
  function* (here: Here, { region }: { region: VmRegion }): Steps<void> {
    if (here.step('1')) yield;
    yield* lockRegion(here, [], region);
  },
);

export const vm_region_unlock = byHandles(
  {
    name: 'vm_region_unlock',
    section,
    doc: 'Unlocks a region.',
    parameters: [handle('region')],
    errors: ['INVALID_ARGUMENT'],
    steps: { 1: 'give it back; after a kill, drop the tree’s reference' },
  },
  function* (here: Here, { region }: { region: VmRegion }) {
    if (here.step('1')) yield;
    // Who has not locked it may not unlock it.
    if (!isHeld(here, region.vr_base.ob_lock)) return 'INVALID_ARGUMENT';
    yield* unlockRegion(here, region);
    return undefined;
  },
);

export const vm_region_lock_irqsave = byHandles(
  {
    name: 'vm_region_lock_irqsave',
    section,
    doc: 'Locks a region with interrupts off on this core; gives whether they were on.',
    parameters: [handle('region')],
    outputs: [{ name: 'lock_flags', type: { kind: 'integer' } }],
    errors: [],
    steps: { 1: 'wait until it is free, take it; interrupts off' },
  },
  function* (here: Here, { region }: { region: VmRegion }): Steps<{ lock_flags: number }> {
    if (here.step('1')) yield;
    const { interruptsOff } = here.kernel;
    const { agent } = here.activity;
    const lock_flags = interruptsOff.has(agent) ? 0 : 1;
    yield* lockRegion(here, [], region);
    interruptsOff.add(agent);
    return { lock_flags };
  },
);

export const vm_region_unlock_irqrestore = byHandles(
  {
    name: 'vm_region_unlock_irqrestore',
    section,
    doc: 'Unlocks a region and gives the interrupts their former state.',
    parameters: [handle('region'), { name: 'lock_flags', type: { kind: 'integer' }, default: 1 }],
    errors: ['INVALID_ARGUMENT'],
    steps: { 1: 'give it back; after a kill, drop the tree’s reference' },
  },
  function* (here: Here, { region, lock_flags }: { region: VmRegion; lock_flags: number }) {
    if (here.step('1')) yield;
    if (!isHeld(here, region.vr_base.ob_lock)) return 'INVALID_ARGUMENT';
    if (lock_flags !== 0) here.kernel.interruptsOff.delete(here.activity.agent);
    yield* unlockRegion(here, region);
    return undefined;
  },
);

/** The region and those around it, outermost first. */
function chainOf(region: VmRegion): VmRegion[] {
  const parent = parentOf(region.vr_entry);
  return parent === null ? [region] : [...chainOf(parent), region];
}

/**
 * For a call that walks both regions. Of two in one tree it takes what lies between them and their nearest common ancestor as
 * well, outermost first: a walk from the outer one would otherwise meet a lock above one that it holds.
 */
export function* lockPairToWalk(here: Here, locks: Locks, a: VmRegion, b: VmRegion): Steps<void> {
  yield* take(here, locks, here.kernel.vm_pair_lock);
  const [first, second] = a.vr_base.ob_id <= b.vr_base.ob_id ? [a, b] : [b, a];
  const [one, other] = [chainOf(first), chainOf(second)];
  const common = one.filter((region) => other.includes(region)).length;
  const path = common === 0 ? [first, second] : [...one.slice(common - 1), ...other.slice(common)];
  for (const region of path) yield* lockRegion(here, locks, region);
}

/** V4: one two-region call at a time; then the lower ob_id first. The same region twice is locked once. */
export function* lockPair(here: Here, locks: Locks, a: VmRegion, b: VmRegion): Steps<void> {
  yield* take(here, locks, here.kernel.vm_pair_lock);
  const [first, second] = a.vr_base.ob_id <= b.vr_base.ob_id ? [a, b] : [b, a];
  yield* lockRegion(here, locks, first);
  yield* lockRegion(here, locks, second);
}

const pair = [handle('a'), handle('b')];

export const vm_region_lock_pair = byHandles(
  {
    name: 'vm_region_lock_pair',
    section,
    doc: 'Locks two regions, the lower ob_id first; the same one once.',
    parameters: pair,
    errors: [],
    steps: { 1: 'vm_pair_lock, then both' },
  },
  function* (here: Here, { a, b }: { a: VmRegion; b: VmRegion }): Steps<void> {
    if (here.step('1')) yield;
    yield* lockPair(here, [], a, b);
  },
);

export const vm_region_unlock_pair = byHandles(
  {
    name: 'vm_region_unlock_pair',
    section,
    doc: 'Unlocks two regions, vm_pair_lock last.',
    parameters: pair,
    errors: ['INVALID_ARGUMENT'],
    steps: { 1: 'both, then vm_pair_lock' },
  },
  function* (here: Here, { a, b }: { a: VmRegion; b: VmRegion }) {
    if (here.step('1')) yield;
    const both = a === b ? [a] : [a, b];
    const { vm_pair_lock } = here.kernel;
    if (![vm_pair_lock, ...both.map(({ vr_base }) => vr_base.ob_lock)].every((lock) => isHeld(here, lock)))
      return 'INVALID_ARGUMENT';
    for (const region of both.reverse()) yield* unlockRegion(here, region);
    giveAll(here, [vm_pair_lock]);
    return undefined;
  },
);

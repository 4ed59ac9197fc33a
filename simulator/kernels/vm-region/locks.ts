/** 2.7: who holds what. Every public function takes its own locks; ancestors stay locked until it returns. */
import { emit, eventId, type EventFields } from '../../hardware/trace-event.ts';
import { createLock, holdsLock, release, tryLock, waitForLock, type Lock } from '../../execution/lock.ts';
import type { Here, Steps, KernelObject, ObjectHeader, VmRegion } from './state.ts';

export function headerOf(object: KernelObject): ObjectHeader {
  return object.type === 'vm_region' ? object.vr_base : object.vo_base;
}

export function newHeader(type: ObjectHeader['ob_type'], id: number): ObjectHeader {
  return {
    ob_type: type,
    ob_lock: createLock(`the lock of ${type} #${String(id)}`),
    ob_refcount: 1,
    ob_id: id,
    pins: 0,
  };
}

/** The locks that a call has taken, in order. */
export type Locks = Lock[];

export function* take(here: Here, locks: Locks, lock: Lock): Steps<void> {
  // V4: what the call already holds is not locked again.
  if (locks.includes(lock)) return;
  if (!tryLock(here, lock)) {
    record(here, 'lock.wait', lock, { holder: lock.holder });
    yield* waitForLock(here, lock);
  }
  record(here, 'lock.acquire', lock);
  locks.push(lock);
}

export function lockRegion(here: Here, locks: Locks, region: VmRegion): Steps<void> {
  return take(here, locks, region.vr_base.ob_lock);
}

export function give(here: Here, locks: Locks, lock: Lock): void {
  const place = locks.lastIndexOf(lock);
  if (place < 0) return;
  locks.splice(place, 1);
  release(here, lock);
  record(here, 'lock.release', lock);
}

/** In the reverse order of taking. */
export function giveAll(here: Here, locks: Locks): void {
  for (let lock = locks.at(-1); lock !== undefined; lock = locks.at(-1)) give(here, locks, lock);
}

function record({ machine, cluster, core }: Here, event: string, lock: Lock, more: EventFields = {}): void {
  emit(machine, eventId(machine, event), cluster, { object: lock.name, lockingCore: core, ...more });
}

export function isHeld(here: Here, lock: Lock): boolean {
  return holdsLock(here, lock, 'write');
}

/** 2.7: who holds what. Every public function takes its own locks; ancestors stay locked until it returns. */
import { emit } from '../../hardware/trace-event.ts';
import { createLock, holdsLock, release, tryLock, waitForLock, type Lock } from '../../execution/lock.ts';
import { Own } from './events.ts';
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
    const { holder } = lock;
    emit(here.machine, Own['lock.wait'], here.cluster, { object: lock.name, core: here.core, holder });
    yield* waitForLock(here, lock);
  }
  emit(here.machine, Own['lock.acquire'], here.cluster, { object: lock.name, core: here.core });
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
  emit(here.machine, Own['lock.release'], here.cluster, { object: lock.name, core: here.core });
}

/** In the reverse order of taking. */
export function giveAll(here: Here, locks: Locks): void {
  for (let lock = locks.at(-1); lock !== undefined; lock = locks.at(-1)) give(here, locks, lock);
}

export function isHeld(here: Here, lock: Lock): boolean {
  return holdsLock(here, lock, 'write');
}

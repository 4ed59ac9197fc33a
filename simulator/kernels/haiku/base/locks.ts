/** 1.6: semaphores, mutexes and recursive locks. Before vm_init_postsem they do nothing. Spinlocks are one step. */
import { setCycles, cycles } from '../../../hardware/core.ts';
import { createLock, holdsLock, release, tryLock, waitForLock, type LockMode } from '../../../execution/lock.ts';
import { emit } from '../../../hardware/trace-event.ts';
import { panic } from '../../../execution/panic.ts';
import { Own } from './events.ts';
import type { HaikuState, Here, Steps, Mutex, RwSem, Semaphore } from './state.ts';

/** 1.7, outermost first. Spinlocks come last, and are one step. */
export const lockRanks = { map: 1, cacheRef: 2, translationMap: 3, iospace: 4, hash: 5 } as const;

export function newRwSem(name: string, id: number, rank: number): RwSem {
  return { type: 'rw_sem', id, lock: createLock(name), rank };
}

export function newMutex(name: string, sem: number, rank: number): Mutex {
  return { type: 'mutex', sem, lock: createLock(name), recursion: 0, rank };
}

/** 1.7: what is asked for must lie inside all that the agent holds. A wrong order is an event, and goes on. */
function noteOrder(here: Here, { lock, rank }: RwSem | Mutex): void {
  const { agent } = here.activity;
  const { lock_ranks } = here.kernel;
  let held = lock_ranks.get(agent);
  if (held === undefined) lock_ranks.set(agent, (held = []));
  for (const other of held) {
    if (other < rank) continue;
    emit(here.machine, Own['lock-order'], here.cluster, { lock: lock.name, rank, held: other });
    break;
  }
  held.push(rank);
}

function noteRelease(here: Here, rank: number): void {
  const held = here.kernel.lock_ranks.get(here.activity.agent);
  if (held === undefined) return;
  // Nearly always the last one.
  if (held.at(-1) === rank) held.pop();
  else held.splice(held.lastIndexOf(rank) >>> 0, 1);
}

/** -1 until the semaphores exist. */
export function newSemId(state: HaikuState): number {
  return state.next_sem_id < 0 ? -1 : state.next_sem_id++;
}

function* down(here: Here, sem: RwSem, mode: LockMode): Steps<void> {
  if (sem.id < 0) return;
  noteOrder(here, sem);
  if (!tryLock(here, sem.lock, mode)) yield* waitForLock(here, sem.lock, mode);
}

/** `+R(s)`: one of 1024. */
export function readLock(here: Here, sem: RwSem): Steps<void> {
  return down(here, sem, 'read');
}

/** `+W(s)`: all 1024. */
export function writeLock(here: Here, sem: RwSem): Steps<void> {
  return down(here, sem, 'write');
}

/** `-R(s)`, `-W(s)`. */
export function unlock(here: Here, sem: RwSem): void {
  if (sem.id < 0) return;
  noteRelease(here, sem.rank);
  release(here, sem.lock);
}

/** How many of 1024 nobody holds. */
export function countOf({ lock }: RwSem): number {
  return lock.holder !== null ? 0 : 1024 - lock.readers.length;
}

/** `+L(m)` */
export function* lockMutex(here: Here, mutex: Mutex): Steps<void> {
  if (mutex.sem < 0) return;
  if (holdsLock(here, mutex.lock, 'write')) panic(here, `${mutex.lock.name} is taken twice by one thread`);
  noteOrder(here, mutex);
  if (!tryLock(here, mutex.lock)) yield* waitForLock(here, mutex.lock);
}

/** `-L(m)` */
export function unlockMutex(here: Here, mutex: Mutex): void {
  if (mutex.sem < 0) return;
  if (!holdsLock(here, mutex.lock, 'write'))
    panic(here, `${mutex.lock.name} is released by a thread that does not hold it`);
  noteRelease(here, mutex.rank);
  release(here, mutex.lock);
}

/** Recursive; true for the outermost acquisition. */
export function* lockRecursive(here: Here, mutex: Mutex): Steps<boolean> {
  const isMine = mutex.sem < 0 || holdsLock(here, mutex.lock, 'write');
  if (!isMine) {
    noteOrder(here, mutex);
    if (!tryLock(here, mutex.lock)) yield* waitForLock(here, mutex.lock);
  }
  mutex.recursion += 1;
  return mutex.recursion === 1;
}

export function unlockRecursive(here: Here, mutex: Mutex): void {
  mutex.recursion -= 1;
  if (mutex.recursion !== 0 || mutex.sem < 0) return;
  noteRelease(here, mutex.rank);
  release(here, mutex.lock);
}

export function newSemaphore(name: string, count: number): Semaphore {
  return { type: 'semaphore', name, count, waiters: [] };
}

/** Takes one, waiting in order of asking while there is none. */
export function* acquireSemaphore(here: Here, semaphore: Semaphore): Steps<void> {
  const { agent } = here.activity;
  if (semaphore.count <= 0 || semaphore.waiters.length > 0) {
    semaphore.waiters.push(agent);
    const leave = (): void => {
      semaphore.waiters = semaphore.waiters.filter((waiter) => waiter !== agent);
    };
    here.activity.wait = {
      kind: 'lock',
      description: () => semaphore.name,
      ready: () => semaphore.count > 0 && semaphore.waiters[0] === agent,
      withdraw: leave,
    };
    yield;
    leave();
  }
  semaphore.count -= 1;
}

/** Microseconds since the start. */
export function now(here: Here): number {
  return Math.floor(timeOf(here) / here.machine.config.cost.CYCLES_PER_US);
}

function timeOf(here: Here): number {
  return Math.max(here.engine.idleUntil, cycles(here.machine, here.core));
}

/** The thread sleeps; others run. */
export function* snooze(here: Here, microseconds: number): Steps<void> {
  if (microseconds <= 0) return;
  const { machine, core, engine } = here;
  const from = timeOf(here);
  if (from > cycles(machine, core)) setCycles(machine, core, from);
  here.activity.wait = engine.sleepWait(core, from + microseconds * machine.config.cost.CYCLES_PER_US);
  yield;
}

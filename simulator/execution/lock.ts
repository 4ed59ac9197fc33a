import { emit, EventKind, tell } from '../hardware/trace-event.ts';
import type { Activation, KernelGenerator } from './activation.ts';

export type LockMode = 'read' | 'write';

/** A lock as plain data. Holders are agents: threads or servers by their stable names. */
export interface Lock {
  readonly type: 'lock';
  readonly name: string;
  holder: string | null;
  readers: string[];
  waiters: LockWaiter[];
}

interface LockWaiter {
  readonly agent: string;
  readonly mode: LockMode;
}

export function createLock(name: string): Lock {
  return { type: 'lock', name, holder: null, readers: [], waiters: [] };
}

/** Does this agent hold the lock, at least in this mode? */
export function holdsLock(here: Activation, lock: Lock, mode: LockMode): boolean {
  const { agent } = here.activity;
  return lock.holder === agent || (mode === 'read' && lock.readers.includes(agent));
}

function isGrantable(lock: Lock, agent: string, mode: LockMode): boolean {
  if (lock.holder !== null) return false;
  if (mode === 'write') return lock.readers.length === 0 && isFirst(lock, agent);
  return lock.readers.includes(agent) || isFirst(lock, agent) || !isWriterAhead(lock, agent);
}

function isFirst(lock: Lock, agent: string): boolean {
  return lock.waiters.length === 0 || lock.waiters[0]?.agent === agent;
}

/** A reader that arrives behind a waiting writer waits behind it (clarification X1). */
function isWriterAhead(lock: Lock, agent: string): boolean {
  for (const waiter of lock.waiters) {
    if (waiter.agent === agent) return false;
    if (waiter.mode === 'write') return true;
  }
  return false;
}

function grant({ machine, activity, cluster }: Activation, lock: Lock, mode: LockMode, waited: boolean): void {
  const { agent } = activity;
  lock.waiters = lock.waiters.filter((waiter) => waiter.agent !== agent);
  if (mode === 'write') lock.holder = agent;
  else lock.readers.push(agent);
  tell(machine, 'lock-acquired', cluster, machine.trace.on ? { lock: lock.name, mode, waited } : null);
}

/** Takes the lock if nobody stands in the way. Uncontended locks never cost a generator. */
export function tryLock(here: Activation, lock: Lock, mode: LockMode = 'write'): boolean {
  const { agent } = here.activity;
  if (!isGrantable(lock, agent, mode)) return false;
  grant(here, lock, mode, false);
  return true;
}

/**
 * Takes the lock, waiting for it in order of asking. Guarded use on hot paths:
 * `if (!tryLock(here, lock)) yield* waitForLock(here, lock);`
 */
export function* waitForLock(here: Activation, lock: Lock, mode: LockMode = 'write'): KernelGenerator<void> {
  const { agent } = here.activity;
  lock.waiters.push({ agent, mode });
  emit(here.machine, EventKind.lockWait, here.cluster, {
    lock: lock.name,
    mode,
    holder: lock.holder ?? lock.readers.join(', '),
  });
  here.activity.wait = {
    kind: 'lock',
    description: () => `${lock.name}, held by ${lock.holder ?? (lock.readers.join(', ') || 'nobody')}`,
    on: () => ({ agents: lock.holder === null ? lock.readers : [lock.holder] }),
    ready: () => isGrantable(lock, agent, mode),
    withdraw: () => {
      lock.waiters = lock.waiters.filter((waiter) => waiter.agent !== agent);
    },
  };
  yield;
  grant(here, lock, mode, true);
}

export function* acquire(here: Activation, lock: Lock, mode: LockMode = 'write'): KernelGenerator<void> {
  if (!tryLock(here, lock, mode)) yield* waitForLock(here, lock, mode);
}

/** Gives back one hold of this agent. */
export function release(here: Activation, lock: Lock): void {
  const { agent } = here.activity;
  const mode = lock.holder === agent ? 'write' : 'read';
  if (mode === 'write') lock.holder = null;
  else {
    const index = lock.readers.indexOf(agent);
    if (index < 0) throw new Error(`internal: ${agent} releases ${lock.name}, which it does not hold`);
    lock.readers.splice(index, 1);
  }
  const { machine } = here;
  tell(machine, 'lock-released', here.cluster, machine.trace.on ? { lock: lock.name, mode } : null);
}

import { emit, EventKind, tell } from '../../hardware/trace-event.ts';
import type { Activation } from '../../execution/activation.ts';
import { kernelFunction, type KernelFunction } from '../../execution/activation.ts';
import type { FunctionInfo } from '../../execution/function-info.ts';
import { statusValues } from './constants.ts';
import { currentThread, type Here, type LunaixState, type Lunaixly } from './state.ts';

/**
 * 2.8: one lock for the whole kernel, recursive per core. Upstream is a uniprocessor kernel without locks; this one stands in
 * for it. A remote transaction keeps it with its core between two calls (L11).
 */
export interface Klock {
  /** -1: free. */
  core: number;
  /** Who holds it now; null while a remote transaction keeps it for its core. */
  agent: string | null;
  /** Who opened that transaction. */
  opener: string | null;
  depth: number;
  waiters: { agent: string; core: number }[];
}

const NAME = 'vm_klock';

export function createKlock(): Klock {
  return { core: -1, agent: null, opener: null, depth: 0, waiters: [] };
}

function mayEnter(lock: Klock, agent: string, core: number): boolean {
  if (lock.core === core && (lock.agent === agent || lock.agent === null)) return true;
  if (lock.core !== -1) return false;
  return lock.waiters.length === 0 || lock.waiters[0]?.agent === agent;
}

function leaveQueue(lock: Klock, agent: string): void {
  lock.waiters = lock.waiters.filter((waiter) => waiter.agent !== agent);
}

/** The agent that others wait for: between two calls of a transaction the one that opened it. */
export function holderOf({ agent, opener }: Klock): string | null {
  return agent ?? opener;
}

/** In words. A free lock goes to who asked first. */
function describeHolder({ agent, opener, waiters }: Klock): string {
  if (agent !== null) return agent;
  if (opener !== null) return `${opener}, whose remote transaction is open`;
  return `nobody, and ${waiters[0]?.agent ?? 'nobody'} comes first`;
}

export function* enterKernel(here: Here): Lunaixly<void> {
  const lock = here.kernel.klock;
  const { agent, core } = here.activity;
  const waited = !mayEnter(lock, agent, core);
  if (waited) {
    lock.waiters.push({ agent, core });
    emit(here.machine, EventKind.lockWait, here.cluster, {
      lock: NAME,
      mode: 'write',
      holder: describeHolder(lock),
    });
    here.activity.wait = {
      kind: 'lock',
      description: () => `${NAME}, held by ${describeHolder(lock)}`,
      on: () => ({ agents: [lock.agent ?? lock.opener ?? lock.waiters[0]?.agent ?? ''].filter((one) => one !== '') }),
      ready: () => mayEnter(lock, agent, core),
      withdraw: () => {
        leaveQueue(lock, agent);
      },
    };
    yield;
    leaveQueue(lock, agent);
  }
  lock.core = core;
  lock.agent = agent;
  lock.depth += 1;
  if (lock.depth > 1) return;
  const { machine, cluster } = here;
  tell(machine, 'lock-acquired', cluster, machine.trace.on ? { lock: NAME, mode: 'write', waited } : null);
}

export function leaveKernel(here: Here): void {
  const lock = here.kernel.klock;
  lock.depth -= 1;
  if (lock.depth === 0) {
    lock.core = -1;
    lock.agent = null;
    lock.opener = null;
    const { machine, cluster } = here;
    tell(machine, 'lock-released', cluster, machine.trace.on ? { lock: NAME, mode: 'write' } : null);
  } else restAgent(here);
}

/** Between enter_remote and exit_remote the lock stays with the core, whoever runs there (L11). */
export function keepForCore(here: Here): void {
  here.kernel.klock.opener = here.activity.agent;
  restAgent(here);
}

/** True when nothing but an open transaction holds it. */
export function isKept(state: LunaixState): boolean {
  return state.remoteWindow !== null;
}

/** The outermost call of an agent has returned, but a transaction keeps the lock: any thread of that core may go on. */
function restAgent(here: Here): void {
  const lock = here.kernel.klock;
  if (lock.depth === 1 && isKept(here.kernel)) lock.agent = null;
}

/** 2.5. A failed system call leaves its status in the thread that made it; what follows in the kernel does not change it. */
export function noteStatus(here: Here, result: unknown): void {
  const thread = currentThread(here);
  if (thread === null || typeof result !== 'string' || !Object.hasOwn(statusValues, result)) return;
  thread.syscall_ret = statusValues[result as keyof typeof statusValues];
}

const systemCalls = new Set([
  'sys_mmap', 'sys_munmap', 'sys_brk', 'sbrk', 'msync', 'sys_fork', 'execve', 'sys_open', 'sys_close',
]); // prettier-ignore

/**
 * A function of the kernel that takes vm_klock for its call. It is recursive, so functions that call each other each
 * take it, and those that a scenario calls by name are as safe as those that run inside a system call.
 */
export function lunaixFunction<A, R>(
  info: FunctionInfo,
  body: (here: Here, args: A) => Lunaixly<R>,
): KernelFunction<A, R, LunaixState> {
  return kernelFunction<A, R, LunaixState>(info, function* (here: Activation<LunaixState>, args: A) {
    yield* enterKernel(here);
    const result = yield* body(here, args);
    leaveKernel(here);
    if (systemCalls.has(info.name)) noteStatus(here, result);
    return result;
  });
}

/** 1.3: descriptors and identifiers of processes and threads. */
import { kernelFunction } from '../../../execution/activation.ts';
import { release, tryLock, waitForLock } from '../../../execution/lock.ts';
import { clusterOfCore } from '../../../hardware/machine-config.ts';
import { vmm_create_vseg } from '../regions/create-vseg.ts';
import { CONFIG_MAX_LPID, CONFIG_THREAD_MAX_PER_CLUSTER, VsegType } from '../base/constants.ts';
import { giveDescriptor, takeDescriptor } from '../memory/kcm.ts';
import {
  createCopy,
  createProcess,
  descriptorIn,
  insertCopy,
  isReference,
  type Process,
  type ProcessDescriptor,
} from '../objects/process.ts';
import { vmm_remove_vseg } from '../regions/remove-vseg.ts';
import { rpc_thread_user_create_client } from '../rpc/rpc-clients.ts';
import { clusterAt, type Here, type Steps } from '../objects/state.ts';
import type { Thread } from '../objects/thread.ts';
import { vmm_init } from '../regions/vmm-init.ts';
import type { Vseg } from '../objects/vseg.ts';

/** A descriptor and the lowest free LPID of a cluster; null when quota or table is exhausted. */
export function allocateProcess(here: Here, cluster: number, name: string, parent: Process | null): Process | null {
  const { pref_tbl, local_root, cxy } = clusterAt(here, cluster);
  let lpid = 1;
  while (pref_tbl[lpid]) lpid++;
  if (lpid >= CONFIG_MAX_LPID || !takeDescriptor(here, cluster, 'process')) return null;
  const owner = here.kernel.nextOwner++;
  const process = createProcess({ name, pid: cxy * 0x1_0000 + lpid, owner, cluster, parent });
  while (pref_tbl.length <= lpid) pref_tbl.push(null);
  pref_tbl[lpid] = process;
  local_root.push(process);
  here.kernel.processes.push(process);
  return process;
}

/** The descriptor's memory and, of a reference, its LPID. The VMM must be destroyed. */
export function freeDescriptor(here: Here, process: ProcessDescriptor): void {
  const { pref_tbl, local_root } = clusterAt(here, process.cluster);
  local_root.splice(local_root.indexOf(process), 1);
  const { copies } = process.ref;
  copies.splice(copies.indexOf(process), 1);
  if (isReference(process)) pref_tbl[process.pid % 0x1_0000] = null;
  giveDescriptor(here, process.cluster, 'process');
}

/** Undoes `allocateProcess`: of a process that has ended, or never came to life. */
export function forgetProcess(here: Here, process: Process): void {
  freeDescriptor(here, process);
  process.alive = false;
  here.kernel.processes.splice(here.kernel.processes.indexOf(process), 1);
}

interface ThreadArgs {
  readonly process: Process;
  readonly name: string;
  /** Index in the whole machine. */
  readonly core: number;
}

/** A thread in any cluster: by RPC where it is another one (5.24). */
export function* createThreadAt(here: Here, args: ThreadArgs): Steps<Thread | 'ENOMEM'> {
  const cluster = clusterOfCore(here.machine.config, args.core);
  if (cluster === here.cluster) return yield* thread_user_create(here, args);
  return yield* rpc_thread_user_create_client(here, { cxy: cluster, ...args });
}

export const thread_user_create = kernelFunction(
  {
    name: 'thread_user_create',
    section: '8.7, service 6',
    doc: 'Creates a user thread in the local cluster, with a copy of the process descriptor if there is none, and its STACK vseg.',
    parameters: [
      { name: 'process', type: { kind: 'process' } },
      { name: 'name', type: { kind: 'string' } },
      { name: 'core', type: { kind: 'integer' } },
    ],
    result: { kind: 'thread' },
    errors: ['ENOMEM'],
    steps: {
      1: 'allocate the thread descriptor; quota or th_tbl exhausted: ENOMEM',
      2: 'no local process descriptor: make a copy of the reference, vmm_init, register it in the copies list',
      3: 'vmm_create_vseg STACK in the local descriptor; null: ENOMEM',
      4: 'register the thread; it starts at entry_point, its stack pointer is the end of the vseg',
    },
  },
  function* (here: Here, { process, name, core }: ThreadArgs): Steps<Thread | 'ENOMEM'> {
    if (here.stage('1')) yield;
    const known = descriptorIn(process, here.cluster);
    const ltid = known === null ? 0 : known.th_tbl.indexOf(null);
    if (ltid < 0 || ltid >= CONFIG_THREAD_MAX_PER_CLUSTER) return 'ENOMEM';
    if (!takeDescriptor(here, here.cluster, 'thread')) return 'ENOMEM';
    if (here.stage('2')) yield;
    const local = known ?? (yield* makeCopy(here, process));
    const stack = local === null ? null : yield* createStack(here, local, '3');
    if (local === null || stack === null) {
      giveDescriptor(here, here.cluster, 'thread');
      return 'ENOMEM';
    }
    if (here.stage('4')) yield;
    if (!local.th_tbl.includes(null)) {
      yield* vmm_remove_vseg(here, { process: local, vseg: stack });
      giveDescriptor(here, here.cluster, 'thread');
      return 'ENOMEM';
    }
    return registerThread(here, local, { name, core, stack, pc: process.vmm.entry_point, sp: stack.max });
  },
);

function* createStack(here: Here, process: ProcessDescriptor, label: string): Steps<Vseg | null> {
  if (here.stage(label)) yield;
  return yield* vmm_create_vseg(here, {
    process,
    type: VsegType.STACK,
    base: 0,
    size: 0,
    file_offset: 0,
    file_size: 0,
    mapper_xp: null,
    cxy: clusterAt(here, process.cluster).cxy,
  });
}

/** Null when the process quota is exhausted. A vmm_init that fails is a panic (5.1). */
function* makeCopy(here: Here, ref: Process): Steps<ProcessDescriptor | null> {
  if (!tryLock(here, ref.copies_lock)) yield* waitForLock(here, ref.copies_lock);
  // Another thread's creation may have made it meanwhile.
  let copy = descriptorIn(ref, here.cluster);
  if (copy === null && takeDescriptor(here, here.cluster, 'process')) {
    copy = createCopy(ref, here.cluster);
    yield* vmm_init(here, { process: copy });
    insertCopy(ref, copy);
    clusterAt(here, here.cluster).local_root.push(copy);
  }
  release(here, ref.copies_lock);
  return copy;
}

interface NewThread {
  readonly name: string;
  readonly core: number;
  readonly stack: Vseg | null;
  readonly pc: number;
  readonly sp: number;
}

/** The caller has taken the descriptor's quota. */
export function registerThread(here: Here, local: ProcessDescriptor, { name, core, stack, pc, sp }: NewThread): Thread {
  const ltid = local.th_tbl.indexOf(null);
  const thread: Thread = {
    type: 'thread',
    name,
    process: local.ref,
    ltid,
    core,
    cluster: local.cluster,
    alive: true,
    stack,
    pc,
    sp,
  };
  local.th_tbl[ltid] = thread;
  local.th_nr += 1;
  here.kernel.threads.push(thread);
  return thread;
}

/** The thread is gone from its descriptor; its stack is the caller's business. */
export function unregisterThread(here: Here, thread: Thread): void {
  const local = descriptorIn(thread.process, thread.cluster);
  if (local !== null && local.th_tbl[thread.ltid] === thread) {
    local.th_tbl[thread.ltid] = null;
    local.th_nr -= 1;
  }
  const { threads } = here.kernel;
  threads.splice(threads.indexOf(thread), 1);
  thread.alive = false;
  if (thread.process.main === thread) thread.process.main = null;
  giveDescriptor(here, thread.cluster, 'thread');
}

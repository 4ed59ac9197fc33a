/** 6.2: fork, from the calling thread down. */
import { noteFork } from '../../../hardware/region-log.ts';
import { kernelFunction } from '../../../execution/activation.ts';
import { release, tryLock, waitForLock } from '../../../execution/lock.ts';
import { panic } from '../../../execution/panic.ts';
import { isError } from '../../../execution/result.ts';
import { clusterOfCore, coreIndex } from '../../../hardware/machine-config.ts';
import { selectCluster } from '../rpc/dqdt.ts';
import { beginFork, endFork } from '../rpc/gate.ts';
import { takeDescriptor } from '../memory/kcm.ts';
import { currentThread, descriptorIn, type Process } from '../objects/process.ts';
import { allocateProcess, forgetProcess, registerThread } from './process-manager.ts';
import { rpc_process_make_fork_client, rpc_vmm_set_cow_client } from '../rpc/rpc-clients.ts';
import type { Here, Steps } from '../objects/state.ts';
import { vmm_set_cow } from '../regions/set-cow.ts';
import type { Thread } from '../objects/thread.ts';
import { thread_fork_stack, vmm_copy } from '../regions/vmm-copy.ts';
import { vmm_destroy } from '../regions/vmm-destroy.ts';
import type { Vseg } from '../objects/vseg.ts';

interface ForkArgs {
  /** Left out: the calling one. */
  readonly thread?: Thread | null;
  /** Core of the child's main thread; null: the kernel places the child. */
  readonly core?: number | null;
  readonly place?: { readonly cluster: number; readonly core: number };
}

/** Steps 1, 2 and 7, in the calling thread's cluster. */
export const sys_fork = kernelFunction(
  {
    name: 'sys_fork',
    section: '6.2',
    doc: 'Forks the calling thread’s process; the child has one thread, in the cluster that the DQDT or the caller chose.',
    parameters: [{ name: 'place', type: { kind: 'place' }, optional: true, doc: 'place_fork; left out: the DQDT' }],
    result: { kind: 'process' },
    errors: ['ENOMEM'],
    steps: {
      1: 'choose the child’s cluster: as place_fork said, else the DQDT',
      2: 'wait until no fault of the process is in progress; RPC PROCESS_MAKE_FORK, or a direct call',
      7: 'return the child',
    },
  },
  function* (here: Here, { thread = currentThread(here), core = null, place }: ForkArgs): Steps<Process | 'ENOMEM'> {
    if (thread === null) return 'ENOMEM';
    const parent = thread.process;
    const { config } = here.machine;
    if (here.stage('1')) yield;
    const wanted = place === undefined ? core : coreIndex(config, place.cluster, place.core);
    const childCore = wanted ?? coreIndex(config, selectCluster(here.kernel, config), 0);
    const cluster = clusterOfCore(config, childCore);
    if (here.stage('2')) yield;
    yield* beginFork(here, parent);
    const request = { parent, thread, core: childCore };
    const child =
      cluster === here.cluster
        ? yield* process_make_fork(here, request)
        : yield* rpc_process_make_fork_client(here, { cxy: cluster, ...request });
    endFork(parent);
    if (here.stage('7')) yield;
    return child;
  },
);

interface MakeForkArgs {
  readonly parent: Process;
  readonly thread: Thread;
  readonly core: number;
}

/** Steps 3 to 6, in the child's cluster. */
export const process_make_fork = kernelFunction(
  {
    name: 'process_make_fork',
    section: '6.2',
    doc: 'Makes the child of a fork in the local cluster.',
    parameters: [],
    result: { kind: 'process' },
    errors: ['ENOMEM'],
    steps: {
      3: 'allocate the child’s descriptor and PID; owner and reference are this cluster',
      4: 'vmm_copy from the parent’s reference, whose vsegs_lock stays read-held up to step 6; error: undo, ENOMEM',
      5: 'the forking thread’s stack; the child’s main thread with its registers, return value 0',
      6: 'vmm_set_cow of the parent, by RPC VMM_SET_COW where its owner is another cluster',
    },
  },
  function* (here: Here, { parent, thread, core }: MakeForkArgs): Steps<Process | 'ENOMEM'> {
    if (thread.process !== parent) panic(here, `${thread.name} is no thread of ${parent.name}`);
    if (here.stage('3')) yield;
    const child = allocateProcess(here, here.cluster, `${parent.name}.fork${String(parent.forks + 1)}`, parent);
    if (child === null) return 'ENOMEM';
    const { vsegs_lock } = parent.vmm;
    if (here.stage('4')) yield;
    if (!tryLock(here, vsegs_lock, 'read')) yield* waitForLock(here, vsegs_lock, 'read');
    const error = yield* vmm_copy(here, { dst_process: child, src_process: parent });
    if (error) {
      release(here, vsegs_lock);
      forgetProcess(here, child);
      return error;
    }
    if (here.stage('5')) yield;
    const stack = thread.stack === null ? null : yield* thread_fork_stack(here, { child, thread });
    if ((stack !== null && isError(stack)) || !takeDescriptor(here, here.cluster, 'thread')) {
      release(here, vsegs_lock);
      yield* vmm_destroy(here, { process: child });
      forgetProcess(here, child);
      return 'ENOMEM';
    }
    startChild(here, child, thread, core, stack);
    if (here.stage('6')) yield;
    if (parent.cluster === here.cluster) yield* vmm_set_cow(here, { process: parent, thread_xp: thread });
    else yield* rpc_vmm_set_cow_client(here, { cxy: parent.cluster, process: parent, thread });
    release(here, vsegs_lock);
    noteFork(here.machine, parent.owner, child.owner);
    return child;
  },
);

function startChild(here: Here, child: Process, thread: Thread, core: number, stack: Vseg | null): void {
  const parent = thread.process;
  parent.forks += 1;
  child.codeStart = parent.codeStart;
  child.dataStart = parent.dataStart;
  child.vfs_bin = parent.vfs_bin;
  child.fd_array.push(...parent.fd_array);
  const local = descriptorIn(child, here.cluster) as Process;
  // A thread whose stack was unmapped forks a child without one.
  const main = registerThread(here, local, { name: child.name, core, stack, pc: thread.pc, sp: thread.sp });
  child.main = main;
  child.stackStart = stack?.min ?? 0;
}

/** The end of threads and processes: 5.24, 7.1, A15, B7. */
import { kernelFunction } from '../../../execution/activation.ts';
import { release, tryLock, waitForLock } from '../../../execution/lock.ts';
import { remoteAccess } from '../objects/cost.ts';
import { beginEnd, endEnd } from '../rpc/gate.ts';
import { forgetProcess, freeDescriptor, unregisterThread } from './process-manager.ts';
import { descriptorIn, livingThreads, otherCopies, type Process, type ProcessDescriptor } from '../objects/process.ts';
import { vmm_remove_vseg } from '../regions/remove-vseg.ts';
import { rpc_process_make_exit_client, rpc_process_make_kill_client } from '../rpc/rpc-clients.ts';
import type { Here, Steps } from '../objects/state.ts';
import type { Thread } from '../objects/thread.ts';
import { vmm_unmap_vseg } from '../regions/unmap-vseg.ts';
import { vmm_destroy } from '../regions/vmm-destroy.ts';

/** exit(): all threads in every cluster. The caller is in no kernel call. */
export function* endProcess(
  here: Here,
  process: Process,
  how: { readonly code: number } | { readonly signal: string },
): Steps<void> {
  if (!(yield* beginEnd(here, process))) return;
  here.engine.onProcessEnding(process);
  process.exit = 'code' in how ? how.code : how.signal;
  if (process.cluster === here.cluster) yield* process_destroy(here, { process });
  else if ('code' in how) yield* rpc_process_make_exit_client(here, { cxy: process.cluster, process, code: how.code });
  else yield* rpc_process_make_kill_client(here, { cxy: process.cluster, process, signal: how.signal });
  endEnd(process);
}

export const process_destroy = kernelFunction(
  {
    name: 'process_destroy',
    section: 'A15',
    doc: 'Ends a process in its owner cluster: the copies by remote access, in increasing cxy, then the reference.',
    parameters: [],
    errors: [],
    steps: {
      1: 'end its threads',
      2: 'one copy: vmm_destroy, free its descriptor',
      3: 'the reference: vmm_destroy',
      4: 'free its descriptor and PID',
    },
  },
  function* (here: Here, { process }: { process: Process }): Steps<void> {
    if (!process.alive) return;
    if (here.stage('1')) yield;
    for (const thread of livingThreads(here.kernel, process)) {
      thread.stack = null;
      unregisterThread(here, thread);
    }
    for (const copy of otherCopies(process)) {
      if (here.stage('2')) yield;
      yield* destroyCopy(here, copy);
    }
    if (here.stage('3')) yield;
    yield* vmm_destroy(here, { process });
    if (here.stage('4')) yield;
    process.fd_array.length = 0;
    forgetProcess(here, process);
  },
);

/** A copy and its descriptor, by remote access. */
export function* destroyCopy(here: Here, copy: ProcessDescriptor): Steps<void> {
  remoteAccess(here, copy.cluster);
  yield* vmm_destroy(here, { process: copy });
  const { copies_lock } = copy.ref;
  if (!tryLock(here, copies_lock)) yield* waitForLock(here, copies_lock);
  freeDescriptor(here, copy);
  release(here, copies_lock);
}

export const thread_exit = kernelFunction(
  {
    name: 'thread_exit',
    section: 'A15',
    doc: 'Ends the calling thread: its STACK vseg goes, the process copy stays. The last thread ends the process.',
    parameters: [],
    errors: [],
    steps: {
      1: 'vmm_unmap_vseg and vmm_remove_vseg of its STACK vseg, in its cluster',
      2: 'free the thread descriptor',
    },
  },
  function* (here: Here, { thread }: { thread: Thread }): Steps<void> {
    const local = descriptorIn(thread.process, thread.cluster) as ProcessDescriptor;
    const { vsegs_lock } = local.vmm;
    if (here.stage('1')) yield;
    if (!tryLock(here, vsegs_lock)) yield* waitForLock(here, vsegs_lock);
    const { stack } = thread;
    if (stack !== null) {
      yield* vmm_unmap_vseg(here, { process: local, vseg: stack });
      yield* vmm_remove_vseg(here, { process: local, vseg: stack });
      thread.stack = null;
    }
    release(here, vsegs_lock);
    if (here.stage('2')) yield;
    unregisterThread(here, thread);
  },
);

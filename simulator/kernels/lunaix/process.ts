/** Processes and threads: 4.9 step 1, 4.12, C4. */
import { pageTableRoot, setPageTableRoot } from '../../hardware/core.ts';
import { coreCount, coreIndex } from '../../hardware/machine-config.ts';
import { isError, type Result } from '../../execution/result.ts';
import type { CreateProcessArgs } from '../kernel.ts';
import { PAGE_SIZE, VMS_MOUNT_1 } from './constants.ts';
import { exec_load } from './exec.ts';
import { closeFile } from './file.ts';
import { lunaixFunction } from './klock.ts';
import { procvm_cleanup, procvm_create, procvm_init_clean } from './procvm.ts';
import { installProgram } from './program.ts';
import { createKernelStack, createUserStack, destroyKernelStack } from './stack.ts';
import { mustFail } from '../injections.ts';
import { currentProcess, type Here, type LunaixState, type Lunaixly, type Process, type Thread } from './state.ts';
import { mem_unmap_region } from './unmap.ts';
import { mountSpace, unmountSpace } from './vmm.ts';

/** The lowest that no process has; a buried one's is free again (R4). */
export function freePid({ processes }: LunaixState): number {
  const taken = new Set(processes.map(({ pid }) => pid));
  let pid = 1;
  while (taken.has(pid)) pid++;
  return pid;
}

export function newProcess(state: LunaixState, name: string, cluster: number, parent: Process | null): Process {
  const pid = freePid(state);
  return {
    type: 'process', name, pid, owner: state.nextOwner++, alive: true, exit: null, parent, main: null, cluster,
    codeStart: 0, dataStart: 0, stackStart: 0, mm: null, threads: [], fdtable: [], path: '', state: 'running', forking: false, forks: 0,
  }; // prettier-ignore
}

function newThread(name: string, process: Process, core: number): Thread {
  return { type: 'thread', name, process, core, alive: true, kstack: -1, ustack: null, syscall_ret: 0 };
}

/** Null: no memory for its descriptor. */
export function allocThread(here: Here, name: string, process: Process, core: number): Thread | null {
  return mustFail(here.kernel, 'object-alloc', here.cluster) ? null : newThread(name, process, core);
}

export function registerThread(state: LunaixState, thread: Thread): void {
  thread.process.threads.push(thread);
  thread.process.main ??= thread;
  state.threads.push(thread);
}

export function forgetThread(state: LunaixState, thread: Thread): void {
  thread.alive = false;
  for (const list of [state.threads, thread.process.threads]) {
    const place = list.indexOf(thread);
    if (place >= 0) list.splice(place, 1);
  }
}

export const alloc_process = lunaixFunction(
  {
    name: 'alloc_process',
    section: '4.9',
    doc: 'A process with a pid and an empty memory descriptor.',
    parameters: [],
    result: { kind: 'process' },
    errors: ['ENOMEM'],
    steps: { 1: 'the lowest free pid, and a descriptor', 2: 'procvm_create' },
  },
  function* (
    here: Here,
    { name, cluster, parent }: { name: string; cluster: number; parent: Process | null },
  ): Lunaixly<Result<Process, 'ENOMEM'>> {
    if (here.step('1')) yield;
    if (mustFail(here.kernel, 'object-alloc', here.cluster)) return 'ENOMEM';
    const process = newProcess(here.kernel, name, cluster, parent);
    if (here.step('2')) yield;
    process.mm = yield* procvm_create(here, { proc: process });
    here.kernel.processes.push(process);
    return process;
  },
);

/** The same as a scenario calls it: a child of the running process, without threads and page tables. */
export const new_process = lunaixFunction(alloc_process.info, function* (here: Here): Lunaixly<
  Result<Process, 'ENOMEM'>
> {
  const name = `pid ${String(freePid(here.kernel))}`;
  return yield* alloc_process(here, { name, cluster: here.cluster, parent: currentProcess(here) });
});

interface ThreadArgs {
  readonly process: Process;
  readonly name: string;
  readonly core: number;
  readonly mnt: number;
}

export const create_thread = lunaixFunction(
  {
    name: 'create_thread',
    section: '4.12',
    doc: 'A thread with its user stack (guard below, top page resident) and its kernel stack.',
    parameters: [],
    errors: ['ENOMEM'],
    steps: {
      1: 'user stack: the region, then its guard and top page',
      2: 'kernel stack: two frames in a row by first fit, the guard, a page upwards',
      3: 'the thread',
    },
  },
  function* (here: Here, { process, name, core, mnt }: ThreadArgs): Lunaixly<Result<Thread, 'ENOMEM'>> {
    const stack = yield* createUserStack(here, process, mnt, '1');
    if (isError(stack)) return stack;
    const slot = yield* createKernelStack(here, mnt, '2');
    if (slot < 0) {
      yield* mem_unmap_region(here, { mnt, r: stack });
      return 'ENOMEM';
    }
    if (here.step('3')) yield;
    const thread = allocThread(here, name, process, core);
    if (thread === null) {
      yield* destroyKernelStack(here, mnt, slot, '3');
      yield* mem_unmap_region(here, { mnt, r: stack });
      return 'ENOMEM';
    }
    thread.kstack = slot;
    thread.ustack = stack;
    registerThread(here.kernel, thread);
    return thread;
  },
);

export const destroy_thread = lunaixFunction(
  {
    name: 'destroy_thread',
    section: '4.12',
    doc: 'Gives a thread’s stacks back (D22), in the space that a mount point shows.',
    parameters: [],
    errors: [],
    steps: { 1: 'kernel stack: a page', 2: 'user stack' },
  },
  function* (here: Here, { thread, mnt }: { thread: Thread; mnt: number }): Lunaixly<void> {
    yield* destroyKernelStack(here, mnt, thread.kstack, '1');
    if (here.step('2')) yield;
    yield* mem_unmap_region(here, { mnt, r: thread.ustack });
    thread.ustack = null;
    forgetThread(here.kernel, thread);
  },
);

export const spawn = lunaixFunction(
  {
    name: 'spawn_process',
    section: '4.12',
    doc: 'A new process from a program, made by the kernel.',
    parameters: [],
    errors: ['ENOMEM', 'ENOENT', 'ENOEXEC'],
    steps: {
      1: 'alloc_process',
      2: 'procvm_init_clean; no frame: ENOMEM',
      3: 'mount it at VMS_MOUNT_1',
      4: 'create_thread',
      5: 'exec_load',
      6: 'unmount; failure: delete it',
    },
  },
  function* (here: Here, { name, core, image, imageCluster }: CreateProcessArgs): Lunaixly<Result<Process>> {
    if (here.step('1')) yield;
    const process = yield* alloc_process(here, { name, cluster: here.cluster, parent: null });
    if (isError(process)) return process;
    if (here.step('2')) yield;
    yield* procvm_init_clean(here, { proc: process });
    if (process.mm === null || process.mm.vmroot === 0) {
      forgetProcess(here.kernel, process);
      return 'ENOMEM';
    }
    if (here.step('3')) yield;
    mountSpace(here, VMS_MOUNT_1, process.mm.vmroot);
    const path = `/bin/${name}`;
    installProgram(here.kernel, here.machine, path, imageCluster, image);
    if (here.step('4')) yield;
    const thread = yield* create_thread(here, { process, name, core, mnt: VMS_MOUNT_1 });
    let error: string | void = isError(thread) ? thread : undefined;
    if (!error) {
      if (here.step('5')) yield;
      error = yield* exec_load(here, { process, path, vms_mnt: VMS_MOUNT_1 });
    }
    if (error) yield* takeApart(here, process);
    if (here.step('6')) yield;
    unmountSpace(here, VMS_MOUNT_1);
    if (error) {
      forgetProcess(here.kernel, process);
      return error;
    }
    process.stackStart = process.main?.ustack?.start ?? 0;
    return process;
  },
);

/** The process table forgets it; its pid is free again (R4). */
export function forgetProcess(state: LunaixState, process: Process): void {
  process.alive = false;
  process.state = 'buried';
  const place = state.processes.indexOf(process);
  if (place >= 0) state.processes.splice(place, 1);
}

/** Threads, files and memory of a process whose space is mounted at VMS_MOUNT_1. */
export function* takeApart(here: Here, process: Process): Lunaixly<void> {
  for (const file of process.fdtable.splice(0)) if (file !== null) closeFile(here, file);
  for (const thread of [...process.threads]) yield* destroy_thread(here, { thread, mnt: VMS_MOUNT_1 });
  yield* procvm_cleanup(here, { vm_mnt: VMS_MOUNT_1, proc: process });
}

export const delete_process = lunaixFunction(
  {
    name: 'delete_process',
    section: '4.12',
    doc: 'Buries an ended process: files, threads, memory.',
    parameters: [{ name: 'process', type: { kind: 'process' } }],
    errors: [],
    steps: {
      1: 'mount it at VMS_MOUNT_1; one without tables has nothing to mount',
      2: 'files closed, threads destroyed, procvm_cleanup',
      3: 'unmount; the pid is free again',
    },
  },
  function* (here: Here, { process }: { process: Process }): Lunaixly<void> {
    if (process.mm === null) return;
    if (here.step('1')) yield;
    // Of one that is not an ended child nobody has been told.
    if (process.alive) here.engine.onProcessEnding(process);
    if (process.mm.vmroot === 0) {
      process.mm = null;
      forgetProcess(here.kernel, process);
      return;
    }
    mountSpace(here, VMS_MOUNT_1, process.mm.vmroot);
    if (here.step('2')) yield;
    yield* takeApart(here, process);
    if (here.step('3')) yield;
    unmountSpace(here, VMS_MOUNT_1);
    forgetProcess(here.kernel, process);
  },
);

/** exit and terminate: the memory is kept until the parent waits. Orphans go to pid 1, which waits at once (C4). */
export const terminate_process = lunaixFunction(
  {
    name: 'terminate_process',
    section: '4.12',
    doc: 'Ends a process: its threads run no more, its parent is told, its memory is kept until somebody waits.',
    parameters: [],
    errors: [],
    steps: { 1: 'state TERMNAT, SIGCHLD to the parent', 2: 'an orphan is buried by pid 1 at once' },
  },
  function* (here: Here, { process, exit }: { process: Process; exit: number | string }): Lunaixly<void> {
    if (process.state !== 'running') return;
    if (here.step('1')) yield;
    here.engine.onProcessEnding(process);
    process.exit = exit;
    process.alive = false;
    process.state = 'terminated';
    for (const thread of process.threads) thread.alive = false;
    leaveSpace(here, process);
    for (const orphan of orphansOf(here.kernel, process)) {
      if (here.step('2')) yield;
      yield* delete_process(here, { process: orphan });
    }
  },
);

/** What nobody will ever wait for: the process itself without a living parent, and its ended children. Living ones go to pid 1. */
function orphansOf({ processes }: LunaixState, process: Process): Process[] {
  const hasWaiter = process.parent !== null && process.parent.state === 'running';
  const children = processes.filter(({ parent }) => parent === process);
  for (const child of children) child.parent = null;
  const ended = children.filter(({ state }) => state === 'terminated');
  return hasWaiter ? ended : [process, ...ended];
}

/** Cores that run the space go on in the kernel's own. */
function leaveSpace({ machine, kernel }: Here, { mm }: Process): void {
  for (let core = 0; core < coreCount(machine.config); core++) {
    if (mm !== null && pageTableRoot(machine, core) === mm.vmroot / PAGE_SIZE)
      setPageTableRoot(machine, core, kernel.kernelRoot);
  }
}

export function coreOf(here: Here, cluster: number | null, core: number | null): number {
  return cluster === null ? here.core : coreIndex(here.machine.config, cluster, core ?? 0);
}

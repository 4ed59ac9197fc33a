/** Chapter 7: what the operations that every kernel has are here. */
import type { Activation } from '../../execution/activation.ts';
import { refuse } from '../../execution/refusal.ts';
import { isError, type Result } from '../../execution/result.ts';
import { hex } from '../../hardware/word.ts';
import { emit } from '../../hardware/trace-event.ts';
import type { MmapArgs, Operations, ProcessObject } from '../kernel.ts';
import { ANON, MAP_FIXED, MAP_FIXED_NOREPLACE, PAGE_SIZE, RSHARED, USR_EXEC, VMS_SELF, WSHARED } from './constants.ts';
import { Own } from './events.ts';
import { execve } from './exec.ts';
import { closeFile, installFile, openFile } from './file.ts';
import { sys_fork } from './fork.ts';
import { sys_brk } from './heap.ts';
import { enterKernel, leaveKernel, noteStatus } from './klock.ts';
import { sys_mmap } from './mmap.ts';
import { coreOf, delete_process, destroy_thread, terminate_process } from './process.ts';
import { installProgram } from './program.ts';
import type { Here, Lunaixly, Thread } from './state.ts';
import { sys_munmap } from './unmap.ts';

/** The process ended while this thread waited for the kernel. */
const DEAD = 'ESRCH';

function threadOf(here: Here): Thread {
  const thread = here.activity.thread as Thread | null;
  if (thread === null) throw new Error('internal: an operation outside a thread');
  return thread;
}

/** One system call of the current thread: vm_klock from entry to return; what it failed with stays in syscall_ret. */
function* asCall<R>(caller: Activation, body: (here: Here, thread: Thread) => Lunaixly<R>): Lunaixly<R | typeof DEAD> {
  const here = caller as Here;
  const thread = threadOf(here);
  yield* enterKernel(here);
  const result = thread.process.state === 'running' ? yield* body(here, thread) : DEAD;
  leaveKernel(here);
  noteStatus(here, result);
  return result;
}

function unsupported(caller: Activation, call: string): 'ENOSYS' {
  emit(caller.machine, Own.unsupported, caller.cluster, { call });
  noteStatus(caller as Here, 'ENOSYS');
  return 'ENOSYS';
}

export const operations: Operations = {
  *mmap(caller, args) {
    if (args.kind === 'remote') return unsupported(caller, 'mmap remote');
    return yield* asCall(caller, (here, thread) => map(here, thread, args));
  },
  *munmap(caller, { address, length }) {
    const result = yield* asCall(caller, (here) => sys_munmap(here, { addr: address, length }));
    return typeof result === 'string' ? result : undefined;
  },
  *mprotect(caller) {
    return unsupported(caller, 'mprotect');
  },
  *brk(caller, { address }) {
    return yield* asCall(caller, (here, thread) => moveBreak(here, thread, address));
  },
  *fork(caller, { cluster, core }) {
    return yield* asCall(caller, (here) => sys_fork(here, { cluster, core: coreOf(here, cluster, core) }));
  },
  *exec(caller, args) {
    return yield* asCall(caller, (here, thread) => exec(here, thread, args));
  },
  *exit(caller, { code }) {
    yield* asCall(caller, (here, { process }) => terminate_process(here, { process, exit: code }));
  },
  *thread_exit(caller) {
    return yield* asCall(caller, endThread);
  },
  *wait(caller) {
    return yield* waitForChild(caller as Here);
  },
};

function* map(here: Here, { process }: Thread, args: MmapArgs): Lunaixly<Result<number>> {
  const { length, offset, protection, kind, file, at, hint, replace } = args;
  // The system call takes address 0 for a hint; who demands that place gets what is below USR_EXEC: nothing.
  if (at === 0) return refuse(here, 'ENOMEM', `nothing can be mapped below ${hex(USR_EXEC, 8)}`);
  const fixed = at === null ? 0 : replace ? MAP_FIXED : MAP_FIXED_NOREPLACE;
  const mode = kind === 'shared' ? WSHARED : RSHARED;
  const request = { addr: at ?? hint ?? 0, length, prot: protection };
  if (file === null) {
    if (kind === 'file') return refuse(here, 'EBADF', '`kind: file` needs a file; give `file:`');
    return yield* sys_mmap(here, { ...request, fd: -1, offset: 0, options: ANON | mode | fixed });
  }
  const opened = openFile(here, file);
  if (opened === null) return refuse(here, 'ENOENT', `there is no file “${file}”`);
  const fd = installFile(process.fdtable, opened);
  const address = yield* sys_mmap(here, { ...request, fd, offset, options: mode | fixed });
  process.fdtable[fd] = null;
  closeFile(here, opened);
  return address;
}

/** L5. */
function* moveBreak(here: Here, { process }: Thread, address: number): Lunaixly<Result<number>> {
  const { mm } = process;
  if (address === 0) return mm?.heap?.end ?? 'EINVAL';
  const moved = yield* sys_brk(here, { addr: address });
  if (isError(moved)) return moved;
  return mm?.heap?.end ?? 'EINVAL';
}

/** New sizes are a new program beside the old one, which other processes may still run; the same sizes are the same one. */
function* exec(
  here: Here,
  { process }: Thread,
  args: { path: string } | { code: number; data: number },
): Lunaixly<string | void> {
  if ('path' in args) return yield* execve(here, { path: args.path });
  const path = `/bin/${process.name}.exec${String(args.code / PAGE_SIZE)}+${String(args.data / PAGE_SIZE)}`;
  if (!here.kernel.programs.has(path)) installProgram(here.kernel, here.machine, path, 0, { kind: 'sizes', ...args });
  return yield* execve(here, { path });
}

/** The last thread's end is the process's. */
function* endThread(here: Here, thread: Thread): Lunaixly<void> {
  const { process } = thread;
  if (process.threads.length <= 1) {
    yield* terminate_process(here, { process, exit: 0 });
    return;
  }
  yield* destroy_thread(here, { thread, mnt: VMS_SELF });
  if (process.main === thread) process.main = process.threads[0] ?? null;
}

/** C4: any ended child, lowest pid first; without a child none, and no error (R18). It waits before it takes the lock. */
function* waitForChild(here: Here): Lunaixly<Result<ProcessObject | null>> {
  const { process } = threadOf(here);
  const children = () => here.kernel.processes.filter(({ parent }) => parent === process);
  for (;;) {
    if (children().length === 0) return null;
    if (children().every(({ state }) => state === 'running')) {
      here.activity.wait = {
        kind: 'condition',
        description: () => `the end of a child of ${process.name}`,
        ready: () => children().some(({ state }) => state === 'terminated') || process.state !== 'running',
      };
      yield;
    }
    const buried = yield* asCall(here, function* (kernel) {
      const [ended = null] = children()
        .filter(({ state }) => state === 'terminated')
        .sort((a, b) => a.pid - b.pid);
      if (ended !== null) yield* delete_process(kernel, { process: ended });
      return ended;
    });
    if (buried !== null) return buried;
  }
}

/** 5.24: what the operations that every kernel has are here. They run as the current thread. */
import type { Activation } from '../../../execution/activation.ts';
import { refuse } from '../../../execution/refusal.ts';
import { isError } from '../../../execution/result.ts';
import { coreIndex } from '../../../hardware/machine-config.ts';
import type { MmapArgs, Operations } from '../../kernel.ts';
import type { Protection } from '../../view.ts';
import { CONFIG_PROCESS_FILE_MAX_NR, MmapFlag, Prot } from '../base/constants.ts';
import { sys_exec } from './exec.ts';
import { endProcess, thread_exit } from './exit.ts';
import { sys_fork } from './fork.ts';
import { enterCall, leaveCall } from '../rpc/gate.ts';
import { destroyIfUnused } from '../memory/mapper-functions.ts';
import { releasePage } from '../rpc/pages.ts';
import { installProgram, openFile } from './program-loader.ts';
import { livingThreads } from '../objects/process.ts';
import { clusterAt, type Here, type Steps } from '../objects/state.ts';
import { addOpenFile, closeFile, sys_mmap, sys_munmap } from './syscalls.ts';
import type { Thread } from '../objects/thread.ts';
import { createMapper, type Mapper } from '../objects/mapper.ts';

/** The process ended while this thread waited to enter the kernel. */
const DEAD = 'ESRCH';

function threadOf(here: Here): Thread {
  const thread = here.activity.thread as Thread | null;
  if (thread === null) throw new Error('internal: an operation outside a thread');
  return thread;
}

/** One kernel call of the current thread: an exit of its process waits for it. */
function* asCall<R>(here: Here, body: (thread: Thread) => Steps<R>): Steps<R | typeof DEAD> {
  const thread = threadOf(here);
  if (!(yield* enterCall(here, thread.process))) return DEAD;
  const result = yield* body(thread);
  leaveCall(thread.process);
  return result;
}

export const operations: Operations = {
  *mmap(here: Activation, args: MmapArgs) {
    return yield* asCall(here as Here, (thread) => map(here as Here, thread, args));
  },
  *munmap(here: Activation, { address, length }) {
    return yield* asCall(here as Here, () => sys_munmap(here as Here, { va: address, len: length }));
  },
  *fork(here: Activation, { cluster, core }) {
    const { config } = here.machine;
    const place = cluster === null ? null : coreIndex(config, cluster, core ?? 0);
    return yield* asCall(here as Here, (thread) => sys_fork(here as Here, { thread, core: place }));
  },
  *exec(here: Activation, args) {
    return yield* asCall(here as Here, (thread) => exec(here as Here, thread, args));
  },
  *exit(here: Activation, { code }) {
    yield* endProcess(here as Here, threadOf(here as Here).process, { code });
  },
  *thread_exit(here: Activation) {
    const { process } = threadOf(here as Here);
    const isAlone = (): boolean => livingThreads((here as Here).kernel, process).length <= 1;
    if (!isAlone()) {
      const error = yield* asCall(here as Here, (thread) => thread_exit(here as Here, { thread }));
      if (error || livingThreads((here as Here).kernel, process).length > 0) return error;
    }
    yield* endProcess(here as Here, process, { code: 0 });
  },
  // This kernel buries an ended process at once.
  *wait() {
    return null;
  },
};

function* map(here: Here, thread: Thread, args: MmapArgs): Steps<number | string> {
  const { length, kind, offset, protection } = args;
  if (args.at !== null || args.hint !== null)
    return refuse(here, 'EINVAL', 'sys_mmap chooses the address itself; leave out `at` and `hint`');
  const request = { addr: 0, length, prot: protBits(protection), offset };
  if (kind === 'anon') return yield* sys_mmap(here, { attr: { ...request, flags: MmapFlag.MAP_ANON, fdid: 0 } });
  if (kind === 'remote') {
    const { cxy } = clusterAt(here, args.cluster ?? here.cluster);
    return yield* sys_mmap(here, { attr: { ...request, flags: MmapFlag.MAP_REMOTE, fdid: cxy } });
  }
  if (kind === 'file') return refuse(here, 'EINVAL', 'files are mapped shared only; use `kind: shared`');
  return yield* mapShared(here, thread, args, request);
}

/** MAP_SHARED of a file, or without one of an unnamed file whose mapper is in the caller's cluster. */
function* mapShared(
  here: Here,
  thread: Thread,
  { file, length }: MmapArgs,
  request: { addr: number; length: number; prot: number; offset: number },
): Steps<number | string> {
  if (file === null && !(length > 0)) return refuse(here, 'EINVAL', `the length is ${String(length)}`);
  const mapper = file === null ? unnamedFile(here, length) : openFile(here, file);
  if (mapper === null) return refuse(here, 'ENOENT', `there is no file “${file ?? ''}”`);
  const fdid = addOpenFile(thread.process, mapper);
  if (fdid < 0) {
    yield* destroyIfUnused(here, mapper, releasePage);
    return refuse(
      here,
      'EMFILE',
      `the process has ${String(CONFIG_PROCESS_FILE_MAX_NR)} open files, the most it can have`,
      'limit',
    );
  }
  const flags = MmapFlag.MAP_FILE | MmapFlag.MAP_SHARED;
  const offset = file === null ? 0 : request.offset;
  const address = yield* sys_mmap(here, { attr: { ...request, offset, flags, fdid } });
  closeFile(thread.process, fdid);
  if (isError(address)) yield* destroyIfUnused(here, mapper, releasePage);
  return address;
}

function unnamedFile(here: Here, size: number): Mapper {
  const name = `unnamed ${String(here.kernel.nextMapper)}`;
  return createMapper(here.kernel, { name, isUnnamed: true, cluster: here.cluster, size });
}

function protBits({ read, write, execute }: Protection): number {
  return (read ? Prot.PROT_READ : 0) | (write ? Prot.PROT_WRITE : 0) | (execute ? Prot.PROT_EXEC : 0);
}

/** New sizes are a new program beside the old one: other processes may still run that. */
function* exec(
  here: Here,
  thread: Thread,
  args: { path: string } | { code: number; data: number },
): Steps<string | void> {
  if ('path' in args) return yield* sys_exec(here, { thread, path: args.path });
  const { process } = thread;
  const path = `/bin/${process.name}.exec${String(here.kernel.nextMapper)}`;
  installProgram(here.kernel, here.machine, path, 0, { kind: 'sizes', ...args });
  return yield* sys_exec(here, { thread, path });
}

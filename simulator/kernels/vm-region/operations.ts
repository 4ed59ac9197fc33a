/** Chapter 7: POSIX-like operations by the means of this kernel. */
import { findFile } from '../../hardware/block-device.ts';
import { coreIndex } from '../../hardware/machine-config.ts';
import type { Activation } from '../../execution/activation.ts';
import { refuse } from '../../execution/refusal.ts';
import { isError, type Result } from '../../execution/result.ts';
import type { MmapArgs, Operations } from '../kernel.ts';
import { buildSpace, dismantle, mapAndRelease, mapAnonymous, protOf } from './address-space.ts';
import {
  HEAP_SIZE,
  HEAP_START,
  VM_PROT_READ,
  VM_PROT_USER,
  VM_PROT_WRITE,
  VM_REGION_ANY_OFFSET,
  type Status,
} from './constants.ts';
import { addressText } from './dump.ts';
import { fork } from './fork.ts';
import { protect } from './mprotect.ts';
import { adoptProgram, adoptSpace, endTask, forgetThread, installProgram, isLoadable, leaveSpace } from './process.ts';
import { dropReference } from './references.ts';
import { unmapRange } from './unmap.ts';
import { cloneObject, openFileObject } from './vm-object.ts';
import { isPageMultiple, pageUp, type Here, type Steps, type Process, type Thread, type VmRegion } from './state.ts';

const DEAD = 'BAD_STATE';

function threadOf(here: Here): Thread {
  const thread = here.activity.thread as Thread | null;
  if (thread === null) throw new Error('internal: an operation outside a thread');
  return thread;
}

function* asTask<R>(
  caller: Activation,
  body: (here: Here, process: Process, root: VmRegion, thread: Thread) => Steps<R>,
): Steps<R | typeof DEAD> {
  const here = caller as Here;
  const thread = threadOf(here);
  const { region, alive } = thread.process;
  if (!alive || region === null) return DEAD;
  return yield* body(here, thread.process, region, thread);
}

export const operations: Operations = {
  *mmap(caller, args) {
    return yield* asTask(caller, (here, process, root) => map(here, process, root, args));
  },
  *munmap(caller, { address, length }) {
    return yield* asTask(caller, (here, _process, root) =>
      unmapRange(here, { region: root, region_offset: address - root.vr_entry.e_address, length }),
    );
  },
  *mprotect(caller, { address, length, protection }) {
    return yield* asTask(caller, (here, _process, root) =>
      protect(here, { root, address, length, prot: protOf(protection) }),
    );
  },
  *brk(caller, { address }) {
    return yield* asTask(caller, (here, process) => moveBreak(here, process, address));
  },
  *fork(caller, { cluster, core }) {
    return yield* asTask(caller, (here, parent) => {
      const place = cluster === null ? here.core : coreIndex(here.machine.config, cluster, core ?? 0);
      return fork(here, { parent, core: place });
    });
  },
  *exec(caller, args) {
    return yield* asTask(caller, (here, process) => exec(here, process, args));
  },
  *exit(caller, { code }) {
    yield* asTask(caller, (here, process) => endTask(here, { process, exit: code }));
  },
  *thread_exit(caller) {
    return yield* asTask(caller, (here, process, _root, thread) => endThread(here, process, thread));
  },
  // This kernel has no such step.
  *wait() {
    return null;
  },
};

/** Addresses are the task's; a hint that cannot be had is not insisted on. */
function* map(here: Here, process: Process, root: VmRegion, args: MmapArgs): Steps<Result<number>> {
  const { at, hint, replace, length } = args;
  if (args.kind === 'remote') return 'NOT_SUPPORTED';
  // An address is asked for, never VM_REGION_ANY_OFFSET, which one below the root would be taken for.
  if (!isPageMultiple(at ?? hint ?? 0))
    return refuse(here, 'INVALID_ARGUMENT', `${addressText(at ?? hint ?? 0)} is not page-aligned`);
  const base = root.vr_entry.e_address;
  if (at !== null) {
    if (replace) {
      const error = yield* unmapRange(here, { region: root, region_offset: at - base, length });
      if (error) return error;
    }
    return yield* mapAt(here, args, root, at - base);
  }
  if (hint !== null) {
    const address = yield* mapAt(here, args, root, hint - base);
    if (!isError(address) || !['ALREADY_EXISTS', 'INVALID_ARGUMENT'].includes(address)) return address;
  }
  return process.mmap === null ? DEAD : yield* mapAt(here, args, process.mmap, VM_REGION_ANY_OFFSET);
}

function* mapAt(here: Here, args: MmapArgs, region: VmRegion, region_offset: number): Steps<Result<number>> {
  const { length, file, kind, offset } = args;
  const place = { region, region_offset, length, prot: protOf(args.protection), label: '' };
  const m_kind = kind === 'shared' ? 'SHARED' : 'PRIVATE';
  if (file === null) {
    if (kind === 'file') return refuse(here, 'INVALID_ARGUMENT', '`kind: file` needs a file; give `file:`');
    return yield* mapAnonymous(here, { ...place, kind: m_kind, name: 'anon' });
  }
  const found = findFile(here.machine, file);
  if (found === null) return refuse(here, 'NO_ENTRY', `there is no file “${file}”`);
  const object = openFileObject(here, found, VM_PROT_READ | VM_PROT_WRITE);
  if (typeof object === 'string') return object;
  if (kind === 'shared') return yield* mapAndRelease(here, { ...place, object, object_offset: offset, kind: 'SHARED' });
  const copy = yield* cloneObject(here, { object, off: offset, len: length });
  yield* dropReference(here, object, 'temporary');
  if (typeof copy === 'string') return copy;
  return yield* mapAndRelease(here, {
    ...place,
    object: copy,
    object_offset: 0,
    kind: 'PRIVATE',
    label: `copy of ${file}`,
  });
}

/** C9: pages from the heap's start up to the break are mapped; the break itself may lie inside a page. */
function* moveBreak(here: Here, process: Process, address: number): Steps<Result<number>> {
  const { heap } = process;
  if (heap === null) return DEAD;
  if (address === 0) return process.brk;
  if (address < HEAP_START || address > HEAP_START + HEAP_SIZE) {
    const range = `${addressText(HEAP_START)} to ${addressText(HEAP_START + HEAP_SIZE)}`;
    return refuse(here, 'INVALID_ARGUMENT', `${addressText(address)} is outside the heap’s room, ${range}`);
  }
  const from = pageUp(process.brk);
  const to = pageUp(address);
  const error = to > from ? yield* growHeap(here, heap, from, to) : yield* shrinkHeap(here, heap, to, from);
  if (error) return error;
  process.brk = address;
  return address;
}

function* growHeap(here: Here, heap: VmRegion, from: number, to: number): Steps<Status | void> {
  const prot = VM_PROT_READ | VM_PROT_WRITE | VM_PROT_USER;
  const place = { region: heap, region_offset: from - HEAP_START, length: to - from, prot, label: 'heap' };
  const mapped = yield* mapAnonymous(here, { ...place, kind: 'PRIVATE', name: 'heap' });
  if (typeof mapped === 'string') return mapped;
}

function* shrinkHeap(here: Here, heap: VmRegion, to: number, from: number): Steps<Status | void> {
  if (to === from) return;
  return yield* unmapRange(here, { region: heap, region_offset: to - HEAP_START, length: from - to });
}

/** Kill the root, create a new one, map the segments. What cannot be loaded is refused before. */
function* exec(
  here: Here,
  process: Process,
  args: { path: string } | { code: number; data: number },
): Steps<string | void> {
  const path = 'path' in args ? args.path : `/bin/${process.name}.exec${String(here.kernel.nextObject)}`;
  if (!('path' in args)) installProgram(here.kernel, here.machine, path, 0, { kind: 'sizes', ...args });
  const program = here.kernel.programs.get(path);
  if (findFile(here.machine, path) === null) return refuse(here, 'NO_ENTRY', `there is no file “${path}”`);
  if (program === undefined || !isLoadable(program))
    return refuse(here, 'INVALID_ARGUMENT', `“${path}” is no program that can be loaded`);
  const space = yield* buildSpace(here, path, program);
  if (typeof space === 'string') return space;
  // Another thread may have ended the task, or executed something else, in the meantime.
  const { region, alive } = process;
  if (!alive || region === null) {
    yield* dismantle(here, space.root);
    return DEAD;
  }
  leaveSpace(here, process);
  adoptSpace(process, space);
  adoptProgram(process, path, program);
  yield* dismantle(here, region);
}

function* endThread(here: Here, process: Process, thread: Thread): Steps<void> {
  const others = here.kernel.threads.filter((one) => one.process === process && one !== thread);
  if (others.length === 0) {
    yield* endTask(here, { process, exit: 0 });
    return;
  }
  forgetThread(here.kernel, thread);
  if (process.main === thread) process.main = others[0] ?? null;
}

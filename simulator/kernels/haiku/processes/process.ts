/** 13.3 to 13.5: processes and their threads. */
import { pageTableRoot, setPageTableRoot } from '../../../hardware/core.ts';
import { coreCount } from '../../../hardware/machine-config.ts';
import { lastNote, noteOwner } from '../../../hardware/region-log.ts';
import { kernelFunction } from '../../../execution/activation.ts';
import type { CreateProcessArgs } from '../../kernel.ts';
import { startOfSegments } from '../../program-image.ts';
import {
  LOCK_RW, PAGE_SIZE, REGION_ADDR_ANY_ADDRESS, REGION_ADDR_EXACT_ADDRESS, REGION_WIRING_LAZY, STACK_SIZE, USER_BASE, USER_SIZE,
  USER_STACK_REGION, USER_STACK_REGION_SIZE, type VmError,
} from '../base/constants.ts'; // prettier-ignore
import { createAspace, deleteAspace, getAspaceById } from '../regions/aspaces.ts';
import { putAspace } from '../memory/put-aspace.ts';
import { ARGUMENTS_SIZE, writeArguments } from './arguments.ts';
import { endOfProgram, installProgram, isLoadable, loadSegments } from './program.ts';
import { createAnonymousRegion } from '../regions/anonymous-region.ts';
import { deleteRegion } from '../regions/delete-region.ts';
import { mustFail } from '../../injections.ts';
import type { HaikuState, Here, Steps, Process, Program, Thread, VmAddressSpace } from '../base/state.ts';

const PRIMARY_STACK_SIZE = STACK_SIZE + ARGUMENTS_SIZE;
export const PRIMARY_STACK = USER_STACK_REGION + USER_STACK_REGION_SIZE - PRIMARY_STACK_SIZE;

export function newProcess(state: HaikuState, name: string, cluster: number, parent: Process | null): Process {
  return {
    type: 'process', name, pid: state.nextPid++, owner: state.nextOwner++, alive: true, exit: null, parent, main: null, cluster,
    codeStart: 0, dataStart: 0, stackStart: 0, aspace: null, heap_base: 0, heap_end: 0, heaps: 0, forks: 0, forking: false, path: '',
  }; // prettier-ignore
}

export function adoptProgram(process: Process, program: Program): void {
  process.path = program.path;
  process.codeStart = startOfSegments(program.segments, true);
  process.dataStart = startOfSegments(program.segments, false);
  process.stackStart = PRIMARY_STACK;
  process.heap_base = endOfProgram(program);
  process.heap_end = process.heap_base;
  process.heaps = 0;
}

export function registerThread(state: HaikuState, name: string, process: Process, core: number, stack: number): Thread {
  const thread: Thread = { type: 'thread', name, process, core, alive: true, stack_region: stack, fault_handler: 0 };
  process.main ??= thread;
  state.threads.push(thread);
  return thread;
}

export function forgetThread(state: HaikuState, thread: Thread): void {
  thread.alive = false;
  const place = state.threads.indexOf(thread);
  if (place >= 0) state.threads.splice(place, 1);
}

export const spawn = kernelFunction(
  {
    name: 'proc_create_proc',
    section: '13.3',
    doc: 'A new process with a program: its address space, its stack, its segments.',
    parameters: [],
    errors: ['ERR_NO_MEMORY', 'ERR_INVALID_ARGS', 'ERR_VM_WOULD_OVERCOMMIT', 'ERR_VM_NO_REGION_SLOT'],
    steps: {
      1: 'an address space, and the process’s reference on it',
      2: 'the primary stack',
      '2a': 'the argument block at its top is written: a dirty page, and a page table',
      3: 'the segments; failure: the address space is deleted',
      4: 'enter user mode',
    },
  },
  function* (here: Here, { name, core, image, imageCluster }: CreateProcessArgs): Steps<Process | VmError> {
    const { kernel } = here;
    if (here.step('1')) yield;
    if (mustFail(kernel, ['object-alloc'], here.cluster)) return 'ERR_NO_MEMORY';
    const program = installProgram(kernel, here.machine, `/bin/${name}`, imageCluster, image);
    if (!isLoadable(program)) return 'ERR_INVALID_ARGS';
    const since = lastNote(here.machine);
    const aspace = yield* openAspace(here, name);
    if (typeof aspace === 'string') return aspace;
    const stack = yield* buildImage(here, aspace, name, program);
    if (typeof stack === 'string') {
      yield* putAspace(here, aspace);
      yield* deleteAspace(here, { aid: aspace.id });
      return stack;
    }
    if (here.step('4')) yield;
    const process = newProcess(kernel, name, here.cluster, null);
    noteOwner(here.machine, process.owner, since);
    process.aspace = aspace;
    adoptProgram(process, program);
    kernel.processes.push(process);
    registerThread(kernel, name, process, core, stack);
    return process;
  },
);

/** An address space with its creation reference and the process's. */
export function* openAspace(here: Here, name: string): Steps<VmAddressSpace | 'ERR_NO_MEMORY'> {
  const aid = yield* createAspace(here, { name, base: USER_BASE, size: USER_SIZE, kernel: false });
  if (typeof aid === 'string') return aid;
  const aspace = yield* getAspaceById(here, { aid });
  if (aspace === null) throw new Error('internal: a new address space is not in its table');
  return aspace;
}

/** Steps 2 to 3; the id of the stack's region. The steps are the caller's. */
export function* buildImage(
  here: Here,
  aspace: VmAddressSpace,
  name: string,
  program: Program,
): Steps<number | VmError> {
  if (here.step('2')) yield;
  const stack = yield* createAnonymousRegion(here, {
    aid: aspace.id, name: `${name}_primary_stack`, address: PRIMARY_STACK, addr_type: REGION_ADDR_EXACT_ADDRESS, size: PRIMARY_STACK_SIZE,
    wiring: REGION_WIRING_LAZY, lock: LOCK_RW,
  }); // prettier-ignore
  if (typeof stack === 'string') return stack;
  if (here.step('2a')) yield;
  const bad = yield* writeArguments(here, aspace, { stack: stack.address, name, path: program.path });
  if (bad) return bad;
  if (here.step('3')) yield;
  const error = yield* loadSegments(here, aspace, program);
  return error ?? stack.result;
}

export const createThread = kernelFunction(
  {
    name: 'thread_create_user_thread',
    section: '13.3',
    doc: 'One more thread of a process, with a stack of its own.',
    parameters: [],
    errors: ['ERR_NO_MEMORY', 'ERR_VM_INVALID_ASPACE', 'ERR_VM_NO_REGION_SLOT', 'ERR_VM_WOULD_OVERCOMMIT'],
    steps: { 1: 'its stack, anywhere', 2: 'the thread' },
  },
  function* (
    here: Here,
    { name, process, core }: { name: string; process: Process; core: number },
  ): Steps<Thread | VmError> {
    if (!process.alive || process.aspace === null) return 'ERR_VM_INVALID_ASPACE';
    if (mustFail(here.kernel, ['object-alloc'], here.cluster)) return 'ERR_NO_MEMORY';
    if (here.step('1')) yield;
    const stack = yield* createAnonymousRegion(here, {
      aid: process.aspace.id, name: `${name}_stack`, address: 0, addr_type: REGION_ADDR_ANY_ADDRESS, size: STACK_SIZE,
      wiring: REGION_WIRING_LAZY, lock: LOCK_RW,
    }); // prettier-ignore
    if (typeof stack === 'string') return stack;
    if (here.step('2')) yield;
    return registerThread(here.kernel, name, process, core, stack.result);
  },
);

export const exitProcess = kernelFunction(
  {
    name: 'proc_exit',
    section: '13.5',
    doc: 'Ends a process: its stack, its reference on the address space, and the address space.',
    parameters: [],
    errors: [],
    steps: {
      1: 'delete the stack’s region',
      2: 'switch to the kernel’s address space',
      3: 'drop the process’s reference',
      4: 'vm_delete_aspace',
    },
  },
  function* (here: Here, { process, exit }: { process: Process; exit: number | string }): Steps<void> {
    const { aspace, main } = process;
    if (!process.alive || aspace === null) return;
    here.engine.onProcessEnding(process);
    process.alive = false;
    process.exit = exit;
    for (const thread of here.kernel.threads.filter((one) => one.process === process))
      forgetThread(here.kernel, thread);
    if (here.step('1')) yield;
    if (main !== null && main.stack_region >= 0) yield* deleteRegion(here, { aid: aspace.id, rid: main.stack_region });
    if (here.step('2')) yield;
    leaveAspace(here, aspace);
    if (here.step('3')) yield;
    process.aspace = null;
    yield* putAspace(here, aspace);
    if (here.step('4')) yield;
    yield* deleteAspace(here, { aid: aspace.id });
    forgetProcess(here.kernel, process);
  },
);

function forgetProcess({ processes }: HaikuState, process: Process): void {
  processes.splice(processes.indexOf(process), 1);
}

/** Cores that run it go on in the kernel's own. */
function leaveAspace({ machine, kernel }: Here, { translation_map }: VmAddressSpace): void {
  const root = (kernel.tmap_list[0]?.pgdir_phys ?? 0) / PAGE_SIZE;
  for (let core = 0; core < coreCount(machine.config); core++)
    if (pageTableRoot(machine, core) === translation_map.pgdir_phys / PAGE_SIZE) setPageTableRoot(machine, core, root);
}

/** The last thread's end is the process's. */
export function* exitThread(here: Here, thread: Thread): Steps<void> {
  const { process, stack_region } = thread;
  const others = here.kernel.threads.filter((one) => one.process === process && one !== thread);
  if (others.length === 0) {
    yield* exitProcess(here, { process, exit: 0 });
    return;
  }
  forgetThread(here.kernel, thread);
  if (process.main === thread) process.main = others[0] ?? null;
  if (process.aspace !== null && stack_region >= 0)
    yield* deleteRegion(here, { aid: process.aspace.id, rid: stack_region });
}

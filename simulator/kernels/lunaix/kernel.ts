import { pageTableRoot, setOwner, setPageTableRoot } from '../../hardware/core.ts';
import { presets, type MachineConfig } from '../../hardware/machine-config.ts';
import type { Machine } from '../../hardware/machine.ts';
import { emit } from '../../hardware/trace-event.ts';
import type { ConfigProblem, FaultOutcome } from '../kernel.ts';
import { defineKernel } from '../bound-kernel.ts';
import { injectionControls } from '../injections.ts';
import { bootLunaix } from './boot.ts';
import { FIRST_FREE_FRAME, lunaixConstants, PAGE_SIZE, statusValues, VMS_MOUNT_1, VMS_SELF } from './constants.ts';
import { lunaixEvents, Own } from './events.ts';
import { intr_routine_page_fault } from './fault.ts';
import { globals, objectTypes, readField, readGlobal } from './fields.ts';
import { functions } from './functions.ts';
import { describeHoldings, noteDirectCall, overwrites, reserveFrames, returnFrames } from './holdings.ts';
import { dumpText, frameView, objectsOf, regionsOf, softwareBits, tablesOf } from './inspect.ts';
import { checkInvariants } from './invariants.ts';
import { enterKernel, leaveKernel } from './klock.ts';
import { operations } from './operations.ts';
import { lunaixOptions } from './options.ts';
import { freeFrameCount } from './pmm.ts';
import { create_thread, spawn, terminate_process } from './process.ts';
import { currentProcess, type LunaixState, type Process, type Thread } from './state.ts';
import { mountSpace, unmountSpace } from './vmm.ts';
import { lunaixViews } from './views.ts';

/** L7: the reserved frames and the kernel's tables, and room for one process beside them. */
const FEWEST_FRAMES = FIRST_FREE_FRAME + 16;

function checkConfig(config: MachineConfig): ConfigProblem[] {
  const problems: ConfigProblem[] = [];
  if (config.memoryBytes / PAGE_SIZE < FEWEST_FRAMES) {
    problems.push({
      setting: 'memory',
      message: `${String(config.memoryBytes)} bytes: the image and the kernel’s tables alone take ${String(FIRST_FREE_FRAME)} frames; use 4MiB or more`,
    });
  }
  return problems;
}

function activate(state: LunaixState, machine: Machine, thread: Thread | null, core: number): void {
  const process = thread === null ? null : thread.process;
  const isRunning = process !== null && process.state === 'running' && process.mm !== null && process.mm.vmroot !== 0;
  const root = isRunning ? (process.mm?.vmroot ?? 0) / PAGE_SIZE : state.kernelRoot;
  if (pageTableRoot(machine, core) !== root) setPageTableRoot(machine, core, root);
  setOwner(machine, core, process?.owner ?? 0);
}

export const lunaix = defineKernel<LunaixState, Process, Thread>({
  name: 'lunaix',
  title: 'Lunaix',
  summary: 'recursive self mapping, mounts, region callbacks, transactions in another address space',
  regionNoun: 'mm_region',
  presets: ['i386'],
  pagings: ['x86-32'],
  functions,
  constants: lunaixConstants,
  options: lunaixOptions,
  events: lunaixEvents.shapes,
  injections: {},
  daemons: {},
  lacks: {
    mprotect: 'a region keeps the rights that it was made with',
    mmapRemote: 'a remote transaction reaches another space',
  },
  notSupported: 'ENOSYS',
  errorAliases: {
    NOT_SUPPORTED: ['ENOSYS'],
    SEGV: ['SIGSEGV', 'EINVAL'],
    OOM: ['ENOMEM'],
    ENOSYS: ['ENOSYS'],
  },
  errors: [...Object.keys(statusValues), 'SIGSEGV', 'ESRCH'],
  objectTypes,
  globals,
  hasFreeBlocks: false,

  defaultConfig: () => ({ ...presets.i386, memoryBytes: 16 * 2 ** 20 }),
  checkConfig,
  boot: bootLunaix,

  *createProcess(here, args) {
    return yield* spawn(here, args);
  },
  *createThread(caller, { name, process, core }) {
    const here = caller;
    const target = process;
    yield* enterKernel(here);
    if (target.state !== 'running') {
      leaveKernel(here);
      return 'ESRCH';
    }
    // The running thread's process shows its own tables; any other space is mounted.
    const isOwn = currentProcess(here) === target;
    if (!isOwn) mountSpace(here, VMS_MOUNT_1, target.mm?.vmroot ?? 0);
    const mnt = isOwn ? VMS_SELF : VMS_MOUNT_1;
    const thread = yield* create_thread(here, { process: target, name, core, mnt });
    if (!isOwn) unmountSpace(here, VMS_MOUNT_1);
    leaveKernel(here);
    return thread;
  },
  operations,

  activate,
  *handleFault(here, thread, { va, code, access, user }) {
    return yield* intr_routine_page_fault(here, { thread, va, code, access, user });
  },
  *kill(here, thread, outcome: FaultOutcome & { kind: 'refused' }) {
    const process = thread.process;
    emit(here.machine, Own.signal, here.cluster, { pid: process.pid, signal: outcome.signal });
    yield* terminate_process(here, { process, exit: outcome.signal });
  },
  accessBarrier(_state, thread) {
    const process = thread.process;
    if (!process.forking) return null;
    return {
      kind: 'condition',
      description: () => `the fork of ${process.name}`,
      ready: () => !process.forking,
    };
  },
  noteDirectCall,
  overwrites,
  heldByScenario: describeHoldings,

  ...injectionControls,
  reserveFrames,
  returnFrames,

  processes: (state) => state.processes,
  threads: (state) => state.threads.filter(({ alive }) => alive),
  mainThread: (_state, process) => process.main,
  regions: (_state, process) => regionsOf(process),
  tables: tablesOf,
  kernelTable: (state) => state.kernelRoot,
  softwareBits,
  frame: (state, _machine, ppn) => frameView(state, ppn),
  freeFrames: freeFrameCount,
  dump: (_state, machine, process) => dumpText(machine, process),
  views: lunaixViews,
  objects: objectsOf,
  readField: (_state, object, field) => readField(object, field),
  readGlobal,
  invariants: checkInvariants,
});

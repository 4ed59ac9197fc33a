import { pageTableRoot, setOwner, setPageTableRoot } from '../../hardware/core.ts';
import { presets, type MachineConfig } from '../../hardware/machine-config.ts';
import type { Machine } from '../../hardware/machine.ts';
import type { ConfigProblem } from '../kernel.ts';
import { defineKernel } from '../bound-kernel.ts';
import { injectionControls } from '../injections.ts';
import { haikuEvents } from './base/events.ts';
import { bootHaiku } from './boot.ts';
import { errorValues, namedConstants } from './base/constants.ts';
import { attachDaemons, daemonDocs, setDaemon } from './daemons/daemons.ts';
import { runCommand } from './views/debugger.ts';
import { globals, objectTypes, readField, readGlobal } from './views/fields.ts';
import { functions } from './functions.ts';
import { describeHoldings, noteDirectCall, overwrites, reserveFrames, returnFrames } from './views/holdings.ts';
import { frameView, objectsOf, regionsOf, softwareBits, tablesOf } from './views/inspect.ts';
import { checkInvariants } from './views/invariants.ts';
import { bootPages, pageCount } from './memory/kernel-args.ts';
import { operations } from './processes/operations.ts';
import { haikuOptions } from './options.ts';
import { handleTrap } from './regions/page-fault.ts';
import { freePagesInBank } from './memory/pages.ts';
import { createThread, exitProcess, spawn } from './processes/process.ts';
import type { DaemonName, HaikuState, Process, Thread } from './base/state.ts';
import { haikuViews } from './views/views.ts';

function checkConfig(config: MachineConfig): ConfigProblem[] {
  const problems: ConfigProblem[] = [];
  const least = bootPages(config);
  if (pageCount(config) < least) {
    problems.push({
      setting: 'memory',
      message: `${String(config.memoryBytes)} bytes: the kernel alone takes ${String(least)} pages of the whole machine; use 8MiB or more`,
    });
  }
  return problems;
}

function activate(state: HaikuState, machine: Machine, thread: Thread | null, core: number): void {
  const process = thread === null ? null : thread.process;
  const map = process?.aspace?.translation_map ?? state.tmap_list[0];
  const root = (map?.pgdir_phys ?? 0) / 4096;
  if (pageTableRoot(machine, core) !== root) setPageTableRoot(machine, core, root);
  setOwner(machine, core, process?.owner ?? 0);
}

export const haiku = defineKernel<HaikuState, Process, Thread>({
  name: 'haiku',
  title: 'Early Haiku (NewOS)',
  summary: 'caches over stores, chains, a soft fault in 23 steps, a commit account, page daemons',
  regionNoun: 'vm_region',
  presets: ['i386'],
  pagings: ['x86-32'],
  functions,
  constants: namedConstants,
  options: haikuOptions,
  events: haikuEvents.shapes,
  injections: {
    kmalloc: 'The kernel’s heap allocator (`kmalloc`) finds no memory.',
    commit: 'The store of a cache (a file, a device) grants no bytes of commitment.',
  },
  daemons: daemonDocs,
  promisesMemory: true,
  lacks: {
    mprotect: 'a region keeps the lock that it was made with',
    mmapOver: 'regions do not overlap',
    munmapPart: 'regions go whole',
    mmapRemote: 'pages are taken in queue order, wherever they lie',
  },
  notSupported: 'ERR_UNIMPLEMENTED',
  errorAliases: {
    NOT_SUPPORTED: ['ERR_UNIMPLEMENTED'],
    ENOSYS: ['ERR_UNIMPLEMENTED'],
    ENOMEM: ['ERR_NO_MEMORY', 'ERR_VM_WOULD_OVERCOMMIT'],
    OOM: ['ERR_NO_MEMORY', 'ERR_VM_WOULD_OVERCOMMIT'],
    EINVAL: ['ERR_INVALID_ARGS', 'ERR_VM_BAD_ADDRESS'],
    EACCES: ['ERR_VM_PF_BAD_PERM'],
    ENOENT: ['ERR_VFS_PATH_NOT_FOUND', 'ERR_NOT_FOUND'],
    B_NAME_NOT_FOUND: ['ERR_NOT_FOUND'],
    EEXIST: ['ERR_VM_NO_REGION_SLOT'],
    EIO: ['ERR_IO_ERROR'],
    BUS: ['ERR_IO_ERROR'],
    EFAULT: ['ERR_VM_BAD_USER_MEMORY'],
    SEGV: ['ERR_VM_PF_FATAL', 'ERR_VM_PF_BAD_ADDRESS', 'ERR_VM_PF_BAD_PERM'],
  },
  errors: Object.keys(errorValues),
  objectTypes,
  globals,
  hasFreeBlocks: false,

  defaultConfig: () => presets.i386,
  checkConfig,
  boot: bootHaiku,
  attach: (engine) => {
    attachDaemons(engine as never);
  },

  *createProcess(here, args) {
    return yield* spawn(here, args);
  },
  *createThread(here, { name, process, core }) {
    return yield* createThread(here, { name, process: process, core });
  },
  operations,

  activate,
  *handleFault(here, thread, fault) {
    return yield* handleTrap(here, thread, fault);
  },
  *kill(here, thread, outcome) {
    yield* exitProcess(here, { process: thread.process, exit: outcome.signal });
  },
  accessBarrier(_state, thread) {
    const process = thread.process;
    if (!process.forking) return null;
    return { kind: 'condition', description: () => `the fork of ${process.name}`, ready: () => !process.forking };
  },
  noteDirectCall,
  overwrites,
  heldByScenario: describeHoldings,

  ...injectionControls,
  reserveFrames,
  returnFrames,
  setDaemon: (engine, name, on) => {
    setDaemon(engine, name as DaemonName, on);
  },

  processes: (state) => state.processes,
  threads: (state) => state.threads,
  mainThread: (_state, process) => process.main,
  regions: (_state, process) => regionsOf(process),
  tables: tablesOf,
  kernelTable: (state) => (state.tmap_list[0]?.pgdir_phys ?? 0) / 4096,
  softwareBits,
  frame: frameView,
  freeFrames: freePagesInBank,
  dump: (state, machine, process) => (runCommand(state, machine, `aspace ${process.name}`) ?? []).join('\n'),
  debuggerCommand: (state, machine, line) => runCommand(state, machine, line)?.join('\n') ?? null,
  views: haikuViews,
  objects: objectsOf,
  readField,
  readGlobal,
  invariants: checkInvariants,
});

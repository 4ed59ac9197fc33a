import { pageTableRoot, setOwner, setPageTableRoot } from '../../hardware/core.ts';
import { presets, type MachineConfig } from '../../hardware/machine-config.ts';
import type { Machine } from '../../hardware/machine.ts';
import { zeroFrame } from '../../hardware/physical-memory.ts';
import { registerEvents } from '../../hardware/own-events.ts';
import { createLock } from '../../execution/lock.ts';
import type { ConfigProblem } from '../kernel.ts';
import { defineKernel } from '../bound-kernel.ts';
import {
  KERNEL_PDPT_FRAMES, KERNEL_PML4_FRAME, namedConstants, RESERVED_FRAMES, statusValues,
} from './constants.ts'; // prettier-ignore
import { dumpLines } from './dump.ts';
import { vmRegionEvents } from './events.ts';
import { page_fault } from './fault.ts';
import { globals, objectTypes, readField, readGlobal } from './fields.ts';
import { createBanks, reserveFrames, returnFrames } from './frames.ts';
import { functions } from './functions.ts';
import { describeHoldings, overwrites } from './holdings.ts';
import { frameView, objectsOf, regionsOf, softwareBits, tablesOf } from './inspect.ts';
import { checkInvariants } from './invariants.ts';
import { operations } from './operations.ts';
import { endTask, registerThread, spawn } from './process.ts';
import { injectionControls, mustFail } from '../injections.ts';
import type { Process, Thread, VmrState } from './state.ts';
import { tableEntry, writeAt } from './table-words.ts';
import { vmRegionViews } from './views.ts';

function boot(machine: Machine): VmrState {
  registerEvents(machine, vmRegionEvents);
  zeroFrame(machine, KERNEL_PML4_FRAME);
  for (const [index, frame] of KERNEL_PDPT_FRAMES) {
    zeroFrame(machine, frame);
    const va = index * 2 ** 39;
    writeAt(machine, KERNEL_PML4_FRAME, 1, va, tableEntry(va, frame));
  }
  return {
    isTypeRegistered: true,
    banks: createBanks(machine),
    kernelPmap: { type: 'pmap', lock: createLock('the kernel’s pmap'), root: KERNEL_PML4_FRAME, isKernel: true },
    vm_pair_lock: createLock('vm_pair_lock'),
    processes: [],
    threads: [],
    kernelHandles: new Map(),
    files: new Map(),
    programs: new Map(),
    regions: new Map(),
    objects: new Map(),
    mappings: 0,
    tables: 0,
    kernelTables: 0,
    interruptsOff: new Set(),
    opened: new Set(),
    injections: [],
    nextObject: 1,
    nextPid: 1,
    nextOwner: 1,
  };
}

function checkConfig(config: MachineConfig): ConfigProblem[] {
  const problems: ConfigProblem[] = [];
  if (config.memoryBytes / 4096 <= RESERVED_FRAMES) {
    problems.push({
      setting: 'memory',
      message: `${String(config.memoryBytes)} bytes a cluster: the kernel alone takes ${String(RESERVED_FRAMES)} frames (1 MiB); use more than 1MiB`,
    });
  }
  return problems;
}

function activate(state: VmrState, machine: Machine, thread: Thread | null, core: number): void {
  const process = thread === null ? null : thread.process;
  const own = process?.region?.vr_pmap.root ?? -1;
  const root = own >= 0 ? own : state.kernelPmap.root;
  if (pageTableRoot(machine, core) !== root) setPageTableRoot(machine, core, root);
  setOwner(machine, core, process?.owner ?? 0);
}

export const vmRegion = defineKernel<VmrState, Process, Thread>({
  name: 'vm-region',
  title: 'Nested vm-region kernel',
  summary: 'a tree of regions whose masks bound what lies below, handles, objects, kill with retired entries',
  regionNoun: 'region',
  presets: ['x86-64'],
  pagings: ['x86-64'],
  functions,
  constants: namedConstants,
  options: [],
  events: vmRegionEvents.shapes,
  injections: {},
  daemons: {},
  lacks: { mmapRemote: 'a page comes from the bank of the core that asks' },
  notSupported: 'NOT_SUPPORTED',
  errorAliases: {
    ENOMEM: ['NO_MEMORY'],
    ENOSYS: ['NOT_SUPPORTED'],
    EINVAL: ['INVALID_ARGUMENT'],
    EEXIST: ['ALREADY_EXISTS'],
    EACCES: ['ACCESS_DENIED'],
    EPERM: ['ACCESS_DENIED'],
    EBADF: ['BAD_HANDLE'],
    EFAULT: ['MEMORY_FAULT'],
    ENOENT: ['NO_ENTRY'],
    SEGV: ['NO_ENTRY', 'ACCESS_DENIED', 'BAD_STATE'],
    BUS: ['MEMORY_FAULT'],
    OOM: ['NO_MEMORY'],
    ...Object.fromEntries(Object.keys(statusValues).map((name) => [`KERN_${name}`, [name]])),
  },
  errors: [...Object.keys(statusValues).filter((name) => name !== 'OK'), 'NOT_SUPPORTED'],
  objectTypes,
  globals,
  hasFreeBlocks: false,

  defaultConfig: () => presets['x86-64'],
  checkConfig,
  boot,

  *createProcess(here, args) {
    return yield* spawn(here, args);
  },

  *createThread(here, { name, process, core }) {
    if (!process.alive) return 'BAD_STATE';
    if (mustFail(here.kernel, 'object-alloc', here.cluster)) return 'NO_MEMORY';
    return registerThread(here.kernel, name, process, core);
  },
  operations,

  activate,
  *handleFault(here, thread, fault) {
    return yield* page_fault(here, { thread: thread, fault });
  },
  *kill(here, thread, outcome) {
    yield* endTask(here, { process: thread.process, exit: outcome.signal });
  },
  overwrites,
  heldByScenario: describeHoldings,

  ...injectionControls,
  reserveFrames,
  returnFrames,

  processes: (state) => state.processes,
  threads: (state) => state.threads,
  mainThread: (_state, process) => process.main,
  regions: (_state, process) => regionsOf(process),
  tables: (_state, process) => tablesOf(process),
  kernelTable: (state) => state.kernelPmap.root,
  softwareBits,
  frame: frameView,
  freeFrames: (state, cluster) => state.banks[cluster]?.free ?? 0,
  dump: (_state, _machine, process) => {
    const { region } = process;
    return region === null ? '' : dumpLines(region).join('\n');
  },
  views: vmRegionViews,
  objects: objectsOf,
  readField: (_state, object, field) => readField(object, field),
  readGlobal,
  invariants: checkInvariants,
});

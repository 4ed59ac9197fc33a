import { NO_ROOT, pageTableRoot, setOwner, setPageTableRoot } from '../../hardware/core.ts';
import { presets } from '../../hardware/machine-config.ts';
import { Access, type Machine, type MmuFault } from '../../hardware/machine.ts';
import { registerEvents } from '../../hardware/own-events.ts';
import { inspectWalk } from '../../hardware/page-table-walker.ts';
import type { Activation, KernelGenerator } from '../../execution/activation.ts';
import { refuse } from '../../execution/refusal.ts';
import { defineKernel } from '../bound-kernel.ts';
import { injectionControls } from '../injections.ts';
import type { FaultOutcome } from '../kernel.ts';
import { disk_read, disk_write } from './disk.ts';
import { leaf, link, poke, set_root } from './entries.ts';
import { bareEvents } from './events.ts';
import { copy, createBanks, frame_alloc, frame_free, reserveFrames, returnFrames, zero } from './frames.ts';
import { bareViews, checkInvariants, dumpOf, frameView, regionsOf, softwareBits } from './inspect.ts';
import { clone_process, endProcess, makeProcess, threadOf } from './processes.ts';
import { rootAddress, type BareState, type Process, type Thread } from './state.ts';
import { flush, invalidate, shootdown } from './tlbs.ts';

const notDefined = (here: Activation, form: string): string =>
  refuse(here, 'NOT_SUPPORTED', `the scenario is the kernel, and it has no “def ${form}”`);

/** What the file's handler makes of a refused access; without one, a fault is refused. */
function* handleFault(
  here: Activation<BareState>,
  { process }: Thread,
  fault: MmuFault,
): KernelGenerator<FaultOutcome> {
  const walked = process.root === null ? [] : inspectWalk(here.machine, process.root, fault.va);
  const entry = walked.at(-1) ?? null;
  const answer = yield* here.engine.hosted.handleFault(here, fault, entry);
  const isCow = fault.access === Access.write && entry?.present === true && !entry.reserved;
  if (answer === null) return { kind: 'resolved', as: isCow ? 'cow-fault' : 'page-fault' };
  return refused(answer ?? 'FAULT', entry?.present === true);
}

function refused(answer: string, isPresent: boolean): FaultOutcome {
  if (answer === 'OOM' || answer === 'NO_MEMORY' || answer === 'ENOMEM')
    return {
      kind: 'refused',
      error: 'OOM',
      reason: 'NO_MEMORY',
      signal: 'SIGKILL',
      meaning: { kind: 'no-memory', tables: true },
    };
  if (answer === 'BUS')
    return { kind: 'refused', error: 'BUS', reason: 'BUS', signal: 'SIGBUS', meaning: { kind: 'no-source' } };
  const meaning = isPresent ? ({ kind: 'rights' } as const) : ({ kind: 'no-region' } as const);
  return { kind: 'refused', error: 'SEGV', reason: 'FAULT', signal: 'SIGSEGV', meaning };
}

function activate(_state: BareState, machine: Machine, thread: Thread | null, core: number): void {
  const root = thread?.process.root ?? NO_ROOT;
  if (pageTableRoot(machine, core) !== root) setPageTableRoot(machine, core, root);
  setOwner(machine, core, thread?.process.owner ?? 0);
}

export const bare = defineKernel<BareState, Process, Thread>({
  name: 'bare',
  title: 'Bare machine',
  summary: 'no kernel at all: the scenario builds the page tables and handles the faults itself',
  regionNoun: 'mapped range',
  presets: ['x86-64', 'tsar', 'i386', 'rv64'],
  pagings: ['x86-64', 'tsar', 'x86-32', 'sv39'],
  isDefinedByScenario: true,
  functions: [
    frame_alloc, frame_free, poke, zero, copy, leaf, link, set_root, invalidate, flush, shootdown, disk_read, disk_write,
    clone_process,
  ], // prettier-ignore
  constants: {},
  options: [],
  events: bareEvents.shapes,
  injections: {},
  daemons: {},
  lacks: {
    exec: 'a process has no program',
    fork: 'the file defines none',
    mprotect: 'the file defines none',
    brk: 'the file defines none',
  },
  notSupported: 'NOT_SUPPORTED',
  errorAliases: {
    SEGV: ['FAULT'], OOM: ['NO_MEMORY'], ENOMEM: ['NO_MEMORY'], ENOSYS: ['NOT_SUPPORTED'],
    EINVAL: ['BAD_ADDRESS', 'BAD_VALUE', 'BAD_ORDER', 'BAD_ENTRY', 'BAD_OFFSET', 'BAD_FRAME'], ENOENT: ['NO_FILE'], EIO: ['IO_ERROR'], EFAULT: ['FAULT'],
  }, // prettier-ignore
  errors: [
    'FAULT', 'BUS', 'NO_MEMORY', 'NOT_SUPPORTED', 'NOT_ALLOCATED', 'STILL_MAPPED', 'BAD_ADDRESS', 'BAD_ENTRY', 'BAD_FRAME', 'BAD_OFFSET',
    'BAD_ORDER', 'BAD_VALUE', 'IO_ERROR', 'NO_FILE', 'NO_PROCESS',
  ], // prettier-ignore
  objectTypes: [
    { name: 'process', doc: 'A process.', fields: { root: 'Physical address of its root table, or none.' } },
  ],
  globals: {},
  hasFreeBlocks: false,

  defaultConfig: () => presets['x86-64'],
  checkConfig: () => [],
  boot(machine) {
    registerEvents(machine, bareEvents);
    return { banks: createBanks(machine), processes: [], threads: [], injections: [], nextPid: 1 };
  },

  *createProcess(here, { name, core }) {
    return makeProcess(here.kernel, {
      name,
      core,
      cluster: Math.floor(core / here.machine.config.coresPerCluster),
      parent: null,
    });
  },
  *createThread(here, { name, process, core }) {
    const thread: Thread = { type: 'thread', name, process, core, alive: true };
    here.kernel.threads.push(thread);
    return thread;
  },
  operations: {
    *mmap(here) {
      return notDefined(here, 'mmap(length, prot)');
    },
    *munmap(here) {
      return notDefined(here, 'munmap(addr, length)');
    },
    /** Performed where the file's own `def exit` has returned. */
    *exit(here, { code }) {
      endProcess(here, threadOf(here).process, code);
      return undefined;
    },
    *thread_exit(here) {
      const { kernel } = here as Activation<BareState>;
      const thread = threadOf(here);
      if (kernel.threads.some((one) => one !== thread && one.alive && one.process === thread.process))
        thread.alive = false;
      else endProcess(here, thread.process, 0);
      return undefined;
    },
    *wait(here) {
      return notDefined(here, 'wait()');
    },
  },

  activate,
  handleFault,
  *kill(here, { process }, { signal }) {
    endProcess(here, process, signal);
  },
  overwrites: (_state, _machine, { name }) =>
    ['poke', 'set_root', 'zero', 'copy', 'disk_read'].includes(name) ? { what: 'page tables', isPart: true } : null,
  heldByScenario: () => [],

  ...injectionControls,
  reserveFrames,
  returnFrames,

  processes: ({ processes }) => processes,
  threads: ({ threads }) => threads.filter(({ alive }) => alive),
  mainThread: ({ threads }, process) => threads.find((thread) => thread.process === process) ?? null,
  regions: (_state, process, _cluster, machine) => regionsOf(machine, process),
  tables: (_state, { root, cluster }) => (root === null ? [] : [{ cluster, root, role: '' }]),
  kernelTable: () => null,
  softwareBits,
  frame: frameView,
  freeFrames: ({ banks }, cluster) => banks[cluster]?.free ?? 0,
  dump: (_state, machine, process) => dumpOf(machine, process),
  views: bareViews,
  objects: ({ processes }) => ({
    processes: processes.map(({ pid, name, alive, root }) => ({
      id: pid,
      name,
      alive,
      root: root === null ? null : root * 4096,
    })),
  }),
  readField: (_state, object, field) => {
    const process = object as Process;
    if (field === 'root') return rootAddress(process);
    return (object as Readonly<Record<string, unknown>>)[field];
  },
  readGlobal: () => undefined,
  invariants: checkInvariants,
});

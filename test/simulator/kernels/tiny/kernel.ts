/**
 * A kernel in one file, for the test that a new kernel is one folder and one line: a process is a page directory and a
 * list of regions, a page gets a frame on its first access, and frames are handed out in order and never come back.
 */
import { pageTableRoot, setOwner, setPageTableRoot } from '../../../../simulator/hardware/core.ts';
import { presets } from '../../../../simulator/hardware/machine-config.ts';
import { Access, type Machine } from '../../../../simulator/hardware/machine.ts';
import { ppnAt, readFrame32, writeFrame32, zeroFrame } from '../../../../simulator/hardware/physical-memory.ts';
import { emit, EventKind } from '../../../../simulator/hardware/trace-event.ts';
import { kernelFunction, type Activation } from '../../../../simulator/execution/activation.ts';
import { defineKernel } from '../../../../simulator/kernels/bound-kernel.ts';
import type { FaultMeaning } from '../../../../simulator/kernels/fault-meaning.ts';
import { injectionControls, mustFail, type Injection } from '../../../../simulator/kernels/injections.ts';
import type { FaultOutcome, ProcessObject, ThreadObject } from '../../../../simulator/kernels/kernel.ts';
import type { Protection, RegionKind } from '../../../../simulator/kernels/view.ts';

interface Region {
  readonly start: number;
  readonly end: number;
  readonly protection: Protection;
  readonly kind: RegionKind;
}

interface TinyProcess extends ProcessObject {
  readonly root: number;
  regions: Region[];
  /** Where the next mapping begins. */
  next: number;
}

interface TinyThread extends ThreadObject {
  readonly process: TinyProcess;
}

interface TinyState {
  readonly processes: TinyProcess[];
  readonly threads: TinyThread[];
  /** Frames given so far; all below are in use. */
  used: number;
  readonly frames: number;
  injections: Injection[];
}

type Here = Activation<TinyState>;

const PAGE = 4096;
const FIRST_MAPPING = 0x4000_0000;
const STACK = { start: 0xbfff_0000, end: 0xc000_0000 };
const [PRESENT, WRITABLE, USER] = [1, 2, 4];
const readable: Protection = { read: true, write: false, execute: false };
const writable: Protection = { read: true, write: true, execute: false };

/** 0 when memory has run out: frame 0 is the kernel's. */
function takeFrame(here: Here): number {
  const { kernel, machine } = here;
  if (mustFail(kernel, 'page-alloc', 0) || kernel.used >= kernel.frames) return 0;
  const ppn = ppnAt(machine, 0, kernel.used++);
  zeroFrame(machine, ppn);
  emit(machine, EventKind.pageAlloc, here.cluster, { ppn, pages: 1 });
  return ppn;
}

const tiny_map_page = kernelFunction(
  {
    name: 'tiny_map_page',
    section: '1',
    doc: 'Gives a page a frame.',
    parameters: [
      { name: 'process', type: { kind: 'process' } },
      { name: 'va', type: { kind: 'address' } },
    ],
    errors: ['ENOMEM'],
    steps: { 1: 'find the region', 2: 'find or make the table', 3: 'take a frame', 4: 'write the entry' },
  },
  function* (here: Here, { process, va }: { process: TinyProcess; va: number }) {
    const { machine } = here;
    if (here.step('1')) yield;
    const region = process.regions.find(({ start, end }) => start <= va && va < end);
    if (region === undefined) return 'EFAULT';
    if (here.step('2')) yield;
    const slot = (va >>> 22) * 4;
    let table = readFrame32(machine, process.root, slot) >>> 12;
    if (table === 0) {
      table = takeFrame(here);
      if (table === 0) return 'ENOMEM';
      writeFrame32(machine, process.root, slot, (table * PAGE) | PRESENT | WRITABLE | USER);
    }
    if (here.step('3')) yield;
    const frame = takeFrame(here);
    if (frame === 0) return 'ENOMEM';
    if (here.step('4')) yield;
    const rights = PRESENT | USER | (region.protection.write ? WRITABLE : 0);
    writeFrame32(machine, table, ((va >>> 12) & 1023) * 4, (frame * PAGE) | rights);
    return undefined;
  },
);

function* handleFault(
  here: Here,
  { process }: TinyThread,
  fault: { va: number; access: Access },
): Generator<void, FaultOutcome, void> {
  const refused = (error: 'SEGV' | 'OOM', reason: string, meaning: FaultMeaning): FaultOutcome =>
    ({ kind: 'refused', error, reason, signal: 'SIGSEGV', meaning }); // prettier-ignore
  const region = process.regions.find(({ start, end }) => start <= fault.va && fault.va < end);
  if (region === undefined) return refused('SEGV', 'EFAULT', { kind: 'no-region' });
  const { read, write } = region.protection;
  if (!(fault.access === Access.write ? write : read)) return refused('SEGV', 'EACCES', { kind: 'rights' });
  const error = yield* tiny_map_page(here, { process, va: fault.va });
  return error === undefined
    ? { kind: 'resolved', as: 'page-fault' }
    : refused('OOM', error, { kind: 'no-memory', tables: true });
}

function end(process: TinyProcess, state: TinyState, exit: number | string): void {
  process.alive = false;
  process.exit = exit;
  for (const thread of state.threads) if (thread.process === process) thread.alive = false;
}

const current = (here: Activation): TinyProcess => (here.activity.thread as TinyThread).process;

export const tiny = defineKernel<TinyState, TinyProcess, TinyThread>({
  name: 'tiny',
  title: 'Tiny',
  summary: 'a directory and a list of regions',
  regionNoun: 'region',
  presets: ['i386'],
  pagings: ['x86-32'],
  functions: [tiny_map_page],
  constants: { TINY_FIRST_MAPPING: FIRST_MAPPING },
  options: [],
  events: {},
  injections: {},
  daemons: {},
  lacks: {
    fork: 'a process has no children',
    exec: 'a process keeps its program',
    mprotect: 'a region keeps its rights',
    brk: 'there is no heap',
    mmapRemote: 'there is one cluster',
    mmapOver: 'regions follow one another',
    munmapPart: 'regions go whole',
  },
  notSupported: 'ENOSYS',
  errorAliases: { NOT_SUPPORTED: ['ENOSYS'], SEGV: ['EFAULT', 'EACCES'], OOM: ['ENOMEM'] },
  errors: ['ENOSYS', 'EINVAL', 'EFAULT', 'EACCES', 'ENOMEM'],
  objectTypes: [],
  globals: { used: 'frames given so far' },
  hasFreeBlocks: false,

  defaultConfig: () => presets.i386,
  checkConfig: () => [],
  boot: ({ config }) => ({ processes: [], threads: [], used: 1, frames: config.memoryBytes / PAGE, injections: [] }),

  *createProcess(here, { name, image }) {
    const { kernel } = here;
    const root = takeFrame(here);
    if (root === 0) return 'ENOMEM';
    if (image.kind !== 'sizes') return 'ENOSYS';
    const codeStart = 0x10_0000;
    const dataStart = codeStart + image.code;
    const regions: Region[] = [
      { start: codeStart, end: dataStart, protection: readable, kind: 'code' },
      { start: dataStart, end: dataStart + image.data, protection: writable, kind: 'data' },
      { ...STACK, protection: writable, kind: 'stack' },
    ];
    const pid = kernel.processes.length + 1;
    const process: TinyProcess = {
      ...{ type: 'process', name, pid, owner: pid, alive: true, exit: null, parent: null, cluster: 0 },
      ...{ codeStart, dataStart, stackStart: STACK.start, root, next: FIRST_MAPPING },
      regions: regions.filter((region) => region.start < region.end),
    };
    kernel.processes.push(process);
    kernel.threads.push({ type: 'thread', name, process, core: here.core, alive: true });
    return process;
  },
  *createThread(here, { name, process, core }) {
    const thread: TinyThread = { type: 'thread', name, process, core, alive: true };
    here.kernel.threads.push(thread);
    return thread;
  },
  operations: {
    *mmap(here, { length, protection, kind, at, replace }) {
      const process = current(here);
      if (kind !== 'anon') return 'ENOSYS';
      if (at !== null || replace) return 'EINVAL';
      const start = process.next;
      if (length === 0 || start + length > STACK.start) return 'ENOMEM';
      process.next = start + Math.ceil(length / PAGE) * PAGE;
      process.regions.push({ start, end: process.next, protection, kind: 'anon' });
      return start;
    },
    *munmap(here, { address, length }) {
      const process = current(here);
      const region = process.regions.find(({ start, end }) => start === address && end === address + length);
      if (region === undefined) return 'EINVAL';
      process.regions = process.regions.filter((one) => one !== region);
      return undefined;
    },
    *exit(here, { code }) {
      here.engine.onProcessEnding(current(here));
      end(current(here), here.kernel as TinyState, code);
    },
    *thread_exit(here) {
      (here.activity.thread as TinyThread).alive = false;
    },
    *wait() {
      return null;
    },
  },

  activate(_state, machine, thread, core) {
    const root = thread?.process.root ?? 0;
    setOwner(machine, core, thread?.process.owner ?? 0);
    if (pageTableRoot(machine, core) !== root) setPageTableRoot(machine, core, root);
  },
  handleFault,
  *kill(here, { process }, { signal }) {
    here.engine.onProcessEnding(process);
    end(process, here.kernel, signal);
  },

  ...injectionControls,
  reserveFrames(state, machine, _cluster, count) {
    if (state.used + count > state.frames) return null;
    return Array.from({ length: count }, () => ppnAt(machine, 0, state.used++));
  },
  returnFrames: () => undefined,

  processes: ({ processes }) => processes,
  threads: ({ threads }) => threads.filter(({ alive }) => alive),
  mainThread: ({ threads }, process) => threads.find((thread) => thread.process === process) ?? null,
  regions: (_state, { regions }) =>
    [...regions]
      .sort((left, right) => left.start - right.start)
      .map((region) => ({ ...region, name: region.kind, cluster: 0, note: '', object: region })),
  tables: (_state, { root }) => [{ cluster: 0, root, role: '' }],
  kernelTable: () => null,
  softwareBits: () => ({ cow: false, names: [] }),
  frame: ({ used }, _machine, ppn) => ({
    refs: ppn < used ? 1 : 0,
    isFree: ppn >= used,
    forks: 0,
    state: ppn < used ? 'used' : 'free',
    order: 0,
    content: 'data',
  }),
  freeFrames: ({ frames, used }) => frames - used,
  dump: (_state, _machine: Machine, { name, regions }) => `${name}: ${String(regions.length)} regions`,
  objects: ({ processes }) => ({ processes }),
  readField: (_state, object, field) => (object as Readonly<Record<string, unknown>>)[field],
  readGlobal: ({ used }, name) => (name === 'used' ? used : undefined),
  heldByScenario: () => [],
  invariants: ({ used, frames }) =>
    used <= frames ? [] : [{ invariant: 'I1', message: `${String(used)} frames are given, of ${String(frames)}` }],
});

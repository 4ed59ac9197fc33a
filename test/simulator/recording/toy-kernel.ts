/**
 * The smallest kernel that can run a recording: one page table a process, every page taken on first touch, eager
 * fork. What it can and cannot do is chosen by the test, so that every emulation has a kernel that needs it.
 */
import type { Capability } from '../../../simulator/kernels/capability.ts';
import { setPageTableRoot, setOwner } from '../../../simulator/hardware/core.ts';
import { invalidateTlb } from '../../../simulator/hardware/tlb.ts';
import { presets } from '../../../simulator/hardware/machine-config.ts';
import type { Machine, MmuFault } from '../../../simulator/hardware/machine.ts';
import { copyFrame, ppnAt, readFrame32, writeFrame32, zeroFrame } from '../../../simulator/hardware/physical-memory.ts';
import type { Activation, KernelGenerator } from '../../../simulator/execution/activation.ts';
import type {
  FaultOutcome,
  MmapArgs,
  ProcessObject,
  ProgramImage,
  ThreadObject,
} from '../../../simulator/kernels/kernel.ts';
import type { FaultMeaning } from '../../../simulator/kernels/fault-meaning.ts';
import { defineKernel, type Kernel } from '../../../simulator/kernels/bound-kernel.ts';
import type { KernelDefinition } from '../../../simulator/kernels/kernel.ts';
import type { Protection, RegionKind, RegionView } from '../../../simulator/kernels/view.ts';

export interface ToyAbilities {
  readonly mprotect?: boolean;
  readonly brk?: boolean;
  /** The break never goes down. */
  readonly brkDown?: boolean;
  /** Something stands in the way of a heap of more pages. */
  readonly heapPages?: number;
  readonly privateFiles?: boolean;
  readonly noRights?: boolean;
  readonly cuts?: boolean;
  /** Refuses to cut, without having said so beforehand. */
  readonly cutsFail?: boolean;
  readonly fork?: boolean;
  readonly exec?: boolean;
  readonly stackPages?: number;
  readonly frames?: number;
}

interface Region {
  start: number;
  end: number;
  protection: Protection;
  readonly kind: RegionKind;
}

interface ToyProcess extends ProcessObject {
  root: number;
  regions: Region[];
  next: number;
  heapEnd: number;
}

interface ToyThread extends ThreadObject {
  readonly process: ToyProcess;
}

interface ToyState {
  processes: ToyProcess[];
  threads: ToyThread[];
  frames: number;
  readonly limit: number;
  calls: string[];
}

const PAGE = 4096;
const STACK_END = 0xc000_0000;
const HEAP = 0x2000_0000;
const ZONE = 0x4000_0000;
type Here = Activation<ToyState>;

const none: Protection = { read: false, write: false, execute: false };

/** Every call that it performs, as text, for tests. */
export function callsOf(state: unknown): string[] {
  return (state as ToyState).calls;
}

function takeFrame(machine: Machine, state: ToyState): number {
  const ppn = ppnAt(machine, 0, state.frames++);
  zeroFrame(machine, ppn);
  return ppn;
}

function createToyProcess(machine: Machine, state: ToyState, name: string, parent: ToyProcess | null): ToyProcess {
  const pid = state.processes.length + 1;
  const process: ToyProcess = {
    type: 'process',
    name,
    pid,
    owner: pid,
    alive: true,
    exit: null,
    parent,
    cluster: 0,
    codeStart: 0,
    dataStart: 0,
    stackStart: 0,
    root: takeFrame(machine, state),
    regions: [],
    next: ZONE,
    heapEnd: HEAP,
  };
  state.processes.push(process);
  state.threads.push({ type: 'thread', name, process, core: 0, alive: true });
  return process;
}

function entryPlace(
  machine: Machine,
  state: ToyState,
  process: ToyProcess,
  va: number,
  create: boolean,
): { table: number; offset: number } | null {
  const directory = (va >>> 22) * 4;
  let entry = readFrame32(machine, process.root, directory);
  if ((entry & 1) === 0) {
    if (!create) return null;
    entry = (takeFrame(machine, state) * PAGE) | 7;
    writeFrame32(machine, process.root, directory, entry);
  }
  return { table: entry >>> 12, offset: ((va >>> 12) & 1023) * 4 };
}

function unmapPages(machine: Machine, state: ToyState, process: ToyProcess, start: number, end: number): void {
  for (let va = start; va < end; va += PAGE) {
    const place = entryPlace(machine, state, process, va, false);
    if (place !== null) writeFrame32(machine, place.table, place.offset, 0);
    for (let core = 0; core < machine.config.coresPerCluster; core++) invalidateTlb(machine, core, va / PAGE);
  }
}

const current = (here: Here): ToyProcess => (here.activity.thread as ToyThread).process;
const range = (start: number, length: number): string => `0x${start.toString(16)}+${String(length / PAGE)}`;

function word(protection: Protection): string {
  return `${protection.read ? 'r' : '-'}${protection.write ? 'w' : '-'}${protection.execute ? 'x' : '-'}`;
}

function addImage(process: ToyProcess, image: ProgramImage): void {
  if (image.kind === 'sizes') {
    process.codeStart = 0x20_0000;
    process.dataStart = process.codeStart + image.code;
    process.regions.push({
      start: process.codeStart,
      end: process.dataStart,
      protection: { ...none, read: true, execute: true },
      kind: 'code',
    });
    process.regions.push({
      start: process.dataStart,
      end: process.dataStart + image.data,
      protection: { ...none, read: true, write: true },
      kind: 'data',
    });
    return;
  }
  for (const { address, memorySize, protection } of image.segments)
    process.regions.push({
      start: address,
      end: address + memorySize,
      protection,
      kind: protection.write ? 'data' : 'code',
    });
}

function addStack(process: ToyProcess, pages: number): void {
  process.stackStart = STACK_END - pages * PAGE;
  process.regions.push({
    start: process.stackStart,
    end: STACK_END,
    protection: { ...none, read: true, write: true },
    kind: 'stack',
  });
}

export function toyKernel(abilities: ToyAbilities = {}): Kernel {
  const {
    mprotect = true,
    brk = true,
    brkDown = true,
    heapPages = Infinity,
    privateFiles = true,
    noRights = true,
    cuts = true,
    fork = true,
    exec = true,
    stackPages = 255,
  } = abilities;
  const lacks: Partial<Record<Capability, string>> = {
    mremap: 'the toy never moves memory',
    madvise: 'the toy keeps all pages',
    mmapOver: 'the toy places mappings itself',
  };
  if (!mprotect) lacks.mprotect = 'rights are for ever';
  if (!brk) lacks.brk = 'there is no heap';
  if (!cuts) lacks.munmapPart = 'regions are whole';
  if (!fork) lacks.fork = 'the toy has no children';
  const operations: Kernel['operations'] = {
    *mmap(here: Here, args: MmapArgs) {
      const isNothing = !args.protection.read && !args.protection.write && !args.protection.execute;
      if (isNothing && !noRights) return 'EINVAL';
      if (args.kind === 'file' && !privateFiles) return 'EPRIVATE';
      const process = current(here);
      const start = process.next;
      if (start + args.length > 0x8000_0000) return 'EFULL';
      process.next += args.length + PAGE;
      process.regions.push({ start, end: start + args.length, protection: args.protection, kind: args.kind });
      here.kernel.calls.push(`mmap ${args.kind} ${range(start, args.length)} ${word(args.protection)}`);
      return start;
    },
    *munmap(here: Here, { address, length }) {
      const process = current(here);
      const end = address + length;
      const region = process.regions.find((one) => one.start <= address && end <= one.end);
      if (region === undefined) return 'EINVAL';
      const isWhole = region.start === address && region.end === end;
      if (!isWhole && (!cuts || abilities.cutsFail === true)) return 'EWHOLE';
      process.regions.splice(process.regions.indexOf(region), 1);
      if (region.start < address) process.regions.push({ ...region, end: address });
      if (end < region.end) process.regions.push({ ...region, start: end });
      unmapPages(here.machine, here.kernel, process, address, end);
      here.kernel.calls.push(`munmap ${range(address, length)}`);
      return undefined;
    },
    *exit(here: Here, { code }) {
      const process = current(here);
      here.engine.onProcessEnding(process);
      process.alive = false;
      process.exit = code;
      here.kernel.calls.push(`exit ${process.name} ${String(code)}`);
    },
    *thread_exit(here: Here) {
      (here.activity.thread as ToyThread).alive = false;
      here.kernel.calls.push(`thread_exit ${(here.activity.thread as ToyThread).name}`);
    },
    *wait() {
      return null;
    },
  };
  if (mprotect) {
    operations.mprotect = function* (here: Here, { address, length, protection }) {
      const process = current(here);
      const end = address + length;
      const region = process.regions.find((one) => one.start <= address && end <= one.end);
      if (region === undefined) return 'EINVAL';
      process.regions.splice(process.regions.indexOf(region), 1, { ...region, start: address, end, protection });
      if (region.start < address) process.regions.push({ ...region, end: address });
      if (end < region.end) process.regions.push({ ...region, start: end });
      for (let va = address; va < end; va += PAGE) {
        const place = entryPlace(here.machine, here.kernel, process, va, false);
        const entry = place === null ? 0 : readFrame32(here.machine, place.table, place.offset);
        if (place !== null && (entry & 1) !== 0)
          writeFrame32(here.machine, place.table, place.offset, (entry & ~2) | (protection.write ? 2 : 0));
        invalidateTlb(here.machine, here.core, va / PAGE);
      }
      here.kernel.calls.push(`mprotect ${range(address, length)} ${word(protection)}`);
      return undefined;
    };
  }
  if (brk) {
    operations.brk = function* (here: Here, { address }) {
      const process = current(here);
      if (address === 0) return process.heapEnd;
      if (address < process.heapEnd && !brkDown) return 'ENEVER';
      if (address > HEAP + heapPages * PAGE) return 'EWAY';
      process.regions = process.regions.filter((one) => one.kind !== 'heap');
      process.regions.push({
        start: HEAP,
        end: address,
        protection: { ...none, read: true, write: true },
        kind: 'heap',
      });
      process.heapEnd = address;
      here.kernel.calls.push(`brk 0x${address.toString(16)}`);
      return address;
    };
  }
  if (fork) {
    operations.fork = function* (here: Here) {
      const { machine, kernel } = here;
      const parent = current(here);
      const child = createToyProcess(machine, kernel, `${parent.name}.fork${String(kernel.processes.length)}`, parent);
      Object.assign(child, {
        regions: parent.regions.map((one) => ({ ...one })),
        next: parent.next,
        heapEnd: parent.heapEnd,
        stackStart: parent.stackStart,
      });
      for (const region of parent.regions) {
        for (let va = region.start; va < region.end; va += PAGE) {
          const place = entryPlace(machine, kernel, parent, va, false);
          const entry = place === null ? 0 : readFrame32(machine, place.table, place.offset);
          if ((entry & 1) === 0) continue;
          const target = entryPlace(machine, kernel, child, va, true) as { table: number; offset: number };
          const ppn = region.kind === 'shared' ? entry >>> 12 : takeFrame(machine, kernel);
          if (region.kind !== 'shared') copyFrame(machine, ppn, entry >>> 12);
          writeFrame32(machine, target.table, target.offset, (ppn * PAGE) | (entry & 0xfff));
        }
      }
      kernel.calls.push(`fork ${child.name}`);
      return child;
    };
  }
  if (exec) {
    operations.exec = function* (here: Here, args) {
      const process = current(here);
      for (const region of process.regions) unmapPages(here.machine, here.kernel, process, region.start, region.end);
      process.regions = [];
      if ('code' in args) addImage(process, { kind: 'sizes', code: args.code, data: args.data });
      addStack(process, stackPages);
      here.kernel.calls.push('exec');
    };
  }
  const kernel = {
    name: 'toy',
    title: 'Toy',
    summary: 'as little as a recording needs',
    regionNoun: 'region',
    presets: ['i386'],
    pagings: ['x86-32'],
    functions: [],
    constants: {},
    options: [],
    events: [],
    injections: {},
    daemons: {},
    lacks,
    notSupported: 'ENOSYS',
    errorAliases: { ENOMEM: ['EFULL'] },
    errors: [],
    objectTypes: [],
    globals: {},
    hasFreeBlocks: false,
    operations,
    defaultConfig: () => presets['i386'],
    checkConfig: () => [],
    boot: (): ToyState => ({ processes: [], threads: [], frames: 16, limit: abilities.frames ?? 7000, calls: [] }),
    *createProcess(here: Here, { name, image }: { name: string; image: ProgramImage }) {
      const process = createToyProcess(here.machine, here.kernel, name, null);
      addImage(process, image);
      addStack(process, stackPages);
      return process;
    },
    *createThread(here: Here, { name, process, core }: { name: string; process: ToyProcess; core: number }) {
      const thread: ToyThread = { type: 'thread', name, process, core, alive: true };
      here.kernel.threads.push(thread);
      here.kernel.calls.push(`thread ${name}`);
      return thread;
    },
    activate(_: ToyState, machine: Machine, thread: ToyThread, core: number) {
      setOwner(machine, core, thread.process.owner);
      if (rootOf.get(machine)?.[core] === thread.process.root) return;
      rootOf.set(machine, { ...rootOf.get(machine), [core]: thread.process.root });
      setPageTableRoot(machine, core, thread.process.root);
    },
    *handleFault(here: Here, thread: ToyThread, fault: MmuFault): KernelGenerator<FaultOutcome> {
      const { process } = thread;
      const refused = (error: 'SEGV' | 'OOM', reason: string, meaning: FaultMeaning): FaultOutcome => ({
        kind: 'refused',
        error,
        reason,
        signal: 'SIGSEGV',
        meaning,
      });
      const region = process.regions.find((one) => one.start <= fault.va && fault.va < one.end);
      if (region === undefined) return refused('SEGV', 'no region', { kind: 'no-region' });
      const { protection } = region;
      const isAllowed =
        fault.access === 1 ? protection.write : fault.access === 2 ? protection.execute : protection.read;
      if (!isAllowed) return refused('SEGV', 'no right', { kind: 'rights' });
      if (here.kernel.frames + 2 > here.kernel.limit)
        return refused('OOM', 'EFULL', { kind: 'no-memory', tables: true });
      const place = entryPlace(here.machine, here.kernel, process, fault.va, true) as { table: number; offset: number };
      writeFrame32(
        here.machine,
        place.table,
        place.offset,
        (takeFrame(here.machine, here.kernel) * PAGE) | 5 | (protection.write ? 2 : 0),
      );
      return { kind: 'resolved', as: 'page-fault' };
    },
    *kill(here: Here, thread: ToyThread) {
      thread.process.alive = false;
      here.kernel.calls.push(`kill ${thread.process.name}`);
    },
    processes: (state: ToyState) => state.processes,
    threads: (state: ToyState) => state.threads,
    mainThread: (state: ToyState, process: ToyProcess) =>
      state.threads.find((thread) => thread.process === process) ?? null,
    regions: (_: ToyState, process: ToyProcess): RegionView[] =>
      process.regions.map((one) => ({ ...one, name: one.kind, cluster: 0, note: '', object: one })),
    tables: (_: ToyState, process: ToyProcess) => [{ cluster: 0, root: process.root, role: '' }],
    freeFrames: (state: ToyState) => state.limit - state.frames,
    softwareBits: () => ({ cow: false, names: [] }),
    frame: () => ({ refs: 1, forks: 0, state: 'used', order: 0, isFree: false, content: 'data' }),
  };
  return defineKernel(kernel as unknown as KernelDefinition<unknown>);
}

/** Which table each core runs on: the toy's own note, outside the state because tests never go back in time. */
const rootOf = new WeakMap<Machine, Record<number, number>>();

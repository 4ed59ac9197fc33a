/** Tasks: 7 and V11. */
import { pageTableRoot, setPageTableRoot } from '../../hardware/core.ts';
import { coreCount } from '../../hardware/machine-config.ts';
import type { Machine } from '../../hardware/machine.ts';
import { lastNote, noteOwner } from '../../hardware/region-log.ts';
import { kernelFunction } from '../../execution/activation.ts';
import type { CreateProcessArgs, ProgramImage } from '../kernel.ts';
import { layoutOf, startOfSegments, storeProgram } from '../program-image.ts';
import { buildSpace, dismantle, type Space } from './address-space.ts';
import { HEAP_START, STACK_START, TEXT_START, USER_END, USER_START, type Status } from './constants.ts';
import { dropReference } from './references.ts';
import { mustFail } from '../injections.ts';
import type { Here, Steps, Process, Program, Thread, VmrState } from './state.ts';

/** Puts a program on the disk; an older one of the name disappears from its folder, not from those who map it. */
export function installProgram(
  state: VmrState,
  machine: Machine,
  path: string,
  cluster: number,
  image: ProgramImage,
): Program {
  storeProgram(machine, path, cluster, image);
  state.files.delete(path);
  const program = layoutOf(image, TEXT_START);
  state.programs.set(path, program);
  return program;
}

export function isLoadable({ segments }: Program): boolean {
  return segments.every(({ address, memorySize }) => address >= USER_START && address + memorySize <= USER_END);
}

export function newProcess(state: VmrState, name: string, cluster: number, parent: Process | null): Process {
  return {
    type: 'process', name, pid: state.nextPid++, owner: state.nextOwner++, alive: true, exit: null, parent, main: null, cluster,
    codeStart: 0, dataStart: 0, stackStart: 0, region: null, heap: null, mmap: null, brk: HEAP_START, handles: new Map(), forks: 0,
    path: '',
  }; // prettier-ignore
}

export function adoptSpace(process: Process, { root, heap, mmap }: Space): void {
  process.region = root;
  process.heap = heap;
  process.mmap = mmap;
  process.brk = HEAP_START;
  process.stackStart = STACK_START;
}

export function adoptProgram(process: Process, path: string, { segments }: Program): void {
  process.path = path;
  process.codeStart = startOfSegments(segments, true);
  process.dataStart = startOfSegments(segments, false);
}

export function registerThread(state: VmrState, name: string, process: Process, core: number): Thread {
  const thread: Thread = { type: 'thread', name, process, core, alive: true };
  process.main ??= thread;
  state.threads.push(thread);
  return thread;
}

export function forgetThread(state: VmrState, thread: Thread): void {
  thread.alive = false;
  const place = state.threads.indexOf(thread);
  if (place >= 0) state.threads.splice(place, 1);
}

export const spawn = kernelFunction(
  {
    name: 'task_create',
    section: '7',
    doc: 'A new task with a program: root, text and data in it, heap, mmap and stack regions (V11).',
    parameters: [],
    errors: ['NO_MEMORY', 'NO_ENTRY', 'INVALID_ARGUMENT'],
    steps: { 1: 'the program and its task', 2: 'its address space', 3: 'its main thread' },
  },
  function* (here: Here, { name, core, image, imageCluster }: CreateProcessArgs): Steps<Process | Status> {
    if (here.step('1')) yield;
    if (mustFail(here.kernel, 'object-alloc', here.cluster)) return 'NO_MEMORY';
    const path = `/bin/${name}`;
    const program = installProgram(here.kernel, here.machine, path, imageCluster, image);
    if (!isLoadable(program)) return 'INVALID_ARGUMENT';
    const since = lastNote(here.machine);
    if (here.step('2')) yield;
    const space = yield* buildSpace(here, path, program);
    if (typeof space === 'string') return space;
    const process = newProcess(here.kernel, name, here.cluster, null);
    noteOwner(here.machine, process.owner, since);
    adoptSpace(process, space);
    adoptProgram(process, path, program);
    if (here.step('3')) yield;
    here.kernel.processes.push(process);
    registerThread(here.kernel, name, process, core);
    return process;
  },
);

export const endTask = kernelFunction(
  {
    name: 'task_exit',
    section: '7',
    doc: 'Ends a task: its handles closed, its root killed and dropped; the finaliser frees the rest.',
    parameters: [],
    errors: [],
    steps: { 1: 'its threads run no more', 2: 'close a handle', 3: 'kill the root', 4: 'drop it' },
  },
  function* (here: Here, { process, exit }: { process: Process; exit: number | string }): Steps<void> {
    if (!process.alive) return;
    if (here.step('1')) yield;
    here.engine.onProcessEnding(process);
    process.alive = false;
    process.exit = exit;
    for (const thread of here.kernel.threads.filter((one) => one.process === process))
      forgetThread(here.kernel, thread);
    leaveSpace(here, process);
    for (const [value, object] of [...process.handles].sort((a, b) => a[0] - b[0])) {
      if (here.step('2')) yield;
      process.handles.delete(value);
      yield* dropReference(here, object, 'handle');
    }
    if (here.step('3')) yield;
    const { region } = process;
    process.region = null;
    process.heap = null;
    process.mmap = null;
    if (region !== null) yield* dismantle(here, region);
    if (here.step('4')) yield;
    forgetProcess(here.kernel, process);
  },
);

function forgetProcess({ processes }: VmrState, process: Process): void {
  processes.splice(processes.indexOf(process), 1);
}

/** Cores that run the space go on in the kernel's own. */
export function leaveSpace({ machine, kernel }: Here, { region }: Process): void {
  if (region === null) return;
  for (let core = 0; core < coreCount(machine.config); core++)
    if (pageTableRoot(machine, core) === region.vr_pmap.root) setPageTableRoot(machine, core, kernel.kernelPmap.root);
}

/** 4.12 execve: the segments of a program, a new heap, and whatever was there and is not overwritten. */
import { refuse } from '../../execution/refusal.ts';
import { loadFrame } from '../../hardware/physical-memory.ts';
import { isError } from '../../execution/result.ts';
import type { ElfSegment } from '../kernel.ts';
import { startOfSegments } from '../program-image.ts';
import { pushArguments } from './exec-arguments.ts';
import { fillFromFile } from './break-sharing.ts';
import { ANON, KERNEL_EXEC, MAP_FIXED, PAGE_SIZE, RSHARED, TYPE_CODE, USR_EXEC, VMS_SELF } from './constants.ts';
import { closeFile, openFile } from './file.ts';
import { makeHeap } from './heap.ts';
import { lunaixFunction } from './klock.ts';
import { mmap_user } from './mmap.ts';
import {
  currentProcess, currentThread, pageDown, pageUp, type Here, type Lunaixly, type MmRegion, type ProcMm, type Process, type VFile,
} from './state.ts'; // prettier-ignore
import { mem_unmap_region } from './unmap.ts';
import type { BadMemory } from './user-memory.ts';

type ExecError = 'ENOENT' | 'ENOEXEC' | 'ENOMEM' | 'EINVAL' | 'EEXIST';

interface LoadArgs {
  readonly process: Process;
  readonly path: string;
  /** Where the space's tables are reached. */
  readonly vms_mnt: number;
}

export const exec_load = lunaixFunction(
  {
    name: 'exec_load',
    section: '4.12',
    doc: 'Maps the segments of a program into a space and gives it a heap after them.',
    parameters: [
      { name: 'process', type: { kind: 'process' } },
      { name: 'path', type: { kind: 'string' } },
      { name: 'vms_mnt', type: { kind: 'address' }, default: VMS_SELF },
    ],
    errors: ['ENOENT', 'ENOEXEC', 'ENOMEM', 'EINVAL'],
    steps: {
      1: 'a segment: a FIXED private mapping of the file, type CODE; what memory has beyond the file is anonymous (L6)',
      2: 'the old heap, if any: unmapped',
      3: 'a heap of one page at the end of the image',
      4: 'the program’s name and argv on the stack of the thread that runs; a space that is only mounted gets none',
      5: 'jump',
    },
  },
  function* (here: Here, { process, path, vms_mnt }: LoadArgs): Lunaixly<ExecError | void> {
    const { mm } = process;
    const program = here.kernel.programs.get(path);
    const file = openFile(here, path);
    if (file === null || mm === null) return refuse(here, 'ENOENT', `there is no file “${path}”`);
    if (program === undefined || !program.segments.every(isInUserSpace))
      return refuse(here, 'ENOEXEC', `“${path}” is no program of user space`);
    let end = USR_EXEC;
    for (const segment of program.segments) {
      if (segment.memorySize === 0) continue;
      if (here.step('1')) yield;
      const error = yield* loadSegment(here, mm, vms_mnt, file, segment);
      if (error) {
        closeFile(here, file);
        return error;
      }
      end = Math.max(end, pageUp(segment.address + segment.memorySize));
    }
    if (mm.heap !== null) {
      if (here.step('2')) yield;
      const { heap } = mm;
      yield* mem_unmap_region(here, { mnt: vms_mnt, r: heap });
      mm.heap = null;
    }
    if (here.step('3')) yield;
    const heap = yield* makeHeap(here, mm, end, vms_mnt);
    closeFile(here, file);
    if (isError(heap)) return 'ENOMEM';
    if (here.step('4')) yield;
    const bad = yield* passArguments(here, process, path, vms_mnt);
    if (bad) return bad;
    process.path = path;
    process.codeStart = startOfSegments(program.segments, true);
    process.dataStart = startOfSegments(program.segments, false);
    if (here.step('5')) yield;
  },
);

/** Of the running thread's own program; upstream has no way to reach the stack of a space that is only mounted. */
function* passArguments(here: Here, process: Process, path: string, vms_mnt: number): Lunaixly<BadMemory | void> {
  const thread = currentThread(here);
  if (vms_mnt !== VMS_SELF || thread?.process !== process || thread.ustack === null) return;
  return yield* pushArguments(here, thread.ustack, path);
}

function isInUserSpace({ address, memorySize }: ElfSegment): boolean {
  return address >= USR_EXEC && address + memorySize <= KERNEL_EXEC;
}

/** L6: file pages over the file's part, its last page's tail zeroed; then anonymous pages for the rest. */
function* loadSegment(
  here: Here,
  mm: ProcMm,
  vms_mnt: number,
  file: VFile,
  segment: ElfSegment,
): Lunaixly<ExecError | void> {
  const { address, memorySize, fileOffset, fileSize, protection } = segment;
  const start = pageDown(address);
  const end = pageUp(address + memorySize);
  const fileEnd = fileSize === 0 ? start : Math.min(end, pageUp(address + fileSize));
  const request = {
    vms_mnt,
    pvms: mm,
    proct: protection,
    type: TYPE_CODE,
    range_start: USR_EXEC,
    range_end: KERNEL_EXEC,
  };
  if (fileEnd > start) {
    const param = { ...request, offset: pageDown(fileOffset), mlen: fileEnd - start, flags: MAP_FIXED | RSHARED };
    const mapped = yield* mmap_user(here, { addr: start, file, param });
    if (isError(mapped)) return mapped as ExecError;
    const tail = address + fileSize;
    if (memorySize > fileSize && tail < fileEnd && !zeroTail(here, vms_mnt, mapped.created, tail)) return 'ENOMEM';
  }
  if (fileEnd >= end) return;
  const param = { ...request, offset: 0, mlen: end - fileEnd, flags: MAP_FIXED | RSHARED | ANON };
  const mapped = yield* mmap_user(here, { addr: fileEnd, file: null, param });
  if (isError(mapped)) return mapped as ExecError;
}

/** The loader writes zeros behind the file's part of its last page, which becomes resident. */
function zeroTail(here: Here, mnt: number, region: MmRegion, tail: number): boolean {
  const frame = fillFromFile(here, mnt, region, pageDown(tail));
  if (typeof frame === 'string' || frame === 0) return false;
  loadFrame(here.machine, frame, new Uint8Array(PAGE_SIZE - (tail % PAGE_SIZE)), tail % PAGE_SIZE);
  return true;
}

export const execve = lunaixFunction(
  {
    name: 'execve',
    section: '4.12',
    doc: 'Loads a program into the current process. Old regions that it does not overwrite survive, unless `clean`.',
    parameters: [
      { name: 'path', type: { kind: 'string' } },
      {
        name: 'clean',
        type: { kind: 'boolean' },
        optional: true,
        doc: 'unmap every region but the caller’s stack first',
      },
    ],
    errors: ['ENOENT', 'ENOEXEC', 'ENOMEM', 'EINVAL'],
    steps: {
      0: 'clean: a region that is not the caller’s stack is unmapped',
      1: 'exec_load; a thread without a stack has no place for the arguments: EINVAL',
    },
  },
  function* (here: Here, { path, clean }: { path: string; clean?: boolean }): Lunaixly<ExecError | void> {
    const process = currentProcess(here);
    if (process === null || process.mm === null) return 'EINVAL';
    if (openFile(here, path) === null) return refuse(here, 'ENOENT', `there is no file “${path}”`);
    if (!here.kernel.programs.has(path)) return refuse(here, 'ENOEXEC', `“${path}” is no program`);
    const ustack = currentThread(here)?.ustack ?? null;
    if (ustack === null) return 'EINVAL';
    if (clean ?? here.kernel.options.clean) {
      for (const r of process.mm.regions.items.filter((region) => region !== ustack)) {
        if (here.step('0')) yield;
        yield* mem_unmap_region(here, { mnt: VMS_SELF, r });
      }
    }
    if (here.step('1')) yield;
    return yield* exec_load(here, { process, path, vms_mnt: VMS_SELF });
  },
);

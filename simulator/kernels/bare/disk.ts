/** Whole pages to and from files of the simulated disk: a swap file, or what a mapping shows. */
import { addCycles } from '../../hardware/core.ts';
import { findFile, readFile, writeFile, type DiskFile } from '../../hardware/block-device.ts';
import { clusterOfPpn, loadFrame, readBytes } from '../../hardware/physical-memory.ts';
import { emit, EventKind } from '../../hardware/trace-event.ts';
import { addressOfPpn, PAGE_SIZE, type Ppn } from '../../hardware/word.ts';
import { kernelFunction, type KernelGenerator } from '../../execution/activation.ts';
import { refuse } from '../../execution/refusal.ts';
import { mustFail } from '../injections.ts';
import { badFrame } from './frames.ts';
import type { Here } from './state.ts';

interface PageArgs {
  readonly file: string;
  readonly offset: number;
  readonly ppn: Ppn;
}

const parameters = [
  { name: 'file', type: { kind: 'string' }, doc: 'the name of a `file` declaration' },
  { name: 'offset', type: { kind: 'offset' }, doc: 'bytes into the file, a multiple of 4096' },
  { name: 'ppn', type: { kind: 'ppn' }, doc: 'a frame that was given' },
] as const;
const errors = ['NO_FILE', 'BAD_OFFSET', 'BAD_FRAME', 'IO_ERROR'] as const;
const check = {
  1: 'no such file: NO_FILE; an offset that is no page’s: BAD_OFFSET; a frame that was not given: BAD_FRAME',
} as const;

function checked(here: Here, { file, offset, ppn }: PageArgs): DiskFile | 'NO_FILE' | 'BAD_OFFSET' | 'BAD_FRAME' {
  const found = findFile(here.machine, file);
  if (found === null) return refuse(here, 'NO_FILE', `the disk has no file “${file}”: declare it with file`);
  if (offset < 0 || offset % PAGE_SIZE !== 0)
    return refuse(here, 'BAD_OFFSET', `${String(offset)} is not a multiple of ${String(PAGE_SIZE)}`);
  return badFrame(here, ppn) ?? found;
}

export const disk_read = kernelFunction(
  {
    name: 'disk_read',
    section: '13.5',
    doc: 'Reads a page of a file into a frame; behind the end of the file are zeros.',
    parameters: [...parameters],
    errors: [...errors],
    steps: { ...check, 2: 'read 4096 bytes from the disk; it may fail: IO_ERROR' },
  },
  function* (here: Here, args: PageArgs): KernelGenerator<string | undefined> {
    const { machine, kernel } = here;
    if (here.step('1')) yield;
    const file = checked(here, args);
    if (typeof file === 'string') return file;
    if (here.step('2')) yield;
    addCycles(machine, here.core, machine.config.cost.T_IOC);
    if (mustFail(kernel, 'file-read', file.cluster))
      return refuse(here, 'IO_ERROR', 'the disk could not read the page');
    const { offset, ppn } = args;
    loadFrame(machine, ppn, readFile(file, offset, PAGE_SIZE));
    emit(machine, EventKind.pageIn, Math.max(0, clusterOfPpn(machine, ppn)), {
      file: file.name,
      index: offset / PAGE_SIZE,
      ppn,
    });
    return undefined;
  },
);

export const disk_write = kernelFunction(
  {
    name: 'disk_write',
    section: '13.5',
    doc: 'Writes a frame to a page of a file, which grows where it ends before.',
    parameters: [...parameters],
    errors: [...errors],
    steps: { ...check, 2: 'write 4096 bytes to the disk; it may fail: IO_ERROR' },
  },
  function* (here: Here, args: PageArgs): KernelGenerator<string | undefined> {
    const { machine, kernel } = here;
    if (here.step('1')) yield;
    const file = checked(here, args);
    if (typeof file === 'string') return file;
    if (here.step('2')) yield;
    addCycles(machine, here.core, machine.config.cost.T_IOC);
    if (mustFail(kernel, 'file-write', file.cluster))
      return refuse(here, 'IO_ERROR', 'the disk could not write the page');
    const { offset, ppn } = args;
    writeFile(file, offset, readBytes(machine, addressOfPpn(ppn), PAGE_SIZE));
    emit(machine, EventKind.pageOut, Math.max(0, clusterOfPpn(machine, ppn)), {
      file: file.name,
      index: offset / PAGE_SIZE,
      ppn,
    });
    return undefined;
  },
);

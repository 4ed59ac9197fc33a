import { addCycles } from '../../hardware/core.ts';
import { findFile, readFile, writeFile } from '../../hardware/block-device.ts';
import { loadFrame, readBytes } from '../../hardware/physical-memory.ts';
import { emit, EventKind } from '../../hardware/trace-event.ts';
import { isError, type Result } from '../../execution/result.ts';
import { PAGE_SIZE } from './constants.ts';
import { Own } from './events.ts';
import { lunaixFunction } from './klock.ts';
import { panic } from './kpanic.ts';
import { mustFail } from '../injections.ts';
import { currentProcess, type Here, type Lunaixly, type VFile } from './state.ts';

/** Files as the memory system sees them: counted descriptions over inodes that can read and write a page. */

export function openFile(here: Here, name: string): VFile | null {
  const inode = findFile(here.machine, name);
  if (inode === null && !name.startsWith('/dev/')) return null;
  return { type: 'v_file', id: here.kernel.nextId++, name, inode, ref_count: 1 };
}

export function refFile(file: VFile): void {
  file.ref_count += 1;
}

/** vfs_pclose: one reference less; at the last it is closed. */
export function closeFile(here: Here, file: VFile): void {
  if (file.ref_count <= 0) panic(here, `${file.name} is closed once too often`);
  file.ref_count -= 1;
}

/** Fills a zeroed frame with a page of the file. EIO when the device refuses. */
export function readPage(here: Here, file: VFile, frame: number, offset: number): Result<void, 'EIO'> {
  const { machine } = here;
  if (file.inode === null || mustFail(here.kernel, 'file-read', here.cluster)) return 'EIO';
  const bytes = readFile(file.inode, offset, PAGE_SIZE);
  addCycles(machine, here.core, machine.config.cost.T_IOC);
  if (offset < file.inode.size) loadFrame(machine, frame, bytes);
  emit(machine, EventKind.pageIn, here.cluster, { file: file.name, index: offset / PAGE_SIZE, ppn: frame });
  emit(machine, Own['file.read_page'], here.cluster, { file: file.name, offset });
}

/** Writes a frame's contents to the file, not beyond its end. */
export function writePage(here: Here, file: VFile, frame: number, offset: number): Result<void, 'EIO'> {
  const { machine } = here;
  if (file.inode === null || mustFail(here.kernel, 'file-write', here.cluster)) return 'EIO';
  const length = Math.max(0, Math.min(PAGE_SIZE, file.inode.size - offset));
  if (length > 0) writeFile(file.inode, offset, readBytes(machine, frame * PAGE_SIZE, length));
  addCycles(machine, here.core, machine.config.cost.T_IOC);
  emit(machine, EventKind.pageOut, here.cluster, { file: file.name, index: offset / PAGE_SIZE, ppn: frame });
  emit(machine, Own['file.write_page'], here.cluster, { file: file.name, offset });
}

export const sys_open = lunaixFunction(
  {
    name: 'sys_open',
    section: '4.7',
    doc: 'Opens a file of the simulated file system (or a device under /dev) and gives its descriptor.',
    parameters: [{ name: 'path', type: { kind: 'string' } }],
    result: { kind: 'integer' },
    errors: ['ENOENT'],
    steps: { 1: 'look it up', 2: 'lowest free descriptor' },
  },
  function* (here: Here, { path }: { path: string }): Lunaixly<Result<number>> {
    if (here.step('1')) yield;
    const process = currentProcess(here);
    const file = openFile(here, path);
    if (file === null || process === null) return 'ENOENT';
    if (here.step('2')) yield;
    return installFile(process.fdtable, file);
  },
);

export function installFile(table: (VFile | null)[], file: VFile): number {
  const free = table.indexOf(null);
  const fd = free < 0 ? table.length : free;
  table[fd] = file;
  return fd;
}

export const sys_close = lunaixFunction(
  {
    name: 'sys_close',
    section: '4.7',
    doc: 'Closes a descriptor.',
    parameters: [{ name: 'fd', type: { kind: 'integer' } }],
    errors: ['EBADF'],
    steps: { 1: 'not open: EBADF; else one reference less' },
  },
  function* (here: Here, { fd }: { fd: number }): Lunaixly<Result<void>> {
    if (here.step('1')) yield;
    const file = lookupFile(here, fd);
    if (isError(file)) return file;
    const process = currentProcess(here);
    if (process !== null) process.fdtable[fd] = null;
    closeFile(here, file);
  },
);

export function lookupFile(here: Here, fd: number): Result<VFile, 'EBADF'> {
  return currentProcess(here)?.fdtable[fd] ?? 'EBADF';
}

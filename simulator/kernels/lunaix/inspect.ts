/** What the kernel shows of itself, as plain view data. Without any effect. */
import type { EntryView } from '../../hardware/page-table-walker.ts';
import type { Machine } from '../../hardware/machine.ts';
import { hex, type Ppn } from '../../hardware/word.ts';
import type { ProcessObject } from '../kernel.ts';
import type { FrameView, RegionKind, RegionView, SoftwareBits, TableView } from '../view.ts';
import {
  EXEC, FIRST_FREE_FRAME, FIRST_TABLE_FRAME, FrameUse, GUARD, PAGE_SIZE, READ, TYPE_CODE, TYPE_HEAP, TYPE_STACK, WRITE,
} from './constants.ts'; // prettier-ignore
import { slotName } from './fields.ts';
import { holderOf } from './klock.ts';
import { describeAttr, isWriteShared, regionType } from './region.ts';
import { kstackSlot } from './stack.ts';
import { readL2 } from './tables.ts';
import type { LunaixState, MmRegion, Process, ProcMm, VFile } from './state.ts';

function kindOf(region: MmRegion): RegionKind {
  switch (regionType(region)) {
    case TYPE_CODE:
      return (region.attr & EXEC) !== 0 ? 'code' : 'data';
    case TYPE_HEAP:
      return 'heap';
    case TYPE_STACK:
      return 'stack';
  }
  if (isWriteShared(region)) return 'shared';
  return region.mfile === null ? 'anon' : 'file';
}

function nameOf(region: MmRegion): string {
  const kind = kindOf(region);
  const isMapped = kind === 'file' || (kind === 'shared' && region.mfile !== null);
  if (isMapped) return `file “${region.mfile?.name ?? ''}”`;
  return (
    { code: 'text', data: 'data', heap: 'heap', stack: 'stack', shared: 'shared memory' }[kind as string] ?? 'anonymous'
  );
}

function noteOf(region: MmRegion): string {
  const notes = [describeAttr(region.attr)];
  if (region.mfile !== null) notes.push(`offset ${hex(region.foff, 1)}`);
  if (region.mfile === null && isWriteShared(region)) notes.push('pages untouched at a fork do not become shared');
  if (region.index !== null) notes.push(`indexed by ${slotName(region.index) ?? ''}`);
  return notes.join(', ');
}

/** The guard's page, where no cut has taken it. */
function guardOf({ guard, start, end }: MmRegion): Pick<RegionView, 'guard'> | null {
  return guard === null || guard < start || guard >= end ? null : { guard: { start: guard, end: guard + PAGE_SIZE } };
}

export function regionsOf(process: ProcessObject): RegionView[] {
  const { mm } = process as Process;
  return (mm?.regions.items ?? []).map((region) => ({
    start: region.start,
    end: region.end,
    protection: {
      read: (region.attr & READ) !== 0,
      write: (region.attr & WRITE) !== 0,
      execute: (region.attr & EXEC) !== 0,
    },
    kind: kindOf(region),
    name: nameOf(region),
    cluster: null,
    note: noteOf(region),
    ...(guardOf(region) ?? {}),
    object: region,
  }));
}

export function tablesOf({ kernelRoot }: LunaixState, process: ProcessObject): TableView[] {
  const { mm, cluster } = process as Process;
  if (mm === null || mm.vmroot === 0) return [];
  return mm.vmroot / PAGE_SIZE === kernelRoot ? [] : [{ cluster, root: mm.vmroot / PAGE_SIZE, role: '' }];
}

/** 3.1: an entry that is not present may reserve the page, or guard it. */
export function softwareBits({ words, present, level }: EntryView): SoftwareBits {
  const word = (words[0] ?? 0) >>> 0;
  if (present || level < 2 || word === 0) return { cow: false, names: [] };
  return { cow: false, names: [word === GUARD ? 'guard' : 'reserved'] };
}

const useNames: Readonly<Record<number, string>> = {
  [FrameUse.free]: 'free',
  [FrameUse.user]: 'user',
  [FrameUse.table]: 'table',
  [FrameUse.kstack]: 'kstack',
  [FrameUse.reserved]: 'reserved',
};

export function frameView({ pmm }: LunaixState, ppn: Ppn): FrameView {
  const refs = pmm.ref_counts[ppn] ?? 0;
  const use = pmm.use[ppn] ?? FrameUse.reserved;
  const state = refs === 0 ? 'free' : (useNames[use] ?? 'user');
  const content = contentOf(ppn, refs, use);
  return { refs, forks: 0, state, order: 0, isFree: refs === 0 && content === 'data', content };
}

/** L7: the image and the BIOS, then the kernel's page tables, then what is given out. */
function contentOf(ppn: Ppn, refs: number, use: number): FrameView['content'] {
  if (ppn < FIRST_FREE_FRAME) return ppn < FIRST_TABLE_FRAME ? 'kernel' : 'table';
  if (refs === 0) return 'data';
  return use === FrameUse.table ? 'table' : use === FrameUse.kstack ? 'kernel' : 'data';
}

/** What `dump` prints: the space as the kernel's own log would list it. */
export function dumpText(machine: Machine, process: Process): string {
  const { mm, pid } = process;
  const lines = [
    `proc_mm pid=${String(pid)} vmroot=${hex(mm?.vmroot ?? 0, 8)} regions=${String(mm?.regions.items.length ?? 0)}`,
  ];
  for (const region of mm?.regions.items ?? []) {
    lines.push(`  ${hex(region.start, 8)}-${hex(region.end, 8)} ${describeAttr(region.attr)}${fileNote(region)}`);
    if (mm !== null && mm.vmroot !== 0) lines.push(...entryLines(machine, mm.vmroot / PAGE_SIZE, region));
  }
  return lines.join('\n');
}

function fileNote({ mfile, foff }: MmRegion): string {
  return mfile === null ? '' : ` ${mfile.name}+${hex(foff, 1)}`;
}

function entryLines(machine: Machine, root: Ppn, { start, end }: MmRegion): string[] {
  const lines: string[] = [];
  for (let va = start; va < end; va += PAGE_SIZE) {
    const entry = readL2(machine, root, va) >>> 0;
    if ((entry & 1) !== 0) lines.push(`    ${hex(va, 8)} -> ${hex(entry, 8)}`);
    else if (entry === GUARD) lines.push(`    ${hex(va, 8)} guard`);
  }
  return lines;
}

/** One array for each type of the specification, for the JSON state. */
export function objectsOf(state: LunaixState): Record<string, unknown[]> {
  const { processes } = state;
  const spaces = processes.flatMap(({ mm }) => (mm === null ? [] : [mm]));
  return {
    proc_mm: spaces.map(describeSpace),
    mm_region: spaces.flatMap((mm) => mm.regions.items.map((region) => describeRegion(region))),
    proc_info: processes.map(({ pid, name, parent, state: stage, path, fdtable, threads }) => ({
      id: pid, name, parent: parent?.pid ?? null, state: stage, path, fds: fdtable.filter((file) => file !== null).length,
      threads: threads.map((thread) => thread.name),
    })), // prettier-ignore
    thread: state.threads.map(({ name, process, core, kstack, ustack, syscall_ret }) => ({
      id: name, pid: process.pid, core, kstack: hex(kstackSlot(kstack), 8), ustack: ustack === null ? null : hex(ustack.start, 8),
      syscall_ret,
    })), // prettier-ignore
    v_file: filesOf(state).map(({ id, name, ref_count, inode }) => ({ id, name, ref_count, size: inode?.size ?? 0 })),
    remote_vmctx: state.remoteContexts.map(({ id, vms_mnt, local_mnt, remote, page_cnt }) => ({
      id, vms_mnt: hex(vms_mnt, 8), local_mnt: hex(local_mnt, 8), remote: hex(remote, 8), page_cnt,
    })), // prettier-ignore
    vm_klock: [
      { id: 'vm_klock', core: state.klock.core, holder: holderOf(state.klock), waiters: state.klock.waiters.length },
    ],
    pmm: state.pmm.roving.map((roving, bank) => ({ id: bank, roving })),
  };
}

function describeSpace({ vmroot, regions, heap, proc }: ProcMm): Record<string, unknown> {
  return {
    id: proc.pid, vmroot: hex(vmroot, 8), regions: regions.items.map(({ start }) => hex(start, 8)), heap: heap === null ? null : hex(heap.start, 8),
  }; // prettier-ignore
}

function describeRegion(region: MmRegion): Record<string, unknown> {
  const { proc_vms, start, end, attr, foff, flen, mfile, index, region_copied, destruct_region } = region;
  return {
    id: `${String(proc_vms?.proc.pid ?? 0)}:${hex(start, 8)}`, start: hex(start, 8), end: hex(end, 8), attr: hex(attr, 8), text: describeAttr(attr),
    foff, flen, mfile: mfile?.id ?? null, index: slotName(index), region_copied, destruct_region,
  }; // prettier-ignore
}

/** Every open file that a descriptor or a region holds, by id. */
export function filesOf(state: LunaixState): VFile[] {
  const files = new Map<number, VFile>();
  for (const { fdtable, mm } of state.processes) {
    for (const file of fdtable) if (file !== null) files.set(file.id, file);
    for (const { mfile } of mm?.regions.items ?? []) if (mfile !== null) files.set(mfile.id, mfile);
  }
  return [...files.values()].sort((a, b) => a.id - b.id);
}

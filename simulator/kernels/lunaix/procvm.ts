import { readFrame32 } from '../../hardware/physical-memory.ts';
import { emit } from '../../hardware/trace-event.ts';
import { Own } from './events.ts';
import { panic } from './kpanic.ts';
import {
  ENTRIES, L1_KERNEL, L1_MOUNT_1, L1_SELF, PAGE_SIZE, PG_MOUNT_1, PG_MOUNT_2, PP_FGPERSIST, PTE_FLAGS, PTE_P, SELF_FLAGS, VMS_SELF,
} from './constants.ts'; // prettier-ignore
import { refFile } from './file.ts';
import { lunaixFunction } from './klock.ts';
import { dropFrame, refFrame, takeFrame } from './pmm.ts';
import { callRegionCopied, recordRegion, region_release, setIndex } from './region.ts';
import { mustFail } from '../injections.ts';
import { currentProcess, type Here, type Lunaixly, type LunaixState, type MmRegion, type Process, type ProcMm, type Slot } from './state.ts'; // prettier-ignore
import { mem_sync_pages } from './sync.ts';
import { frameOfEntry, loadL1, loadL2, mountedRoot, readL1, tellTableOf, writeMounted } from './tables.ts';
import { mapTable } from './vmm.ts';

/** 4.1 to 4.5: the descriptor of a process's memory, made, duplicated and taken apart. */

export function newProcMm(state: LunaixState, proc: Process): ProcMm {
  return {
    type: 'proc_mm',
    id: state.nextId++,
    vmroot: 0,
    regions: { type: 'vm_regions', items: [] },
    heap: null,
    proc,
    freed: null,
  };
}

function record(here: Here, what: 'mm.create' | 'mm.dup' | 'mm.clean' | 'mm.cleanup', mm: ProcMm): void {
  emit(here.machine, Own[what], here.cluster, { pid: mm.proc.pid, vmroot: mm.vmroot });
}

export const procvm_create = lunaixFunction(
  {
    name: 'procvm_create',
    section: '4.1',
    doc: 'Creates a process’s virtual memory descriptor, without page tables.',
    parameters: [{ name: 'proc', type: { kind: 'process' } }],
    result: { kind: 'object', type: 'proc_mm' },
    errors: [],
    steps: { 1: 'allocate, zeroed; failure: panic', 2: 'no heap, no regions, vmroot 0', 3: 'the caller stores it' },
  },
  function* (here: Here, { proc }: { proc: Process }): Lunaixly<ProcMm> {
    if (here.step('1')) yield;
    if (mustFail(here.kernel, 'object-alloc', here.cluster)) panic(here, 'procvm_create');
    if (here.step('2')) yield;
    const mm = newProcMm(here.kernel, proc);
    if (here.step('3')) yield;
    record(here, 'mm.create', mm);
    return mm;
  },
);

/** L1[768..1022] of the running space, the mount slot excepted (D5), and the new table's own self mapping. */
function copyKernelHalf(here: Here, target: number, from: number): void {
  const own = mountedRoot(here, VMS_SELF);
  for (let index = from; index < L1_SELF; index++) {
    const value = index === L1_MOUNT_1 ? 0 : loadL1(here, VMS_SELF, own, index);
    writeMounted(here, PG_MOUNT_1, target, index, { root: target, level: 1, value });
  }
}

function writeSelf(here: Here, root: number): void {
  const value = root * PAGE_SIZE + SELF_FLAGS;
  writeMounted(here, PG_MOUNT_1, root, L1_SELF, { root, level: 1, value });
}

export const procvm_init_clean = lunaixFunction(
  {
    name: 'procvm_init_clean',
    section: '4.2',
    doc: 'Makes the space a clean slate that holds only the shared kernel mappings.',
    parameters: [{ name: 'proc', type: { kind: 'process' } }],
    errors: [],
    steps: {
      1: 'a frame for the L1 table; none: vmroot stays 0 (D4)',
      2: 'map it at PG_MOUNT_1, zero it',
      3: 'copy L1[768..1022], the mount slot as 0 (D5)',
      4: 'L1[1023] = itself | 0x1B',
      5: 'vmroot. PG_MOUNT_1 keeps showing the table (R8)',
    },
  },
  function* (here: Here, { proc }: { proc: Process }): Lunaixly<void> {
    const { mm } = proc;
    if (mm === null) return panic(here, 'no proc_mm');
    if (here.step('1')) yield;
    mm.vmroot = 0;
    const frame = takeFrame(here, PP_FGPERSIST);
    if (frame === 0) return;
    if (here.step('2')) yield;
    mapTable(here, PG_MOUNT_1, frame);
    tellTableOf(here, 'table-alloc', frame, frame);
    if (here.step('3')) yield;
    copyKernelHalf(here, frame, L1_KERNEL);
    if (here.step('4')) yield;
    writeSelf(here, frame);
    if (here.step('5')) yield;
    mm.vmroot = frame * PAGE_SIZE;
    record(here, 'mm.clean', mm);
  },
);

export const procvm_dup = lunaixFunction(
  {
    name: 'procvm_dup',
    section: '4.3',
    doc: 'Initialises the space as a duplicate of the current process’s; write protection is done later by fork.',
    parameters: [{ name: 'proc', type: { kind: 'process' } }],
    errors: [],
    steps: {
      1: 'mm.heap = the current heap, for now',
      2: 'a new L1 table at PG_MOUNT_1; L1[0] = 0: kernel stacks are not copied',
      '3a': 'an L1 entry that is not present: copied as is',
      '3b': 'a present one: a new L2 table at PG_MOUNT_2, every entry copied, one reference more for every present page (D3)',
      4: 'L1[768..1022] copied, the mount slot as 0 (D5)',
      5: 'L1[1023] = itself | 0x1B',
      6: 'vmroot; out of frames: all undone, vmroot 0 (D4). PG_MOUNT_1 and PG_MOUNT_2 keep showing the last tables (R8). Step 7 is region_copy_mm',
    },
  },
  function* (here: Here, { proc }: { proc: Process }): Lunaixly<void> {
    const { mm } = proc;
    const source = currentProcess(here)?.mm ?? null;
    if (mm === null || source === null) return panic(here, 'no proc_mm');
    if (here.step('1')) yield;
    mm.heap = source.heap;
    mm.vmroot = 0;
    if (here.step('2')) yield;
    const root = takeFrame(here, PP_FGPERSIST);
    if (root === 0) {
      mm.heap = null;
      return;
    }
    mapTable(here, PG_MOUNT_1, root);
    tellTableOf(here, 'table-alloc', root, root);
    const complete = yield* duplicateTables(here, root);
    if (complete) {
      if (here.step('4')) yield;
      copyKernelHalf(here, root, L1_KERNEL);
      if (here.step('5')) yield;
      writeSelf(here, root);
    }
    if (here.step('6')) yield;
    if (!complete) {
      undoTables(here, root);
      mm.heap = null;
      return;
    }
    mm.vmroot = root * PAGE_SIZE;
    record(here, 'mm.dup', mm);
    yield* region_copy_mm(here, { src: source, dest: mm });
  },
);

/** Step 3. False when the frames ran out. */
function* duplicateTables(here: Here, root: number): Lunaixly<boolean> {
  const { machine } = here;
  const own = mountedRoot(here, VMS_SELF);
  for (let index = 1; index < L1_KERNEL; index++) {
    const entry = loadL1(here, VMS_SELF, own, index);
    if ((entry & PTE_P) === 0) {
      if (entry !== 0) {
        if (here.step('3a')) yield;
        writeMounted(here, PG_MOUNT_1, root, index, { root, level: 1, value: entry });
      }
      continue;
    }
    if (here.step('3b')) yield;
    const table = takeFrame(here, PP_FGPERSIST);
    if (table === 0) return false;
    mapTable(here, PG_MOUNT_2, table);
    tellTableOf(here, 'table-alloc', root, table, index * ENTRIES * PAGE_SIZE);
    loadL2(here, VMS_SELF, own, index * ENTRIES * PAGE_SIZE);
    for (let place = 0; place < ENTRIES; place++) {
      const value = readFrame32(machine, frameOfEntry(entry), place * 4);
      if (value === 0) continue;
      writeMounted(here, PG_MOUNT_2, table, place, { root, level: 2, value });
      if ((value & PTE_P) !== 0) refFrame(here, frameOfEntry(value));
    }
    writeMounted(here, PG_MOUNT_1, root, index, { root, level: 1, value: table * PAGE_SIZE + (entry & PTE_FLAGS) });
  }
  return true;
}

function undoTables(here: Here, root: number): void {
  const { machine } = here;
  for (let index = 1; index < L1_KERNEL; index++) {
    const entry = readL1(machine, root, index);
    if ((entry & PTE_P) === 0) continue;
    const table = frameOfEntry(entry);
    for (let place = 0; place < ENTRIES; place++) {
      const page = readFrame32(machine, table, place * 4);
      if ((page & PTE_P) !== 0) dropFrame(here, frameOfEntry(page));
    }
    tellTableOf(here, 'table-free', root, table, index * PAGE_SIZE * ENTRIES);
    dropFrame(here, table);
  }
  tellTableOf(here, 'table-free', root, root);
  dropFrame(here, root);
}

export const region_copy_mm = lunaixFunction(
  {
    name: 'region_copy_mm',
    section: '4.3',
    doc: 'Copies the regions of one space into another, in order.',
    parameters: [
      { name: 'src', type: { kind: 'object', type: 'proc_mm' } },
      { name: 'dest', type: { kind: 'object', type: 'proc_mm' } },
    ],
    errors: [],
    steps: {
      '7a': 'a new descriptor: byte copy, own space, index null (D6), file reference +1',
      '7b': 'region_copied, if there is one',
      '7c': 'append it',
    },
  },
  function* (here: Here, { src, dest }: { src: ProcMm; dest: ProcMm }): Lunaixly<void> {
    // The provisional heap of step 1 names a region of the source; 7b gives the copy's own.
    dest.heap = null;
    for (const region of [...src.regions.items]) {
      if (here.step('7a')) yield;
      const copy: MmRegion = { ...region, id: here.kernel.nextId++, proc_vms: dest, index: null };
      if (copy.mfile !== null) refFile(copy.mfile);
      if (here.step('7b')) yield;
      callRegionCopied(here, copy);
      if (here.step('7c')) yield;
      dest.regions.items.push(copy);
      recordRegion(here, 'add', copy);
    }
  },
);

export const procvm_cleanup = lunaixFunction(
  {
    name: 'procvm_cleanup',
    section: '4.4',
    doc: 'Takes a mounted space apart: regions, pages, tables, descriptor. The kernel half is untouched.',
    parameters: [
      { name: 'vm_mnt', type: { kind: 'address' } },
      { name: 'proc', type: { kind: 'process' } },
    ],
    errors: [],
    steps: {
      '1a': 'write the next region back',
      '1b': 'release it',
      '2a': 'free a present page of the next L2 table',
      '2b': 'free the table',
      3: 'free the L1 table, taken from its entry 1023',
      4: 'free the descriptor; proc.mm = null',
    },
  },
  function* (here: Here, { vm_mnt, proc }: { vm_mnt: number; proc: Process }): Lunaixly<void> {
    const { mm } = proc;
    if (mm === null) return panic(here, 'no proc_mm');
    // The running space cannot take itself apart.
    if (vm_mnt === VMS_SELF || mountedRoot(here, vm_mnt) * PAGE_SIZE !== mm.vmroot)
      panic(here, 'the space is not mounted');
    while (mm.regions.items.length > 0) {
      const r = mm.regions.items[0] as MmRegion;
      if (here.step('1a')) yield;
      yield* mem_sync_pages(here, { mnt: vm_mnt, r, start: r.start, length: r.end - r.start, options: 0 });
      if (here.step('1b')) yield;
      mm.regions.items.shift();
      recordRegion(here, 'remove', r);
      yield* region_release(here, { r });
    }
    const root = mountedRoot(here, vm_mnt);
    yield* freeTables(here, root);
    if (here.step('3')) yield;
    tellTableOf(here, 'table-free', root, root);
    dropFrame(here, frameOfEntry(readL1(here.machine, root, L1_SELF)));
    if (here.step('4')) yield;
    record(here, 'mm.cleanup', mm);
    mm.freed = 'procvm_cleanup step 4';
    proc.mm = null;
  },
);

function* freeTables(here: Here, root: number): Lunaixly<void> {
  for (let index = 0; index < L1_KERNEL; index++) {
    const entry = readL1(here.machine, root, index);
    if ((entry & PTE_P) === 0) continue;
    const table = frameOfEntry(entry);
    for (let place = 0; place < ENTRIES; place++) {
      const page = readFrame32(here.machine, table, place * 4);
      if ((page & PTE_P) === 0) continue;
      if (here.step('2a')) yield;
      dropFrame(here, frameOfEntry(page));
    }
    if (here.step('2b')) yield;
    tellTableOf(here, 'table-free', root, table, index * PAGE_SIZE * ENTRIES);
    dropFrame(here, table);
  }
}

export const mm_index = lunaixFunction(
  {
    name: 'mm_index',
    section: '4.5',
    doc: 'Cross-links an outside pointer and a region: *index = target; target.index = index.',
    parameters: [
      { name: 'index', type: { kind: 'slot' }, doc: 'written as a member: child.mm.heap' },
      { name: 'target', type: { kind: 'object', type: 'mm_region' } },
    ],
    errors: [],
    steps: { 1: '*index = target', 2: 'target.index = index' },
  },
  function* (here: Here, { index, target }: { index: Slot; target: MmRegion }): Lunaixly<void> {
    if (here.step('1')) yield;
    if (here.step('2')) yield;
    setIndex(here, index, target);
  },
);

/** 4.9 fork: page tables copied, frames shared, both sides read-only where readers share. */
import { noteFork } from '../../hardware/region-log.ts';
import { isError, type Result } from '../../execution/result.ts';
import { PAGE_SIZE, PRIVATE, MODE_MASK, PTE_P, PTE_W, VMS_MOUNT_1, VMS_SELF } from './constants.ts';
import { closeFile, refFile } from './file.ts';
import { lunaixFunction } from './klock.ts';
import { dropFrame } from './pmm.ts';
import { forgetProcess, allocThread, alloc_process, registerThread, takeApart } from './process.ts';
import { procvm_dup } from './procvm.ts';
import { isReadShared, isSameRegion, isStack, isWriteShared } from './region.ts';
import { copyKernelStack } from './stack.ts';
import { currentThread, u32, type Here, type Lunaixly, type MmRegion, type Process, type Thread } from './state.ts';
import { flushPage, frameOfEntry, loadL2, mountedRoot, writeL2 } from './tables.ts';
import { mem_unmap_region } from './unmap.ts';
import { mountSpace, unmountSpace } from './vmm.ts';

interface ForkArgs {
  /** Of the child; the caller's core where it is left out. */
  readonly core?: number | null;
  readonly cluster?: number | null;
}

export const sys_fork = lunaixFunction(
  {
    name: 'sys_fork',
    section: '4.9',
    doc: 'Duplicates the current process; both go on, sharing frames that the first writer copies.',
    parameters: [],
    result: { kind: 'process' },
    errors: ['ENOMEM'],
    steps: {
      1: 'alloc_process; failure: ENOMEM',
      2: 'parent, command line, open files duplicated',
      3: 'procvm_dup; vmroot 0: delete the child, ENOMEM',
      4: 'mount the child at VMS_MOUNT_1. Step 5 is dup_active_thread, step 6 region_maybe_cow of each region',
      7: 'unmount; the child can run',
    },
  },
  function* (here: Here, { core = null, cluster = null }: ForkArgs): Lunaixly<Result<Process, 'ENOMEM'>> {
    const caller = currentThread(here);
    if (caller === null) return 'ENOMEM';
    const parent = caller.process;
    if (here.step('1')) yield;
    const place = cluster ?? here.cluster;
    const child = yield* alloc_process(here, {
      name: `${parent.name}.fork${String(parent.forks + 1)}`,
      cluster: place,
      parent,
    });
    if (isError(child)) return child;
    if (here.step('2')) yield;
    duplicateFiles(parent, child);
    if (here.step('3')) yield;
    parent.forking = true;
    const isForked = yield* duplicate(here, caller, child, core ?? here.core);
    parent.forking = false;
    if (!isForked) return 'ENOMEM';
    if (here.step('7')) yield;
    unmountSpace(here, VMS_MOUNT_1);
    parent.forks += 1;
    noteFork(here.machine, parent.owner, child.owner);
    return child;
  },
);

function duplicateFiles(parent: Process, child: Process): void {
  child.path = parent.path;
  child.codeStart = parent.codeStart;
  child.dataStart = parent.dataStart;
  for (const file of parent.fdtable) {
    if (file !== null) refFile(file);
    child.fdtable.push(file);
  }
}

/** Steps 3 to 6, in which the child is mounted and no other thread of the parent touches user memory (L8). */
function* duplicate(here: Here, caller: Thread, child: Process, core: number): Lunaixly<boolean> {
  yield* procvm_dup(here, { proc: child });
  const { mm } = child;
  if (mm === null || mm.vmroot === 0) {
    for (const file of child.fdtable.splice(0)) if (file !== null) closeFile(here, file);
    forgetProcess(here.kernel, child);
    return false;
  }
  if (here.step('4')) yield;
  mountSpace(here, VMS_MOUNT_1, mm.vmroot);
  const isComplete = yield* dup_active_thread(here, { caller, child, core });
  if (isComplete) {
    for (const region of [...mm.regions.items]) yield* region_maybe_cow(here, { region });
    return true;
  }
  yield* takeApart(here, child);
  unmountSpace(here, VMS_MOUNT_1);
  forgetProcess(here.kernel, child);
  return false;
}

interface DupThreadArgs {
  readonly caller: Thread;
  readonly child: Process;
  readonly core: number;
}

const dup_active_thread = lunaixFunction(
  {
    name: 'dup_active_thread',
    section: '4.9',
    doc: 'The caller’s double in the child that is mounted; stacks of other threads vanish there.',
    parameters: [],
    errors: [],
    steps: {
      '5a': 'a thread with the caller’s context, return value 0',
      '5b': 'a page of the kernel stack: guard stays guard, a present page is duplicated',
      '5c': 'a stack region that is not the caller’s: unmapped. Failure: delete the child, ENOMEM',
    },
  },
  function* (here: Here, { caller, child, core }: DupThreadArgs): Lunaixly<boolean> {
    if (here.step('5a')) yield;
    const thread = allocThread(here, child.name, child, core);
    if (thread === null) return false;
    thread.kstack = caller.kstack;
    registerThread(here.kernel, thread);
    if (!(yield* copyKernelStack(here, caller.kstack))) return false;
    for (const region of (child.mm?.regions.items ?? []).filter(isStack)) {
      if (here.step('5c')) yield;
      if (caller.ustack !== null && isSameRegion(region, caller.ustack)) thread.ustack = region;
      else yield* mem_unmap_region(here, { mnt: VMS_MOUNT_1, r: region });
    }
    child.stackStart = thread.ustack?.start ?? 0;
    return true;
  },
);

export const region_maybe_cow = lunaixFunction(
  {
    name: 'region_maybe_cow',
    section: '4.9',
    doc: 'Makes a region of the child that is mounted copy-on-write, with the parent’s, as its mode asks.',
    parameters: [{ name: 'region', type: { kind: 'object', type: 'mm_region' } }],
    errors: [],
    steps: {
      '6a': 'WSHARED: nothing',
      '6b': 'RSHARED, a page: both entries lose W where present (D3); the parent is flushed',
      '6c': 'PRIVATE, a page: the child’s entry becomes 0, untouched ones too; a present one gives its reference back (D16)',
    },
  },
  function* (here: Here, { region }: { region: MmRegion }): Lunaixly<void> {
    if (isWriteShared(region)) {
      if (here.step('6a')) yield;
      return;
    }
    const own = mountedRoot(here, VMS_SELF);
    const child = mountedRoot(here, VMS_MOUNT_1);
    for (let page = region.start; page < region.end; page += PAGE_SIZE) {
      if (here.step(isReadShared(region) ? '6b' : '6c')) yield;
      if (isReadShared(region)) {
        protect(here, VMS_SELF, own, page);
        protect(here, VMS_MOUNT_1, child, page);
      } else if ((region.attr & MODE_MASK) === PRIVATE) {
        const entry = loadL2(here, VMS_MOUNT_1, child, page);
        if (entry !== 0) writeL2(here, VMS_MOUNT_1, child, page, 0);
        if ((entry & PTE_P) !== 0) dropFrame(here, frameOfEntry(entry));
      }
    }
  },
);

/** Guards and reserved entries are left alone (D3). */
function protect(here: Here, mnt: number, root: number, page: number): void {
  const entry = loadL2(here, mnt, root, page);
  if ((entry & PTE_P) === 0 || (entry & PTE_W) === 0) return;
  writeL2(here, mnt, root, page, u32(entry & ~PTE_W));
  flushPage(here, root, page);
}

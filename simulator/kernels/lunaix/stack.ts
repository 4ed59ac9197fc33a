/** 4.12, L9: a thread's two stacks. */
import { isError, type Result } from '../../execution/result.ts';
import {
  ANON, FrameUse, GUARD, KERNEL_EXEC, KSTACK_AREA, KSTACK_AREA_END, KSTACK_SIZE, PAGE_SIZE, PTE_FLAGS, PTE_P, PTE_W, RSHARED, TYPE_STACK,
  USR_EXEC, USR_STACK_END, USR_STACK_SIZE, VMAP_GUARDPAGE, VMS_MOUNT_1, VMS_SELF,
} from './constants.ts'; // prettier-ignore
import { mmap_user } from './mmap.ts';
import { dropFrame, pmm_alloc_cpage } from './pmm.ts';
import { residentEntry } from './region.ts';
import { pageDown, pageUp, u32, type Here, type Lunaixly, type MmRegion, type Process } from './state.ts';
import { frameOfEntry, loadL2, mountedRoot, writeL2 } from './tables.ts';
import { mem_unmap_region } from './unmap.ts';
import { freeAddress, takeZeroFrame, vmm_del_mapping, vmm_dup_page, vmm_set_mapping } from './vmm.ts';

/** Lowest page of slot 0: the last one that leaves room for a stack below KSTACK_AREA_END (R12). */
const UPPERMOST_SLOT = pageDown(KSTACK_AREA_END - KSTACK_SIZE);
const SLOTS = Math.floor((UPPERMOST_SLOT - KSTACK_AREA) / KSTACK_SIZE) + 1;

/** Lowest page of slot k, its guard. */
export function kstackSlot(k: number): number {
  return UPPERMOST_SLOT - KSTACK_SIZE * k;
}

/** The first slot downwards whose middle page is not present. */
function freeSlot(here: Here, mnt: number): number {
  const root = mountedRoot(here, mnt);
  for (let k = 0; k < SLOTS; k++) {
    if ((loadL2(here, mnt, root, kstackSlot(k) + PAGE_SIZE) & PTE_P) === 0) return k;
  }
  return -1;
}

/** Two frames in a row, the guard, and two resident supervisor pages, the lower one first (R13). Gives the slot, or -1. */
export function* createKernelStack(here: Here, mnt: number, label: string): Lunaixly<number> {
  const slot = freeSlot(here, mnt);
  if (slot < 0) return -1;
  if (here.step(label)) yield;
  const pages = KSTACK_SIZE / PAGE_SIZE - 1;
  const first = frameOfEntry(u32(yield* pmm_alloc_cpage(here, { num_pages: pages, attr: 0 })));
  if (first === 0) return -1;
  const frames = Array.from({ length: pages }, (_, page) => first + page);
  for (const frame of frames) here.kernel.pmm.use[frame] = FrameUse.kstack;
  const guard = kstackSlot(slot);
  if (here.step(label)) yield;
  // Where the area's L2 table is made, if it must be: the pages above then have it.
  if ((yield* vmm_set_mapping(here, { mnt, va: guard, pa: 0, attr: 0, options: VMAP_GUARDPAGE })) === 0) {
    for (const frame of frames) dropFrame(here, frame);
    return -1;
  }
  for (const [page, frame] of frames.entries()) {
    if (here.step(label)) yield;
    const va = guard + (page + 1) * PAGE_SIZE;
    yield* vmm_set_mapping(here, { mnt, va, pa: frame * PAGE_SIZE, attr: PTE_W | PTE_P, options: 0 });
  }
  return slot;
}

/** D22: its frames are freed. */
export function* destroyKernelStack(here: Here, mnt: number, slot: number, label: string): Lunaixly<void> {
  const base = kstackSlot(slot);
  for (const va of [base + 2 * PAGE_SIZE, base + PAGE_SIZE, base]) {
    if (here.step(label)) yield;
    freeAddress(here, yield* vmm_del_mapping(here, { mnt, va }));
  }
}

/** 4.9 step 5b: the caller's three pages, top down, into the child that is mounted. False: no frame. */
export function* copyKernelStack(here: Here, slot: number): Lunaixly<boolean> {
  const own = mountedRoot(here, VMS_SELF);
  const base = kstackSlot(slot);
  for (const va of [base + 2 * PAGE_SIZE, base + PAGE_SIZE, base]) {
    if (here.step('5b')) yield;
    const entry = loadL2(here, VMS_SELF, own, va);
    const mapping = { mnt: VMS_MOUNT_1, va, pa: 0, attr: 0, options: VMAP_GUARDPAGE };
    if (u32(entry) !== GUARD) {
      if ((entry & PTE_P) === 0) continue;
      mapping.pa = yield* vmm_dup_page(here, { pa: frameOfEntry(entry) * PAGE_SIZE });
      if (mapping.pa === 0) return false;
      here.kernel.pmm.use[frameOfEntry(u32(mapping.pa))] = FrameUse.kstack;
      mapping.attr = entry & PTE_FLAGS & 0x7f;
      mapping.options = 0;
    }
    if ((yield* vmm_set_mapping(here, mapping)) === 1) continue;
    freeAddress(here, mapping.pa);
    return false;
  }
  return true;
}

/** 0x40000 bytes below the stacks of the other threads: the lowest page a guard, the top page resident at once. */
export function* createUserStack(
  here: Here,
  process: Process,
  mnt: number,
  label: string,
): Lunaixly<Result<MmRegion, 'ENOMEM'>> {
  const { mm } = process;
  if (mm === null) return 'ENOMEM';
  const hint = pageUp(USR_STACK_END - (process.threads.length + 1) * USR_STACK_SIZE);
  if (here.step(label)) yield;
  const mapped = yield* mmap_user(here, {
    addr: hint,
    file: null,
    param: {
      vms_mnt: mnt, pvms: mm, offset: 0, mlen: USR_STACK_SIZE, proct: { read: true, write: true, execute: false },
      flags: ANON | RSHARED, type: TYPE_STACK, range_start: USR_EXEC, range_end: KERNEL_EXEC,
    },
  }); // prettier-ignore
  if (isError(mapped)) return 'ENOMEM';
  const stack = mapped.created;
  if (here.step(label)) yield;
  const frame = takeZeroFrame(here);
  if (frame === 0) {
    yield* mem_unmap_region(here, { mnt, r: stack });
    return 'ENOMEM';
  }
  const root = mountedRoot(here, mnt);
  writeL2(here, mnt, root, stack.end - PAGE_SIZE, frame * PAGE_SIZE + residentEntry(stack));
  writeL2(here, mnt, root, stack.start, GUARD);
  stack.guard = stack.start;
  return stack;
}

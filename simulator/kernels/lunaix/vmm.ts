import { pageTableRoot } from '../../hardware/core.ts';
import { coreCount } from '../../hardware/machine-config.ts';
import { copyFrame, isFrame, zeroFrame } from '../../hardware/physical-memory.ts';
import { invalidateTlb, listTlb } from '../../hardware/tlb.ts';
import { emit, EventKind } from '../../hardware/trace-event.ts';
import { hex } from '../../hardware/word.ts';
import { Own } from './events.ts';
import { panic } from './kpanic.ts';
import {
  ENTRIES, GUARD, L1_SELF, PAGE_SIZE, PG_MOUNT_3, PG_MOUNT_4, PP_FGPERSIST, PTE_A, PTE_D, PTE_FLAGS, PTE_P, PTE_U, PTE_W, PTE_WT, SELF_FLAGS,
  VMAP_GUARDPAGE, VMAP_IGNORE, VMAP_NOMAP, VMS_SELF,
} from './constants.ts'; // prettier-ignore
import { payPages } from './cost.ts';
import { lunaixFunction } from './klock.ts';
import { dropFrame, takeFrame } from './pmm.ts';
import { isPageAligned, u32, type Here, type Lunaixly } from './state.ts';
import {
  flushPage, frameOfEntry, l1Index, loadL1, loadL2, mountedRoot, readL1, tellTableOf, touchPage, writeL1, writeL2, zeroTable,
} from './tables.ts'; // prettier-ignore

/** 3.4 Table primitives. */

interface MappingArgs {
  readonly mnt: number;
  readonly va: number;
  readonly pa: number;
  readonly attr: number;
  readonly options: number;
}

/** An L2 table for va: made if it is absent, opened to users if they get a page under it. False: no frame. */
export function ensureTable(here: Here, mnt: number, root: number, va: number, attr: number): boolean {
  const index = l1Index(va);
  const entry = loadL1(here, mnt, root, index);
  if ((entry & PTE_P) !== 0) {
    if ((attr & PTE_U) !== 0 && (entry & PTE_U) === 0) writeL1(here, mnt, root, index, entry | PTE_U);
    return true;
  }
  const table = takeFrame(here, PP_FGPERSIST);
  if (table === 0) return false;
  writeL1(here, mnt, root, index, table * PAGE_SIZE + ((attr & PTE_U) | PTE_W | PTE_P | PTE_WT));
  flushPage(here, root, mnt + index * PAGE_SIZE);
  zeroTable(here, mnt, root, index);
  tellTableOf(here, 'table-alloc', root, table, va);
  return true;
}

export const vmm_set_mapping = lunaixFunction(
  {
    name: 'vmm_set_mapping',
    section: '3.4',
    doc: 'Writes the entry of a page in the space that a mount point shows; 1, or 0 when there is no frame for a table.',
    parameters: [
      { name: 'mnt', type: { kind: 'address' } },
      { name: 'va', type: { kind: 'address' } },
      { name: 'pa', type: { kind: 'address' } },
      { name: 'attr', type: { kind: 'integer' } },
      { name: 'options', type: { kind: 'integer' }, default: 0 },
    ],
    result: { kind: 'integer' },
    errors: [],
    steps: {
      1: 'an unaligned address, or attributes beyond 128: panic',
      2: 'no L2 table: take a frame for one, write the L1 entry, flush the table’s window, zero it; an entry that is there and VMAP_IGNORE: 1',
      3: 'through VMS_SELF: flush the page on every core that runs the space',
      4: 'VMAP_NOMAP: 1',
      5: 'write the frame and attributes, or the guard',
      6: '1',
    },
  },
  function* (here: Here, { mnt, va, pa, attr, options }: MappingArgs): Lunaixly<number> {
    if (here.step('1')) yield;
    if (!isPageAligned(va)) panic(here, `0x${va.toString(16)} is not page aligned`);
    if (attr > 128) panic(here, `attributes 0x${attr.toString(16)} are no page attributes`);
    if (here.step('2')) yield;
    const root = mountedRoot(here, mnt);
    if (!ensureTable(here, mnt, root, va, attr)) return 0;
    if (loadL2(here, mnt, root, va) !== 0 && (options & VMAP_IGNORE) !== 0) return 1;
    if (here.step('3')) yield;
    if (mnt === VMS_SELF) flushPage(here, root, va);
    if (here.step('4')) yield;
    if ((options & VMAP_NOMAP) !== 0) return 1;
    if (here.step('5')) yield;
    writeL2(here, mnt, root, va, (options & VMAP_GUARDPAGE) !== 0 ? GUARD : u32(pa | attr));
    // L3, I16: another core may have loaded the old entry since step 3, or runs the space that is mounted.
    flushPage(here, root, va);
    if (here.step('6')) yield;
    return 1;
  },
);

export const vmm_del_mapping = lunaixFunction(
  {
    name: 'vmm_del_mapping',
    section: '3.4',
    doc: 'Clears the entry of a page; gives the frame’s address if the page was present, else 0. The frame is not freed.',
    parameters: [
      { name: 'mnt', type: { kind: 'address' } },
      { name: 'va', type: { kind: 'address' } },
    ],
    result: { kind: 'address' },
    errors: [],
    steps: {
      1: 'the self mapping is refused: 0',
      2: 'write 0',
      3: 'flush the page on every core that runs the space',
      4: 'the frame, only if the entry was present (D3)',
    },
  },
  function* (here: Here, { mnt, va }: { mnt: number; va: number }): Lunaixly<number> {
    if (here.step('1')) yield;
    if (l1Index(va) === L1_SELF) return 0;
    if (here.step('2')) yield;
    const root = mountedRoot(here, mnt);
    const old = loadL2(here, mnt, root, va);
    if (old !== 0) writeL2(here, mnt, root, va, 0);
    if (here.step('3')) yield;
    flushPage(here, root, va);
    if (here.step('4')) yield;
    return (old & PTE_P) === 0 ? 0 : frameOfEntry(old) * PAGE_SIZE;
  },
);

export interface Mapping {
  readonly result: boolean;
  readonly va: number;
  readonly pn: number;
  readonly pa: number;
  readonly flags: number;
  readonly pte: number;
}

export const vmm_lookupat = lunaixFunction(
  {
    name: 'vmm_lookupat',
    section: '3.4',
    doc: 'Reads the entry of a page; found if its L1 entry is not zero, even when the L2 entry is.',
    parameters: [
      { name: 'mnt', type: { kind: 'address' } },
      { name: 'va', type: { kind: 'address' } },
    ],
    result: { kind: 'boolean' },
    outputs: [
      { name: 'va', type: { kind: 'address' } },
      { name: 'pn', type: { kind: 'ppn' } },
      { name: 'pa', type: { kind: 'address' } },
      { name: 'flags', type: { kind: 'integer' } },
      { name: 'pte', type: { kind: 'integer' } },
    ],
    errors: [],
    steps: { 1: 'L1 entry zero: not found', 2: 'read the L2 entry' },
  },
  function* (here: Here, { mnt, va }: { mnt: number; va: number }): Lunaixly<Mapping> {
    if (here.step('1')) yield;
    const root = mountedRoot(here, mnt);
    const missing = { result: false, va, pn: 0, pa: 0, flags: 0, pte: 0 };
    if (loadL1(here, mnt, root, l1Index(va)) === 0) return missing;
    if (here.step('2')) yield;
    const pte = loadL2(here, mnt, root, va);
    const pn = frameOfEntry(pte);
    return { result: true, va, pn, pa: pn * PAGE_SIZE, flags: pte & PTE_FLAGS, pte };
  },
);

function requireMemory(here: Here, pa: number): void {
  if (!isFrame(here.machine, Math.floor(pa / PAGE_SIZE))) panic(here, `there is no memory at ${hex(pa, 8)}`);
}

/** Attaches a space at a mount point of the running one: one L1 entry, nothing of the guest changes. */
export function mountSpace(here: Here, mnt: number, pa: number): void {
  if (pa === 0) panic(here, 'mount of a space without a root table');
  requireMemory(here, pa);
  const own = mountedRoot(here, VMS_SELF);
  writeL1(here, VMS_SELF, own, l1Index(mnt), pa + SELF_FLAGS);
  flushWindow(here, own, mnt);
  emit(here.machine, Own.mount, here.cluster, { slot: mnt, vmroot: pa });
}

export function unmountSpace(here: Here, mnt: number): void {
  const own = mountedRoot(here, VMS_SELF);
  const vmroot = frameOfEntry(readL1(here.machine, own, l1Index(mnt))) * PAGE_SIZE;
  writeL1(here, VMS_SELF, own, l1Index(mnt), 0);
  flushWindow(here, own, mnt);
  emit(here.machine, Own.unmount, here.cluster, { slot: mnt, vmroot });
}

/** A mount slot covers 4 MiB of tables, any of which a kernel access may have brought into a TLB. */
function flushWindow({ machine }: Here, root: number, mnt: number): void {
  const first = Math.floor(mnt / PAGE_SIZE);
  for (let core = 0; core < coreCount(machine.config); core++) {
    if (pageTableRoot(machine, core) !== root) continue;
    const known = [false, true].flatMap((isFetch) => listTlb(machine, core, isFetch).map(({ vpn }) => vpn));
    const shown = known.filter((vpn) => vpn >= first && vpn < first + ENTRIES);
    for (const vpn of new Set([first, ...shown])) invalidateTlb(machine, core, vpn);
  }
}

export const vmm_mount_pd = lunaixFunction(
  {
    name: 'vmm_mount_pd',
    section: '3.4',
    doc: 'Attaches the space whose L1 table is at a physical address to a mount point of the running space.',
    parameters: [
      { name: 'mnt', type: { kind: 'address' } },
      { name: 'pa', type: { kind: 'address' } },
    ],
    errors: [],
    steps: { 1: 'no table: panic', 2: 'write the L1 entry', 3: 'flush' },
  },
  function* (here: Here, { mnt, pa }: { mnt: number; pa: number }): Lunaixly<void> {
    if (here.step('1')) yield;
    if (here.step('2')) yield;
    mountSpace(here, mnt, pa);
    if (here.step('3')) yield;
  },
);

export const vmm_unmount_pd = lunaixFunction(
  {
    name: 'vmm_unmount_pd',
    section: '3.4',
    doc: 'Detaches whatever is mounted there.',
    parameters: [{ name: 'mnt', type: { kind: 'address' } }],
    errors: [],
    steps: { 1: 'write 0 to the L1 entry', 2: 'flush' },
  },
  function* (here: Here, { mnt }: { mnt: number }): Lunaixly<void> {
    if (here.step('1')) yield;
    unmountSpace(here, mnt);
    if (here.step('2')) yield;
  },
);

/** Maps a frame for the kernel at one of its own slots. */
export function mapSlot(here: Here, slot: number, frame: number): void {
  const root = mountedRoot(here, VMS_SELF);
  writeL2(here, VMS_SELF, root, slot, frame * PAGE_SIZE + PTE_W + PTE_P);
  flushPage(here, root, slot);
}

/** Maps a new table at a slot and zeroes it through that address. */
export function mapTable(here: Here, slot: number, frame: number): void {
  mapSlot(here, slot, frame);
  zeroFrame(here.machine, frame);
  touchPage(here.machine, mountedRoot(here, VMS_SELF), slot, PTE_A | PTE_D);
}

function unmapSlot(here: Here, slot: number): void {
  const root = mountedRoot(here, VMS_SELF);
  writeL2(here, VMS_SELF, root, slot, 0);
  flushPage(here, root, slot);
}

export const vmm_dup_page = lunaixFunction(
  {
    name: 'vmm_dup_page',
    section: '3.4',
    doc: 'Copies a frame into a new one; gives its physical address, 0 when there is none (D4).',
    parameters: [{ name: 'pa', type: { kind: 'address' } }],
    result: { kind: 'address' },
    errors: [],
    steps: {
      1: 'take a frame; none: 0',
      2: 'map the new one at PG_MOUNT_3 and the old one at PG_MOUNT_4',
      3: 'copy 1024 words',
      4: 'unmap both',
    },
  },
  function* (here: Here, { pa }: { pa: number }): Lunaixly<number> {
    if (here.step('1')) yield;
    requireMemory(here, pa);
    const frame = takeFrame(here, 0);
    if (frame === 0) return 0;
    if (here.step('2')) yield;
    mapSlot(here, PG_MOUNT_3, frame);
    mapSlot(here, PG_MOUNT_4, frameOfEntry(u32(pa)));
    if (here.step('3')) yield;
    copyFrame(here.machine, frame, frameOfEntry(u32(pa)));
    const root = mountedRoot(here, VMS_SELF);
    touchPage(here.machine, root, PG_MOUNT_3, PTE_A | PTE_D);
    touchPage(here.machine, root, PG_MOUNT_4, PTE_A);
    payPages(here, frameOfEntry(u32(pa)), frame);
    if (here.step('4')) yield;
    unmapSlot(here, PG_MOUNT_3);
    unmapSlot(here, PG_MOUNT_4);
    return frame * PAGE_SIZE;
  },
);

/** A zeroed frame for a page, or 0. */
export function takeZeroFrame(here: Here): number {
  const frame = takeFrame(here, 0);
  if (frame === 0) return 0;
  zeroFrame(here.machine, frame);
  payPages(here, frame);
  emit(here.machine, EventKind.pageZero, here.cluster, { ppn: frame });
  return frame;
}

/** Frees the frame of a physical address that `vmm_del_mapping` gave, if it gave one. */
export function freeAddress(here: Here, pa: number): void {
  if (pa !== 0) dropFrame(here, Math.floor(pa / PAGE_SIZE));
}

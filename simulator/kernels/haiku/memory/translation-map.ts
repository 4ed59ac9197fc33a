/** Chapter 8: the translation map of x86-32, two levels. All changes under its recursive lock, whose last release flushes TLBs. */
import { pageTableRoot, setPageTableRoot } from '../../../hardware/core.ts';
import { coreCount } from '../../../hardware/machine-config.ts';
import type { Machine } from '../../../hardware/machine.ts';
import { readFrame32, writeFrame32, zeroFrame } from '../../../hardware/physical-memory.ts';
import { tellTable, type TableFrame } from '../../../hardware/table-events.ts';
import { flushTlb, invalidateTlb } from '../../../hardware/tlb.ts';
import { emit, EventKind } from '../../../hardware/trace-event.ts';
import { kernelFunction } from '../../../execution/activation.ts';
import {
  KERNEL_BASE, LOCK_KERNEL, LOCK_RW, MAX_INVALIDATE_PAGES, PAGE_ACCESSED, PAGE_MODIFIED, PAGE_PRESENT, PAGE_STATE_CLEAR,
  PAGE_STATE_FREE, PAGE_STATE_WIRED,
} from '../base/constants.ts'; // prettier-ignore
import { Own } from '../base/events.ts';
import { allocatePageDirectory, freePageDirectory, kmalloc } from '../base/heap.ts';
import { payMessage } from '../base/cost.ts';
import { lockRanks, lockRecursive, newMutex, newSemId, unlockRecursive } from '../base/locks.ts';
import { allocatePage, setPageState } from './pages.ts';
import { getPhysicalPage, putPhysicalPage } from './windows.ts';
import type { HaikuState, Here, Steps, VmTranslationMap } from '../base/state.ts';

const P = 0x01;
const RW = 0x02;
const US = 0x04;
const A = 0x20;
const D = 0x40;
const KERNEL_PDE = 512;

function pdeIndex(va: number): number {
  return Math.floor(va / 0x40_0000);
}

function pteOffset(va: number): number {
  return (Math.floor(va / 4096) % 1024) * 4;
}

export function readPde(machine: Machine, { pgdir_phys }: VmTranslationMap, va: number): number {
  return readFrame32(machine, pgdir_phys / 4096, pdeIndex(va) * 4) >>> 0;
}

export function hasTable({ machine }: Here, map: VmTranslationMap, va: number): boolean {
  return (readPde(machine, map, va) & P) !== 0;
}

/** The last page that the page table of an address maps. */
export function lastOfTable(va: number): number {
  return va + (1023 - (Math.floor(va / 4096) % 1024)) * 4096 - (va % 4096);
}

/** 0 where there is no page table. */
export function readPte(machine: Machine, map: VmTranslationMap, va: number): number {
  const pde = readPde(machine, map, va);
  return (pde & P) === 0 ? 0 : readFrame32(machine, pde >>> 12, pteOffset(va)) >>> 0;
}

function writePte(here: Here, map: VmTranslationMap, va: number, value: number): void {
  const { machine } = here;
  const table = readPde(machine, map, va) >>> 12;
  const old = readFrame32(machine, table, pteOffset(va));
  writeFrame32(machine, table, pteOffset(va), value >>> 0);
  if ((value & P) !== 0 || (old & P) !== 0) emitWrite(here, map, va, old >>> 0, value >>> 0);
}

function emitWrite({ machine, cluster }: Here, map: VmTranslationMap, va: number, old: number, value: number): void {
  const root = map.pgdir_phys / 4096;
  const fields = machine.trace.on ? { vpn: Math.floor(va / 4096), pages: 1, root, before: BigInt(old) } : null;
  if ((value & P) === 0) emit(machine, EventKind.pteClear, cluster, fields && { ...fields, ppn: old >>> 12 });
  else emit(machine, EventKind.pteSet, cluster, fields && { ...fields, ppn: value >>> 12, after: BigInt(value) });
}

export function* lockMap(here: Here, map: VmTranslationMap): Steps<void> {
  if (yield* lockRecursive(here, map.lock)) {
    map.num_invalidate_pages = 0;
    map.pages_to_invalidate.length = 0;
  }
}

/** The outermost one flushes first. */
export function unlockMap(here: Here, map: VmTranslationMap): void {
  if (map.lock.recursion === 1) flushMap(here, map);
  unlockRecursive(here, map.lock);
}

function record(map: VmTranslationMap, va: number): void {
  if (map.num_invalidate_pages < MAX_INVALIDATE_PAGES) map.pages_to_invalidate.push(va);
  map.num_invalidate_pages += 1;
}

/** Locally, and by a synchronous message to every other core. More than 64 pages: everything. */
export function flushMap(here: Here, map: VmTranslationMap): void {
  if (map.num_invalidate_pages === 0) return;
  const { machine, core: self } = here;
  const isGlobal = map.num_invalidate_pages > MAX_INVALIDATE_PAGES;
  const kind = isGlobal ? Own['global-invalidate'] : Own['list-invalidate'];
  emit(machine, kind, here.cluster, { pages: map.num_invalidate_pages });
  for (let core = 0; core < coreCount(machine.config); core++) {
    if (isGlobal) flushTlb(machine, core, false);
    else for (const va of map.pages_to_invalidate) invalidateTlb(machine, core, Math.floor(va / 4096));
    if (core !== self) payMessage(here, core);
  }
  map.num_invalidate_pages = 0;
  map.pages_to_invalidate.length = 0;
}

/** 8.3 */
function entryBits(attributes: number): number {
  return ((attributes & LOCK_RW) !== 0 ? RW : 0) | ((attributes & LOCK_KERNEL) !== 0 ? 0 : US) | P;
}

interface MapArgs {
  readonly map: VmTranslationMap;
  readonly va: number;
  readonly pa: number;
  readonly attributes: number;
}

export const mapPage = kernelFunction(
  {
    name: 'map',
    section: '8.6',
    doc: 'Enters a page in the tables.',
    parameters: [],
    errors: [],
    steps: {
      1: 'no page table: a clear page, WIRED; the kernel’s ones go to every page directory',
      2: 'a user page under a kernel-only entry raises its user bit (D17)',
      3: 'a window onto the page table',
      4: 'the entry; the same frame keeps accessed and dirty (H3)',
      5: 'put the window',
      6: 'remember the address for invalidation',
      7: 'one page more, unless it was present (D2)',
      8: '0',
    },
  },
  function* (here: Here, { map, va, pa, attributes }: MapArgs): Steps<void> {
    const { machine } = here;
    if ((readPde(machine, map, va) & P) === 0) {
      if (here.step('1')) yield;
      const table = yield* allocatePage(here, PAGE_STATE_CLEAR);
      setPageState(here, table, PAGE_STATE_WIRED);
      writePde(here, map, va, (table << 12) | entryBits(attributes | LOCK_RW));
      map.map_count += 1;
      tellTableOf(here, 'table-alloc', map, { ppn: table, depth: 2, vpn: Math.floor(va / 4096) });
    }
    const pde = readPde(machine, map, va);
    if ((attributes & LOCK_KERNEL) === 0 && (pde & US) === 0) {
      if (here.step('2')) yield;
      writePde(here, map, va, pde | US);
    }
    if (here.step('3')) yield;
    const table = (pde >>> 12) * 4096;
    yield* getPhysicalPage(here, table);
    if (here.step('4')) yield;
    const old = readPte(machine, map, va);
    const isSame = (old & P) !== 0 && old >>> 12 === Math.floor(pa / 4096);
    writePte(here, map, va, pa - (pa % 4096) + (entryBits(attributes) | (isSame ? old & (A | D) : 0)));
    if (here.step('5')) yield;
    yield* putPhysicalPage(here, table);
    if (here.step('6')) yield;
    record(map, va);
    if (here.step('7')) yield;
    if ((old & P) === 0) map.map_count += 1;
    if (here.step('8')) yield;
  },
);

type OwnTable = Omit<TableFrame, 'root'>;

/** What the kernel's half translates is nobody's. */
function tellTableOf(here: Here, name: 'table-alloc' | 'table-free', map: VmTranslationMap, table: OwnTable): void {
  const isKernels = table.depth > 1 && table.vpn * 4096 >= KERNEL_BASE;
  const processOf = (): number | null =>
    here.kernel.processes.find(({ aspace }) => aspace?.translation_map === map)?.owner ?? null;
  const frame = { ...table, root: map.pgdir_phys / 4096 };
  tellTable(here.machine, name, frame, () => (isKernels ? 0 : processOf()));
}

/** A kernel entry is the same in every page directory (8.5). */
function writePde(here: Here, map: VmTranslationMap, va: number, value: number): void {
  const maps = va >= KERNEL_BASE ? here.kernel.tmap_list : [map];
  for (const { pgdir_phys } of maps) writeFrame32(here.machine, pgdir_phys / 4096, pdeIndex(va) * 4, value >>> 0);
}

/** Clears the present bit alone: frame, accessed and dirty bits stay to be seen. */
export function unmapPage(here: Here, map: VmTranslationMap, va: number): void {
  const pte = readPte(here.machine, map, va);
  if ((pte & P) === 0) return;
  writePte(here, map, va, pte & ~P);
  map.map_count = Math.max(0, map.map_count - 1);
  record(map, va);
}

export interface Mapping {
  /** Frame address, also of an entry that is not present. */
  readonly pa: number;
  readonly flags: number;
}

export function query(machine: Machine, map: VmTranslationMap, va: number): Mapping {
  const pte = readPte(machine, map, va);
  if ((readPde(machine, map, va) & P) === 0) return { pa: 0, flags: 0 };
  const flags =
    ((pte & RW) !== 0 ? LOCK_RW : 0) |
    ((pte & US) !== 0 ? 0 : LOCK_KERNEL) |
    ((pte & D) !== 0 ? PAGE_MODIFIED : 0) |
    ((pte & A) !== 0 ? PAGE_ACCESSED : 0) |
    ((pte & P) !== 0 ? PAGE_PRESENT : 0);
  return { pa: (pte >>> 12) * 4096, flags };
}

export function clearFlags(here: Here, map: VmTranslationMap, va: number, flags: number): void {
  if ((readPde(here.machine, map, va) & P) === 0) return;
  const pte = readPte(here.machine, map, va);
  const bits = ((flags & PAGE_MODIFIED) !== 0 ? D : 0) | ((flags & PAGE_ACCESSED) !== 0 ? A : 0);
  const table = readPde(here.machine, map, va) >>> 12;
  writeFrame32(here.machine, table, pteOffset(va), (pte & ~bits) >>> 0);
  record(map, va);
}

/** 8.8; the kernel's maps share the boot page directory. */
export function createMap(here: Here, isKernel: boolean): VmTranslationMap | 'ERR_NO_MEMORY' {
  const { kernel, machine } = here;
  const address = kmalloc(here, 48);
  if (address === 0) return 'ERR_NO_MEMORY';
  const boot = isKernel ? kernel.tmap_list[0] : undefined;
  if (boot !== undefined) {
    const shared = newMap(kernel, address, boot.pgdir_virt, boot.pgdir_phys);
    kernel.tmap_list.push(shared);
    return shared;
  }
  const pgdir_virt = allocatePageDirectory(here);
  if (pgdir_virt === 0) return 'ERR_NO_MEMORY';
  const [kernelMap] = kernel.tmap_list;
  if (kernelMap === undefined) throw new Error('internal: there is no kernel translation map');
  const { pa } = query(machine, kernelMap, pgdir_virt);
  zeroFrame(machine, pa / 4096);
  const map = newMap(kernel, address, pgdir_virt, pa);
  for (let index = KERNEL_PDE; index < 1024; index++)
    writeFrame32(machine, pa / 4096, index * 4, readFrame32(machine, kernelMap.pgdir_phys / 4096, index * 4));
  kernel.tmap_list.push(map);
  tellTableOf(here, 'table-alloc', map, { ppn: pa / 4096, depth: 1, vpn: 0 });
  return map;
}

export function newMap(kernel: HaikuState, address: number, pgdir_virt: number, pgdir_phys: number): VmTranslationMap {
  return {
    type: 'vm_translation_map', address, lock: newMutex('translation map lock', newSemId(kernel), lockRanks.translationMap), map_count: 0, pgdir_virt, pgdir_phys,
    num_invalidate_pages: 0, pages_to_invalidate: [],
  }; // prettier-ignore
}

/** 8.9: page tables of the user half, then the page directory. Cores that still run it go on in the kernel's own. */
export function destroyMap(here: Here, map: VmTranslationMap): void {
  const { kernel, machine } = here;
  kernel.tmap_list.splice(kernel.tmap_list.indexOf(map), 1);
  if (map.pgdir_phys === kernel.tmap_list[0]?.pgdir_phys) return;
  for (let index = 0; index < KERNEL_PDE; index++) {
    const pde = readFrame32(machine, map.pgdir_phys / 4096, index * 4) >>> 0;
    if ((pde & P) === 0) continue;
    tellTableOf(here, 'table-free', map, { ppn: pde >>> 12, depth: 2, vpn: index * 1024 });
    setPageState(here, pde >>> 12, PAGE_STATE_FREE);
  }
  tellTableOf(here, 'table-free', map, { ppn: map.pgdir_phys / 4096, depth: 1, vpn: 0 });
  for (let core = 0; core < coreCount(machine.config); core++)
    if (pageTableRoot(machine, core) === map.pgdir_phys / 4096) leave(here, core);
  freePageDirectory(here, map.pgdir_virt);
}

function leave({ kernel, machine }: Here, core: number): void {
  const root = (kernel.tmap_list[0]?.pgdir_phys ?? 0) / 4096;
  setPageTableRoot(machine, core, root);
}

/** 9.1, 9.2: what the boot loader leaves: kernel_args, and the mappings that exist before the VM does. */
import { clusterCount, coreCount, type MachineConfig } from '../../../hardware/machine-config.ts';
import type { Machine } from '../../../hardware/machine.ts';
import { readFrame32, writeFrame32, zeroFrame } from '../../../hardware/physical-memory.ts';
import { panic } from '../../../execution/panic.ts';
import {
  BYTES_PER_PAGE_STRUCTURE,
  HEAP_SIZE,
  IOSPACE_BASE,
  IOSPACE_CHUNK,
  IOSPACE_SLOTS,
  KERNEL_BASE,
  KSTACK_SIZE,
  PAGE_SIZE,
} from '../base/constants.ts';
import { pageUp, type Here } from '../base/state.ts';

export interface Range {
  readonly start: number;
  readonly size: number;
}

/** Physical addresses, unless said otherwise. */
export interface KernelArgs {
  readonly bootdir: Range;
  readonly kernel_seg0: Range;
  readonly kernel_seg1: Range;
  readonly cpu_kstack: readonly Range[];
  readonly page_directory: number;
  /** Virtual. */
  readonly page_directory_va: number;
  readonly num_pages: number;
  /** Frames up to here are taken; grows. */
  next_frame: number;
  /** End of the one range of virtual addresses that is taken; grows. */
  virt_end: number;
}

const BOOTDIR = { start: 0x10_0000, size: 0x8_0000 };
const SEG0 = { start: 0x18_0000, size: 0x6_0000 };
const SEG1 = { start: 0x1e_0000, size: 0x2_0000 };
const FIRST_KSTACK = 0x20_0000;
const PADDR_DESC_SIZE = 0x3000;
const VIRTUAL_PMAPPINGS_SIZE = 0x1000;
const IOSPACE_PGTABLES_SIZE = IOSPACE_SLOTS * PAGE_SIZE;
const KERNEL_RW = 3;

export function pageCount(config: MachineConfig): number {
  return (config.memoryBytes / PAGE_SIZE) * clusterCount(config);
}

/** Pages that the kernel takes for itself on a machine, up to 16 for page tables among them. */
export function bootPages(config: MachineConfig): number {
  const structures = pageUp(pageCount(config) * BYTES_PER_PAGE_STRUCTURE);
  const allocated = PADDR_DESC_SIZE + VIRTUAL_PMAPPINGS_SIZE + IOSPACE_PGTABLES_SIZE + HEAP_SIZE + structures;
  return (FIRST_KSTACK + coreCount(config) * KSTACK_SIZE + allocated) / PAGE_SIZE + 16;
}

/** The kernel's segments, stacks and page directory, mapped as the boot loader maps them. */
export function loadKernel(machine: Machine): KernelArgs {
  const cores = coreCount(machine.config);
  const cpu_kstack = Array.from({ length: cores }, (_, core) => ({
    start: FIRST_KSTACK + core * KSTACK_SIZE,
    size: KSTACK_SIZE,
  }));
  const page_directory = FIRST_KSTACK + cores * KSTACK_SIZE;
  const kstacks_va = KERNEL_BASE + SEG0.size + SEG1.size;
  const page_directory_va = kstacks_va + cores * KSTACK_SIZE;
  const ka: KernelArgs = {
    bootdir: BOOTDIR, kernel_seg0: SEG0, kernel_seg1: SEG1, cpu_kstack, page_directory, page_directory_va,
    num_pages: pageCount(machine.config), next_frame: page_directory / PAGE_SIZE + 1, virt_end: page_directory_va + PAGE_SIZE,
  }; // prettier-ignore
  zeroFrame(machine, page_directory / PAGE_SIZE);
  addTable(machine, ka, KERNEL_BASE);
  mapRange(machine, ka, KERNEL_BASE, SEG0);
  mapRange(machine, ka, KERNEL_BASE + SEG0.size, SEG1);
  cpu_kstack.forEach((kstack, core) => {
    mapRange(machine, ka, kstacks_va + core * KSTACK_SIZE, kstack);
  });
  quickMap(machine, ka, page_directory_va, page_directory / PAGE_SIZE);
  return ka;
}

function mapRange(machine: Machine, ka: KernelArgs, va: number, { start, size }: Range): void {
  for (let done = 0; done < size; done += PAGE_SIZE) {
    zeroFrame(machine, (start + done) / PAGE_SIZE);
    quickMap(machine, ka, va + done, (start + done) / PAGE_SIZE);
  }
}

function pdeOffset(va: number): number {
  return Math.floor(va / IOSPACE_CHUNK) * 4;
}

function addTable(machine: Machine, ka: KernelArgs, va: number): void {
  const table = ka.next_frame++;
  zeroFrame(machine, table);
  writeFrame32(machine, ka.page_directory / PAGE_SIZE, pdeOffset(va), ((table << 12) | KERNEL_RW) >>> 0);
}

/** 8.10: a page table that is missing is taken after the page that it serves. */
function quickMap(machine: Machine, ka: KernelArgs, va: number, frame: number): void {
  const directory = ka.page_directory / PAGE_SIZE;
  if (readFrame32(machine, directory, pdeOffset(va)) === 0) addTable(machine, ka, va);
  const table = readFrame32(machine, directory, pdeOffset(va)) >>> 12;
  writeFrame32(machine, table, (Math.floor(va / PAGE_SIZE) % 1024) * 4, ((frame << 12) | KERNEL_RW) >>> 0);
}

/** vm_alloc_from_ka_struct: zeroed memory behind what is taken; its first address. */
function allocate({ machine }: Here, ka: KernelArgs, size: number): Range {
  const start = ka.virt_end;
  ka.virt_end += pageUp(size);
  for (let va = start; va < ka.virt_end; va += PAGE_SIZE) {
    const frame = ka.next_frame++;
    zeroFrame(machine, frame);
    quickMap(machine, ka, va, frame);
  }
  return { start, size: pageUp(size) };
}

/** Virtual ranges of what the VM takes before it exists. */
export interface Carved {
  readonly paddr_desc: Range;
  readonly virtual_pmappings: Range;
  readonly iospace_pgtables: Range;
  readonly heap: Range;
  readonly page_structures: Range;
  /** Frames of the 64 page tables of IOSPACE. */
  readonly pgtables: readonly number[];
}

/** 9.3, steps 1, 4 and 5: their allocations, and the page tables of IOSPACE in the page directory. */
export function carve(here: Here, ka: KernelArgs): Carved {
  if (bootPages(here.machine.config) > ka.num_pages) panic(here, 'there is too little memory to start');
  const paddr_desc = allocate(here, ka, PADDR_DESC_SIZE);
  const virtual_pmappings = allocate(here, ka, VIRTUAL_PMAPPINGS_SIZE);
  const first = ka.next_frame;
  const iospace_pgtables = allocate(here, ka, IOSPACE_PGTABLES_SIZE);
  const pgtables = Array.from({ length: IOSPACE_SLOTS }, (_, slot) => first + slot);
  pgtables.forEach((frame, slot) => {
    const entry = ((frame << 12) | KERNEL_RW) >>> 0;
    writeFrame32(here.machine, ka.page_directory / PAGE_SIZE, pdeOffset(IOSPACE_BASE + slot * IOSPACE_CHUNK), entry);
  });
  const heap = allocate(here, ka, HEAP_SIZE);
  const page_structures = allocate(here, ka, ka.num_pages * BYTES_PER_PAGE_STRUCTURE);
  return { paddr_desc, virtual_pmappings, iospace_pgtables, heap, page_structures, pgtables };
}

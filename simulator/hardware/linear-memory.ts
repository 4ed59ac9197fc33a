import { pagingFormat } from './layouts/formats.ts';
import { clusterCount, coreCount } from './machine-config.ts';
import type { MachineConfig } from './machine-config.ts';

/**
 * All hot state in one buffer at fixed offsets:
 * header page | core registers | TLBs | directory root | pool of 4 KiB pages.
 * The pool holds materialised frames and directory pages; it alone grows.
 * The views are replaced when the buffer grows: read them again after anything that may write memory.
 */
export interface LinearMemory {
  buffer: ArrayBuffer;
  u8: Uint8Array<ArrayBuffer>;
  i32: Int32Array<ArrayBuffer>;
  u32: Uint32Array<ArrayBuffer>;
  f64: Float64Array<ArrayBuffer>;
  readonly map: MemoryMap;
}

/** Where things are; derived from the configuration, never changes. Offsets named `Word` count 32-bit words. */
export interface MemoryMap {
  readonly width: number;
  readonly height: number;
  readonly clusters: number;
  readonly cores: number;
  readonly coresPerCluster: number;
  readonly framesPerCluster: number;
  /** Page numbers that one cluster identifier spans; of no meaning where the banks follow one another. */
  readonly pagesPerCxy: number;
  /**
   * Page numbers from 0 that are frames one after another: those of the first bank, or of all banks where physical
   * addresses have no room for a cluster identifier.
   */
  readonly flatFrames: number;
  readonly tlbSets: number;
  readonly tlbWays: number;
  /** Words of one core's TLBs, and of its instruction TLB alone (0: unified). */
  readonly tlbWordsPerCore: number;
  readonly dataTlbWord: number;
  readonly coresWord: number;
  readonly tlbsWord: number;
  readonly directoryWord: number;
  readonly directoryChunks: number;
  readonly firstPoolPage: number;
}

/** Words of the header page. */
export const HeaderWord = { nextPoolPage: 0, freePoolPage: 1, random: 2 } as const;

export const CORE_WORDS = 32;
export const TLB_ENTRY_WORDS = 4;
/** Frames whose states one directory page holds. */
export const DIRECTORY_CHUNK = 1024;
const PAGE_WORDS = 1024;
const GROWTH_PAGES = 16; // 64 KiB, the granule of a WebAssembly memory
const LARGEST_STEP_PAGES = 4096;

export function memoryMap(config: MachineConfig): MemoryMap {
  const clusters = clusterCount(config);
  const cores = coreCount(config);
  const framesPerCluster = config.memoryBytes / 4096;
  const tlbWords = config.tlb.sets * config.tlb.ways * TLB_ENTRY_WORDS;
  const { hasFetchMmu, physical } = pagingFormat(config.paging);
  const tlbWordsPerCore = hasFetchMmu ? 2 * tlbWords : tlbWords;
  const coresWord = PAGE_WORDS;
  const tlbsWord = coresWord + cores * CORE_WORDS;
  const directoryWord = tlbsWord + cores * tlbWordsPerCore;
  const directoryChunks = Math.ceil((clusters * framesPerCluster) / DIRECTORY_CHUNK);
  return {
    width: config.mesh.width,
    height: config.mesh.height,
    clusters,
    cores,
    coresPerCluster: config.coresPerCluster,
    framesPerCluster,
    pagesPerCxy: 2 ** physical.localPageBits,
    flatFrames: physical.contiguousBytes > 0 ? clusters * framesPerCluster : framesPerCluster,
    tlbSets: config.tlb.sets,
    tlbWays: config.tlb.ways,
    tlbWordsPerCore,
    dataTlbWord: hasFetchMmu ? tlbWords : 0,
    coresWord,
    tlbsWord,
    directoryWord,
    directoryChunks,
    firstPoolPage: Math.max(4, Math.ceil((directoryWord + directoryChunks) / PAGE_WORDS)),
  };
}

export function createLinearMemory(config: MachineConfig): LinearMemory {
  const map = memoryMap(config);
  const pages = roundToGrowth(map.firstPoolPage + GROWTH_PAGES);
  const memory: LinearMemory = { ...viewsOf(new ArrayBuffer(pages * 4096)), map };
  memory.i32[HeaderWord.nextPoolPage] = map.firstPoolPage;
  memory.u32[HeaderWord.random] = config.seed;
  return memory;
}

/** Bytes from the start that hold state; all beyond are zero. */
export function usedBytes(memory: LinearMemory): number {
  return (memory.i32[HeaderWord.nextPoolPage] as number) * 4096;
}

function viewsOf(buffer: ArrayBuffer): Omit<LinearMemory, 'map'> {
  return {
    buffer,
    u8: new Uint8Array(buffer),
    i32: new Int32Array(buffer),
    u32: new Uint32Array(buffer),
    f64: new Float64Array(buffer),
  };
}

function roundToGrowth(pages: number): number {
  return Math.ceil(pages / GROWTH_PAGES) * GROWTH_PAGES;
}

/** Makes room for pages [0, pages); replaces the views if the buffer must grow. */
export function ensurePages(memory: LinearMemory, pages: number): void {
  const present = memory.buffer.byteLength / 4096;
  if (pages <= present) return;
  const wanted = roundToGrowth(Math.max(pages, present + Math.min(present, LARGEST_STEP_PAGES)));
  const old = memory.u8;
  Object.assign(memory, viewsOf(new ArrayBuffer(wanted * 4096)));
  memory.u8.set(old);
}

/** A page of the pool, by its number in the buffer. Its contents are unspecified; the caller fills it. */
export function takePoolPage(memory: LinearMemory): number {
  const free = memory.i32[HeaderWord.freePoolPage] as number;
  if (free !== 0) {
    memory.i32[HeaderWord.freePoolPage] = memory.i32[free * PAGE_WORDS] as number;
    return free;
  }
  const page = memory.i32[HeaderWord.nextPoolPage] as number;
  ensurePages(memory, page + 1);
  memory.i32[HeaderWord.nextPoolPage] = page + 1;
  return page;
}

/** The free pages of the pool are chained through their first words. */
export function givePoolPage(memory: LinearMemory, page: number): void {
  memory.i32[page * PAGE_WORDS] = memory.i32[HeaderWord.freePoolPage] as number;
  memory.i32[HeaderWord.freePoolPage] = page;
}

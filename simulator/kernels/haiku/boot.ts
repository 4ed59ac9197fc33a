/** Chapter 9: the start-up stages vm_init, vm_init_postsem and vm_init_postthread, on any machine. */
import { setCycles } from '../../hardware/core.ts';
import { resetCounters } from '../../hardware/counters.ts';
import { coreCount } from '../../hardware/machine-config.ts';
import type { Machine } from '../../hardware/machine.ts';
import { framesPerCluster } from '../../hardware/physical-memory.ts';
import { registerEvents } from '../../hardware/own-events.ts';
import { Engine } from '../../execution/engine.ts';
import { newAspace } from './regions/aspaces.ts';
import {
  IOSPACE_BASE, IOSPACE_CHUNK, IOSPACE_SIZE, IOSPACE_SLOTS, KERNEL_BASE, KERNEL_SIZE, LOCK_KERNEL, LOCK_RO, LOCK_RW, PAGE_SIZE,
  REGION_ADDR_ANY_ADDRESS, REGION_ADDR_EXACT_ADDRESS, REGION_WIRING_WIRED_ALREADY,
} from './base/constants.ts'; // prettier-ignore
import { daemonNames, startDaemon } from './daemons/daemons.ts';
import { haikuEvents } from './base/events.ts';
import { kmalloc } from './base/heap.ts';
import { carve, loadKernel, type Carved, type KernelArgs, type Range } from './memory/kernel-args.ts';
import { lockRanks, newMutex, newRwSem, newSemaphore, newSemId } from './base/locks.ts';
import { createPages, enqueue, markInUse } from './memory/pages.ts';
import { createAnonymousRegion } from './regions/anonymous-region.ts';
import { createNullRegion, mapPhysicalMemory } from './regions/unpaged-region.ts';
import { newMap } from './memory/translation-map.ts';
import { getPhysicalPage, putPhysicalPage } from './memory/windows.ts';
import type { Daemon, HaikuState, Here, Steps } from './base/state.ts';

const FIRST_BIOS_PAGE = 0xa0;
const FIRST_LOADED_PAGE = 0x100;
const DMA_SIZE = 0xa_0000;
const KERNEL_RW = LOCK_RW | LOCK_KERNEL;

type Options = Readonly<Record<string, number | string>>;

export function bootHaiku(machine: Machine, options: Options): HaikuState {
  const state = vm_init(machine, options);
  vm_init_postsem(state);
  vm_init_postthread(state, machine, options);
  return state;
}

/** 9.3. Runs the VM's own functions, before there are semaphores; takes no simulated time and counts nothing. */
export function vm_init(machine: Machine, options: Options): HaikuState {
  registerEvents(machine, haikuEvents);
  const ka = loadKernel(machine);
  const state = emptyState(options, ka.num_pages, framesPerCluster(machine));
  const engine = new Engine(machine, state, 0);
  const start = engine.spawn({ agent: 'boot', core: 0, owner: 0, thread: null, line: 0 }, (here) =>
    initialise(here, ka),
  );
  while (engine.advance().kind !== 'idle');
  if (start.state !== 'done') throw start.error instanceof Error ? start.error : new Error('internal: boot waits');
  for (let core = 0; core < coreCount(machine.config); core++) setCycles(machine, core, 0);
  resetCounters(machine);
  machine.cause.step = 0;
  return state;
}

function* initialise(here: Here, ka: KernelArgs): Steps<void> {
  const { kernel } = here;
  const carved = carve(here, ka);
  kernel.iospace.pgtables.push(...carved.pgtables);
  kernel.heap_base = carved.heap.start;
  kernel.heap_next = carved.heap.start;
  kernel.next_pgdir = carved.heap.start + carved.heap.size;
  initialisePages(here, ka);
  createKernelAspace(here, ka);
  yield* createMapRegions(here, ka, carved);
  markInUse(here, FIRST_BIOS_PAGE, FIRST_LOADED_PAGE - FIRST_BIOS_PAGE);
  markInUse(here, 0, FIRST_BIOS_PAGE);
  yield* adopt(here, 'page_structures', carved.page_structures);
  yield* createExistingRegions(here, ka, carved);
  yield* mapAny(here, 'dma_region', KERNEL_RW, { start: 0, size: DMA_SIZE });
  kernel.firstId = kernel.nextId;
  for (let chunk = 0; chunk < 2 && chunk * IOSPACE_CHUNK < ka.num_pages * PAGE_SIZE; chunk++) {
    yield* getPhysicalPage(here, chunk * IOSPACE_CHUNK);
    yield* putPhysicalPage(here, chunk * IOSPACE_CHUNK);
  }
}

/** Step 5. */
function initialisePages(here: Here, ka: KernelArgs): void {
  const { kernel } = here;
  for (let page = 0; page < ka.num_pages; page++) enqueue(kernel, kernel.pages.queues.page_free_queue, page);
  markInUse(here, FIRST_LOADED_PAGE, ka.next_frame - FIRST_LOADED_PAGE);
  kernel.max_commit += ka.num_pages * PAGE_SIZE;
}

/** Step 8: the boot page directory becomes its translation map. */
function createKernelAspace(here: Here, ka: KernelArgs): void {
  const { kernel } = here;
  const name = 'kernel_land';
  const address = kmalloc(here, 160);
  kmalloc(here, name.length + 1);
  const map = newMap(kernel, kmalloc(here, 48), ka.page_directory_va, ka.page_directory);
  kernel.tmap_list.push(map);
  const id = kernel.next_aspace_id++;
  const aspace = newAspace(here, address, id, map, { name, base: KERNEL_BASE, size: KERNEL_SIZE, kernel: true });
  kernel.aspace_table.set(id, aspace);
  kernel.kernel_aspace = aspace;
}

/** Step 9. */
function* createMapRegions(here: Here, ka: KernelArgs, carved: Carved): Steps<void> {
  yield* adopt(here, 'kernel_pgdir', { start: ka.page_directory_va, size: PAGE_SIZE });
  yield* adopt(here, 'physical_page_mapping_descriptors', carved.paddr_desc);
  yield* adopt(here, 'iospace_virtual_chunk_descriptors', carved.virtual_pmappings);
  yield* adopt(here, 'iospace_pgtables', carved.iospace_pgtables);
  const place = { aid: 0, address: IOSPACE_BASE, addr_type: REGION_ADDR_EXACT_ADDRESS, size: IOSPACE_SIZE };
  yield* demand(createNullRegion(here, { name: 'iospace', ...place }));
}

/** Step 12. */
function* createExistingRegions(here: Here, ka: KernelArgs, carved: Carved): Steps<void> {
  const { kernel_seg0, kernel_seg1, cpu_kstack, bootdir } = ka;
  yield* adopt(here, 'kernel_heap', carved.heap);
  yield* adopt(here, 'kernel_ro', { start: KERNEL_BASE, size: kernel_seg0.size });
  let start = KERNEL_BASE + kernel_seg0.size;
  if (kernel_seg1.size > 0) yield* adopt(here, 'kernel_rw', { start, size: kernel_seg1.size });
  start += kernel_seg1.size;
  for (const [core, { size }] of cpu_kstack.entries()) {
    yield* adopt(here, `idle_thread${String(core)}_kstack`, { start, size });
    start += size;
  }
  yield* mapAny(here, 'bootdir', LOCK_RO | LOCK_KERNEL, bootdir);
}

/** A region over what is mapped already. */
function adopt(here: Here, name: string, { start, size }: Range): Steps<void> {
  return demand(
    createAnonymousRegion(here, {
      aid: 0, name, address: start, addr_type: REGION_ADDR_EXACT_ADDRESS, size, wiring: REGION_WIRING_WIRED_ALREADY, lock: KERNEL_RW,
    }),
  ); // prettier-ignore
}

function mapAny(here: Here, name: string, lock: number, { start, size }: Range): Steps<void> {
  const place = { aid: 0, name, address: 0, addr_type: REGION_ADDR_ANY_ADDRESS, size };
  return demand(mapPhysicalMemory(here, { ...place, lock, phys_addr: start }));
}

function* demand(call: Steps<unknown>): Steps<void> {
  const result = yield* call;
  if (typeof result === 'string') throw new Error(`internal: boot: ${result}`);
}

/** 9.4: locks exist from here on. */
export function vm_init_postsem(state: HaikuState): void {
  state.next_sem_id = 0;
  const { iospace, cache_refs, region_hash_sem, aspace_hash_sem, kernel_aspace } = state;
  iospace.iospace_mutex.sem = newSemId(state);
  if (kernel_aspace !== null) {
    kernel_aspace.virtual_map.sem.id = newSemId(state);
    kernel_aspace.translation_map.lock.sem = newSemId(state);
  }
  for (const { lock } of cache_refs.values()) lock.sem = newSemId(state);
  region_hash_sem.id = newSemId(state);
  aspace_hash_sem.id = newSemId(state);
}

/** 9.5: the daemons are there, and paused unless told; the water marks are an eighth and a quarter of memory. */
export function vm_init_postthread(state: HaikuState, machine: Machine, options: Options): void {
  const { num_pages } = state.pages;
  state.free_memory_low_water = Number(options.lowWater) || Math.floor(num_pages / 8);
  state.free_memory_high_water = Number(options.highWater) || Math.floor(num_pages / 4);
  for (const name of daemonNames) if (options[name] === 'on') startDaemon(state, machine, name, 0);
}

function emptyState(options: Options, num_pages: number, bank: number): HaikuState {
  const daemon = (): Daemon => ({ on: false, busy: false, due: -1 });
  return {
    options: { fork: options.fork === 'clone' ? 'clone' : 'cow', diskLatency: Number(options.diskLatency ?? 5000) },
    next_region_id: 0, next_aspace_id: 0, next_sem_id: -1,
    region_table: new Map(), region_hash_sem: newRwSem('region_hash_sem', -1, lockRanks.hash),
    aspace_table: new Map(), aspace_hash_sem: newRwSem('aspace_hash_sem', -1, lockRanks.hash),
    kernel_aspace: null, max_commit: 0,
    pages: createPages(num_pages, bank),
    modified_pages_available: newSemaphore('modified_pages_available', 0),
    trimming_cycle: false, free_memory_low_water: 0, free_memory_high_water: 0,
    iospace: {
      paddr_desc: Array.from({ length: 1024 }, () => ({ type: 'paddr_desc', va: 0, ref_count: 0 })),
      virtual_pmappings: new Array<number>(IOSPACE_SLOTS).fill(-1),
      first_free_vmapping: 0, mapped_paddr_lru: [], iospace_mutex: newMutex('iospace_mutex', -1, lockRanks.iospace),
      iospace_full_sem: newSemaphore('iospace_full_sem', 1), pgtables: [],
    },
    tmap_list: [], cache_refs: new Map(), dummies: new Map(), vnodes: new Map(), programs: new Map(), pageHandles: new Map(),
    heap_next: 0, heap_base: 0, free_pgdirs: [], next_pgdir: 0,
    processes: [], threads: [],
    daemons: { 'page-scrubber': daemon(), 'pageout-daemon': daemon(), 'page-daemon': daemon(), 'max-commit': daemon() },
    oldmax: -1,
    held: { pages: new Set(), windows: [], cacheRefs: new Map(), vnodes: new Map(), reserved: new Set(), entries: [], committed: 0 },
    fault_handlers: new Map(), lock_ranks: new Map(),
    log: [], injections: [],
    nextId: 1, firstId: 1, nextDummy: -1, nextEntry: 1, nextPid: 1, nextProgram: 1, nextOwner: 1,
  }; // prettier-ignore
}

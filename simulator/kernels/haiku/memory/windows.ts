/** 8.7: kernel windows onto physical pages: IOSPACE, 64 slots of 4 MB. */
import { coreCount } from '../../../hardware/machine-config.ts';
import { writeFrame32 } from '../../../hardware/physical-memory.ts';
import { dropFromCore, emitFlush } from '../../../hardware/tlb.ts';
import { kernelFunction } from '../../../execution/activation.ts';
import type { Parameter } from '../../../execution/function-info.ts';
import { panic } from '../../../execution/panic.ts';
import {
  IOSPACE_BASE,
  IOSPACE_CHUNK,
  IOSPACE_SIZE,
  IOSPACE_SLOTS,
  PAGE_SIZE,
  PHYSICAL_PAGE_CAN_WAIT,
  PHYSICAL_PAGE_NO_WAIT,
} from '../base/constants.ts';
import { payMessage } from '../base/cost.ts';
import { acquireSemaphore, lockMutex, unlockMutex } from '../base/locks.ts';
import type { Here, Iospace, Steps, PaddrDesc } from '../base/state.ts';

const flagsParameter: Parameter = {
  name: 'flags',
  type: { kind: 'enumeration', name: 'flags', members: { PHYSICAL_PAGE_NO_WAIT, PHYSICAL_PAGE_CAN_WAIT } },
  default: PHYSICAL_PAGE_CAN_WAIT,
};

interface GetArgs {
  readonly paddr: number;
  readonly flags: number;
}

/** The address of a window onto a physical address, or ERR_NO_MEMORY when all slots are referenced and NO_WAIT was asked. */
const get_physical_page = kernelFunction(
  {
    name: 'get_physical_page',
    section: '8.7',
    doc: 'A kernel window onto a physical page.',
    parameters: [],
    errors: ['ERR_NO_MEMORY'],
    steps: {
      1: '+L(iospace_mutex); the 4 MB chunk',
      2: 'it has a slot: one reference more; -L',
      3: 'a free slot: map the chunk there; -L',
      4: 'every slot is referenced: -L; ERR_NO_MEMORY, or wait for a put and begin again',
      5: 'take the slot of the chunk that was put first; -L',
    },
  },
  function* (here: Here, { paddr, flags }: GetArgs): Steps<number | 'ERR_NO_MEMORY'> {
    const { iospace } = here.kernel;
    const chunk = Math.floor(paddr / IOSPACE_CHUNK);
    for (;;) {
      if (here.step('1')) yield;
      yield* lockMutex(here, iospace.iospace_mutex);
      const way = wayTo(iospace, chunk);
      if (here.step(way)) yield;
      const va = way === '4' ? -1 : takeSlot(here, iospace, chunk, way);
      unlockMutex(here, iospace.iospace_mutex);
      if (va >= 0) return va + (paddr % IOSPACE_CHUNK);
      if (flags === PHYSICAL_PAGE_NO_WAIT) return 'ERR_NO_MEMORY';
      yield* acquireSemaphore(here, iospace.iospace_full_sem);
    }
  },
);

export function getPhysicalPage(
  here: Here,
  paddr: number,
  flags: number = PHYSICAL_PAGE_CAN_WAIT,
): Steps<number | 'ERR_NO_MEMORY'> {
  return get_physical_page(here, { paddr, flags });
}

/** Which of the steps finds a slot: the chunk's own, a free one, none, or the one of the chunk that was put first. */
type Way = '2' | '3' | '4' | '5';

function wayTo(iospace: Iospace, chunk: number): Way {
  if (descOf(iospace, chunk).va !== 0) return '2';
  if (iospace.first_free_vmapping < IOSPACE_SLOTS) return '3';
  return iospace.mapped_paddr_lru.length === 0 ? '4' : '5';
}

/** The address of the chunk's slot, with one reference more. */
function takeSlot(here: Here, iospace: Iospace, chunk: number, way: Exclude<Way, '4'>): number {
  const desc = descOf(iospace, chunk);
  if (way === '2') {
    if (desc.ref_count === 0) iospace.mapped_paddr_lru.splice(iospace.mapped_paddr_lru.indexOf(chunk), 1);
  } else {
    const slot = way === '3' ? iospace.first_free_vmapping : replaceOldest(iospace);
    iospace.virtual_pmappings[slot] = chunk;
    if (way === '3') findNextFree(iospace);
    desc.va = IOSPACE_BASE + slot * IOSPACE_CHUNK;
    mapChunk(here, iospace, slot, chunk);
  }
  desc.ref_count += 1;
  return desc.va;
}

function findNextFree(iospace: Iospace): void {
  while (iospace.first_free_vmapping < IOSPACE_SLOTS && iospace.virtual_pmappings[iospace.first_free_vmapping] !== -1)
    iospace.first_free_vmapping += 1;
}

/** The slot that its chunk loses. */
function replaceOldest(iospace: Iospace): number {
  const oldest = descOf(iospace, iospace.mapped_paddr_lru.shift() as number);
  const slot = (oldest.va - IOSPACE_BASE) / IOSPACE_CHUNK;
  oldest.va = 0;
  return slot;
}

function descOf({ paddr_desc }: Iospace, chunk: number): PaddrDesc {
  return paddr_desc[chunk] as PaddrDesc;
}

/** 1024 entries, kernel read-write; the range leaves every core's TLB. */
function mapChunk(here: Here, { pgtables }: Iospace, slot: number, chunk: number): void {
  const { machine, core: self } = here;
  const table = pgtables[slot] as number;
  for (let index = 0; index < 1024; index++)
    writeFrame32(machine, table, index * 4, ((chunk * 1024 + index) << 12) | 3);
  const first = (IOSPACE_BASE + slot * IOSPACE_CHUNK) / PAGE_SIZE;
  for (let core = 0; core < coreCount(machine.config); core++) {
    for (let page = 0; page < 1024; page++) dropFromCore(machine, core, first + page);
    emitFlush(machine, core, first, 1024);
    if (core !== self) payMessage(here, core);
  }
}

const put_physical_page = kernelFunction(
  {
    name: 'put_physical_page',
    section: '8.7',
    doc: 'Gives a window back.',
    parameters: [],
    errors: [],
    steps: {
      1: 'outside IOSPACE, or an empty slot: panic',
      2: '+L; one reference less; at 0 the chunk is the last to be replaced, and who waits for a window is told; -L',
    },
  },
  function* (here: Here, { va }: { va: number }): Steps<void> {
    const { iospace } = here.kernel;
    if (here.step('1')) yield;
    if (va < IOSPACE_BASE || va >= IOSPACE_BASE + IOSPACE_SIZE) panic(here, 'not in IOSPACE');
    const chunk = iospace.virtual_pmappings[Math.floor((va - IOSPACE_BASE) / IOSPACE_CHUNK)] ?? -1;
    if (chunk < 0) panic(here, 'the slot is empty');
    if (here.step('2')) yield;
    yield* lockMutex(here, iospace.iospace_mutex);
    putChunk(iospace, chunk);
    unlockMutex(here, iospace.iospace_mutex);
  },
);

/** The window onto a physical address that was got before. */
export function putPhysicalPage(here: Here, paddr: number): Steps<void> {
  const desc = descOf(here.kernel.iospace, Math.floor(paddr / IOSPACE_CHUNK));
  return put_physical_page(here, { va: desc.va + (paddr % IOSPACE_CHUNK) });
}

/** Before vm_init_postsem there is no semaphore to release. */
function putChunk(iospace: Iospace, chunk: number): void {
  const desc = descOf(iospace, chunk);
  if (desc.ref_count === 0) return;
  desc.ref_count -= 1;
  if (desc.ref_count > 0) return;
  iospace.mapped_paddr_lru.push(chunk);
  if (iospace.iospace_mutex.sem >= 0) iospace.iospace_full_sem.count += 1;
}

export const vm_get_physical_page = kernelFunction(
  {
    name: 'vm_get_physical_page',
    section: '4.54',
    doc: 'A kernel window onto a physical page.',
    parameters: [{ name: 'paddr', type: { kind: 'address' } }, flagsParameter],
    outputs: [{ name: 'vaddr', type: { kind: 'address' } }],
    errors: ['ERR_NO_MEMORY', 'ERR_INVALID_ARGS'],
    steps: { 1: 'get_physical_page of the kernel’s map' },
  },
  function* (
    here: Here,
    { paddr, flags }: { paddr: number; flags: number },
  ): Steps<{ vaddr: number } | 'ERR_NO_MEMORY' | 'ERR_INVALID_ARGS'> {
    if (here.step('1')) yield;
    if (here.kernel.iospace.paddr_desc[Math.floor(paddr / IOSPACE_CHUNK)] === undefined) return 'ERR_INVALID_ARGS';
    const vaddr = yield* getPhysicalPage(here, paddr, flags);
    return typeof vaddr === 'string' ? vaddr : { vaddr };
  },
);

export const vm_put_physical_page = kernelFunction(
  {
    name: 'vm_put_physical_page',
    section: '4.55',
    doc: 'Gives a window back.',
    parameters: [{ name: 'vaddr', type: { kind: 'address' } }],
    result: { kind: 'integer' },
    errors: [],
    steps: { 1: 'put_physical_page of the kernel’s map' },
  },
  function* (here: Here, { vaddr }: { vaddr: number }): Steps<number> {
    if (here.step('1')) yield;
    yield* put_physical_page(here, { va: vaddr });
    return 0;
  },
);

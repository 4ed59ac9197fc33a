import { poisonFrame } from '../../hardware/physical-memory.ts';
import { emit, EventKind } from '../../hardware/trace-event.ts';
import type { Machine } from '../../hardware/machine.ts';
import { clusterCount } from '../../hardware/machine-config.ts';
import { Own } from './events.ts';
import { lunaixFunction } from './klock.ts';
import { FIRST_FREE_FRAME, FIRST_TABLE_FRAME, FrameUse, PAGE_SIZE, PP_FGLOCKED, PP_FGPERSIST } from './constants.ts';
import { mustFail } from '../injections.ts';
import type { Here, LunaixState, Lunaixly, Pmm } from './state.ts';

/** 2.7 Physical frames: a reference count and attributes each, given out by next fit. */

export function createPmm(machine: Machine): Pmm {
  const banks = clusterCount(machine.config);
  const framesPerBank = machine.config.memoryBytes / PAGE_SIZE;
  const pmm: Pmm = {
    ref_counts: new Int32Array(banks * framesPerBank),
    attr: new Uint8Array(banks * framesPerBank),
    use: new Uint8Array(banks * framesPerBank),
    roving: Array.from({ length: banks }, (_, bank) => (bank === 0 ? FIRST_FREE_FRAME : bank * framesPerBank)),
    framesPerBank,
  };
  // L7: the image, the BIOS area and the kernel's page tables.
  for (let frame = 0; frame < FIRST_FREE_FRAME; frame++) {
    pmm.ref_counts[frame] = 1;
    pmm.attr[frame] = PP_FGPERSIST;
    pmm.use[frame] = frame < FIRST_TABLE_FRAME ? FrameUse.reserved : FrameUse.table;
  }
  return pmm;
}

/** The pointer stays on the frame that it gives: freed at once, that one is given again (R14). 0: the bank is empty. */
export function nextFit(pmm: Pmm, bank: number): number {
  const first = bank * pmm.framesPerBank;
  const start = pmm.roving[bank] as number;
  for (let step = 0; step < pmm.framesPerBank; step++) {
    const frame = first + ((start - first + step) % pmm.framesPerBank);
    if (frame !== 0 && pmm.ref_counts[frame] === 0) {
      pmm.roving[bank] = frame;
      return frame;
    }
  }
  return 0;
}

/** The first `count` free frames in a row, from the bank's first frame on; the roving pointer stays. 0: there are none. */
function firstFit(pmm: Pmm, bank: number, count: number): number {
  const first = bank * pmm.framesPerBank;
  let start = first;
  for (let frame = first; frame < first + pmm.framesPerBank; frame++) {
    if (frame === 0 || pmm.ref_counts[frame] !== 0) start = frame + 1;
    else if (frame - start + 1 >= count) return start;
  }
  return 0;
}

/** The bank nearest the allocating core first, then by increasing distance. */
function nearestBanks(machine: Machine, cluster: number): number[] {
  const { height } = machine.config.mesh;
  const distance = (bank: number): number =>
    Math.abs(Math.floor(bank / height) - Math.floor(cluster / height)) + Math.abs((bank % height) - (cluster % height));
  return Array.from({ length: clusterCount(machine.config) }, (_, bank) => bank).sort(
    (a, b) => distance(a) - distance(b) || a - b,
  );
}

function useOf(attr: number): number {
  return (attr & PP_FGPERSIST) !== 0 ? FrameUse.table : FrameUse.user;
}

/** A frame number with reference 1, or 0. Contents are not cleared. */
export function takeFrame(here: Here, attr: number): number {
  const use = useOf(attr);
  if (mustFail(here.kernel, 'page-alloc', here.cluster)) return 0;
  for (const bank of banksOf(here)) {
    const frame = nextFit(here.kernel.pmm, bank);
    if (frame === 0) continue;
    occupy(here, bank, frame, attr, use);
    return frame;
  }
  return 0;
}

/** `count` frames in a row: the first one's number, or 0. */
function takeFrames(here: Here, count: number, attr: number, use: number): number {
  if (mustFail(here.kernel, 'page-alloc', here.cluster)) return 0;
  for (const bank of banksOf(here)) {
    const first = firstFit(here.kernel.pmm, bank, count);
    if (first === 0) continue;
    for (let frame = first; frame < first + count; frame++) occupy(here, bank, frame, attr, use);
    return first;
  }
  return 0;
}

function banksOf({ kernel, machine, cluster }: Here): readonly number[] {
  return kernel.pmm.roving.length === 1 ? [0] : nearestBanks(machine, cluster);
}

function occupy({ kernel, machine }: Here, bank: number, frame: number, attr: number, use: number): void {
  const { pmm } = kernel;
  pmm.ref_counts[frame] = 1;
  pmm.attr[frame] = attr;
  pmm.use[frame] = use;
  emit(machine, EventKind.pageAlloc, bank, { ppn: frame, pages: 1 });
  emit(machine, Own['frame.alloc'], bank, { frame, ref: 1, bank });
}

/** 1, or 0 when it may not be freed. The frame is free when its count reaches 0. */
export function dropFrame(here: Here, frame: number): 0 | 1 {
  const { pmm } = here.kernel;
  if (!isCounted(pmm, frame) || ((pmm.attr[frame] as number) & PP_FGLOCKED) !== 0) return 0;
  const ref = (pmm.ref_counts[frame] as number) - 1;
  pmm.ref_counts[frame] = ref;
  const bank = Math.floor(frame / pmm.framesPerBank);
  if (ref > 0) {
    emit(here.machine, Own['frame.unref'], bank, { frame, ref, bank });
    return 1;
  }
  pmm.attr[frame] = 0;
  pmm.use[frame] = FrameUse.free;
  poisonFrame(here.machine, frame, 'free');
  emit(here.machine, EventKind.pageFree, bank, { ppn: frame, pages: 1 });
  emit(here.machine, Own['frame.free'], bank, { frame, ref, bank });
  return 1;
}

export function refFrame(here: Here, frame: number): 0 | 1 {
  const { pmm } = here.kernel;
  if (!isCounted(pmm, frame)) return 0;
  const ref = (pmm.ref_counts[frame] as number) + 1;
  pmm.ref_counts[frame] = ref;
  const bank = Math.floor(frame / pmm.framesPerBank);
  emit(here.machine, Own['frame.ref'], bank, { frame, ref, bank });
  return 1;
}

function isCounted(pmm: Pmm, frame: number): boolean {
  return (
    Number.isInteger(frame) && frame >= 0 && frame < pmm.ref_counts.length && (pmm.ref_counts[frame] as number) > 0
  );
}

export function freeFrameCount(state: LunaixState, bank: number): number {
  const { ref_counts, framesPerBank } = state.pmm;
  let free = 0;
  for (let frame = bank * framesPerBank; frame < (bank + 1) * framesPerBank; frame++) {
    if (frame !== 0 && ref_counts[frame] === 0) free++;
  }
  return free;
}

export const pmm_alloc_page = lunaixFunction(
  {
    name: 'pmm_alloc_page',
    section: '2.7',
    doc: 'Takes a frame by next fit; its contents are not cleared. Gives its physical address, 0 when there is none.',
    parameters: [{ name: 'attr', type: { kind: 'integer' }, default: 0, doc: 'PP_FGPERSIST, PP_FGLOCKED' }],
    result: { kind: 'address' },
    errors: [],
    steps: { 1: 'next fit from the roving pointer, wrapping once; frame 0 is never given out; reference 1' },
  },
  function* (here: Here, { attr }: { attr: number }): Lunaixly<number> {
    if (here.step('1')) yield;
    return takeFrame(here, attr) * PAGE_SIZE;
  },
);

export const pmm_alloc_cpage = lunaixFunction(
  {
    name: 'pmm_alloc_cpage',
    section: '2.7',
    doc: 'Takes frames in a row by first fit; their contents are not cleared. Gives the lowest physical address, 0 when there are none.',
    parameters: [
      { name: 'num_pages', type: { kind: 'integer' } },
      { name: 'attr', type: { kind: 'integer' }, default: 0, doc: 'PP_FGPERSIST, PP_FGLOCKED' },
    ],
    result: { kind: 'address' },
    errors: [],
    steps: { 1: 'first fit from the first frame; the roving pointer stays; reference 1 each' },
  },
  function* (here: Here, { num_pages, attr }: { num_pages: number; attr: number }): Lunaixly<number> {
    if (here.step('1')) yield;
    if (num_pages <= 0) return 0;
    return takeFrames(here, num_pages, attr, useOf(attr)) * PAGE_SIZE;
  },
);

export const pmm_free_page = lunaixFunction(
  {
    name: 'pmm_free_page',
    section: '2.7',
    doc: 'Drops one reference of a frame; it is free at 0.',
    parameters: [{ name: 'pa', type: { kind: 'address' } }],
    result: { kind: 'integer' },
    errors: [],
    steps: { 1: 'out of range, not referenced or LOCKED: 0; else reference -1, and 1' },
  },
  function* (here: Here, { pa }: { pa: number }): Lunaixly<number> {
    if (here.step('1')) yield;
    return dropFrame(here, Math.floor(pa / PAGE_SIZE));
  },
);

export const pmm_ref_page = lunaixFunction(
  {
    name: 'pmm_ref_page',
    section: '2.7',
    doc: 'Takes one more reference of a frame in use.',
    parameters: [{ name: 'pa', type: { kind: 'address' } }],
    result: { kind: 'integer' },
    errors: [],
    steps: { 1: 'out of range or not referenced: 0; else reference +1, and 1' },
  },
  function* (here: Here, { pa }: { pa: number }): Lunaixly<number> {
    if (here.step('1')) yield;
    return refFrame(here, Math.floor(pa / PAGE_SIZE));
  },
);

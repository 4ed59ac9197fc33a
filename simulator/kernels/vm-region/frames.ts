/** Frames: a bank for each cluster, the lowest free frame first. A page comes from the bank of the core that asks (C11). */
import { clusterCount } from '../../hardware/machine-config.ts';
import type { Machine } from '../../hardware/machine.ts';
import {
  clusterOfPpn,
  framesPerCluster,
  pageOfPpn,
  poisonFrame,
  ppnAt,
  zeroFrame,
} from '../../hardware/physical-memory.ts';
import { addCycles } from '../../hardware/core.ts';
import { latency } from '../../hardware/interconnect.ts';
import { emit, EventKind } from '../../hardware/trace-event.ts';
import type { Ppn } from '../../hardware/word.ts';
import { RESERVED_FRAMES } from './constants.ts';
import { mustFail } from '../injections.ts';
import { FrameUse, type Bank, type Here, type VmrState } from './state.ts';

export function createBanks(machine: Machine): Bank[] {
  const frames = framesPerCluster(machine);
  return Array.from({ length: clusterCount(machine.config) }, (_, cluster) => {
    const use = new Uint8Array(frames);
    use.fill(FrameUse.reserved, 0, RESERVED_FRAMES);
    return { first: ppnAt(machine, cluster, 0), use, free: frames - RESERVED_FRAMES, lowest: RESERVED_FRAMES };
  });
}

/** The lowest free page of a bank, taken; -1 where there is none. Nothing is counted. */
export function takeQuietly(bank: Bank, use: number): number {
  if (bank.free === 0) return -1;
  let page = bank.lowest;
  while (bank.use[page] !== FrameUse.free) page++;
  bank.use[page] = use;
  bank.free -= 1;
  bank.lowest = page + 1;
  return page;
}

export function giveQuietly(bank: Bank, page: number): void {
  bank.use[page] = FrameUse.free;
  bank.free += 1;
  bank.lowest = Math.min(bank.lowest, page);
}

/** A zeroed frame, or null: the core's bank is empty, and no other is asked. */
export function takeFrame(here: Here, use: number): Ppn | null {
  const { machine, cluster, kernel } = here;
  if (mustFail(kernel, 'page-alloc', cluster)) return null;
  const bank = kernel.banks[cluster] as Bank;
  const page = takeQuietly(bank, use);
  if (page < 0) return null;
  const ppn = bank.first + page;
  zeroFrame(machine, ppn);
  payPages(here, ppn);
  emit(machine, EventKind.pageAlloc, cluster, { ppn, pages: 1 });
  return ppn;
}

export function giveFrame({ machine, kernel }: Here, ppn: Ppn): void {
  const cluster = clusterOfPpn(machine, ppn);
  giveQuietly(kernel.banks[cluster] as Bank, pageOfPpn(machine, ppn));
  poisonFrame(machine, ppn, 'free');
  emit(machine, EventKind.pageFree, cluster, { ppn, pages: 1 });
}

/** Cycles of writing or reading whole frames, line by line, from the core that runs. */
export function payPages(here: Here, ...frames: readonly Ppn[]): void {
  const { config } = here.machine;
  for (const frame of frames) {
    const bank = Math.max(0, clusterOfPpn(here.machine, frame));
    addCycles(here.machine, here.core, config.cost.PAGE_LINES * latency(config, here.cluster, bank));
  }
}

export function reserveFrames(state: VmrState, machine: Machine, cluster: number, count: number): Ppn[] | null {
  const bank = state.banks[cluster] as Bank;
  if (bank.free < count) return null;
  return Array.from({ length: count }, () => {
    const ppn = bank.first + takeQuietly(bank, FrameUse.scenario);
    poisonFrame(machine, ppn, 'fresh');
    return ppn;
  });
}

export function returnFrames(state: VmrState, machine: Machine, frames: readonly Ppn[]): void {
  for (const ppn of frames) {
    giveQuietly(state.banks[clusterOfPpn(machine, ppn)] as Bank, pageOfPpn(machine, ppn));
    poisonFrame(machine, ppn, 'free');
  }
}

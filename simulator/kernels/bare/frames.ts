/** Frames: a bank for each cluster, the lowest fitting block first. Frame 0 of a bank is never given, so that 0 can mean none. */
import { addCycles } from '../../hardware/core.ts';
import { latency } from '../../hardware/interconnect.ts';
import { clusterCount } from '../../hardware/machine-config.ts';
import type { Machine } from '../../hardware/machine.ts';
import {
  clusterOfPpn,
  copyFrame,
  framesPerCluster,
  isFrame,
  pageOfPpn,
  poisonFrame,
  ppnAt,
  zeroFrame,
} from '../../hardware/physical-memory.ts';
import { tableFrames } from '../../hardware/table-frames.ts';
import { scanTable } from '../../hardware/table-scan.ts';
import { noteRemote } from '../../hardware/translation.ts';
import { emit, EventKind } from '../../hardware/trace-event.ts';
import { hex, type Ppn } from '../../hardware/word.ts';
import { kernelFunction } from '../../execution/activation.ts';
import { refuse } from '../../execution/refusal.ts';
import { mustFail } from '../injections.ts';
import { FrameUse, type Bank, type BareState, type Here, type Process } from './state.ts';

export function createBanks(machine: Machine): Bank[] {
  const frames = framesPerCluster(machine);
  return Array.from({ length: clusterCount(machine.config) }, (_, cluster) => {
    const use = new Uint8Array(frames);
    use[0] = FrameUse.reserved;
    return { first: ppnAt(machine, cluster, 0), use, orders: new Uint8Array(frames), free: frames - 1 };
  });
}

export function useOf({ banks }: BareState, machine: Machine, ppn: Ppn): number {
  if (!isFrame(machine, ppn)) return FrameUse.reserved;
  return banks[clusterOfPpn(machine, ppn)]?.use[pageOfPpn(machine, ppn)] ?? FrameUse.reserved;
}

/** Given by `frame_alloc`, or taken by `reserve`. */
export function isGiven(state: BareState, machine: Machine, ppn: Ppn): boolean {
  return useOf(state, machine, ppn) >= FrameUse.scenario;
}

/** First page of the lowest free block whose frame number is a multiple of its length; -1 where there is none. */
function takeBlock(bank: Bank, order: number, use: number): number {
  const pages = 2 ** order;
  const last = bank.use.length - pages;
  for (let page = (pages - (bank.first % pages)) % pages; page <= last; page += pages) {
    let length = 0;
    while (length < pages && bank.use[page + length] === FrameUse.free) length++;
    if (length < pages) continue;
    bank.use.fill(use, page, page + pages);
    bank.orders[page] = order + 1;
    bank.free -= pages;
    return page;
  }
  return -1;
}

function giveBlock(bank: Bank, page: number): number {
  const pages = 2 ** ((bank.orders[page] as number) - 1);
  bank.use.fill(FrameUse.free, page, page + pages);
  bank.orders[page] = 0;
  bank.free += pages;
  return pages;
}

export const MAX_ORDER = 18;

export const frame_alloc = kernelFunction(
  {
    name: 'frame_alloc',
    section: '13.5',
    doc: 'Takes 2^order frames that follow one another, the first at a multiple of their number; their bytes are what they were.',
    parameters: [
      { name: 'at', type: { kind: 'place' }, optional: true, doc: 'the cluster; the core’s own unless named' },
      { name: 'order', type: { kind: 'integer' }, default: 0, doc: '0 for one frame, 9 for 2 MiB' },
    ],
    result: { kind: 'ppn' },
    errors: ['NO_MEMORY', 'BAD_ORDER'],
    steps: { 1: 'an order below 0 or above 18: BAD_ORDER', 2: 'take the lowest free block; none: NO_MEMORY' },
  },
  function* (here: Here, { at, order }: { at?: { cluster: number }; order: number }) {
    const { kernel, machine } = here;
    if (here.step('1')) yield;
    if (order < 0 || order > MAX_ORDER)
      return refuse(here, 'BAD_ORDER', `order ${String(order)} is not from 0 to ${String(MAX_ORDER)}`);
    if (here.step('2')) yield;
    const cluster = at?.cluster ?? here.cluster;
    const bank = kernel.banks[cluster] as Bank;
    const page = mustFail(kernel, 'page-alloc', cluster) ? -1 : takeBlock(bank, order, FrameUse.given);
    if (page < 0) {
      const free = `${String(bank.free)} frames are free in that cluster`;
      return refuse(here, 'NO_MEMORY', order === 0 ? free : `${free}, no ${String(2 ** order)} of them together`);
    }
    const ppn = bank.first + page;
    emit(machine, EventKind.pageAlloc, cluster, { ppn, pages: 2 ** order });
    return ppn;
  },
);

export const frame_free = kernelFunction(
  {
    name: 'frame_free',
    section: '13.5',
    doc: 'Gives back what one frame_alloc took, by its first frame.',
    parameters: [{ name: 'ppn', type: { kind: 'ppn' } }],
    errors: ['NOT_ALLOCATED', 'STILL_MAPPED'],
    steps: {
      1: 'the frame was not given, or was freed already: NOT_ALLOCATED',
      2: 'a live process’s tables still name it: STILL_MAPPED',
      3: 'give the block back',
    },
  },
  function* (here: Here, { ppn }: { ppn: Ppn }) {
    const { kernel, machine } = here;
    if (here.step('1')) yield;
    const cluster = isFrame(machine, ppn) ? clusterOfPpn(machine, ppn) : -1;
    const bank = kernel.banks[cluster];
    const page = bank === undefined ? 0 : pageOfPpn(machine, ppn);
    if (bank === undefined || useOf(kernel, machine, ppn) < FrameUse.given || bank.orders[page] === 0)
      return refuse(here, 'NOT_ALLOCATED', notAllocated(kernel, machine, ppn));
    if (here.step('2')) yield;
    const pages = 2 ** ((bank.orders[page] as number) - 1);
    const user = whoNames(kernel, machine, ppn, pages);
    if (user !== null) return refuse(here, 'STILL_MAPPED', user);
    if (here.step('3')) yield;
    giveBlock(bank, page);
    for (let frame = ppn; frame < ppn + pages; frame++) poisonFrame(machine, frame, 'free');
    emit(machine, EventKind.pageFree, cluster, { ppn, pages });
    return undefined;
  },
);

function notAllocated(state: BareState, machine: Machine, ppn: Ppn): string {
  const use = useOf(state, machine, ppn);
  if (!isFrame(machine, ppn)) return `frame ${hex(ppn)} is outside the memory of this machine`;
  if (use === FrameUse.free) return `frame ${hex(ppn)} is free: it was never given, or it was freed before`;
  if (use < FrameUse.given) return `frame ${hex(ppn)} was not given by frame_alloc`;
  return `frame ${hex(ppn)} is in the middle of a block: free it by its first frame`;
}

/** The first live process whose tables name one of these frames, in words; null where none does. */
export function whoNames({ processes }: BareState, machine: Machine, ppn: Ppn, pages: number): string | null {
  const isAmong = (first: Ppn, count: number): boolean => first < ppn + pages && ppn < first + count;
  for (const process of processes) {
    if (!process.alive || process.root === null) continue;
    if ([...tableFrames(machine, process.root)].some((frame) => isAmong(frame, 1)))
      return `the page table of ${process.name} uses frame ${hex(ppn)}`;
    const entry = scanTable(machine, process.root).entries.find((one) => isAmong(one.ppn, one.pages));
    if (entry !== undefined)
      return `the entry for ${hex(entry.vpn * 4096)} of ${process.name} maps frame ${hex(entry.ppn)}: clear it first`;
  }
  return null;
}

/** From now on the frames hold a table: for pictures of memory. */
export function markTable(state: BareState, machine: Machine, ppn: Ppn): void {
  const bank = isFrame(machine, ppn) ? state.banks[clusterOfPpn(machine, ppn)] : undefined;
  if (bank === undefined) return;
  const page = pageOfPpn(machine, ppn);
  const pages = 2 ** Math.max(0, (bank.orders[page] as number) - 1);
  for (let at = page; at < page + pages; at++) if (bank.use[at] === FrameUse.given) bank.use[at] = FrameUse.table;
}

/** Cycles of reading or writing whole frames, line by line, from the core that runs; each remote one is counted. */
export function payFrames(here: Here, ...frames: readonly Ppn[]): void {
  const { machine, core, cluster } = here;
  const { config } = machine;
  for (const frame of frames) {
    const home = Math.max(0, clusterOfPpn(machine, frame));
    addCycles(machine, core, config.cost.PAGE_LINES * latency(config, cluster, home));
    noteRemote(machine, core, frame);
  }
}

const frameParameter = (name: string, doc: string) => ({ name, type: { kind: 'ppn' }, doc }) as const;

export function badFrame(here: Here, ppn: Ppn): 'BAD_FRAME' | null {
  if (isGiven(here.kernel, here.machine, ppn)) return null;
  return refuse(here, 'BAD_FRAME', `frame ${hex(ppn)} was not given by frame_alloc`);
}

export const zero = kernelFunction(
  {
    name: 'zero',
    section: '13.5',
    doc: 'Fills a frame with zeros.',
    parameters: [frameParameter('ppn', 'a frame that was given')],
    errors: ['BAD_FRAME'],
    steps: { 1: 'a frame that was not given: BAD_FRAME', 2: 'write 4096 zeros' },
  },
  function* (here: Here, { ppn }: { ppn: Ppn }) {
    if (here.step('1')) yield;
    const error = badFrame(here, ppn);
    if (error !== null) return error;
    if (here.step('2')) yield;
    zeroFrame(here.machine, ppn);
    payFrames(here, ppn);
    emit(here.machine, EventKind.pageZero, clusterOfPpn(here.machine, ppn), { ppn });
    return undefined;
  },
);

export const copy = kernelFunction(
  {
    name: 'copy',
    section: '13.5',
    doc: 'Copies the bytes of one frame to another.',
    parameters: [frameParameter('to', 'the frame that is written'), frameParameter('from', 'the frame that is read')],
    errors: ['BAD_FRAME'],
    steps: { 1: 'a frame that was not given: BAD_FRAME', 2: 'copy 4096 bytes' },
  },
  function* (here: Here, { to, from }: { to: Ppn; from: Ppn }) {
    if (here.step('1')) yield;
    const error = badFrame(here, to) ?? badFrame(here, from);
    if (error !== null) return error;
    if (here.step('2')) yield;
    copyFrame(here.machine, to, from);
    payFrames(here, from, to);
    emit(here.machine, EventKind.pageCopy, clusterOfPpn(here.machine, to), { from, to });
    return undefined;
  },
);

export function reserveFrames(state: BareState, machine: Machine, cluster: number, count: number): Ppn[] | null {
  const bank = state.banks[cluster] as Bank;
  if (bank.free < count) return null;
  return Array.from({ length: count }, () => {
    const ppn = bank.first + takeBlock(bank, 0, FrameUse.scenario);
    poisonFrame(machine, ppn, 'fresh');
    return ppn;
  });
}

export function returnFrames(state: BareState, machine: Machine, frames: readonly Ppn[]): void {
  for (const ppn of frames) {
    giveBlock(state.banks[clusterOfPpn(machine, ppn)] as Bank, pageOfPpn(machine, ppn));
    poisonFrame(machine, ppn, 'free');
  }
}

export function isLive({ alive, root }: Process): boolean {
  return alive && root !== null;
}

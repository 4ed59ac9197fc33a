/** What the kernel shows of itself, as plain view data. Without any effect. */
import type { EntryView } from '../../../hardware/page-table-walker.ts';
import type { Machine } from '../../../hardware/machine.ts';
import { clusterOfPpn, pageOfPpn } from '../../../hardware/physical-memory.ts';
import { addressOfVpn, hex, type Ppn } from '../../../hardware/word.ts';
import type { ProcessObject } from '../../kernel.ts';
import type { FrameView, RegionKind, RegionView, SoftwareBits, TableView } from '../../view.ts';
import {
  Attr, CONFIG_VMM_ARGS_BASE, CONFIG_VMM_ENVS_BASE, CONFIG_VMM_KENTRY_BASE, VsegFlag, VsegType,
} from '../base/constants.ts'; // prettier-ignore
import { freeBlocks, isFreePage, MAX_ORDER } from '../objects/buddy.ts';
import { tsarHal } from '../base/hal-tsar.ts';
import { x8664Hal } from '../base/hal-x86-64.ts';
import type { Hal } from '../base/hal.ts';
import { PageUse } from '../objects/page.ts';
import { descriptorIn, type Process, type ProcessDescriptor } from '../objects/process.ts';
import { readRecord } from '../objects/rpc-trace.ts';
import { slotOf } from '../regions/stack-allocator.ts';
import type { AlmosState } from '../objects/state.ts';
import { vmmBases } from '../objects/vmm.ts';
import { isPrivate, nameOfType, type Vseg } from '../objects/vseg.ts';

const kindOfType: Readonly<Record<VsegType, RegionKind>> = {
  [VsegType.CODE]: 'code',
  [VsegType.DATA]: 'data',
  [VsegType.STACK]: 'stack',
  [VsegType.ANON]: 'anon',
  [VsegType.FILE]: 'file',
  [VsegType.REMOTE]: 'remote',
  [VsegType.KDATA]: 'kernel',
  [VsegType.KCODE]: 'kernel',
  [VsegType.KDEV]: 'device',
};

const utils: Readonly<Record<number, string>> = {
  [CONFIG_VMM_KENTRY_BASE]: 'kentry',
  [CONFIG_VMM_ARGS_BASE]: 'args',
  [CONFIG_VMM_ENVS_BASE]: 'envs',
};

/** `x,y` of a cluster. */
function place(state: AlmosState, cluster: number): string {
  const cxy = state.clusters[cluster]?.cxy ?? 0;
  return `${String(cxy >> 4)},${String(cxy & 15)}`;
}

function clusterOfIdentifier(state: AlmosState, cxy: number): number {
  return state.clusters.findIndex((cluster) => cluster.cxy === cxy);
}

function nameOf(vseg: Vseg, process: ProcessDescriptor): string {
  const util = utils[vseg.vpn_base];
  if (util !== undefined) return util;
  if (vseg.vsegType === VsegType.STACK) return `stack ${String(slotOf(process.vmm.stack_mgr, vseg.vpn_base))}`;
  if (vseg.vsegType === VsegType.FILE)
    return vseg.mapper?.isUnnamed === false ? `file “${vseg.mapper.name}”` : 'shared memory';
  if (vseg.vsegType === VsegType.ANON) return 'anonymous';
  return nameOfType(vseg.vsegType).toLowerCase();
}

function noteOf(state: AlmosState, vseg: Vseg, process: ProcessDescriptor): string {
  const here = place(state, process.cluster);
  if ((vseg.flags & VsegFlag.IDENT) !== 0) return 'identity';
  switch (vseg.vsegType) {
    case VsegType.CODE:
      return `own copy of ${here}`;
    case VsegType.DATA:
      return 'spread by page';
    case VsegType.STACK:
      return 'guard below';
    case VsegType.FILE:
      return vseg.mapper === null ? '' : `mapper ${place(state, vseg.mapper.cluster)}`;
    default:
      return `pages in ${place(state, clusterOfIdentifier(state, vseg.cxy))}`;
  }
}

function viewOf(state: AlmosState, process: ProcessDescriptor, vseg: Vseg): RegionView {
  const isShared = vseg.vsegType === VsegType.FILE && vseg.mapper?.isUnnamed === true;
  const guardStart = addressOfVpn(vseg.vpn_base - 1);
  return {
    start: vseg.min,
    end: vseg.max,
    protection: { read: true, write: (vseg.flags & VsegFlag.WRITE) !== 0, execute: (vseg.flags & VsegFlag.EXEC) !== 0 },
    kind: isShared ? 'shared' : kindOfType[vseg.vsegType],
    name: nameOf(vseg, process),
    cluster: clusterOf(state, process, vseg),
    note: noteOf(state, vseg, process),
    ...(vseg.vsegType === VsegType.STACK ? { guard: { start: guardStart, end: addressOfVpn(vseg.vpn_base) } } : {}),
    object: vseg,
  };
}

function clusterOf(state: AlmosState, process: ProcessDescriptor, vseg: Vseg): number | null {
  if (isPrivate(vseg)) return process.cluster;
  return (vseg.flags & VsegFlag.DISTRIB) !== 0 ? null : clusterOfIdentifier(state, vseg.cxy);
}

export function regionsOf(state: AlmosState, process: ProcessObject, cluster: number): RegionView[] {
  const local = descriptorIn(process as Process, cluster);
  if (local === null) return [];
  return local.vmm.vsegs_root.map((vseg) => viewOf(state, local, vseg)).sort((a, b) => a.start - b.start);
}

export function tablesOf(process: ProcessObject): TableView[] {
  const tables: TableView[] = [];
  for (const copy of (process as Process).copies) {
    if (copy.vmm.gpt.ppn === 0) continue;
    tables.push({
      cluster: copy.cluster,
      root: copy.vmm.gpt.ppn,
      role: copy.type === 'process' ? 'reference' : 'copy',
    });
  }
  return tables;
}

/** Software bits of a small page's entry: PTE2 on TSAR (10.2), PT on x86-64 (10.10). Tables and big pages have none. */
export function softwareBits({ table, words }: EntryView): SoftwareBits {
  const hal = halOfTable[table];
  const attr = hal === undefined ? 0 : hal.softwareAttr(words);
  const names: string[] = [];
  if ((attr & Attr.COW) !== 0) names.push('cow');
  if ((attr & Attr.SWAP) !== 0) names.push('swap');
  if ((attr & Attr.LOCKED) !== 0) names.push('locked');
  return { cow: (attr & Attr.COW) !== 0, names };
}

/** By the walker's names of the last tables. */
const halOfTable: Readonly<Record<string, Hal>> = { PT2: tsarHal, PT: x8664Hal };

const useNames: Readonly<Record<number, string>> = {
  [PageUse.user]: 'user',
  [PageUse.table]: 'table',
  [PageUse.mapper]: 'mapper',
  [PageUse.reserved]: 'reserved',
};

/** Counts of every page of a block stand with its first one; a FILE page is a mapper's. */
export function frameView(state: AlmosState, machine: Machine, ppn: Ppn): FrameView {
  const { ppm } = state.clusters[clusterOfPpn(machine, ppn)] as AlmosState['clusters'][number];
  const page = pageOfPpn(machine, ppn);
  if (page < ppm.reserved_nr)
    return { refs: 1, forks: 0, state: 'reserved', order: 0, isFree: false, content: 'kernel' };
  if (isFreePage(ppm.free_pages_root, page))
    return {
      refs: 0,
      forks: 0,
      state: 'free',
      order: orderOfFree(ppm.free_pages_root, page),
      isFree: true,
      content: 'data',
    };
  const { pages_tbl } = ppm;
  const use = pages_tbl.use[page] as number;
  const forks = pages_tbl.forks[page] as number;
  const refs = use === PageUse.user ? forks + 1 : Math.max(1, pages_tbl.refcount[page] as number);
  const content = use === PageUse.table ? 'table' : use === PageUse.reserved ? 'kernel' : 'data';
  return {
    refs,
    forks,
    state: useNames[use] ?? 'user',
    order: pages_tbl.order[page] as number,
    isFree: false,
    content,
  };
}

function orderOfFree(lists: AlmosState['clusters'][number]['ppm']['free_pages_root'], page: number): number {
  for (let order = 0; order <= MAX_ORDER; order++) {
    const first = page - (page % 2 ** order);
    if (((lists.bitmap[order]?.[(first >>> order) >>> 5] ?? 0) & (1 << ((first >>> order) & 31))) !== 0) return order;
  }
  return 0;
}

/** One array for each type of the specification, for the JSON state. */
export function objectsOf(state: AlmosState): Record<string, unknown[]> {
  const descriptors = state.clusters.flatMap((cluster) => cluster.local_root);
  const cxyOf = (cluster: number): number => (state.clusters[cluster] as AlmosState['clusters'][number]).cxy;
  return {
    process: descriptors.map((process) => ({
      id: hex(process.pid, 8), pid: process.pid, ppid: process.ppid, cxy: cxyOf(process.cluster), ref_cxy: cxyOf(process.ref.cluster), th_nr: process.th_nr,
    })), // prettier-ignore
    vmm: descriptors.map((process) => describeVmm(process, cxyOf(process.cluster))),
    vseg: descriptors.flatMap((process) =>
      process.vmm.vsegs_root.map((vseg) => describeVseg(process, vseg, cxyOf(process.cluster))),
    ),
    thread: state.threads.map(({ name, process, cluster, core, ltid }) => ({
      id: name,
      pid: process.pid,
      cxy: cxyOf(cluster),
      core,
      ltid,
    })),
    ppm: state.clusters.map(({ cxy, ppm }) => ({
      id: cxy, pages_nr: ppm.pages_nr, reserved_nr: ppm.reserved_nr, free_pages_nr: ppm.free_pages_nr,
      free_pages_root: Array.from({ length: MAX_ORDER + 1 }, (_, order) => freeBlocks(ppm.free_pages_root, order).length),
    })), // prettier-ignore
    mapper: [...state.mappers.values()].map((mapper) => ({
      id: mapper.id, name: mapper.name, cxy: cxyOf(mapper.cluster), size: mapper.size,
      pages: [...mapper.pages].sort((a, b) => a[0] - b[0]).map(([index, page]) => ({ index, page })),
    })), // prettier-ignore
    rpc: Array.from({ length: Math.min(state.rpc.length, LAST_RPCS) }, (_, index) =>
      describeRpc(state, state.rpc.length - Math.min(state.rpc.length, LAST_RPCS) + index, cxyOf),
    ),
  };
}

/** How many of the last RPCs the JSON state lists; `rpcs(N)` reaches all. */
const LAST_RPCS = 1000;

/** 8.9: client and server by their cxy. */
function describeRpc({ rpc }: AlmosState, seq: number, cxyOf: (cluster: number) => number): Record<string, unknown> {
  const record = readRecord(rpc, seq);
  return record === null
    ? { id: seq }
    : { id: seq, ...record, client: cxyOf(record.client), server: cxyOf(record.server) };
}

function describeVmm({ pid, vmm }: ProcessDescriptor, cxy: number): Record<string, unknown> {
  const { gpt, stack_mgr, mmap_mgr } = vmm;
  return {
    id: `${hex(pid, 8)}@${hex(cxy, 2)}`,
    vsegs_nr: vmm.vsegs_nr,
    gpt: { ptr: gpt.ptr, ppn: gpt.ppn },
    stack_mgr: { vpn_base: stack_mgr.vpn_base, bitmap: stack_mgr.bitmap >>> 0 },
    mmap_mgr: {
      vpn_base: mmap_mgr.vpn_base,
      vpn_size: mmap_mgr.vpn_size,
      first_free_vpn: mmap_mgr.first_free_vpn,
      zombi_list: Object.fromEntries(
        mmap_mgr.zombi_list.flatMap((list, order) =>
          list.length === 0 ? [] : [[order, list.map((range) => range.vpn_base)]],
        ),
      ),
    },
    pgfault_nr: vmm.pgfault_nr,
    u_err_nr: vmm.u_err_nr,
    m_err_nr: vmm.m_err_nr,
    false_pgfault_nr: vmm.false_pgfault_nr,
    cow_nr: vmm.cow_nr,
    remote_pgfault_nr: vmm.remote_pgfault_nr,
    ...Object.fromEntries(vmmBases.map((base) => [base, vmm[base]])),
    entry_point: vmm.entry_point,
  };
}

function describeVseg({ pid }: ProcessDescriptor, vseg: Vseg, place: number): Record<string, unknown> {
  const { min, max, vpn_base, vpn_size, flags, file_offset, file_size, mapper, cxy } = vseg;
  return {
    id: `${hex(pid, 8)}@${hex(place, 2)}:${hex(min, 8)}`,
    type: nameOfType(vseg.vsegType), min, max, vpn_base, vpn_size, flags, file_offset, file_size, mapper: mapper?.id ?? null, cxy,
  }; // prettier-ignore
}

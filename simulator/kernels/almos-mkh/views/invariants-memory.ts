/** Chapter 11, what concerns frames, requests and TLBs: I7 to I10, I16, I17. */
import { coreCount } from '../../../hardware/machine-config.ts';
import type { Machine } from '../../../hardware/machine.ts';
import { pageTableRoot } from '../../../hardware/core.ts';
import { clusterOfPpn, pageOfPpn, ppnAt } from '../../../hardware/physical-memory.ts';
import { listTlb } from '../../../hardware/tlb.ts';
import { hex, type Ppn } from '../../../hardware/word.ts';
import { Attr } from '../base/constants.ts';
import { freeBlocks, isFreeBlock, isFreePage, MAX_ORDER } from '../objects/buddy.ts';
import { halOf } from '../base/hal-of.ts';
import { PageUse } from '../objects/page.ts';
import type { ProcessDescriptor } from '../objects/process.ts';
import type { AlmosState, Cluster } from '../objects/state.ts';

export type Report = (invariant: string, message: string) => void;

/** What the checks of the tables tell the checks of the frames. */
export interface Check {
  readonly state: AlmosState;
  readonly machine: Machine;
  readonly report: Report;
  /** Master PTEs on each frame, FILE ones apart. */
  readonly masters: Map<Ppn, number>;
  readonly fileMasters: Map<Ppn, number>;
  /** Frames with a WRITABLE master PTE that is no FILE's. */
  readonly writable: Set<Ppn>;
  readonly tables: Set<Ppn>;
}

/** I7 to I10 for one bank. */
export function checkMemory(check: Check, cluster: Cluster): void {
  const { state, machine, report } = check;
  const { ppm } = cluster;
  const { pages_tbl, free_pages_root } = ppm;
  let free = 0;
  for (let order = 0; order <= MAX_ORDER; order++) {
    for (const page of freeBlocks(free_pages_root, order)) {
      free += 2 ** order;
      if (order < MAX_ORDER && isFreeBlock(free_pages_root, order, page ^ (1 << order)))
        report('I10', `two free buddies of order ${String(order)} at page ${hex(page)}`);
    }
  }
  let used = 0;
  for (let page = ppm.reserved_nr; page < pages_tbl.length; page++) {
    const use = pages_tbl.use[page] as number;
    if (use === PageUse.none) continue;
    used += 1;
    if (isFreePage(free_pages_root, page))
      report('I10', `page ${hex(page)} of cluster ${String(cluster.index)} is free and in use`);
    checkPage(check, cluster, page, ppnAt(machine, cluster.index, page), use);
  }
  checkMappedPages(check, cluster);
  if (free !== ppm.free_pages_nr)
    report(
      'I10',
      `cluster ${String(cluster.index)} counts ${String(ppm.free_pages_nr)} free pages, its lists hold ${String(free)}`,
    );
  if (free + used + ppm.reserved_nr !== ppm.pages_nr)
    report(
      'I10',
      `cluster ${String(cluster.index)}: ${String(free)} free + ${String(used)} used + ${String(ppm.reserved_nr)} reserved is not ${String(ppm.pages_nr)}`,
    );
  for (const mapper of state.mappers.values()) {
    for (const page of mapper.cluster === cluster.index ? mapper.pages.values() : []) {
      if (pages_tbl.use[page] !== PageUse.mapper)
        report('I9', `page ${hex(page)} of mapper ${mapper.name} is not a mapper page`);
    }
  }
}

/** I7, the other way round: what a master PTE has is taken. */
function checkMappedPages({ machine, masters, fileMasters, report }: Check, { index, ppm }: Cluster): void {
  for (const ppn of new Set([...masters.keys(), ...fileMasters.keys()])) {
    if (clusterOfPpn(machine, ppn) !== index) continue;
    const page = pageOfPpn(machine, ppn);
    if (page < ppm.reserved_nr || page >= ppm.pages_nr) continue;
    if ((ppm.pages_tbl.use[page] ?? PageUse.none) === PageUse.none)
      report('I7', `page ${hex(ppn, 7)} is free, but a master PTE has it`);
  }
}

function checkPage(
  { state, masters, fileMasters, writable, tables, report }: Check,
  { ppm }: Cluster,
  page: number,
  ppn: Ppn,
  use: number,
): void {
  const { pages_tbl } = ppm;
  const forks = pages_tbl.forks[page] as number;
  const refcount = pages_tbl.refcount[page] as number;
  const holders = masters.get(ppn) ?? 0;
  const isExempt = state.held.pages.size > 0 || state.held.miscounted;
  if (use === PageUse.mapper) {
    const expected = 1 + (fileMasters.get(ppn) ?? 0);
    if (!isExempt && refcount !== expected)
      report('I9', `mapper page ${hex(ppn, 7)} has refcount ${String(refcount)}, not ${String(expected)}`);
  }
  const isTable = tables.has(ppn) || (tables.has(ppn - 1) && pages_tbl.order[page - 1] === 1);
  if (use === PageUse.table && !isExempt && !isTable) report('I9', `table page ${hex(ppn, 7)} belongs to no table`);
  if (use !== PageUse.user || isExempt) return;
  if (holders === 0 && !isInBlock(ppm, page)) report('I7', `page ${hex(ppn, 7)} is taken, but no master PTE has it`);
  if (holders > 0 && forks !== holders - 1)
    report('I7', `page ${hex(ppn, 7)} has forks ${String(forks)} and ${String(holders)} master PTEs`);
  if (forks > 0 && writable.has(ppn))
    report('I8', `page ${hex(ppn, 7)} has forks ${String(forks)} and a WRITABLE master PTE`);
}

/** Inside a block of a higher order only the first page has a descriptor of its own. */
function isInBlock({ pages_tbl }: Cluster['ppm'], page: number): boolean {
  for (let order = 1; order <= MAX_ORDER; order++) {
    const first = page - (page % 2 ** order);
    if ((pages_tbl.order[first] as number) >= order && pages_tbl.use[first] === PageUse.user) return true;
  }
  return false;
}

/** I17: every request is served and answered. */
export function checkRpc({ report }: Check, cluster: Cluster): void {
  for (const fifo of cluster.rpc_fifos) {
    if (fifo.queue.length > 0)
      report('I17', `cluster ${String(cluster.index)} has ${String(fifo.queue.length)} RPCs in its queue`);
    if (fifo.active.includes(true)) report('I17', `an RPC thread of cluster ${String(cluster.index)} is still active`);
  }
  if (cluster.ppm.pageLocks.size > 0) report('I17', `a page of cluster ${String(cluster.index)} is still locked`);
  if (cluster.ppm.lock.holder !== null) report('I17', `ppm.lock of cluster ${String(cluster.index)} is still held`);
}

/**
 * I16. Global entries outlive the table that brought them. Where the hardware keeps TLBs coherent an entry equals its
 * table's; where the kernel does (10.10), it may allow less, until the next fault there.
 */
export function checkTlbs({ machine, report }: Check, descriptors: readonly ProcessDescriptor[]): void {
  const hal = halOf(machine);
  const roots = new Map(descriptors.map((process) => [process.vmm.gpt.ppn, process]));
  for (let core = 0; core < coreCount(machine.config); core++) {
    const root = pageTableRoot(machine, core);
    if (!roots.has(root)) continue;
    for (const entry of [...listTlb(machine, core, true), ...listTlb(machine, core, false)]) {
      if (entry.global) continue;
      const attr = hal.readAttr(machine, root, entry.vpn);
      const writable = (attr & Attr.WRITABLE) !== 0;
      const isEqual =
        (attr & Attr.MAPPED) !== 0 &&
        hal.readPpn(machine, root, entry.vpn) === entry.ppn &&
        (entry.writable === writable || (writable && !hal.hasCoherentTlbs));
      if (!isEqual)
        report('I16', `the TLB of core ${String(core)} holds vpn ${hex(entry.vpn, 5)} otherwise than its table`);
    }
  }
}

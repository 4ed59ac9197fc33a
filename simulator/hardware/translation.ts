import {
  addCycles,
  CoreWord,
  MmuMode,
  readCoreDouble,
  readCoreWord,
  writeCoreDouble,
  writeCoreWord,
  WRITE_PROTECT,
} from './core-registers.ts';
import { AccessStatus, faultKind } from './access-status.ts';
import { isDevicePage } from './device-window.ts';
import { addressBitsOf, pagingFormat } from './layouts/formats.ts';
import { Access } from './machine.ts';
import type { Machine } from './machine.ts';
import { clusterOfCore } from './machine-config.ts';
import type { Demand } from './page-table-walker.ts';
import { checkRights, walk, walkTable } from './page-table-walker.ts';
import { clusterOfPpn, frameIndex, isRemoteFrame } from './physical-memory.ts';
import { TlbKey } from './tlb-key.ts';
import { clearEntry, dropFromCore, fillTlb, findTlbEntry, tlbFrame, touchTlbEntry } from './tlb.ts';
import { emit, EventKind } from './trace-event.ts';
import { isCanonical } from './virtual-address.ts';
import type { PhysicalAddress, Ppn, VirtualAddress, Vpn } from './word.ts';
import { PAGE_SIZE, ppnOf, TWO_32, vpnOf } from './word.ts';

/**
 * One access, as the hardware makes it (ALMOS-MKH 10.7): TLB, table walk, rights, accessed and dirty bits,
 * TLB fill, cycles and events. One of several parts (across a page) is attempted part by part, then completed.
 */

/** No physical address: `machine.fault` says why. */
export const REFUSED = -1;

/** Counts an access whose every part has been translated. */
export function complete(
  machine: Machine,
  core: number,
  va: VirtualAddress,
  access: Access,
  user: boolean,
  pa: PhysicalAddress,
): void {
  addCycles(machine, core, machine.config.cost.T_L1);
  emit(
    machine,
    EventKind.access,
    clusterOfCore(machine.config, core),
    machine.trace.on ? { va, access, user, pa } : null,
  );
  noteRemote(machine, core, ppnOf(pa));
}

/** Counts an access of a core whose frame lies in another cluster (walk language 13.7). */
export function noteRemote(machine: Machine, core: number, ppn: Ppn): void {
  if (!isRemoteFrame(machine, core, ppn)) return;
  const cluster = clusterOfCore(machine.config, core);
  emit(machine, EventKind.remoteAccess, cluster, machine.trace.on ? { to: clusterOfPpn(machine, ppn) } : null);
}

/** Do writes of the supervisor need no write right there (CR0.WP clear)? */
export function areWritesFree(machine: Machine, core: number): boolean {
  return (
    pagingFormat(machine.config.paging).hasWriteProtectBit &&
    (readCoreWord(machine, core, CoreWord.control) & WRITE_PROTECT) === 0
  );
}

const demand: Demand = { access: Access.read, user: false, isWriteFree: false };

/** All of an access but its count: for accesses of two parts, which happen as a whole or not at all. */
export function attempt(
  machine: Machine,
  core: number,
  va: VirtualAddress,
  access: Access,
  user: boolean,
): PhysicalAddress {
  if (!isCanonical(va, addressBitsOf(machine))) return refuse(machine, core, va, access, user, AccessStatus.address, 0);
  const isFetch = access === Access.fetch;
  if ((readCoreWord(machine, core, CoreWord.mode) & (isFetch ? MmuMode.fetchTlb : MmuMode.dataTlb)) === 0) {
    return untranslated(machine, core, va, access, user);
  }
  const pageLow = Math.floor(va / PAGE_SIZE) | 0;
  const pageHigh = Math.floor(va / (PAGE_SIZE * TWO_32));
  const status = translatePage(machine, core, pageLow, pageHigh, access, user);
  if (status !== AccessStatus.ok) return refuse(machine, core, va, access, user, status, reached.level);
  return reached.ppn * PAGE_SIZE + (va % PAGE_SIZE);
}

/**
 * The translation of a page, by TLB or walk: a status, and `reached`. The page number comes as its low 32 bits,
 * signed, and those above, so that no number of the hot path needs a heap cell.
 */
export function translatePage(
  machine: Machine,
  core: number,
  pageLow: number,
  pageHigh: number,
  access: Access,
  user: boolean,
): number {
  demand.access = access;
  demand.user = user;
  demand.isWriteFree = areWritesFree(machine, core);
  const entry = findTlbEntry(machine, core, access === Access.fetch, pageLow, pageHigh);
  return entry >= 0 ? useEntry(machine, core, entry, pageLow, pageHigh) : walkAndFill(machine, core, pageLow, pageHigh);
}

/** Where the current access ended up: its frame, or the depth of the entry that refused it. */
export const reached = { ppn: 0 as Ppn, level: 0 };

/** MMU off: the address is physical, with the core's extension register as cluster where there is one (ALMOS-MKH 10.5). */
function untranslated(
  machine: Machine,
  core: number,
  va: VirtualAddress,
  access: Access,
  user: boolean,
): PhysicalAddress {
  const register = access === Access.fetch ? CoreWord.fetchExtension : CoreWord.dataExtension;
  const { physical } = pagingFormat(machine.config.paging);
  const pa = physical.hasExtension ? readCoreWord(machine, core, register) * TWO_32 + va : va;
  return answers(machine, ppnOf(pa)) ? pa : refuse(machine, core, va, access, user, AccessStatus.bus, 0);
}

/** Is there memory or a device at the physical page? */
function answers(machine: Machine, ppn: Ppn): boolean {
  return frameIndex(machine.memory, ppn) >= 0 || isDevicePage(machine, ppn);
}

/** A TLB hit. A first write through an entry walks again, uncounted, to set the dirty bit in the table. */
function useEntry(machine: Machine, core: number, entry: number, pageLow: number, pageHigh: number): number {
  const cluster = clusterOfCore(machine.config, core);
  emit(machine, EventKind.tlbHit, cluster, machine.trace.on ? { vpn: pageNumber(pageLow, pageHigh) } : null);
  touchTlbEntry(machine, core, entry);
  const key = machine.memory.i32[entry + 1] as number;
  const { levels, sizeShifts } = pagingFormat(machine.config.paging);
  const size = (key & TlbKey.sizeMask) >>> TlbKey.sizeShift;
  reached.level = levels.length - size;
  const status = checkRights(key, demand.access, demand.user, demand.isWriteFree);
  if (status !== AccessStatus.ok) return status;
  if (demand.access === Access.write && (key & TlbKey.dirty) === 0) {
    clearEntry(machine.memory, entry);
    return translateByWalk(machine, core, pageLow, pageHigh);
  }
  return reach(machine, tlbFrame(machine.memory, entry), sizeShifts[size] as number, pageLow);
}

function walkAndFill(machine: Machine, core: number, pageLow: number, pageHigh: number): number {
  const cluster = clusterOfCore(machine.config, core);
  emit(machine, EventKind.tlbMiss, cluster, machine.trace.on ? { vpn: pageNumber(pageLow, pageHigh) } : null);
  const status = translateByWalk(machine, core, pageLow, pageHigh);
  addCycles(machine, core, walk.cycles);
  emit(
    machine,
    EventKind.pageWalk,
    cluster,
    machine.trace.on
      ? { vpn: pageNumber(pageLow, pageHigh), levels: walk.level, found: status === AccessStatus.ok }
      : null,
  );
  return status;
}

function pageNumber(pageLow: number, pageHigh: number): Vpn {
  return pageHigh * TWO_32 + (pageLow >>> 0);
}

function translateByWalk(machine: Machine, core: number, pageLow: number, pageHigh: number): number {
  const root = readCoreDouble(machine, core, CoreWord.rootF);
  const status = walkTable(machine, core, root, pageLow, pageHigh, demand);
  reached.level = walk.level;
  if (status !== AccessStatus.ok) return status;
  const shift = pagingFormat(machine.config.paging).sizeShifts[walk.size] as number;
  const answer = reach(machine, walk.frame, shift, pageLow);
  if (answer === AccessStatus.ok) {
    fillTlb(machine, core, demand.access === Access.fetch, pageLow, pageHigh, walk.size, walk.frame, walk.rights);
  }
  return answer;
}

/** The access's own frame in a page of 2^shift frames. */
function reach(machine: Machine, frame: Ppn, shift: number, pageLow: number): number {
  reached.ppn = frame + (pageLow & ((1 << shift) - 1));
  return answers(machine, reached.ppn) ? AccessStatus.ok : AccessStatus.bus;
}

/** Fills `machine.fault` and the core's exception registers. */
export function refuse(
  machine: Machine,
  core: number,
  va: VirtualAddress,
  access: Access,
  user: boolean,
  status: number,
  level: number,
): typeof REFUSED {
  const { fault } = machine;
  const format = pagingFormat(machine.config.paging);
  fault.kind = faultKind(status);
  fault.core = core;
  fault.va = va;
  fault.access = access;
  fault.user = user;
  fault.level = level;
  fault.code = format.exceptionCode(status, level, access, user);
  const isFetch = format.hasFetchMmu && access === Access.fetch;
  writeCoreDouble(machine, core, isFetch ? CoreWord.fetchBadAddressF : CoreWord.dataBadAddressF, va);
  writeCoreWord(machine, core, isFetch ? CoreWord.fetchError : CoreWord.dataError, fault.code);
  if (format.dropsOnFault && level > 0) dropFromCore(machine, core, vpnOf(va));
  return REFUSED;
}

import { badAddress, exceptionCode, mmuMode, pageTableRoot, setMmuMode, setPageTableRoot } from './core.ts';
import { CoreWord, readCoreWord, writeCoreWord } from './core-registers.ts';
import { Access } from './access.ts';
import { AccessStatus } from './access-status.ts';
import { pageTablePointer } from './layouts/tsar.ts';
import type { Machine } from './machine.ts';
import { refuse } from './translation.ts';
import { invalidateOneTlb } from './tlb.ts';
import { vpnOf } from './word.ts';

/**
 * TSAR's MMU registers by number, as a kernel's instructions reach them (ALMOS-MKH 10.5; numbers of the TSAR manual).
 * The caches hold no contents here (an L1 hit is a cost), so flushing or prefetching them has no effect.
 */
export const MmuRegister = {
  PTPR: 0,
  MODE: 1,
  ICACHE_FLUSH: 2,
  DCACHE_FLUSH: 3,
  ITLB_INVAL: 4,
  DTLB_INVAL: 5,
  ICACHE_INVAL: 6,
  DCACHE_INVAL: 7,
  ICACHE_PREFETCH: 8,
  DCACHE_PREFETCH: 9,
  SYNC: 10,
  IETR: 11,
  DETR: 12,
  IBVAR: 13,
  DBVAR: 14,
  PARAMS: 15,
  RELEASE: 16,
  DATA_PADDR_EXT: 24,
  INST_PADDR_EXT: 25,
} as const;

/** The release this model is of. */
const RELEASE = 1;
const writable = new Set<number>([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 24, 25]);

/** The value, or REFUSED with `machine.fault`: no such register, one that is only written, or user mode. */
export function readMmuRegister(machine: Machine, core: number, register: number, user: boolean): number {
  if (user) return refuse(machine, core, register, Access.read, user, AccessStatus.privilege, 0);
  switch (register) {
    case MmuRegister.PTPR:
      return Math.max(0, pageTablePointer(pageTableRoot(machine, core)));
    case MmuRegister.MODE:
      return mmuMode(machine, core);
    case MmuRegister.IETR:
      return exceptionCode(machine, core, true);
    case MmuRegister.DETR:
      return exceptionCode(machine, core, false);
    case MmuRegister.IBVAR:
      return badAddress(machine, core, true);
    case MmuRegister.DBVAR:
      return badAddress(machine, core, false);
    case MmuRegister.PARAMS:
      return tlbParameters(machine);
    case MmuRegister.RELEASE:
      return RELEASE;
    case MmuRegister.DATA_PADDR_EXT:
      return readCoreWord(machine, core, CoreWord.dataExtension);
    case MmuRegister.INST_PADDR_EXT:
      return readCoreWord(machine, core, CoreWord.fetchExtension);
    default:
      return refuse(machine, core, register, Access.read, user, AccessStatus.undefinedRegister, 0);
  }
}

/** 0, or REFUSED with `machine.fault`. */
export function writeMmuRegister(
  machine: Machine,
  core: number,
  register: number,
  value: number,
  user: boolean,
): number {
  if (user) return refuse(machine, core, register, Access.write, user, AccessStatus.privilege, 0);
  if (!writable.has(register))
    return refuse(machine, core, register, Access.write, user, AccessStatus.undefinedRegister, 0);
  switch (register) {
    case MmuRegister.PTPR:
      setPageTableRoot(machine, core, value * 2);
      break;
    case MmuRegister.MODE:
      setMmuMode(machine, core, value);
      break;
    case MmuRegister.ITLB_INVAL:
    case MmuRegister.DTLB_INVAL:
      invalidateOneTlb(machine, core, vpnOf(value), register === MmuRegister.ITLB_INVAL);
      break;
    case MmuRegister.DATA_PADDR_EXT:
      writeCoreWord(machine, core, CoreWord.dataExtension, value & 0xff);
      break;
    case MmuRegister.INST_PADDR_EXT:
      writeCoreWord(machine, core, CoreWord.fetchExtension, value & 0xff);
      break;
  }
  return 0;
}

/** Geometry of the TLBs: ways in bits 31..24, sets in bits 23..16, both TLBs alike; no caches (our own encoding). */
function tlbParameters(machine: Machine): number {
  const { sets, ways } = machine.config.tlb;
  return ((ways << 24) | (sets << 16)) >>> 0;
}

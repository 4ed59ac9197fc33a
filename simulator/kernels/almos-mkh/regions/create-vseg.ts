import { kernelFunction } from '../../../execution/activation.ts';
import { emitCreation } from '../../../hardware/region-log.ts';
import { release, tryLock, waitForLock } from '../../../execution/lock.ts';
import { printLine } from '../../../hardware/terminal.ts';
import { addressOfVpn, hex, PAGE_SIZE } from '../../../hardware/word.ts';
import { clusterOfCxy } from '../../../hardware/machine-config.ts';
import { isError } from '../../../execution/result.ts';
import { vmm_check_conflict } from './check-conflict.ts';
import { CONFIG_VMM_ELF_BASE, CONFIG_VMM_HEAP_BASE, CONFIG_VMM_KENTRY_BASE, VsegType } from '../base/constants.ts';
import { takeDescriptor } from '../memory/kcm.ts';
import { mmap_alloc, mmap_free } from './mmap-allocator.ts';
import { isReference, type ProcessDescriptor } from '../objects/process.ts';
import { stack_alloc, stack_free } from './stack-allocator.ts';
import type { Here, Steps } from '../objects/state.ts';
import { attach, flagsOfType, isMmapType, isVsegType, nameOfType, type Vseg } from '../objects/vseg.ts';
import type { PageRange } from '../objects/stack-manager.ts';
import type { CreateVsegArgs } from '../objects/rpc-calls.ts';

/** Where a new vseg lies: its bytes, and the pages reserved for them. */
interface Placement extends PageRange {
  readonly min: number;
  readonly max: number;
}

const FOUR_GIB = 0x1_0000_0000;
const ELF_START = CONFIG_VMM_ELF_BASE * PAGE_SIZE;

export const vmm_create_vseg = kernelFunction(
  {
    name: 'vmm_create_vseg',
    section: '5.8',
    doc: 'Registers a new vseg in the local descriptor, which is the reference (a STACK: the thread’s own). Maps nothing.',
    parameters: [
      { name: 'process', type: { kind: 'process' } },
      { name: 'type', type: { kind: 'enumeration', name: 'type', members: VsegType } },
      { name: 'base', type: { kind: 'address' }, default: 0, doc: 'not used for STACK, ANON, FILE, REMOTE' },
      { name: 'size', type: { kind: 'size' }, default: 0, doc: 'bytes; not used for STACK' },
      { name: 'file_offset', type: { kind: 'size' }, default: 0, doc: 'CODE, DATA, FILE' },
      { name: 'file_size', type: { kind: 'size' }, default: 0, doc: 'may be below size for DATA' },
      { name: 'mapper_xp', type: { kind: 'object', type: 'mapper', nullable: true }, default: null },
      { name: 'cxy', type: { kind: 'integer' }, default: 0, doc: 'physical mapping cluster, where not distributed' },
    ],
    result: { kind: 'object', type: 'vseg', nullable: true },
    errors: [],
    steps: {
      1: 'range: STACK from the STACK allocator, ANON, FILE and REMOTE from the MMAP allocator, others from base and size',
      2: 'the allocator failed, size = 0, or the range passes 4 GiB: null',
      3: 'vsegs_lock (write); a conflict: give the range back, null',
      4: 'allocate the descriptor; quota exhausted: give the range back, null',
      5: 'initialise all fields, flags by type',
      6: 'append to the VSL, vsegs_nr += 1, release',
      7: 'return the vseg',
    },
  },
  function* (here: Here, args: CreateVsegArgs): Steps<Vseg | null> {
    const { process, type } = args;
    const { vmm } = process;
    if (here.step('1')) yield;
    if (!isVsegType(type) || (type !== VsegType.STACK && !isReference(process)) || !isPossible(here, args)) return null;
    const place = yield* placeFor(here, args, type);
    if (here.step('2')) yield;
    if (place === null) return null;
    if (here.step('3')) yield;
    if (!tryLock(here, vmm.vsegs_lock)) yield* waitForLock(here, vmm.vsegs_lock);
    const conflict = yield* vmm_check_conflict(here, { process, ...place });
    if (conflict !== null) printLine(here.machine, conflictLine(type, place, conflict));
    else if (here.step('4')) yield;
    if (conflict !== null || !takeDescriptor(here, process.cluster, 'vseg')) {
      yield* giveBack(here, process, type, place);
      release(here, vmm.vsegs_lock);
      return null;
    }
    if (here.step('5')) yield;
    const vseg = initialise(args, type, place);
    if (here.step('6')) yield;
    attach(vmm, vseg);
    release(here, vmm.vsegs_lock);
    emitCreation(here.machine, here.cluster, {
      process: process.ref.owner,
      start: vseg.min,
      end: vseg.max,
    });
    if (here.step('7')) yield;
    return vseg;
  },
);

/** I13, 1.1: an ELF vseg leaves neither its zone nor the utils'; pages come from a cluster, or a file, that there is. */
function isPossible(here: Here, { type, base, size, file_offset, mapper_xp, cxy }: CreateVsegArgs): boolean {
  if (type === VsegType.FILE) return mapper_xp !== null && file_offset >= 0;
  if (type === VsegType.CODE || type === VsegType.DATA) {
    const end = base < ELF_START ? ELF_START : CONFIG_VMM_HEAP_BASE * PAGE_SIZE;
    return base >= addressOfVpn(CONFIG_VMM_KENTRY_BASE) && base + size <= end && file_offset >= 0;
  }
  return base >= 0 && (type === VsegType.STACK || clusterOfCxy(here.machine.config, cxy) >= 0);
}

/** 5.8 step 3: what is logged on TXY0. */
function conflictLine(type: VsegType, { min, max }: Placement, conflict: Vseg): string {
  const range = (from: number, to: number): string => `${hex(from, 8)} to ${hex(to, 8)}`;
  return `${nameOfType(type)} ${range(min, max)} meets ${nameOfType(conflict.vsegType)} ${range(conflict.min, conflict.max)}`;
}

function* placeFor(here: Here, args: CreateVsegArgs, type: VsegType): Steps<Placement | null> {
  const { process, base, size, file_offset } = args;
  if (type === VsegType.STACK) {
    const range = yield* stack_alloc(here, { process });
    return isError(range) ? null : withBytes(range, addressOfVpn(range.vpn_base), range.vpn_size * PAGE_SIZE);
  }
  if (size <= 0) return null;
  if (isMmapType(type)) {
    const inPage = type === VsegType.FILE ? file_offset % PAGE_SIZE : 0;
    const range = yield* mmap_alloc(here, { process, npages: Math.ceil((inPage + size) / PAGE_SIZE) });
    return isError(range) ? null : withBytes(range, addressOfVpn(range.vpn_base) + inPage, size);
  }
  if (base + size > FOUR_GIB) return null;
  const vpn_base = Math.floor(base / PAGE_SIZE);
  return withBytes({ vpn_base, vpn_size: Math.floor((base + size - 1) / PAGE_SIZE) - vpn_base + 1 }, base, size);
}

function withBytes(range: PageRange, min: number, size: number): Placement {
  return { ...range, min, max: min + size };
}

/** B4: the range goes to the zombi lists even when it came from first_free_vpn. */
function* giveBack(here: Here, process: ProcessDescriptor, type: VsegType, place: PageRange): Steps<void> {
  if (type === VsegType.STACK) yield* stack_free(here, { process, vpn_base: place.vpn_base });
  else if (isMmapType(type)) yield* mmap_free(here, { process, vpn_base: place.vpn_base, vpn_size: place.vpn_size });
}

function initialise(args: CreateVsegArgs, type: VsegType, { min, max, vpn_base, vpn_size }: Placement): Vseg {
  const isFileBacked = type === VsegType.CODE || type === VsegType.DATA || type === VsegType.FILE;
  return {
    type: 'vseg',
    vmm: null,
    vsegType: type,
    min,
    max,
    vpn_base,
    vpn_size,
    flags: args.flags ?? flagsOfType(type),
    file_offset: isFileBacked ? args.file_offset : 0,
    file_size: isFileBacked ? args.file_size : 0,
    mapper: isFileBacked ? args.mapper_xp : null,
    cxy: args.cxy,
    freed: null,
  };
}

import { kernelFunction } from '../../../execution/activation.ts';
import { refuse } from '../../../execution/refusal.ts';
import { release, tryLock, waitForLock } from '../../../execution/lock.ts';
import { noteRegion } from '../../../hardware/region-log.ts';
import { emit, EventKind } from '../../../hardware/trace-event.ts';
import { addressOfVpn, hex, PAGE_SHIFT } from '../../../hardware/word.ts';
import { CONFIG_VMM_ELF_BASE, CONFIG_VMM_STACK_BASE, VsegType } from '../base/constants.ts';
import { remoteAccess } from '../objects/cost.ts';
import { takeDescriptor } from '../memory/kcm.ts';
import { mmap_free } from './mmap-allocator.ts';
import { descriptorIn, isReference, otherCopies, type ProcessDescriptor } from '../objects/process.ts';
import { vmm_remove_vseg } from './remove-vseg.ts';
import { rpc_vmm_remove_region_client } from '../rpc/rpc-clients.ts';
import type { Here, Steps } from '../objects/state.ts';
import { vmm_unmap_vseg } from './unmap-vseg.ts';
import {
  alignedBounds,
  attach,
  duplicate,
  isIdentity,
  isMmapType,
  nameOfType,
  vpnEnd,
  type Vseg,
} from '../objects/vseg.ts';

type RegionError = 'EINVAL' | 'ENOMEM';

interface RegionArgs {
  readonly process: ProcessDescriptor;
  readonly base: number;
  readonly size: number;
}

function rangeText(start: number, end: number): string {
  return `[${hex(start, 8)}, ${hex(end, 8)})`;
}

/** What 5.13 does to the vseg that holds the region. */
type Cut = 'whole' | 'low' | 'high' | 'middle';

const FOUR_GIB = 0x1_0000_0000;

/** 5.13, with its FIXME honoured: it runs in the reference and edits all copies (B1). */
export const vmm_remove_region = kernelFunction(
  {
    name: 'vmm_remove_region',
    aliases: ['vmm_resize_vseg'],
    section: '5.13',
    doc: 'Removes a range of pages that lies in one vseg: the whole vseg, its low or high end, or a hole that splits it.',
    parameters: [
      { name: 'process', type: { kind: 'process' } },
      { name: 'base', type: { kind: 'address' } },
      { name: 'size', type: { kind: 'size' } },
    ],
    errors: ['EINVAL', 'ENOMEM'],
    steps: {
      1: 'size above 0, base and size whole pages, end within 4 GiB; else EINVAL',
      2: 'find the vseg that holds base in the reference VSL; a base in the STACK zone: in the local one',
      3: '(a) none, or the region passes its end, or utils, or a part of a STACK: EINVAL',
      4: '(b) the whole vseg: unmap and remove it in every copy, the reference last',
      5: '(c) a low or high end: unmap it in every copy, move min or max; MMAP types give the pages back',
      6: '(d) inside: allocate the upper vseg (null: ENOMEM), unmap the hole, lower and upper part stay',
      7: 'one copy: the same edit by remote access; the upper part of (d) is faulted in again',
    },
  },
  function* (here: Here, args: RegionArgs): Steps<RegionError | void> {
    const { process, base, size } = args;
    const isStackZone = base >= addressOfVpn(CONFIG_VMM_STACK_BASE);
    if (!isStackZone && process.ref.cluster !== here.cluster) {
      return yield* rpc_vmm_remove_region_client(here, { cxy: process.ref.cluster, ...args, process: process.ref });
    }
    if (here.step('1')) yield;
    if (!(size > 0) || base % 4096 !== 0 || size % 4096 !== 0 || base < 0 || base + size > FOUR_GIB)
      return refuse(here, 'EINVAL', `${rangeText(base, base + size)} is not made of whole pages within 4 GiB`);
    if (here.step('2')) yield;
    // A6: the STACK zone is each cluster's own.
    const target = isStackZone ? (descriptorIn(process, here.cluster) ?? process) : process.ref;
    const { vsegs_lock } = target.vmm;
    if (!tryLock(here, vsegs_lock)) yield* waitForLock(here, vsegs_lock);
    const error = yield* removeLocked(here, target, base, base + size);
    release(here, vsegs_lock);
    return error;
  },
);

/** Steps 2 to 7, with the list of the descriptor that decides write-locked to the end. */
function* removeLocked(here: Here, process: ProcessDescriptor, rmin: number, rmax: number): Steps<RegionError | void> {
  const vseg = process.vmm.vsegs_root.find((candidate) => {
    const { start, end } = alignedBounds(candidate);
    return rmin >= start && rmin < end;
  });
  if (here.step('3')) yield;
  const cut = vseg === undefined ? null : cutOf(vseg, rmin, rmax);
  const range = rangeText(rmin, rmax);
  if (vseg === undefined) return refuse(here, 'EINVAL', `no vseg holds ${hex(rmin, 8)}`);
  const holder = `the ${nameOfType(vseg.vsegType)} vseg ${rangeText(vseg.min, vseg.max)}`;
  if (cut === null) return refuse(here, 'EINVAL', `${range} goes beyond ${holder}`);
  if (!isRemovable(vseg, cut)) return refuse(here, 'EINVAL', `${range} cannot be cut from ${holder}`);
  if (cut === 'middle') {
    if (here.step('6')) yield;
    if (!takeDescriptor(here, process.cluster, 'vseg')) return 'ENOMEM';
  }
  if (isReference(process) && vseg.vsegType !== VsegType.STACK) {
    for (const copy of otherCopies(process)) yield* editCopy(here, copy, vseg, cut, rmin, rmax);
  }
  if (here.step(cut === 'whole' ? '4' : cut === 'middle' ? '6' : '5')) yield;
  yield* edit(here, process, vseg, cut, rmin, rmax);
}

function cutOf(vseg: Vseg, rmin: number, rmax: number): Cut | null {
  const { start, end } = alignedBounds(vseg);
  if (rmax > end) return null;
  if (rmin === start) return rmax === end ? 'whole' : 'low';
  return rmax === end ? 'high' : 'middle';
}

/** A8: nothing in the utils zone; a STACK only whole. */
function isRemovable(vseg: Vseg, cut: Cut): boolean {
  if (isIdentity(vseg) || vseg.vpn_base < CONFIG_VMM_ELF_BASE) return false;
  return vseg.vsegType !== VsegType.STACK || cut === 'whole';
}

/** Step 7 for one copy, if it holds the vseg. */
function* editCopy(here: Here, copy: ProcessDescriptor, vseg: Vseg, cut: Cut, rmin: number, rmax: number): Steps<void> {
  const { vsegs_lock } = copy.vmm;
  if (here.step('7')) yield;
  remoteAccess(here, copy.cluster);
  if (!tryLock(here, vsegs_lock)) yield* waitForLock(here, vsegs_lock);
  const known = copy.vmm.vsegs_root.find(
    (other) => other.vsegType === vseg.vsegType && other.vpn_base === vseg.vpn_base,
  );
  if (known !== undefined) yield* edit(here, copy, known, cut, rmin, rmax);
  release(here, vsegs_lock);
}

/** The edit in one descriptor, whose list this thread holds. */
function* edit(here: Here, process: ProcessDescriptor, vseg: Vseg, cut: Cut, rmin: number, rmax: number): Steps<void> {
  const first = rmin >>> PAGE_SHIFT;
  // In a copy the upper part of (d) goes as well: no vseg holds its pages there any more.
  const end = cut === 'middle' && !isReference(process) ? vpnEnd(vseg) : Math.floor(rmax / 4096);
  yield* vmm_unmap_vseg(here, cut === 'whole' ? { process, vseg } : { process, vseg, first, end });
  if (cut === 'whole') {
    yield* vmm_remove_vseg(here, { process, vseg });
    return;
  }
  noteRegion(here.machine, { action: 'unmapped', start: rmin, end: rmax, owner: process.ref.owner });
  const { vpn_base } = vseg;
  const oldEnd = vpnEnd(vseg);
  if (cut === 'middle' && isReference(process)) registerUpper(here, process, vseg, rmax);
  if (cut === 'low') moveMin(vseg, rmax);
  else moveMax(vseg, rmin);
  if (!isMmapType(vseg.vsegType) || !isReference(process)) return;
  const gap =
    cut === 'low'
      ? { vpn_base, vpn_size: end - vpn_base }
      : { vpn_base: first, vpn_size: (cut === 'high' ? oldEnd : end) - first };
  yield* mmap_free(here, { process, ...gap });
}

/** A7. */
function moveMin(vseg: Vseg, min: number): void {
  const bytes = min - vseg.min;
  const pages = (min >>> PAGE_SHIFT) - vseg.vpn_base;
  if (vseg.mapper !== null) vseg.file_offset += bytes;
  vseg.file_size = Math.max(0, vseg.file_size - bytes);
  vseg.min = min;
  vseg.vpn_base += pages;
  vseg.vpn_size -= pages;
}

function moveMax(vseg: Vseg, max: number): void {
  vseg.max = max;
  vseg.vpn_size = (max >>> PAGE_SHIFT) - vseg.vpn_base;
  vseg.file_size = Math.min(vseg.file_size, max - vseg.min);
}

/** (d): the upper part at its fixed place, with the reserved tail; its descriptor was taken before. */
function registerUpper(here: Here, process: ProcessDescriptor, vseg: Vseg, min: number): void {
  const upper = duplicate(vseg);
  moveMin(upper, min);
  attach(process.vmm, upper);
  emit(here.machine, EventKind.regionSplit, here.cluster, {
    process: process.ref.owner,
    start: upper.min,
    end: upper.max,
  });
}

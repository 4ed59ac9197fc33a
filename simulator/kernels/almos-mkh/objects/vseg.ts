import { PAGE_SHIFT, pageDown, pageUp } from '../../../hardware/word.ts';
import { VsegFlag, VsegType } from '../base/constants.ts';
import type { Vmm } from './vmm.ts';
import type { Mapper } from './mapper.ts';

/** 2.4 `vseg_t`: a contiguous virtual range of one type and one set of flags. */
export interface Vseg {
  readonly type: 'vseg';
  /** Owning VMM; null when not attached. */
  vmm: Vmm | null;
  /** The specification's `type`. */
  readonly vsegType: VsegType;
  /** First byte, and first byte after the last: an access is legal iff min <= va < max. */
  min: number;
  max: number;
  /** Reserved range, in pages. */
  vpn_base: number;
  vpn_size: number;
  flags: number;
  /** Position in the file of byte `min`. */
  file_offset: number;
  /** Bytes present in the file; the rest of a DATA vseg is zero. */
  file_size: number;
  /** mapper_xp. */
  mapper: Mapper | null;
  /** Physical mapping cluster (a cxy) of vsegs that are not distributed. */
  cxy: number;
  /** The step that freed the descriptor. */
  freed: string | null;
}

/** 3.1: flags by type. */
const flagsByType: Readonly<Record<VsegType, number>> = {
  [VsegType.CODE]: VsegFlag.USER | VsegFlag.EXEC | VsegFlag.CACHE | VsegFlag.PRIVATE,
  [VsegType.DATA]: VsegFlag.USER | VsegFlag.WRITE | VsegFlag.CACHE | VsegFlag.DISTRIB,
  [VsegType.STACK]: VsegFlag.USER | VsegFlag.WRITE | VsegFlag.CACHE | VsegFlag.PRIVATE,
  [VsegType.ANON]: VsegFlag.USER | VsegFlag.WRITE | VsegFlag.CACHE,
  [VsegType.FILE]: VsegFlag.USER | VsegFlag.WRITE | VsegFlag.CACHE,
  [VsegType.REMOTE]: VsegFlag.USER | VsegFlag.WRITE | VsegFlag.CACHE,
  [VsegType.KDATA]: VsegFlag.WRITE | VsegFlag.CACHE,
  [VsegType.KCODE]: VsegFlag.EXEC | VsegFlag.CACHE | VsegFlag.PRIVATE | VsegFlag.IDENT,
  [VsegType.KDEV]: VsegFlag.WRITE | VsegFlag.IDENT,
};

export function flagsOfType(type: VsegType): number {
  return flagsByType[type];
}

export function isVsegType(value: number): value is VsegType {
  return Object.hasOwn(flagsByType, value);
}

export function nameOfType(type: VsegType): string {
  return (Object.keys(VsegType) as (keyof typeof VsegType)[]).find((name) => VsegType[name] === type) as string;
}

/** 3.2. */
export function isMmapType(type: VsegType): boolean {
  return type === VsegType.ANON || type === VsegType.FILE || type === VsegType.REMOTE;
}

export function isKernelType(type: VsegType): boolean {
  return type >= VsegType.KDATA;
}

export function isPrivate(vseg: Vseg): boolean {
  return (vseg.flags & VsegFlag.PRIVATE) !== 0;
}

export function isIdentity(vseg: Vseg): boolean {
  return (vseg.flags & VsegFlag.IDENT) !== 0;
}

/** First page after the reserved range. */
export function vpnEnd(vseg: Vseg): number {
  return vseg.vpn_base + vseg.vpn_size;
}

/** Does the page hold a byte of [min, max)? The reserved range may reach further. */
export function coversPage(vseg: Vseg, vpn: number): boolean {
  return vpn >= vseg.min >>> PAGE_SHIFT && vpn < pageUp(vseg.max) / 4096;
}

/** 5.13 step 2: page-aligned bounds of [min, max). */
export function alignedBounds(vseg: Vseg): { start: number; end: number } {
  return { start: pageDown(vseg.min), end: pageUp(vseg.max) };
}

export function findByAddress(vmm: Vmm, vaddr: number): Vseg | null {
  for (const vseg of vmm.vsegs_root) if (vaddr >= vseg.min && vaddr < vseg.max) return vseg;
  return null;
}

export function findByPage(vmm: Vmm, vpn: number): Vseg | null {
  for (const vseg of vmm.vsegs_root) if (coversPage(vseg, vpn)) return vseg;
  return null;
}

/** A copy of all fields, not attached. */
export function duplicate(vseg: Vseg): Vseg {
  return { ...vseg, vmm: null, freed: null };
}

/** Appends to the VSL; the caller holds vsegs_lock for writing, or nobody else knows the VMM yet. */
export function attach(vmm: Vmm, vseg: Vseg): void {
  vmm.vsegs_root.push(vseg);
  vmm.vsegs_nr += 1;
  vseg.vmm = vmm;
  if (vseg.mapper !== null) vseg.mapper.vsegs_nr += 1;
}

export function detach(vmm: Vmm, vseg: Vseg): void {
  vmm.vsegs_root.splice(vmm.vsegs_root.indexOf(vseg), 1);
  vmm.vsegs_nr -= 1;
  vseg.vmm = null;
  if (vseg.mapper !== null) vseg.mapper.vsegs_nr -= 1;
}

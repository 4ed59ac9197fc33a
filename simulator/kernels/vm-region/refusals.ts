/** Refusals that say more than their status: which mask forbids a protection, and what stands in the way. */
import { protText, rangeTexts } from './dump.ts';
import type { Here, VmObject, VmRegion, VmRegionEntry } from './state.ts';

/** Protection beyond a region's mask. */
export function deniedByRegion(here: Here, prot: number, { vr_name, vr_prot }: VmRegion): 'ACCESS_DENIED' {
  return denied(here, prot, `region “${vr_name}”`, vr_prot);
}

/** Protection beyond an object's. */
export function deniedByObject(here: Here, prot: number, { vo_name, vo_prot }: VmObject): 'ACCESS_DENIED' {
  return denied(here, prot, `object “${vo_name}”`, vo_prot);
}

function denied(here: Here, prot: number, what: string, mask: number): 'ACCESS_DENIED' {
  const message = `${protText(prot)} goes beyond the mask of ${what}, ${protText(mask)}`;
  here.activity.reason = { kind: 'protection', error: 'ACCESS_DENIED', message };
  return 'ACCESS_DENIED';
}

export function occupiedBy(here: Here, entry: VmRegionEntry): 'ALREADY_EXISTS' {
  const { e_address, container } = entry;
  const what =
    container.type === 'vm_region'
      ? `region “${container.vr_name}”`
      : `a mapping of object “${container.m_object.vo_name}”`;
  const message = `${what} stands at [${rangeTexts(entry).join(', ')})`;
  here.activity.reason = { kind: 'overlap', error: 'ALREADY_EXISTS', message, address: e_address };
  return 'ALREADY_EXISTS';
}

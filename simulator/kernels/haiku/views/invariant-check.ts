/** What the parts of the invariant checker share. */
import type { Machine } from '../../../hardware/machine.ts';
import { hex } from '../../../hardware/word.ts';
import { LOCK_RW, REGION_WIRING_WIRED_ALREADY } from '../base/constants.ts';
import { chainOf } from '../caches/caches.ts';
import { hasFault } from '../caches/stores.ts';
import type { HaikuState, VmAddressSpace, VmCache, VmRegion } from '../base/state.ts';

export type Report = (invariant: string, message: string) => void;

export interface Check {
  readonly state: HaikuState;
  readonly machine: Machine;
  readonly report: Report;
}

export function spaceName({ id, name }: VmAddressSpace): string {
  return `aspace ${String(id)} (${name})`;
}

export function regionName({ id, name, base }: VmRegion): string {
  return `region ${String(id)} (${name}, ${hex(base, 8)})`;
}

/** Not handled by their store, and not mapped before the VM knew. */
export function isPaged(region: VmRegion): boolean {
  const { cache_ref } = region;
  return cache_ref !== null && !hasFault(cache_ref.cache.store);
}

/** What a kernel's boot mapped: its pages were never faulted in. */
export function isAdopted(region: VmRegion): boolean {
  return region.wiring === REGION_WIRING_WIRED_ALREADY;
}

export function isWritable({ lock }: VmRegion): boolean {
  return (lock & LOCK_RW) !== 0;
}

export function firstOnChain(region: VmRegion, off: number): { page: number; cache: VmCache } | null {
  if (region.cache_ref === null) return null;
  for (const cache of chainOf(region.cache_ref.cache)) {
    const page = cache.pages.get(off);
    if (page !== undefined && page >= 0) return { page, cache };
  }
  return null;
}

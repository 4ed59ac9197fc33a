/** 4.53 vm_virtual_map_lookup, 4.56 vm_increase_max_commit. */
import { kernelFunction } from '../../../execution/activation.ts';
import { endOf, type Here, type Steps, type VmRegion, type VmVirtualMap } from '../base/state.ts';

/** The map's semaphore is held; no reference is taken. */
export function lookupRegion(map: VmVirtualMap, address: number): VmRegion | null {
  const { region_hint } = map;
  const covers = (region: VmRegion): boolean => region.base <= address && address < endOf(region);
  if (region_hint !== null && covers(region_hint)) return region_hint;
  const found = map.region_list.find(covers) ?? null;
  if (found !== null) map.region_hint = found;
  return found;
}

export const vm_virtual_map_lookup = kernelFunction(
  {
    name: 'vm_virtual_map_lookup',
    section: '4.53',
    doc: 'The region of an address, or NULL; what was found last is looked at first.',
    parameters: [
      { name: 'map', type: { kind: 'object', type: 'vm_virtual_map' } },
      { name: 'address', type: { kind: 'address' } },
    ],
    result: { kind: 'object', type: 'vm_region', nullable: true },
    errors: [],
    steps: { 1: 'the hint, if it covers the address', 2: 'else the list', 3: 'found: the hint from now on' },
  },
  function* (here: Here, { map, address }: { map: VmVirtualMap; address: number }): Steps<VmRegion | null> {
    const isHit = map.region_hint !== null && map.region_hint.base <= address && address < endOf(map.region_hint);
    if (here.step(isHit ? '1' : '2')) yield;
    const found = lookupRegion(map, address);
    if (found !== null && !isHit && here.step('3')) yield;
    return found;
  },
);

export const vm_increase_max_commit = kernelFunction(
  {
    name: 'vm_increase_max_commit',
    section: '4.56',
    doc: 'Changes how many bytes may still be promised; less is allowed.',
    parameters: [{ name: 'delta', type: { kind: 'integer' } }],
    errors: [],
    steps: { 1: 'interrupts off, +K(max_commit_lock), max_commit += delta, -K, interrupts restored' },
  },
  function* (here: Here, { delta }: { delta: number }): Steps<void> {
    if (here.step('1')) yield;
    here.kernel.max_commit += delta;
  },
);

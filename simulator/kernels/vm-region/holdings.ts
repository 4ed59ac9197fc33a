/** What a scenario took by calling primitives, in words; what the create functions made is ordinary state (walk language 8). */
import type { FunctionInfo } from '../../execution/function-info.ts';
import type { Machine } from '../../hardware/machine.ts';
import type { Tampering } from '../kernel.ts';
import { frameView } from './inspect.ts';
import type { VmrState } from './state.ts';

export function describeHoldings({ opened, processes, regions, vm_pair_lock }: VmrState): string[] {
  const isOpen = (name: string): boolean =>
    name.startsWith('kernel:') || processes.some((process) => process.alive && name.startsWith(`${process.name}:`));
  const locks = [vm_pair_lock, ...[...regions.values()].map(({ vr_base }) => vr_base.ob_lock)];
  return [
    ...[...opened].filter(isOpen).map((name) => `handle ${name.replace(/^(.*):(\d+)$/, '$2 of $1')}`),
    ...locks.filter(({ holder }) => holder !== null).map(({ name }) => name),
  ];
}

const writers = new Set(['vm_object_write', 'vm_region_memmove', 'vm_region_memmove_v']);

/** What is written through an object of physical memory may be anything. */
export function overwrites(state: VmrState, machine: Machine, { name }: FunctionInfo): Tampering | null {
  if (!writers.has(name)) return null;
  for (const { vo_kind, base, vo_size } of state.objects.values()) {
    for (let page = 0; vo_kind === 'PHYS' && page < vo_size / 4096; page++)
      if (frameView(state, machine, base + page).content !== 'data')
        return { what: 'memory of the kernel, through a PHYS object', isPart: false };
  }
  return null;
}

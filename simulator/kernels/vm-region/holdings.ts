/** What a scenario took by calling primitives, in words; what the create functions made is ordinary state (walk language 8). */
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

/** What a scenario took by calling primitives, and is therefore no part of what the kernel itself accounts for. */
import { clusterOfPpn, pageOfPpn } from '../../../hardware/physical-memory.ts';
import { hex, type Ppn } from '../../../hardware/word.ts';
import type { Machine } from '../../../hardware/machine.ts';
import type { FunctionInfo } from '../../../execution/function-info.ts';
import { PageUse } from '../objects/page.ts';
import { givePagesQuietly, takePagesQuietly } from '../memory/ppm-functions.ts';
import type { ProcessDescriptor } from '../objects/process.ts';
import type { AlmosState } from '../objects/state.ts';
import type { Gpt } from '../objects/gpt.ts';
import type { PageRange } from '../objects/stack-manager.ts';
import type { Holdings } from '../objects/holdings.ts';

/** Primitives that change tables or lists without the bookkeeping that the kernel does around them. */
const tampering = new Set([
  'hal_gpt_create', 'hal_gpt_destroy', 'hal_gpt_set_pte', 'hal_gpt_reset_pte', 'hal_gpt_update_pte', 'hal_gpt_set_cow',
  'hal_gpt_pte_copy', 'vmm_init', 'vmm_copy', 'vmm_destroy', 'vmm_set_cow', 'vmm_unmap_vseg', 'vmm_remove_vseg',
  'vmm_global_update_pte', 'vmm_map_kernel_vseg', 'thread_fork_stack', 'rpc_vmm_set_cow_client', 'vmm_get_one_ppn',
  'mapper_move_buffer', 'rpc_mapper_move_buffer_client',
]); // prettier-ignore

type Args = Readonly<Record<string, unknown>>;

export function overwrites({ held }: AlmosState, _machine: Machine, { name }: FunctionInfo): string | null {
  return tampering.has(name) || held.tampered.has(name) ? 'tables or lists of the kernel' : null;
}

/** Before such a call: it may also fail half done. */
export function noteTampering({ held }: AlmosState, { name }: FunctionInfo): void {
  if (tampering.has(name)) held.tampered.add(name);
}

export function noteDirectCall({ held }: AlmosState, { name }: FunctionInfo, args: Args, result: unknown): void {
  switch (name) {
    case 'ppm_alloc_pages':
    case 'rpc_pmem_get_pages_client':
      if (typeof result === 'number') held.pages.add(result);
      break;
    case 'ppm_free_pages':
    case 'rpc_pmem_release_pages_client':
      if (!held.pages.delete(args.page as Ppn)) held.tampered.add(name);
      break;
    case 'hal_gpt_lock_pte':
      held.pteLocks.push({ gpt: args.gpt as Gpt, vpn: args.vpn as number });
      break;
    case 'hal_gpt_unlock_pte':
      remove(held.pteLocks, (lock) => lock.gpt === args.gpt && lock.vpn === args.vpn);
      break;
    case 'mmap_alloc':
    case 'stack_alloc': {
      const { pid, cluster } = args.process as ProcessDescriptor;
      held.ranges.push({ ...(result as PageRange), pid, cluster });
      break;
    }
    case 'mmap_free':
    case 'stack_free':
      if (!remove(held.ranges, (range) => isRangeOf(range, args))) held.tampered.add(name);
      break;
  }
}

/** A slot is given back by its first page alone. */
function isRangeOf({ vpn_base, vpn_size, pid, cluster }: Holdings['ranges'][number], args: Args): boolean {
  const process = args.process as ProcessDescriptor;
  const isWhole = args.vpn_size === undefined || args.vpn_size === vpn_size;
  return vpn_base === args.vpn_base && isWhole && pid === process.pid && cluster === process.cluster;
}

function remove<T>(list: T[], isIt: (item: T) => boolean): boolean {
  const index = list.findIndex(isIt);
  if (index >= 0) list.splice(index, 1);
  return index >= 0;
}

/** In words, for the warning `scenario holds …`. */
export function describeHoldings({ held }: AlmosState): string[] {
  return [
    ...[...held.pages].map((ppn) => `page ${hex(ppn, 7)}`),
    ...held.ranges.map(
      (range) => `pages ${hex(range.vpn_base, 5)}+${hex(range.vpn_size, 5)} of process ${hex(range.pid, 8)}`,
    ),
    ...held.pteLocks.map(({ vpn }) => `the PTE lock of vpn ${hex(vpn, 5)}`),
  ];
}

/** N single pages of a cluster, or null if there are not so many; nothing is counted. */
export function reserveFrames(
  state: AlmosState,
  firstPpn: (page: number) => Ppn,
  cluster: number,
  count: number,
): Ppn[] | null {
  const { ppm } = state.clusters[cluster] as AlmosState['clusters'][number];
  if (count > ppm.free_pages_nr) return null;
  return Array.from({ length: count }, () => firstPpn(takePagesQuietly(ppm, 0, PageUse.reserved)));
}

export function returnFrames(state: AlmosState, machine: Machine, frames: readonly Ppn[]): void {
  for (const ppn of frames) {
    const { ppm } = state.clusters[clusterOfPpn(machine, ppn)] as AlmosState['clusters'][number];
    givePagesQuietly(ppm, pageOfPpn(machine, ppn));
  }
}

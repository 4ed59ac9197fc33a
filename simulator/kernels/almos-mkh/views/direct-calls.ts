/** What a scenario took by calling primitives, and is therefore no part of what the kernel itself accounts for. */
import { clusterOfPpn, pageOfPpn } from '../../../hardware/physical-memory.ts';
import { hex, type Ppn } from '../../../hardware/word.ts';
import type { Machine } from '../../../hardware/machine.ts';
import type { FunctionInfo } from '../../../execution/function-info.ts';
import type { Tampering } from '../../kernel.ts';
import { PageUse } from '../objects/page.ts';
import { givePagesQuietly, takePagesQuietly } from '../memory/ppm-functions.ts';
import type { ProcessDescriptor } from '../objects/process.ts';
import type { AlmosState } from '../objects/state.ts';
import type { Gpt } from '../objects/gpt.ts';
import { findByPage } from '../objects/vseg.ts';
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

/** Asked before `noteDirectCall`. */
export function overwrites(
  { held }: AlmosState,
  _machine: Machine,
  { name }: FunctionInfo,
  args: Args,
): Tampering | null {
  if (tampering.has(name)) return { what: 'tables or lists of the kernel', isPart: false };
  return isForeign(held, name, args) ? { what: 'a count of pages that are not the scenario’s', isPart: false } : null;
}

/** Gives back what the scenario had not taken. */
function isForeign({ pages, ranges }: Holdings, name: string, args: Args): boolean {
  if (name === 'ppm_free_pages' || name === 'rpc_pmem_release_pages_client') return !pages.has(args.page as Ppn);
  if (name !== 'mmap_free' && name !== 'stack_free') return false;
  return !ranges.some((range) => isRangeOf(range, args));
}

export function noteDirectCall(state: AlmosState, { name }: FunctionInfo, args: Args, result: unknown): void {
  const { held } = state;
  switch (name) {
    case 'ppm_alloc_pages':
    case 'rpc_pmem_get_pages_client':
      if (typeof result === 'number') held.pages.add(result);
      break;
    case 'ppm_free_pages':
    case 'rpc_pmem_release_pages_client':
      if (!held.pages.delete(args.page as Ppn)) held.miscounted = true;
      break;
    case 'hal_gpt_set_pte':
    case 'hal_gpt_reset_pte': {
      const [gpt, vpn] = [args.gpt as Gpt, args.vpn as number];
      remove(held.entries, (entry) => entry.gpt === gpt && entry.vpn === vpn);
      if (name === 'hal_gpt_set_pte' && isOutsideVsegs(state, gpt, vpn)) held.entries.push({ gpt, vpn });
      break;
    }
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
      remove(held.ranges, (range) => isRangeOf(range, args));
      break;
  }
}

function isOutsideVsegs({ clusters }: AlmosState, gpt: Gpt, vpn: number): boolean {
  const process = clusters.flatMap(({ local_root }) => local_root).find(({ vmm }) => vmm.gpt === gpt);
  return process !== undefined && findByPage(process.vmm, vpn) === null;
}

/** A slot is given back by its first page alone. */
function isRangeOf({ vpn_base, vpn_size, pid, cluster }: Holdings['ranges'][number], args: Args): boolean {
  const process = args.process as ProcessDescriptor;
  const isWhole = args.vpn_size === undefined || args.vpn_size === vpn_size;
  return vpn_base === args.vpn_base && isWhole && pid === process.pid && cluster === process.cluster;
}

function remove<T>(list: T[], isIt: (item: T) => boolean): void {
  const index = list.findIndex(isIt);
  if (index >= 0) list.splice(index, 1);
}

/** In words, for the warning `scenario holds …`. */
export function describeHoldings({ held }: AlmosState): string[] {
  return [
    ...[...held.pages].map((ppn) => `page ${hex(ppn, 7)}`),
    ...held.ranges.map(
      (range) => `pages ${hex(range.vpn_base, 5)}+${hex(range.vpn_size, 5)} of process ${hex(range.pid, 8)}`,
    ),
    ...held.entries.filter(({ gpt }) => gpt.ppn !== 0).map(({ vpn }) => `the entry of vpn ${hex(vpn, 5)}`),
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

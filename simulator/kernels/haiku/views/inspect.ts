/** What the kernel shows of itself, as plain view data. Without any effect. */
import type { Machine } from '../../../hardware/machine.ts';
import { hex, type Ppn } from '../../../hardware/word.ts';
import type { ProcessObject } from '../../kernel.ts';
import type { FrameView, RegionKind, RegionView, SoftwareBits, TableView } from '../../view.ts';
import {
  LOCK_KERNEL,
  LOCK_RW,
  PAGE_STATE_CLEAR,
  PAGE_STATE_FREE,
  PAGE_STATE_WIRED,
  pageStateTexts,
  VM_ASPACE_STATE_DELETION,
} from '../base/constants.ts';
import { chainOf } from '../caches/caches.ts';
import {
  endOf,
  type HaikuState,
  type Process,
  type VmAddressSpace,
  type VmCache,
  type VmCacheRef,
  type VmRegion,
  type VmStore,
} from '../base/state.ts';

const wiringTexts = ['lazy', 'wired', 'already wired', 'contiguous'];

/** `rw user`, `ro kernel` */
export function lockText(lock: number): string {
  return `${(lock & LOCK_RW) !== 0 ? 'rw' : 'ro'} ${(lock & LOCK_KERNEL) !== 0 ? 'kernel' : 'user'}`;
}

function kindOf({ name, cache_ref, sim_share, lock }: VmRegion, { path }: Process): RegionKind {
  const kind = cache_ref?.cache.store.kind;
  if (kind === 'device' || kind === 'null') return kind;
  if (name.startsWith(`${path}_seg`)) return (lock & LOCK_RW) !== 0 ? 'data' : 'code';
  if (name.startsWith(`${path}_bss`)) return 'data';
  if (/_(primary_)?stack$/.test(name)) return 'stack';
  if (/_heap\d+$/.test(name)) return 'heap';
  if (sim_share === 'shared') return 'shared';
  const isFile = cache_ref !== null && chainOf(cache_ref.cache).some(({ store }) => store.kind === 'vnode');
  return isFile ? 'file' : 'anon';
}

function noteOf(region: VmRegion): string {
  const depth = region.cache_ref === null ? 0 : chainOf(region.cache_ref.cache).length;
  const notes = [`id ${String(region.id)}`, wiringTexts[region.wiring] ?? 'unknown wiring'];
  if (depth > 1) notes.push(`${String(depth)} caches deep`);
  if (region.cache_offset > 0) notes.push(`offset ${hex(region.cache_offset, 1)}`);
  return notes.join(', ');
}

export function regionsOf(process: ProcessObject): RegionView[] {
  const owner = process as Process;
  return (owner.aspace?.virtual_map.region_list ?? []).map((region) => {
    const kind = kindOf(region, owner);
    return {
      start: region.base, end: endOf(region), kind, name: region.name, cluster: null, note: noteOf(region), object: region,
      // There is no right to execute (13.1); what a program's code is for is known by its name.
      protection: { read: kind !== 'null', write: (region.lock & LOCK_RW) !== 0, execute: kind === 'code' },
    };
  }); // prettier-ignore
}

export function tablesOf(_state: HaikuState, process: ProcessObject): TableView[] {
  const { aspace, cluster } = process as Process;
  return aspace === null ? [] : [{ cluster, root: aspace.translation_map.pgdir_phys / 4096, role: '' }];
}

export function softwareBits(): SoftwareBits {
  return { cow: false, names: [] };
}

export function frameView(state: HaikuState, _machine: Machine, ppn: Ppn): FrameView {
  const { pages, held } = state;
  const text = pageStateTexts[pages.state[ppn] ?? 7] ?? 'unknown';
  const refs = pages.ref_count[ppn] ?? 0;
  return {
    refs,
    forks: 0,
    state: held.reserved.has(ppn) ? 'reserved' : text,
    order: 0,
    isFree: isFreePage(state, ppn),
    content: contentOf(state, ppn),
  };
}

function isFreePage({ pages, held }: HaikuState, ppn: Ppn): boolean {
  const state = pages.state[ppn];
  return (state === PAGE_STATE_FREE || state === PAGE_STATE_CLEAR) && !held.reserved.has(ppn);
}

/** Tables are wired and in no cache; the caches of the kernel's own memory are those that the boot made. */
function contentOf({ pages, held, firstId }: HaikuState, ppn: Ppn): FrameView['content'] {
  const owner = pages.owner[ppn] ?? 0;
  if (pages.state[ppn] !== PAGE_STATE_WIRED || held.pages.has(ppn) || held.reserved.has(ppn)) return 'data';
  if (owner === 0) return 'table';
  return owner < firstId ? 'kernel' : 'data';
}

/** One array for each type of the specification, for the JSON state. */
export function objectsOf(state: HaikuState): Record<string, unknown[]> {
  const { aspace_table, region_table, cache_refs, vnodes, pages, iospace } = state;
  const byId = <T extends { id: number }>(table: Map<number, T>): T[] =>
    [...table.values()].sort((a, b) => a.id - b.id);
  return {
    vm_address_space: byId(aspace_table).map(describeAspace),
    vm_region: byId(region_table).map(describeRegion),
    vm_virtual_map: byId(aspace_table).map(describeMap),
    vm_translation_map: byId(aspace_table).map(describeTables),
    vm_cache_ref: byId(cache_refs).map((ref) => describeCache(state, ref)),
    vm_cache: byId(cache_refs).map(({ cache }) => describeOwnCache(cache)),
    vm_store: byId(cache_refs).map(({ cache }) => describeStore(cache.store)),
    vm_page: describePages(state),
    vnode: [...vnodes.values()].map(({ path, file, ref_count, cache }) => ({ id: path, size: file.size, ref_count, cache: cache?.id ?? null })),
    page_queue: Object.values(pages.queues).map(({ name, head, tail, count }) => ({ id: name, head, tail, count })),
    iospace: iospace.virtual_pmappings.flatMap((chunk, slot) =>
      chunk < 0 ? [] : [{ id: slot, chunk, ref_count: iospace.paddr_desc[chunk]?.ref_count ?? 0 }],
    ),
    globals: [
      {
        id: 'globals', next_region_id: state.next_region_id, next_aspace_id: state.next_aspace_id, max_commit: hex(state.max_commit, 1),
        trimming_cycle: state.trimming_cycle, free_memory_low_water: state.free_memory_low_water,
        free_memory_high_water: state.free_memory_high_water, modified_pages_available: state.modified_pages_available.count,
      },
    ],
  }; // prettier-ignore
}

function describeAspace(aspace: VmAddressSpace): Record<string, unknown> {
  const { id, name, ref_count, fault_count, state, scan_va, working_set_size, virtual_map, translation_map } = aspace;
  return {
    id, name, ref_count, fault_count, state: state === VM_ASPACE_STATE_DELETION ? 'DELETION' : 'NORMAL', scan_va: hex(scan_va, 8),
    working_set_size, base: hex(virtual_map.base, 8), size: hex(virtual_map.size, 1), change_count: virtual_map.change_count,
    region_hint: virtual_map.region_hint?.id ?? null, regions: virtual_map.region_list.map((region) => region.id),
    map_count: translation_map.map_count, pgdir_virt: hex(translation_map.pgdir_virt, 8), pgdir_phys: hex(translation_map.pgdir_phys, 8),
  }; // prettier-ignore
}

function describeMap({ id, virtual_map: map }: VmAddressSpace): Record<string, unknown> {
  const { base, size, region_list, region_hint, change_count, sem } = map;
  return {
    id, aspace: id, base: hex(base, 8), size: hex(size, 1), region_list: region_list.map((region) => region.id),
    region_hint: region_hint?.id ?? null, change_count, sem: sem.id,
  }; // prettier-ignore
}

function describeTables({ id, translation_map: map }: VmAddressSpace): Record<string, unknown> {
  const { address, map_count, pgdir_virt, pgdir_phys, num_invalidate_pages, lock } = map;
  return {
    id, aspace: id, address: hex(address, 8), map_count, pgdir_virt: hex(pgdir_virt, 8), pgdir_phys: hex(pgdir_phys, 8),
    num_invalidate_pages, holder: lock.lock.holder,
  }; // prettier-ignore
}

function describeOwnCache(cache: VmCache): Record<string, unknown> {
  const { address, ref, source, store, virtual_size, temporary, scan_skip, page_list } = cache;
  return {
    id: ref?.id ?? null, address: hex(address, 8), ref: ref?.id ?? null, source: source?.ref?.id ?? null, store: hex(store.address, 8),
    virtual_size: hex(virtual_size, 1), temporary, scan_skip,
    page_list: [...page_list].reverse().map((page) => (page < 0 ? 'DUMMY' : hex(page, 1))),
  }; // prettier-ignore
}

function describeStore({ address, kind, cache, committed_size, vnode, base_addr }: VmStore): Record<string, unknown> {
  return {
    id: cache?.ref?.id ?? null, address: hex(address, 8), kind, cache: cache?.ref?.id ?? null, committed_size: hex(committed_size, 1),
    data: kind === 'device' ? hex(base_addr, 8) : (vnode?.path ?? null),
  }; // prettier-ignore
}

/** Those in caches. */
function describePages({ pages }: HaikuState): Record<string, unknown>[] {
  const found: Record<string, unknown>[] = [];
  for (let ppn = 0; ppn < pages.num_pages; ppn++) {
    const owner = pages.owner[ppn] ?? 0;
    if (owner === 0) continue;
    found.push({
      id: ppn, ppn: hex(ppn, 1), offset: hex(pages.offset[ppn] ?? 0, 1), cache_ref: owner, ref_count: pages.ref_count[ppn] ?? 0,
      state: pageStateTexts[pages.state[ppn] ?? 7] ?? 'unknown',
    }); // prettier-ignore
  }
  return found;
}

function describeRegion(region: VmRegion): Record<string, unknown> {
  const { id, name, base, size, lock, wiring, ref_count, cache_ref, cache_offset, aspace, sim_mapping, sim_share } =
    region;
  return {
    id, name, base: hex(base, 8), size: hex(size, 1), lock, wiring, ref_count, cache_ref: cache_ref?.id ?? null, cache_offset: hex(cache_offset, 1),
    aspace: aspace.id, sim_mapping, sim_share,
  }; // prettier-ignore
}

function describeCache({ pages, cache_refs }: HaikuState, ref: VmCacheRef): Record<string, unknown> {
  const { id, address, cache, ref_count, region_list, lock } = ref;
  const { source, store, virtual_size, temporary, scan_skip, page_list } = cache;
  const lists = page_list.filter((page) => page >= 0).reverse();
  return {
    id, address: hex(address, 8), ref_count, holder: lock.lock.holder, regions: region_list.map((region) => region.id), source: source?.ref?.id ?? null,
    store: store.kind, committed_size: hex(store.committed_size, 1), vnode: store.vnode?.path ?? null, virtual_size: hex(virtual_size, 1), temporary,
    scan_skip, sources_of: [...cache_refs.values()].filter((other) => other.cache.source === cache).map((other) => other.id),
    pages: lists.map((ppn) => ({
      ppn: hex(ppn, 1), offset: hex(pages.offset[ppn] ?? 0, 1), state: pageStateTexts[pages.state[ppn] ?? 7] ?? 'unknown', ref_count: pages.ref_count[ppn] ?? 0,
    })),
  }; // prettier-ignore
}

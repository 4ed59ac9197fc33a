/** What a scenario took by calling primitives, and is therefore no part of what the kernel itself accounts for. */
import { poisonFrame } from '../../../hardware/physical-memory.ts';
import type { Machine } from '../../../hardware/machine.ts';
import { hex } from '../../../hardware/word.ts';
import type { FunctionInfo } from '../../../execution/function-info.ts';
import { KERNEL_BASE, PAGE_SIZE, PAGE_STATE_BUSY, PAGE_STATE_CLEAR, PAGE_STATE_FREE } from '../base/constants.ts';
import type { CallPlace, Tampering } from '../../kernel.ts';
import { freePageCount, returnPage, takePage } from '../memory/pages.ts';
import { readPte } from '../memory/translation-map.ts';
import { endOf } from '../base/state.ts';
import type {
  HaikuState, Held, VmAddressSpace, VmCacheRef, VmPage, VmRegion, VmTranslationMap, Vnode,
} from '../base/state.ts'; // prettier-ignore

/** The present bit. */
const P = 1;

/** They change tables, caches or counts without the bookkeeping that the VM does around them. */
const tampering = new Set([
  'map_tmap', 'unmap_tmap', 'protect_tmap', 'clear_flags_tmap', 'find_and_insert_region_slot',
  'vm_cache_insert_page', 'vm_cache_remove_page', 'vm_cache_insert_region', 'vm_cache_remove_region', 'vm_page_set_state',
  'vm_page_set_state_nolock', 'scan_pages',
]); // prettier-ignore

type Args = Readonly<Record<string, unknown>>;

/** Gives away or overwrites what somebody uses. */
function takesFromOthers({ held }: HaikuState, name: string, args: Args): boolean {
  const ref = args.ref as VmCacheRef | undefined;
  if (name === 'vm_cache_release_ref') return ref?.freed !== null && (ref?.region_list.length ?? 0) > 0;
  // The cache of something else.
  if (name === 'vfs_set_cache_ptr') return (args.c as VmCacheRef).cache.store.vnode !== args.v;
  if (name === 'clear_page') return !held.pages.has(Math.floor((args.pa as number) / PAGE_SIZE));
  if (!name.startsWith('vm_page_set_state')) return false;
  const isFreed = args.s === PAGE_STATE_FREE || args.s === PAGE_STATE_CLEAR;
  return isFreed && !held.pages.has((args.page as VmPage).ppn);
}

/** They store where they are told to. */
const writers: Readonly<Record<string, string>> = {
  user_memcpy: 'to',
  user_strcpy: 'to',
  user_strncpy: 'to',
  user_memset: 's',
};

export function overwrites(state: HaikuState, _machine: Machine, { name }: FunctionInfo, args: Args): Tampering | null {
  if (tampering.has(name)) return { what: 'tables or lists of the kernel', isPart: false };
  const target = writers[name];
  if (target !== undefined && (args[target] as number) >= KERNEL_BASE)
    return { what: 'the kernel’s own memory', isPart: false };
  return takesFromOthers(state, name, args) ? { what: 'a page that is in use', isPart: false } : null;
}

export function noteDirectCall(
  state: HaikuState,
  { name }: FunctionInfo,
  args: Args,
  result: unknown,
  { machine }: CallPlace,
): void {
  const { held } = state;
  switch (name) {
    case 'map_tmap':
    case 'unmap_tmap':
      noteEntries(state, machine, args);
      break;
    case 'vm_increase_max_commit':
      held.committed += args.delta as number;
      break;
    case 'vm_get_aspace_by_id':
    case 'vm_get_kernel_aspace':
    case 'vm_get_current_user_aspace':
    case 'vm_aspace_walk_next':
      if (result !== null) (result as VmAddressSpace).held += 1;
      break;
    case 'vm_put_aspace':
      (args.aspace as VmAddressSpace).held -= 1;
      break;
    case 'vm_get_region_by_id':
      if (result !== null) (result as VmRegion).held += 1;
      break;
    case 'vm_put_region':
    case '_vm_put_region':
      dropRegion(args.region as VmRegion);
      break;
    case 'vm_cache_acquire_ref':
      countCacheRef(state, args.ref as VmCacheRef, 1);
      if (args.acquire_store_ref === false) countVnode(state, (args.ref as VmCacheRef).cache.store.vnode, -1);
      break;
    case 'vm_cache_release_ref':
      countCacheRef(state, args.ref as VmCacheRef, -1);
      break;
    case 'vfs_get_vnode_from_path':
      countVnode(state, result as Vnode, 1);
      break;
    case 'vfs_set_cache_ptr':
      if (result !== 0) break;
      // The vnode's reference from now on; it was counted for the vnode as well.
      countCacheRef(state, args.c as VmCacheRef, -1);
      countVnode(state, args.v as Vnode, 1);
      break;
    case 'vm_get_physical_page':
      held.windows.push((result as { vaddr: number }).vaddr);
      break;
    case 'vm_put_physical_page':
      held.windows.splice(held.windows.indexOf(args.vaddr as number), 1);
      break;
    default:
      notePages(state, name, args, result);
  }
}

/** Entries are the scenario's where no region is, until it unmaps them. */
function noteEntries({ held, aspace_table }: HaikuState, machine: Machine, args: Args): void {
  const map = args.map as VmTranslationMap;
  const gone = ({ map: of, va }: Held['entries'][number]): boolean =>
    of === map && (readPte(machine, map, va) & P) === 0;
  held.entries.splice(0, held.entries.length, ...held.entries.filter((entry) => !gone(entry)));
  if (args.va === undefined) return;
  const va = (args.va as number) - ((args.va as number) % PAGE_SIZE);
  const isInRegion = [...aspace_table.values()]
    .filter(({ translation_map }) => translation_map === map)
    .some(({ virtual_map }) => virtual_map.region_list.some((region) => va >= region.base && va < endOf(region)));
  const isKnown = held.entries.some((entry) => entry.map === map && entry.va === va);
  if (!isInRegion && !isKnown && va < KERNEL_BASE) held.entries.push({ map, va });
}

/** Without holding one: the creation reference, as a deletion does. */
function dropRegion(region: VmRegion): void {
  if (region.held > 0) region.held -= 1;
  else region.deleted = true;
}

function countVnode({ held }: HaikuState, vnode: Vnode | null, by: number): void {
  if (vnode === null) return;
  const count = (held.vnodes.get(vnode.path) ?? 0) + by;
  if (count === 0) held.vnodes.delete(vnode.path);
  else held.vnodes.set(vnode.path, count);
}

function countCacheRef({ held }: HaikuState, { id }: VmCacheRef, by: number): void {
  const count = (held.cacheRefs.get(id) ?? 0) + by;
  if (count === 0) held.cacheRefs.delete(id);
  else held.cacheRefs.set(id, count);
}

function notePages({ held }: HaikuState, name: string, args: Args, result: unknown): void {
  const first = (result as VmPage | null)?.ppn;
  switch (name) {
    case 'vm_page_allocate_page':
    case 'vm_page_allocate_specific_page':
      if (first !== undefined) held.pages.add(first);
      break;
    case 'vm_page_allocate_page_run':
      for (let index = 0; first !== undefined && index < (args.len as number); index++) held.pages.add(first + index);
      break;
    case 'vm_page_set_state':
    case 'vm_page_set_state_nolock':
      if (args.s === PAGE_STATE_FREE || args.s === PAGE_STATE_CLEAR) held.pages.delete((args.page as VmPage).ppn);
      else if (args.s === PAGE_STATE_BUSY) held.pages.add((args.page as VmPage).ppn);
      break;
  }
}

/** Pages that it took and that went into no cache. */
function pagesOf({ held, pages }: HaikuState): number[] {
  return [...held.pages].filter(
    (page) =>
      pages.owner[page] === 0 && pages.state[page] !== PAGE_STATE_FREE && pages.state[page] !== PAGE_STATE_CLEAR,
  );
}

/** In words, for the warning `scenario holds …`. */
export function describeHoldings(state: HaikuState): string[] {
  const { held, aspace_table, region_table, cache_refs, vnodes, lock_ranks } = state;
  const times = (count: number, what: string): string =>
    count === 1 ? what : `${String(count)} references of ${what}`;
  return [
    ...pagesOf(state).map((page) => `page ${hex(page, 5)}`),
    ...held.windows.map((va) => `the window at ${hex(va, 8)}`),
    ...held.entries
      .filter(({ map }) => [...aspace_table.values()].some(({ translation_map }) => translation_map === map))
      .map(({ va }) => `the entry at ${hex(va, 8)}`),
    ...[...held.cacheRefs]
      .filter(([id, count]) => count > 0 && cache_refs.has(id))
      .map(([id, count]) => times(count, `cache_ref #${String(id)}`)),
    ...[...held.vnodes]
      .filter(([path, count]) => count > 0 && vnodes.has(path))
      .map(([path, count]) => times(count, `vnode ${path}`)),
    ...[...lock_ranks].filter(([, held]) => held.length > 0).map(([agent]) => `a lock that ${agent} took`),
    ...[...aspace_table.values()]
      .filter((aspace) => aspace.held > 0)
      .map((aspace) => times(aspace.held, `aspace ${String(aspace.id)}`)),
    ...[...region_table.values()]
      .filter((region) => region.held > 0)
      .map((region) => times(region.held, `region ${String(region.id)}`)),
  ];
}

/** As single allocations of FREE pages would take them; nothing is counted. */
export function reserveFrames(state: HaikuState, machine: Machine, _cluster: number, count: number): number[] | null {
  if (freePageCount(state) < count) return null;
  return Array.from({ length: count }, () => {
    const page = takePage(state);
    state.held.reserved.add(page);
    poisonFrame(machine, page, 'fresh');
    return page;
  });
}

export function returnFrames(state: HaikuState, machine: Machine, frames: readonly number[]): void {
  for (const page of frames) {
    state.held.reserved.delete(page);
    returnPage(state, page);
    poisonFrame(machine, page, 'free');
  }
}

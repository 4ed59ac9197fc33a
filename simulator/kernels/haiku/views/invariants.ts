/** Chapter 12, where no kernel call, fault or daemon's turn is in progress (X2). I21 is a test: it needs a model beside the machine. */
import type { Machine } from '../../../hardware/machine.ts';
import { hex } from '../../../hardware/word.ts';
import type { InvariantViolation } from '../../view.ts';
import { VM_ASPACE_STATE_DELETION } from '../base/constants.ts';
import { regionName, spaceName, type Check, type Report } from './invariant-check.ts';
import { checkPages } from './invariants-pages.ts';
import { checkEntries } from './invariants-tables.ts';
import {
  endOf,
  type HaikuState,
  type VmAddressSpace,
  type VmCache,
  type VmCacheRef,
  type VmRegion,
  type Vnode,
} from '../base/state.ts';

export function checkInvariants(state: HaikuState, machine: Machine): InvariantViolation[] {
  const violations: InvariantViolation[] = [];
  const report: Report = (invariant, message) => violations.push({ invariant, message });
  const check: Check = { state, machine, report };
  for (const aspace of state.aspace_table.values()) checkSpace(check, aspace);
  checkTables(check);
  for (const ref of state.cache_refs.values()) checkCache(check, ref);
  for (const vnode of state.vnodes.values()) checkVnode(check, vnode);
  checkCommit(check);
  checkPages(check);
  // What entries should map is found along chains, which must end for that.
  if (![...state.cache_refs.values()].some(({ cache }) => isCyclic(cache, state.cache_refs.size))) checkEntries(check);
  return violations;
}

/** I1, I6, I17, I18. */
function checkSpace(check: Check, aspace: VmAddressSpace): void {
  const { report, state } = check;
  const { base, size, region_list, region_hint, change_count } = aspace.virtual_map;
  let end = base;
  for (const region of region_list) {
    const text = `${regionName(region)} of ${spaceName(aspace)}`;
    if (region.base < end) report('I1', `${text} overlaps or is out of order`);
    if (region.base % 4096 !== 0 || region.size % 4096 !== 0 || region.size <= 0)
      report('I1', `${text} is no range of pages`);
    end = endOf(region);
    checkRegion(check, aspace, region, text);
  }
  if (end > base + size) report('I1', `the last region of ${spaceName(aspace)} leaves the map`);
  if (region_hint !== null && !region_list.includes(region_hint))
    report('I18', `region_hint of ${spaceName(aspace)} is not on its list`);
  if (change_count < region_list.length) report('I17', `change_count of ${spaceName(aspace)} is below its regions`);
  const creation = aspace.state === VM_ASPACE_STATE_DELETION ? 0 : 1;
  const processes = state.processes.filter((process) => process.aspace === aspace).length;
  const expected = creation + processes + region_list.length + aspace.held;
  if (aspace.ref_count !== expected)
    report('I6', `${spaceName(aspace)} has ref_count ${String(aspace.ref_count)}, not ${String(expected)}`);
}

/** I3, I6 of one region. */
function checkRegion({ report }: Check, aspace: VmAddressSpace, region: VmRegion, text: string): void {
  const { cache_ref, map, ref_count, held } = region;
  if (cache_ref === null || cache_ref.freed !== null) report('I3', `${text} shows no live cache`);
  else if (cache_ref.region_list.filter((other) => other === region).length !== 1)
    report('I3', `${text} is not once on its cache’s list`);
  if (map !== aspace.virtual_map || region.aspace !== aspace) report('I3', `${text} belongs elsewhere`);
  const expected = held + (region.deleted ? 0 : 1);
  if (ref_count !== expected) report('I6', `${text} has ref_count ${String(ref_count)}, and ${String(held)} holders`);
}

/** I2. */
function checkTables({ state, report }: Check): void {
  const { region_table, aspace_table, next_region_id, next_aspace_id } = state;
  let listed = 0;
  for (const aspace of aspace_table.values()) {
    if (aspace.id >= next_aspace_id) report('I2', `${spaceName(aspace)} has an id that was never given`);
    if (aspace.freed !== null) report('I2', `${spaceName(aspace)} was freed by ${aspace.freed}`);
    for (const region of aspace.virtual_map.region_list) {
      listed += 1;
      if (region_table.get(region.id) !== region) report('I2', `${regionName(region)} is not in region_table`);
    }
  }
  if (listed !== region_table.size)
    report('I2', `region_table has ${String(region_table.size)} regions, the lists ${String(listed)}`);
  for (const id of region_table.keys())
    if (id >= next_region_id) report('I2', `region ${String(id)} has an id that was never given`);
}

function cacheName({ id }: VmCacheRef): string {
  return `cache_ref #${String(id)}`;
}

/** I4, I5, I12, I20. */
function checkCache({ state, report }: Check, ref: VmCacheRef): void {
  const { cache, region_list, ref_count } = ref;
  const { store, source, temporary, virtual_size } = cache;
  if (cache.ref !== ref || store.cache !== cache)
    report('I4', `${cacheName(ref)}, its cache and its store do not belong together`);
  if (isCyclic(cache, state.cache_refs.size)) report('I4', `the chain of ${cacheName(ref)} does not end`);
  if (source?.ref === null) report('I4', `${cacheName(ref)} has a dead source`);
  const above = [...state.cache_refs.values()].filter((other) => other.cache.source === cache).length;
  const ofVnode = [...state.vnodes.values()].filter((vnode) => vnode.cache === ref).length;
  const expected = region_list.length + above + ofVnode + (state.held.cacheRefs.get(ref.id) ?? 0);
  if (ref_count !== expected)
    report('I5', `${cacheName(ref)} has ref_count ${String(ref_count)}, not ${String(expected)}`);
  if (!temporary && virtual_size !== 0)
    report('I12', `${cacheName(ref)} is not temporary and promises ${String(virtual_size)} bytes`);
  if (temporary && (store.kind !== 'anonymous' || store.committed_size !== 0))
    report(
      'I20',
      `${cacheName(ref)} is temporary over a store ${store.kind} that committed ${String(store.committed_size)} bytes`,
    );
}

function isCyclic(cache: VmCache, caches: number): boolean {
  let at: VmCache | null = cache;
  for (let depth = 0; at !== null; depth++) {
    if (depth > caches) return true;
    at = at.source;
  }
  return false;
}

/** I5. */
function checkVnode({ state, report }: Check, { path, cache, ref_count, dying }: Vnode): void {
  if (dying) return;
  const regions = cache?.region_list.length ?? 0;
  const above = [...state.cache_refs.values()].filter((other) => other.cache.source === cache?.cache).length;
  const held = cache === null ? 0 : (state.held.cacheRefs.get(cache.id) ?? 0);
  const expected = regions + above + held + (state.held.vnodes.get(path) ?? 0);
  if (ref_count !== expected) report('I5', `vnode ${path} has ref_count ${String(ref_count)}, not ${String(expected)}`);
}

/** I12. */
function checkCommit({ state, report }: Check): void {
  let promised = 0;
  for (const { cache } of state.cache_refs.values()) if (cache.temporary) promised += cache.virtual_size;
  const all = state.pages.num_pages * 4096;
  if (state.max_commit + promised - state.held.committed !== all)
    report('I12', `max_commit ${hex(state.max_commit, 1)} and ${hex(promised, 1)} promised are not ${hex(all, 1)}`);
  if (state.max_commit < 0) report('I12', 'max_commit is negative');
}

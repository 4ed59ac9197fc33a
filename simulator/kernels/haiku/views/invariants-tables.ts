/** I7, I13 to I16: page tables, what they map, and TLBs. */
import { pageTableRoot } from '../../../hardware/core.ts';
import { coreCount } from '../../../hardware/machine-config.ts';
import { readFrame32 } from '../../../hardware/physical-memory.ts';
import { listTlb } from '../../../hardware/tlb.ts';
import { hex } from '../../../hardware/word.ts';
import { IOSPACE_BASE } from '../base/constants.ts';
import { firstOnChain, isAdopted, isPaged, isWritable, regionName, spaceName, type Check } from './invariant-check.ts';
import { endOf, type VmAddressSpace, type VmRegion } from '../base/state.ts';

const P = 1;
const RW = 2;
const KERNEL_PDE = 512;
const CHUNK = 0x40_0000;

export function checkEntries(check: Check): void {
  const mappings = new Map<number, number>();
  for (const aspace of check.state.aspace_table.values()) {
    for (const region of aspace.virtual_map.region_list)
      if (!isAdopted(region) && !isIospace(region)) checkRegionEntries(check, aspace, region, mappings);
    if (!isKernelsOwn(check, aspace)) checkUserTables(check, aspace);
  }
  checkMappings(check, mappings);
  checkKernelHalf(check);
  checkTlbs(check);
}

/** A reserved range, and full of windows that no region maps. */
function isIospace({ base, aspace }: VmRegion): boolean {
  return base === IOSPACE_BASE && aspace.id === 0;
}

/** Further address spaces of the kernel share the boot page directory (8.8). */
function isKernelsOwn({ state }: Check, { translation_map }: VmAddressSpace): boolean {
  return translation_map.pgdir_phys === state.kernel_aspace?.translation_map.pgdir_phys;
}

function directoryOf({ translation_map }: VmAddressSpace): number {
  return translation_map.pgdir_phys / 4096;
}

/** Present entries of a range: address and entry. */
function* entriesIn({ machine }: Check, directory: number, start: number, end: number): Generator<[number, number]> {
  for (let va = start; va < end;) {
    const next = (Math.floor(va / CHUNK) + 1) * CHUNK;
    const pde = readFrame32(machine, directory, Math.floor(va / CHUNK) * 4) >>> 0;
    if ((pde & P) !== 0)
      for (; va < Math.min(next, end); va += 4096) {
        const pte = readFrame32(machine, pde >>> 12, (Math.floor(va / 4096) % 1024) * 4) >>> 0;
        if ((pte & P) !== 0) yield [va, pte];
      }
    va = next;
  }
}

/** I13; counts for I7. */
function checkRegionEntries(
  check: Check,
  aspace: VmAddressSpace,
  region: VmRegion,
  mappings: Map<number, number>,
): void {
  const { report } = check;
  for (const [va, pte] of entriesIn(check, directoryOf(aspace), region.base, endOf(region))) {
    const off = va - region.base + region.cache_offset;
    const frame = pte >>> 12;
    const text = `${hex(va, 8)} in ${regionName(region)} of ${spaceName(aspace)}`;
    if (!isPaged(region)) {
      const base = region.cache_ref?.cache.store.base_addr ?? 0;
      if (region.cache_ref?.cache.store.kind !== 'device' || frame !== (base + off) / 4096)
        report('I13', `${text} maps frame ${hex(frame, 1)}`);
      continue;
    }
    mappings.set(frame, (mappings.get(frame) ?? 0) + 1);
    const first = firstOnChain(region, off);
    if (first?.page !== frame)
      report(
        'I13',
        `${text} maps frame ${hex(frame, 1)}, the chain has ${first === null ? 'none' : hex(first.page, 1)}`,
      );
    const isTop = first?.cache === region.cache_ref?.cache;
    if ((pte & RW) !== 0 && (!isWritable(region) || !isTop)) report('I13', `${text} is writable`);
  }
}

/** I7. Pages that the boot mapped were never counted by faults alone. */
function checkMappings({ state, report }: Check, mappings: ReadonlyMap<number, number>): void {
  const adopted = new Set<number>();
  for (const region of state.region_table.values())
    if (isAdopted(region) && region.cache_ref !== null) adopted.add(region.cache_ref.id);
  for (const { id, cache } of state.cache_refs.values()) {
    if (adopted.has(id)) continue;
    for (const page of cache.pages.values()) {
      const count = page < 0 ? 0 : (state.pages.ref_count[page] ?? 0);
      const expected = mappings.get(page) ?? 0;
      if (count !== expected)
        report('I7', `page ${hex(page, 1)} has ref_count ${String(count)}, and ${String(expected)} mappings`);
    }
  }
}

/** I14, I15. */
function checkUserTables(check: Check, aspace: VmAddressSpace): void {
  const { machine, report } = check;
  const { region_list } = aspace.virtual_map;
  const own = check.state.held.entries.filter(({ map }) => map === aspace.translation_map);
  const held = new Set(own.map(({ va }) => va));
  const directory = directoryOf(aspace);
  let present = 0;
  let at = 0;
  for (const [va] of entriesIn(check, directory, 0, KERNEL_PDE * CHUNK)) {
    present += 1;
    for (let region = region_list[at]; region !== undefined && endOf(region) <= va; region = region_list[at]) at += 1;
    if ((region_list[at]?.base ?? Infinity) > va && !held.has(va))
      report('I14', `${hex(va, 8)} of ${spaceName(aspace)} is mapped outside all regions`);
  }
  for (let index = 0; index < KERNEL_PDE; index++) present += readFrame32(machine, directory, index * 4) & P;
  const { map_count } = aspace.translation_map;
  if (map_count !== present)
    report('I15', `map_count of ${spaceName(aspace)} is ${String(map_count)}, not ${String(present)}`);
}

/** I14; accessed bits are the hardware's, and may differ. */
function checkKernelHalf({ state, machine, report }: Check): void {
  const [kernel, ...others] = state.tmap_list;
  if (kernel === undefined) return;
  for (const { pgdir_phys } of others)
    for (let index = KERNEL_PDE; index < 1024; index++) {
      const own = readFrame32(machine, pgdir_phys / 4096, index * 4) & ~0x20;
      const shared = readFrame32(machine, kernel.pgdir_phys / 4096, index * 4) & ~0x20;
      if (own !== shared)
        report('I14', `entry ${String(index)} of the directory at ${hex(pgdir_phys, 8)} is not the kernel’s`);
    }
}

/** I16. */
function checkTlbs({ machine, report }: Check): void {
  for (let core = 0; core < coreCount(machine.config); core++) {
    const root = pageTableRoot(machine, core);
    if (root < 0) continue;
    for (const { vpn, ppn, writable } of listTlb(machine, core, false)) {
      const pde = readFrame32(machine, root, Math.floor(vpn / 1024) * 4) >>> 0;
      const pte = (pde & P) === 0 ? 0 : readFrame32(machine, pde >>> 12, (vpn % 1024) * 4) >>> 0;
      const isStale = (pte & P) === 0 || pte >>> 12 !== ppn || (writable && (pte & RW) === 0);
      if (isStale)
        report(
          'I16',
          `the TLB of core ${String(core)} has ${hex(vpn * 4096, 8)} → ${hex(ppn, 1)}, the entry is ${hex(pte, 8)}`,
        );
    }
  }
}

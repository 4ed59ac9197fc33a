/** What the kernel shows of itself, as plain view data. Without any effect. */
import type { EntryView } from '../../hardware/page-table-walker.ts';
import type { Machine } from '../../hardware/machine.ts';
import { clusterOfPpn, pageOfPpn } from '../../hardware/physical-memory.ts';
import { hex, type Ppn } from '../../hardware/word.ts';
import type { ProcessObject } from '../kernel.ts';
import type { FrameView, RegionKind, RegionView, SoftwareBits, TableView } from '../view.ts';
import { entriesOf } from './btree.ts';
import { VM_PROT_EXEC, VM_PROT_READ, VM_PROT_WRITE, VM_REGION_ONLINE } from './constants.ts';
import { addressText, protText } from './dump.ts';
import { FrameUse, type Process, type VmObject, type VmRegion, type VmRegionMapping, type VmrState } from './state.ts';

/** Live mappings of a region and everything below it, by address. */
export function mappingsOf(region: VmRegion | null): { region: VmRegion; mapping: VmRegionMapping }[] {
  if (region === null) return [];
  return entriesOf(region.vr_entries).flatMap(({ container }) =>
    container.type === 'vm_region' ? mappingsOf(container) : [{ region, mapping: container }],
  );
}

function kindOf({ m_label, m_kind, m_object }: VmRegionMapping): RegionKind {
  if (m_label === 'text') return 'code';
  if (m_label === 'data' || m_label === 'stack' || m_label === 'heap') return m_label;
  if (m_object.vo_kind === 'PHYS') return 'device';
  if (m_label.startsWith('copy of')) return 'file';
  return m_kind === 'SHARED' ? 'shared' : 'anon';
}

function nameOf(mapping: VmRegionMapping): string {
  const { m_label, m_object } = mapping;
  if (m_object.vo_kind === 'FILE' && m_label !== 'text') return `file “${m_object.vo_name}”`;
  if (m_label.startsWith('copy of')) return `file “${m_object.vo_name}”`;
  if (m_label !== '') return m_label;
  return m_object.vo_name === 'anon' ? (mapping.m_kind === 'SHARED' ? 'shared memory' : 'anonymous') : m_object.vo_name;
}

export function regionsOf(process: ProcessObject): RegionView[] {
  return mappingsOf((process as Process).region).map(({ region, mapping }) => {
    const { m_entry, m_prot, m_object, m_object_offset } = mapping;
    const isStack = mapping.m_label === 'stack';
    return {
      start: m_entry.e_address,
      end: m_entry.e_address + m_entry.e_size,
      protection: {
        read: (m_prot & VM_PROT_READ) !== 0,
        write: (m_prot & VM_PROT_WRITE) !== 0,
        execute: (m_prot & VM_PROT_EXEC) !== 0,
      },
      kind: kindOf(mapping),
      name: nameOf(mapping),
      cluster: null,
      note: `in “${region.vr_name}”, object #${String(m_object.vo_base.ob_id)} + ${hex(m_object_offset, 1)}`,
      ...(isStack ? { guard: { start: region.vr_entry.e_address, end: m_entry.e_address } } : {}),
      object: mapping,
    };
  });
}

export function tablesOf(process: ProcessObject): TableView[] {
  const { region, cluster } = process as Process;
  const root = region?.vr_pmap.root ?? -1;
  return root < 0 ? [] : [{ cluster, root, role: '' }];
}

/** Chapter 3: software bits are never used. */
export function softwareBits(entry: EntryView): SoftwareBits {
  const isUncached = (entry.words[0] ?? 0) & 0x10;
  return { cow: false, names: entry.present && isUncached ? ['uncached'] : [] };
}

const useNames: Readonly<Record<number, string>> = {
  [FrameUse.free]: 'free',
  [FrameUse.reserved]: 'reserved',
  [FrameUse.table]: 'table',
  [FrameUse.page]: 'user',
  [FrameUse.scenario]: 'reserved',
};

/** vm_page.refcount is always 1. */
export function frameView({ banks }: VmrState, machine: Machine, ppn: Ppn): FrameView {
  const use = banks[clusterOfPpn(machine, ppn)]?.use[pageOfPpn(machine, ppn)] ?? FrameUse.reserved;
  const content = use === FrameUse.table ? 'table' : use === FrameUse.reserved ? 'kernel' : 'data';
  const isFree = use === FrameUse.free;
  return { refs: isFree ? 0 : 1, forks: 0, state: useNames[use] ?? 'user', order: 0, isFree, content };
}

/** One array for each type of the specification, for the JSON state; the region tree in full. */
export function objectsOf(state: VmrState): Record<string, unknown[]> {
  const regions = [...state.regions.values()];
  const mappings = regions.flatMap((region) =>
    entriesOf(region.vr_entries).flatMap(({ container }) =>
      container.type === 'vm_region' ? [] : [{ region, mapping: container }],
    ),
  );
  return {
    vm_region: regions.map(describeRegion),
    vm_region_mapping: mappings.map(({ region, mapping }) => describeMapping(region, mapping)),
    vm_object: [...state.objects.values()].map(describeObject),
    region_tree: regions.filter(({ vr_entry }) => vr_entry.isRoot).map(describeTree),
    handle: [{ name: 'kernel', handles: state.kernelHandles }, ...state.processes].flatMap(({ name, handles }) =>
      [...handles].sort((a, b) => a[0] - b[0]).map(([value, object]) => ({
        id: `${name}:${String(value)}`, task: name, value, object: object.type === 'vm_region' ? object.vr_base.ob_id : object.vo_base.ob_id,
        type: object.type,
      })),
    ), // prettier-ignore
    task: state.processes.filter(({ alive }) => alive).map(({ pid, name, region, brk }) => ({
      id: pid, name, root: region?.vr_base.ob_id ?? null, brk: hex(brk, 1),
    })), // prettier-ignore
  };
}

function describeRegion(region: VmRegion): Record<string, unknown> {
  const { vr_base, vr_status, vr_entry, vr_name, vr_prot, vr_pmap, vr_retired } = region;
  return {
    id: vr_base.ob_id, vr_name, vr_status: vr_status === VM_REGION_ONLINE ? 'ONLINE' : 'DEAD', vr_prot: protText(vr_prot),
    e_parent: vr_entry.e_parent === null ? null : (vr_entry.e_parent.container as VmRegion).vr_base.ob_id,
    e_address: addressText(vr_entry.e_address), e_offset: addressText(vr_entry.e_offset), e_size: hex(vr_entry.e_size, 1),
    ob_refcount: vr_base.ob_refcount, pmap: hex(Math.max(0, vr_pmap.root), 1), entries: entriesOf(region.vr_entries).length,
    retired: vr_retired.length,
  }; // prettier-ignore
}

function describeMapping(region: VmRegion, mapping: VmRegionMapping): Record<string, unknown> {
  const { m_entry, m_object, m_prot, m_object_offset, m_kind } = mapping;
  return {
    id: `${String(region.vr_base.ob_id)}:${hex(m_entry.e_offset, 1)}`, region: region.vr_base.ob_id, e_address: addressText(m_entry.e_address),
    e_offset: hex(m_entry.e_offset, 1), e_size: hex(m_entry.e_size, 1), m_object: m_object.vo_base.ob_id, m_prot: protText(m_prot),
    m_object_offset: hex(m_object_offset, 1), m_kind,
  }; // prettier-ignore
}

function describeObject({
  vo_base,
  vo_name,
  vo_size,
  vo_prot,
  vo_kind,
  vo_pages,
  vo_mappings,
}: VmObject): Record<string, unknown> {
  return {
    id: vo_base.ob_id, vo_name, vo_kind, vo_size: hex(vo_size, 1), vo_prot: protText(vo_prot), ob_refcount: vo_base.ob_refcount,
    vo_mappings: vo_mappings.length,
    vo_pages: [...vo_pages].sort((a, b) => a[0] - b[0]).map(([index, { frame, dirty, bank }]) => ({ index, frame: hex(frame, 1), dirty, bank })),
  }; // prettier-ignore
}

function describeTree(region: VmRegion): Record<string, unknown> {
  const { vr_base, vr_name, vr_entry } = region;
  return {
    id: vr_base.ob_id, name: vr_name, start: addressText(vr_entry.e_address), size: hex(vr_entry.e_size, 1),
    children: entriesOf(region.vr_entries).map(({ container, e_offset }) =>
      container.type === 'vm_region' ? describeTree(container) : { mapping: hex(e_offset, 1), object: container.m_object.vo_base.ob_id },
    ),
  }; // prettier-ignore
}

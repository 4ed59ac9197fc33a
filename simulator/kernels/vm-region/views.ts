/** The views that only this kernel has: the region tree, capabilities by task, vm-objects. */
import type { Machine } from '../../hardware/machine.ts';
import { hex } from '../../hardware/word.ts';
import type { ProcessObject } from '../kernel.ts';
import {
  viewLimit,
  type KernelView,
  type ViewNode,
  type ViewTable,
  type ViewTone,
  type ViewTree,
} from '../kernel-view.ts';
import { entriesOf } from './btree.ts';
import { ROOT_HANDLE, VM_REGION_DEAD } from './constants.ts';
import { addressText, protText, rangeTexts } from './dump.ts';
import type { KernelObject, Process, VmObject, VmRegion, VmRegionEntry, VmRegionMapping, VmrState } from './state.ts';

export function vmRegionViews(state: VmrState, _machine: Machine, process: ProcessObject | null): KernelView[] {
  const root = process === null ? null : (process as Process).region;
  return [regionTree(state, root), balancedTree(root), handles(state), objects(state)];
}

/** Counts nodes down, so that no tree grows beyond the limit. */
interface Budget {
  left: number;
  more: number;
}

function rangeText(entry: VmRegionEntry): string {
  return rangeTexts(entry).join('-');
}

/** 2.4, 4.4: regions and mappings as they contain each other; dead ones with what they keep. */
function regionTree(state: VmrState, root: VmRegion | null): ViewTree {
  const budget: Budget = { left: viewLimit, more: 0 };
  const roots = root === null ? [...state.regions.values()].filter(({ vr_entry }) => vr_entry.isRoot) : [root];
  const dead = [...state.regions.values()].filter(
    ({ vr_status, vr_entry }) =>
      vr_status === VM_REGION_DEAD && vr_entry.e_parent === null && !vr_entry.isRoot && !isRetired(state, vr_entry),
  );
  return {
    shape: 'tree', id: 'region-tree', title: 'Region tree', nodes: [...roots, ...dead].flatMap((region) => regionNode(region, budget, '')),
    more: budget.more,
    note: 'Each region’s mask bounds everything below it. A mapping is redirected into the child that holds its whole range. A killed region keeps its entries as retired until the last reference goes.',
  }; // prettier-ignore
}

function isRetired({ regions }: VmrState, { container }: VmRegionEntry): boolean {
  return [...regions.values()].some(({ vr_retired }) => vr_retired.includes(container));
}

function regionNode(region: VmRegion, budget: Budget, mark: string): ViewNode[] {
  if (budget.left-- <= 0) {
    budget.more += 1;
    return [];
  }
  const { vr_base, vr_name, vr_prot, vr_status, vr_entry, vr_entries, vr_retired } = region;
  const isDead = vr_status === VM_REGION_DEAD;
  const live = entriesOf(vr_entries).flatMap(({ container }) => childNode(container, budget, '', vr_base.ob_id));
  const retired = vr_retired.flatMap((container) => childNode(container, budget, ', retired', vr_base.ob_id));
  return [
    {
      id: `region ${String(vr_base.ob_id)}`,
      label: `${vr_name === '' ? 'region' : `“${vr_name}”`} #${String(vr_base.ob_id)}`,
      detail: `${rangeText(vr_entry)} mask ${protText(vr_prot)} ${isDead ? 'DEAD' : 'ONLINE'}, ${referencesText(vr_base.ob_refcount)}${mark}`,
      tone: isDead ? 'dead' : 'normal',
      children: [...live, ...retired],
    },
  ];
}

/** `parent` is the region's id: two processes may map one object at one address. */
function childNode(container: VmRegion | VmRegionMapping, budget: Budget, mark: string, parent: number): ViewNode[] {
  if (container.type === 'vm_region') return regionNode(container, budget, mark);
  if (budget.left-- <= 0) {
    budget.more += 1;
    return [];
  }
  const { m_entry, m_prot, m_object, m_object_offset, m_kind } = container;
  return [
    {
      id: `mapping in ${String(parent)} at ${addressText(m_entry.e_address)} ${String(m_object.vo_base.ob_id)}${mark}`,
      label: `${m_object.vo_kind} “${m_object.vo_name}”`,
      detail: `${rangeText(m_entry)} ${protText(m_prot)} object #${String(m_object.vo_base.ob_id)} + ${hex(m_object_offset, 1)}, ${m_kind}${mark}`,
      tone: mark !== '' ? 'dead' : m_kind === 'SHARED' ? 'shared' : 'normal',
      children: [],
    },
  ];
}

/** The shape of vr_entries: how the ordered balanced tree stands. */
function balancedTree(root: VmRegion | null): ViewTree {
  const budget: Budget = { left: viewLimit, more: 0 };
  const entries = root?.vr_entries ?? null;
  const nodes = entries === null ? [] : entryNode(entries, 'root', budget);
  return {
    shape: 'tree', id: 'entry-tree', title: 'vr_entries of the root', nodes, more: budget.more,
    note: 'The entries of the root region in their balanced tree: to find the entry of an offset, go right while an entry begins at or before it, left otherwise.',
  }; // prettier-ignore
}

function entryNode(entry: VmRegionEntry, side: string, budget: Budget): ViewNode[] {
  if (budget.left-- <= 0) {
    budget.more += 1;
    return [];
  }
  const { left, right, height } = entry.e_node;
  const { container } = entry;
  const what =
    container.type === 'vm_region'
      ? `region “${container.vr_name}”`
      : `mapping of #${String(container.m_object.vo_base.ob_id)}`;
  return [
    {
      id: `entry ${hex(entry.e_offset, 1)}`,
      label: `${side}: off ${hex(entry.e_offset, 1)}`,
      detail: `${what}, size ${hex(entry.e_size, 1)}, height ${String(height)}`,
      tone: 'normal',
      children: [
        ...(left === null ? [] : entryNode(left, 'left', budget)),
        ...(right === null ? [] : entryNode(right, 'right', budget)),
      ],
    },
  ];
}

/** 9: the capability view: handle, object, and the mask as the ceiling of what it can map. */
function handles({ processes, kernelHandles }: VmrState): ViewTable {
  const row = (task: string, value: number, object: KernelObject, isReserved: boolean) => ({
    id: `${task} ${String(value)}`,
    tone: toneOf(object, isReserved),
    cells: [task, isReserved ? hex(value, 8) : String(value), describe(object), protOfObject(object), refsOf(object)],
  });
  const rows = [
    ...[...kernelHandles].map(([value, object]) => row('kernel', value, object, false)),
    ...processes.flatMap(({ name, pid, region, handles: table }) => [
      ...(region === null ? [] : [row(name, ROOT_HANDLE + pid, region, true)]),
      ...[...table].sort((a, b) => a[0] - b[0]).map(([value, object]) => row(name, value, object, false)),
    ]),
  ];
  return {
    shape: 'table', id: 'handles', title: 'Capabilities by task', rows: rows.slice(0, viewLimit), more: Math.max(0, rows.length - viewLimit),
    note: 'Who holds a handle of a region may manage that slice of address space, within the region’s mask. A handle counts one reference; the reserved one of a task’s root counts none.',
    columns: ['task', 'handle', 'object', 'ceiling', 'references'].map((title) => ({ title, align: 'left' as const })),
  }; // prettier-ignore
}

function toneOf(object: KernelObject, isReserved: boolean): ViewTone {
  if (object.type === 'vm_region' && object.vr_status === VM_REGION_DEAD) return 'dead';
  return isReserved ? 'muted' : 'normal';
}

function describe(object: KernelObject): string {
  if (object.type === 'vm_object') return `object #${String(object.vo_base.ob_id)} “${object.vo_name}”`;
  return `region #${String(object.vr_base.ob_id)} “${object.vr_name}”`;
}

function protOfObject(object: KernelObject): string {
  return protText(object.type === 'vm_region' ? object.vr_prot : object.vo_prot);
}

function refsOf(object: KernelObject): string {
  return String(object.type === 'vm_region' ? object.vr_base.ob_refcount : object.vo_base.ob_refcount);
}

/** 2.5 */
function objects({ objects: known }: VmrState): ViewTree {
  const budget: Budget = { left: viewLimit, more: 0 };
  const nodes = [...known.values()].flatMap((object) => objectNode(object, budget));
  return {
    shape: 'tree', id: 'objects', title: 'VM objects', nodes, more: budget.more,
    note: 'Pages belong to objects; mappings only show them. ANON pages come zeroed, FILE pages from the file, PHYS pages are fixed frames. An object goes when its last handle and its last mapping, live or retired, are gone.',
  }; // prettier-ignore
}

function objectNode(object: VmObject, budget: Budget): ViewNode[] {
  if (budget.left-- <= 0) {
    budget.more += 1;
    return [];
  }
  const { vo_base, vo_name, vo_kind, vo_size, vo_prot, vo_pages, vo_mappings } = object;
  const id = `object ${String(vo_base.ob_id)}`;
  const children: ViewNode[] = vo_mappings
    .slice(0, Math.max(0, budget.left))
    .map(({ m_entry, m_object_offset, m_prot }, place) => ({
      id: `${id} mapping ${String(place)} ${addressText(m_entry.e_address)}`,
      label: `mapped ${rangeText(m_entry)}`,
      detail: `${protText(m_prot)} from ${hex(m_object_offset, 1)}`,
      tone: 'shared',
      children: [],
    }));
  for (const [index, { frame, dirty }] of [...vo_pages]
    .sort((a, b) => a[0] - b[0])
    .slice(0, Math.max(0, budget.left - children.length)))
    children.push({
      id: `${id} page ${String(index)}`,
      label: `page ${String(index)}`,
      detail: `frame ${hex(frame, 1)}${dirty ? ', dirty' : ''}`,
      tone: dirty ? 'changed' : 'normal',
      children: [],
    });
  budget.left -= children.length;
  budget.more += vo_mappings.length + vo_pages.size - children.length;
  return [
    {
      id,
      label: `#${String(vo_base.ob_id)} ${vo_kind} “${vo_name}”`,
      detail: `${hex(vo_size, 1)} bytes ${protText(vo_prot)}, ${String(vo_pages.size)} resident, ${referencesText(vo_base.ob_refcount)}`,
      tone: vo_mappings.length > 1 ? 'shared' : 'normal',
      children,
    },
  ];
}

function referencesText(count: number): string {
  return count === 1 ? '1 reference' : `${String(count)} references`;
}

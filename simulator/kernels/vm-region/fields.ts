/** The members of the kernel's objects by the specification's field names. */
import { exactAddress } from '../../hardware/virtual-address.ts';
import type { ObjectTypeInfo } from '../kernel.ts';
import { entriesOf } from './btree.ts';
import { ADDRESS_BITS, ROOT_HANDLE, VM_PROT_EXEC, VM_PROT_READ, VM_PROT_USER, VM_PROT_WRITE } from './constants.ts';
import type { ObjectHeader, Process, VmObject, VmRegion, VmRegionEntry, VmRegionMapping, VmrState } from './state.ts';

const entryFields = {
  e_parent: 'the entry of the region around it', e_type: 'NONE 0, REGION 1, MAPPING 2', e_address: 'absolute address of the first byte',
  e_offset: 'offset within the immediate parent', e_size: 'bytes',
}; // prettier-ignore
const headerFields = {
  ob_type: 'type by name', ob_lock: 'its lock', ob_refcount: 'references', ob_id: 'koid',
}; // prettier-ignore

export const objectTypes: readonly ObjectTypeInfo[] = [
  {
    name: 'vm_region',
    doc: '2.4: a region.',
    fields: {
      vr_base: 'object header', ...headerFields, vr_status: 'DEAD 0, ONLINE 1', vr_entry: 'itself as an entry', ...entryFields,
      vr_name: 'label', vr_entries: 'children and mappings by offset', vr_prot: 'protection mask', vr_pmap: 'page tables',
      vr_retired: 'what kill took out of the tree',
    },
  },
  {
    name: 'vm_region_mapping',
    doc: '2.3: a mapping.',
    fields: {
      m_entry: 'its entry', ...entryFields, m_object: 'what is mapped', m_prot: 'protection', m_object_offset: 'offset in the object',
      m_kind: 'SHARED or PRIVATE, for fork',
    },
  },
  { name: 'vm_region_entry', doc: '2.2: the header of regions and mappings.', fields: entryFields },
  {
    name: 'vm_object',
    doc: '2.5: a list of pages.',
    fields: {
      vo_base: 'object header', ...headerFields, vo_name: 'label', vo_size: 'bytes', vo_prot: 'protection that a mapping may use',
      vo_kind: 'ANON, FILE or PHYS', vo_pages: 'resident pages by index', vo_mappings: 'live mappings in the order they were made',
    },
  },
  { name: 'vm_page', doc: 'A resident page.', fields: { frame: 'frame number', refcount: 'always 1', dirty: 'written', bank: 'home bank' } },
  { name: 'object', doc: 'vr_base, vo_base: the object header.', fields: headerFields },
  { name: 'pmap', doc: 'Page tables of an address space.', fields: { root: 'frame of the PML4', lock: 'its lock' } },
  { name: 'process', doc: 'A task.', fields: { root: 'reserved handle of its root region', handles: 'open handles', brk: 'end of the heap' } },
]; // prettier-ignore

type Fields = Readonly<Record<string, unknown>>;

/** Undefined: the object has no such member. */
export function readField(object: object, field: string): unknown {
  switch ((object as { type?: unknown }).type) {
    case 'vm_region':
      return readRegion(object as VmRegion, field);
    case 'vm_region_mapping':
      return readMapping(object as VmRegionMapping, field);
    case 'vm_region_entry':
      return readEntry(object as VmRegionEntry, field);
    case 'vm_object':
      return readObject(object as VmObject, field);
    case 'vm_page':
      return field === 'refcount' ? 1 : pick(object, field, ['frame', 'dirty', 'bank']);
    case 'pmap':
      return pick(object, field, ['root', 'lock']);
    case 'process':
      return readProcess(object as Process, field);
    case 'lock':
      return pick(object, field, ['name', 'holder', 'readers', 'waiters']);
    default:
      return 'ob_id' in object ? pick(object, field, ['ob_type', 'ob_lock', 'ob_refcount', 'ob_id']) : undefined;
  }
}

function pick(object: object, field: string, fields: readonly string[]): unknown {
  return fields.includes(field) ? (object as Fields)[field] : undefined;
}

function readHeader(header: ObjectHeader, field: string): unknown {
  return pick(header, field, ['ob_type', 'ob_lock', 'ob_refcount', 'ob_id']);
}

function readRegion(region: VmRegion, field: string): unknown {
  switch (field) {
    case 'vr_entries':
      return entriesOf(region.vr_entries).map(({ container }) => container);
    case 'vr_prot':
      return protection(region.vr_prot);
    case 'vr_base':
    case 'vr_status':
    case 'vr_entry':
    case 'vr_name':
    case 'vr_pmap':
    case 'vr_retired':
      return region[field];
    default:
      return readHeader(region.vr_base, field) ?? readEntry(region.vr_entry, field);
  }
}

function readMapping(mapping: VmRegionMapping, field: string): unknown {
  switch (field) {
    case 'm_prot':
      return protection(mapping.m_prot);
    case 'm_entry':
    case 'm_object':
    case 'm_object_offset':
    case 'm_kind':
      return mapping[field];
    default:
      return readEntry(mapping.m_entry, field);
  }
}

function readEntry(entry: VmRegionEntry, field: string): unknown {
  switch (field) {
    case 'e_parent':
      return entry.e_parent?.container ?? null;
    case 'e_address':
      return exactAddress(entry.e_address, ADDRESS_BITS);
    case 'e_offset':
      return entry.isRoot ? exactAddress(entry.e_offset, ADDRESS_BITS) : entry.e_offset;
    case 'e_type':
    case 'e_size':
      return entry[field];
    default:
      return undefined;
  }
}

function readObject(object: VmObject, field: string): unknown {
  switch (field) {
    case 'vo_prot':
      return protection(object.vo_prot);
    case 'vo_pages':
      return [...object.vo_pages].sort((a, b) => a[0] - b[0]).map(([, page]) => page);
    case 'vo_base':
    case 'vo_name':
    case 'vo_size':
    case 'vo_kind':
    case 'vo_mappings':
      return object[field];
    default:
      return readHeader(object.vo_base, field);
  }
}

function readProcess({ pid, handles, brk }: Process, field: string): unknown {
  switch (field) {
    case 'root':
      return ROOT_HANDLE + pid;
    case 'handles':
      return [...handles.keys()].sort((a, b) => a - b);
    case 'brk':
      return brk;
    default:
      return undefined;
  }
}

/** Compares with protection words as well as with the kernel's own bits. */
function protection(bits: number): object {
  return {
    type: 'protection',
    bits,
    protection: {
      read: (bits & VM_PROT_READ) !== 0,
      write: (bits & VM_PROT_WRITE) !== 0,
      execute: (bits & VM_PROT_EXEC) !== 0,
      user: (bits & VM_PROT_USER) !== 0,
    },
  };
}

export const globals: Readonly<Record<string, string>> = {
  vm_pair_lock: 'the mutex of calls on two regions (V4)',
  regions: 'vm_region objects that exist',
  mappings: 'vm_region_mapping objects that exist',
  objects: 'vm_object objects that exist',
  tables: 'page-table frames in use, without the kernel’s own',
};

export function readGlobal(state: VmrState, name: string): unknown {
  switch (name) {
    case 'vm_pair_lock':
      return state.vm_pair_lock;
    case 'regions':
      return state.regions.size;
    case 'mappings':
      return state.mappings;
    case 'objects':
      return state.objects.size;
    case 'tables':
      return state.tables;
    default:
      return undefined;
  }
}

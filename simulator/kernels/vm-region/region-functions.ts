/** Chapter 4 as scenarios call it: regions and objects by their handles. */
import type { Parameter } from '../../execution/function-info.ts';
import { kernelFunction } from '../../execution/activation.ts';
import { machineAddress } from '../../hardware/virtual-address.ts';
import { ADDRESS_BITS, protectionBits, VM_REGION_ANY_OFFSET, type Status } from './constants.ts';
import {
  memmove, memmoveVector, moveSteps, moveVectorSteps, readKernel, readSteps, type MoveArgs, type MoveResult, type MoveVectorArgs,
  type ReadResult,
} from './copy.ts'; // prettier-ignore
import { create, createSteps } from './create.ts';
import { demand, demandSteps, type DemandArgs } from './demand-map.ts';
import { byHandles, giveHandle, handle, outHandle, resolve } from './handles.ts';
import { map, mapSteps, type MapArgs } from './map-object.ts';
import { unmap, unmapSteps, type UnmapArgs } from './unmap.ts';
import type { Here, Steps, VmRegion } from './state.ts';

export const prot: Parameter = { name: 'prot', type: { kind: 'protection', bits: protectionBits } };
export const nameParameters: readonly Parameter[] = [
  { name: 'name', type: { kind: 'string', nullable: true }, default: '' },
  { name: 'name_len', type: { kind: 'integer' }, optional: true },
];

/** `name` as far as `name_len` says; null is empty. */
export function cutTo({ name, name_len }: { name: string | null; name_len?: number }): string {
  if (name === null) return '';
  return name_len === undefined ? name : name.slice(0, Math.max(0, name_len));
}

/** `off_t`: the upper half of 64 bits is negative. */
function signed(value: bigint): number {
  return Number(value >= 2n ** 63n ? value - 2n ** 64n : value);
}

export const vm_region_type_init = kernelFunction(
  {
    name: 'vm_region_type_init',
    section: '4.1',
    doc: 'Registers the object type; once, at boot.',
    parameters: [],
    errors: ['ALREADY_EXISTS'],
    steps: { 1: 'register type “vm-region”', 2: 'the mapping and page caches' },
  },
  function* (here: Here): Steps<'ALREADY_EXISTS' | void> {
    if (here.step('1')) yield;
    if (here.kernel.isTypeRegistered) return 'ALREADY_EXISTS';
    if (here.step('2')) yield;
    here.kernel.isTypeRegistered = true;
  },
);

export const vm_region_cast = kernelFunction(
  {
    name: 'vm_region_cast',
    section: '4.2',
    doc: 'The region that an object is, or none.',
    parameters: [handle('obj')],
    result: { kind: 'object', type: 'vm_region', nullable: true },
    errors: ['BAD_HANDLE'],
    steps: { 1: 'null: null', 2: 'by the object’s type' },
  },
  function* (here: Here, args: { obj: unknown }): Steps<VmRegion | null | 'BAD_HANDLE'> {
    if (here.step('1')) yield;
    const object = resolve(here, args.obj);
    if (object === null || object === 'BAD_HANDLE') return object;
    if (here.step('2')) yield;
    return object.type === 'vm_region' ? object : null;
  },
);

interface CreateByHandle {
  readonly parent: VmRegion | null;
  readonly name: string | null;
  readonly name_len?: number;
  readonly offset: bigint;
  readonly region_len: number;
  readonly prot: number;
  readonly out?: null;
}

export const vm_region_create = byHandles(
  {
    name: 'vm_region_create',
    section: '4.3',
    doc: 'Creates a region, inside a parent or, without one, as the root of a new address space.',
    parameters: [
      handle('parent'),
      ...nameParameters,
      { name: 'offset', type: { kind: 'u64' }, doc: 'in the parent, or VM_REGION_ANY_OFFSET; without one an address' },
      { name: 'region_len', type: { kind: 'size' } },
      prot,
    ],
    outputs: outHandle,
    errors: ['INVALID_ARGUMENT', 'BAD_STATE', 'ACCESS_DENIED', 'NO_MEMORY', 'ALREADY_EXISTS'],
    steps: createSteps,
  },
  function* (here: Here, args: CreateByHandle): Steps<{ out: number } | Status> {
    const { parent, region_len } = args;
    const relative = signed(args.offset);
    const isAddress = parent === null && relative !== VM_REGION_ANY_OFFSET;
    const offset = isAddress ? machineAddress(BigInt.asUintN(64, args.offset), ADDRESS_BITS) : relative;
    const request = { parent, name: cutTo(args), offset, region_len, prot: args.prot };
    const made = yield* create(here, 'out' in args ? { ...request, out: null } : request);
    return yield* giveHandle(here, made);
  },
);

type MapByHandle = Omit<MapArgs, 'region_offset' | 'object_offset'> &
  Readonly<Record<'region_offset' | 'object_offset', bigint>>;

export const vm_region_map_object = byHandles(
  {
    name: 'vm_region_map_object',
    section: '4.5',
    doc: 'Maps a range of an object; in a child, if one holds the whole range. No page is made.',
    parameters: [
      handle('region'),
      { name: 'region_offset', type: { kind: 'u64' }, doc: 'or VM_REGION_ANY_OFFSET' },
      handle('object'),
      { name: 'object_offset', type: { kind: 'u64' } },
      { name: 'length', type: { kind: 'size' } },
      prot,
    ],
    outputs: [{ name: 'out', type: { kind: 'address' } }],
    errors: ['INVALID_ARGUMENT', 'BAD_STATE', 'ACCESS_DENIED', 'NO_MEMORY', 'ALREADY_EXISTS'],
    steps: mapSteps,
  },
  function* (here: Here, args: MapByHandle): Steps<{ out: number } | Status> {
    const region_offset = signed(args.region_offset);
    const mapping = yield* map(here, { ...args, region_offset, object_offset: signed(args.object_offset) });
    return typeof mapping === 'string' ? mapping : { out: mapping.m_entry.e_address };
  },
);

export const vm_region_unmap = byHandles(
  {
    name: 'vm_region_unmap',
    section: '4.7',
    doc: 'Removes whatever mappings lie in a range, in the region and in its descendants.',
    parameters: [
      handle('region'),
      { name: 'region_offset', type: { kind: 'u64' } },
      { name: 'length', type: { kind: 'size' } },
    ],
    errors: ['INVALID_ARGUMENT', 'BAD_STATE', 'NO_MEMORY'],
    steps: unmapSteps,
  },
  function* (here: Here, args: Omit<UnmapArgs, 'region_offset'> & { region_offset: bigint }) {
    return yield* unmap(here, { ...args, region_offset: signed(args.region_offset) });
  },
);

export const vm_region_demand_map = byHandles(
  {
    name: 'vm_region_demand_map',
    section: '4.9',
    doc: 'Pages in what an access needs, and enters it in the page tables.',
    parameters: [
      handle('region'),
      { name: 'addr', type: { kind: 'address' } },
      { name: 'flags', type: { kind: 'integer' } },
    ],
    errors: ['INVALID_ARGUMENT', 'MEMORY_FAULT', 'BAD_STATE', 'NO_ENTRY', 'ACCESS_DENIED', 'NO_MEMORY'],
    steps: demandSteps,
  },
  function* (here: Here, args: DemandArgs): Steps<Status | void> {
    return yield* demand(here, args);
  },
);

export const vm_region_get_base_address = byHandles(
  {
    name: 'vm_region_get_base_address',
    section: '4.10',
    doc: 'The absolute address of a region’s first byte; of a dead one the address it had.',
    parameters: [handle('region')],
    result: { kind: 'address' },
    errors: [],
    steps: { 1: 'e_address' },
  },
  function* (here: Here, { region }: { region: VmRegion }): Steps<number> {
    if (here.step('1')) yield;
    return region.vr_entry.e_address;
  },
);

const source = [handle('src_region'), { name: 'src_ptr', type: { kind: 'address' } } as const];

export const vm_region_read_kernel = byHandles(
  {
    name: 'vm_region_read_kernel',
    section: '4.12',
    doc: 'Reads user data into a kernel buffer. A short copy delivers what came before the fault.',
    parameters: [
      ...source,
      { name: 'count', type: { kind: 'size' } },
      { name: 'dest', type: { kind: 'any' }, optional: true, inOut: true, doc: 'none: no buffer' },
    ],
    outputs: [{ name: 'nr_read', type: { kind: 'size' } }],
    errors: ['INVALID_ARGUMENT', 'BAD_STATE', 'MEMORY_FAULT', 'NO_MEMORY'],
    steps: readSteps,
  },
  function* (here: Here, args: Parameters<typeof readKernel>[1]): Steps<ReadResult> {
    return yield* readKernel(here, args);
  },
);

export const vm_region_memmove = byHandles(
  {
    name: 'vm_region_memmove',
    section: '4.13',
    doc: 'Moves bytes between two regions, of one address space or of two.',
    parameters: [
      handle('dest_region'),
      { name: 'dest_ptr', type: { kind: 'address' } },
      ...source,
      { name: 'count', type: { kind: 'size' } },
    ],
    outputs: [{ name: 'nr_moved', type: { kind: 'size' } }],
    errors: ['BAD_STATE', 'MEMORY_FAULT', 'NO_MEMORY'],
    steps: moveSteps,
  },
  function* (here: Here, args: MoveArgs): Steps<MoveResult> {
    return yield* memmove(here, args);
  },
);

const iovec: Parameter['type'] = {
  kind: 'list',
  of: {
    kind: 'record',
    fields: [
      { name: 'io_base', type: { kind: 'address' } },
      { name: 'io_len', type: { kind: 'size' } },
    ],
  },
};

export const vm_region_memmove_v = byHandles(
  {
    name: 'vm_region_memmove_v',
    section: '4.14',
    doc: 'Gathers from a vector of ranges and scatters to another; offsets skip bytes from the front of a vector.',
    parameters: [
      handle('dest_region'),
      { name: 'dest_offset', type: { kind: 'size' } },
      { name: 'dest', type: iovec },
      { name: 'nr_dest', type: { kind: 'integer' }, optional: true },
      handle('src_region'),
      { name: 'src_offset', type: { kind: 'size' } },
      { name: 'src', type: iovec },
      { name: 'nr_src', type: { kind: 'integer' }, optional: true },
      { name: 'bytes_to_move', type: { kind: 'size' } },
    ],
    errors: ['INVALID_ARGUMENT', 'BAD_STATE', 'MEMORY_FAULT', 'NO_MEMORY'],
    steps: moveVectorSteps,
  },
  function* (here: Here, args: MoveVectorArgs): Steps<string | void> {
    return yield* memmoveVector(here, args);
  },
);

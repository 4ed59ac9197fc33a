/** 4.5 to 4.7, 4.38 to 4.46: address spaces and looking things up. */
import { kernelFunction } from '../../../execution/activation.ts';
import { panic } from '../../../execution/panic.ts';
import {
  DEFAULT_KERNEL_WORKING_SET, DEFAULT_MAX_WORKING_SET, DEFAULT_MIN_WORKING_SET, DEFAULT_WORKING_SET, VM_ASPACE_STATE_DELETION,
  VM_ASPACE_STATE_NORMAL,
} from '../base/constants.ts'; // prettier-ignore
import { giveUp, putRegionLocked } from './delete.ts';
import { kmalloc } from '../base/heap.ts';
import { lockRanks, newRwSem, newSemId, now, readLock, unlock, writeLock } from '../base/locks.ts';
import {
  byBucket,
  currentThread,
  kernelAspace,
  type Here,
  type Steps,
  type VmAddressSpace,
  type VmRegion,
  type VmTranslationMap,
} from '../base/state.ts';
import { putAspace } from '../memory/put-aspace.ts';
import { createMap } from '../memory/translation-map.ts';

export const aidParameter = { name: 'aid', type: { kind: 'integer' } } as const;
const aspaceResult = { kind: 'object', type: 'vm_address_space', nullable: true } as const;

/** The caller owes one put. */
export const getAspaceById = kernelFunction(
  {
    name: 'vm_get_aspace_by_id',
    section: '4.5',
    doc: 'An address space by its id, with one reference more; one that is being deleted is still found.',
    parameters: [aidParameter],
    result: aspaceResult,
    errors: [],
    steps: { 1: '+R(aspace_hash_sem)', 2: 'look it up', 3: 'one reference more', 4: '-R', 5: 'it, or NULL' },
  },
  function* (here: Here, { aid }: { aid: number }): Steps<VmAddressSpace | null> {
    if (here.step('1')) yield;
    yield* readLock(here, here.kernel.aspace_hash_sem);
    if (here.step('2')) yield;
    const aspace = here.kernel.aspace_table.get(aid) ?? null;
    if (here.step('3')) yield;
    if (aspace !== null) aspace.ref_count += 1;
    if (here.step('4')) yield;
    unlock(here, here.kernel.aspace_hash_sem);
    if (here.step('5')) yield;
    return aspace;
  },
);

export const getRegionById = kernelFunction(
  {
    name: 'vm_get_region_by_id',
    section: '4.6',
    doc: 'A region by its id, with one reference more.',
    parameters: [{ name: 'rid', type: { kind: 'integer' } }],
    result: { kind: 'object', type: 'vm_region', nullable: true },
    errors: [],
    steps: { 1: '+R(region_hash_sem)', 2: 'look it up', 3: 'one reference more', 4: '-R', 5: 'it, or NULL' },
  },
  function* (here: Here, { rid }: { rid: number }): Steps<VmRegion | null> {
    if (here.step('1')) yield;
    yield* readLock(here, here.kernel.region_hash_sem);
    if (here.step('2')) yield;
    const region = here.kernel.region_table.get(rid) ?? null;
    if (here.step('3')) yield;
    if (region !== null) region.ref_count += 1;
    if (here.step('4')) yield;
    unlock(here, here.kernel.region_hash_sem);
    if (here.step('5')) yield;
    return region;
  },
);

export const vm_find_region_by_name = kernelFunction(
  {
    name: 'vm_find_region_by_name',
    section: '4.7',
    doc: 'The id of the first region of a name, in base order.',
    parameters: [aidParameter, { name: 'name', type: { kind: 'string' } }],
    result: { kind: 'integer' },
    errors: ['ERR_VM_INVALID_ASPACE', 'ERR_NOT_FOUND'],
    steps: { 1: 'the address space', 2: '+R(map.sem)', 3: 'walk the list', 4: '-R', 5: 'put it', 6: 'the id' },
  },
  function* (
    here: Here,
    { aid, name }: { aid: number; name: string },
  ): Steps<number | 'ERR_VM_INVALID_ASPACE' | 'ERR_NOT_FOUND'> {
    if (here.step('1')) yield;
    const aspace = yield* getAspaceById(here, { aid });
    if (aspace === null) return 'ERR_VM_INVALID_ASPACE';
    if (here.step('2')) yield;
    yield* readLock(here, aspace.virtual_map.sem);
    if (here.step('3')) yield;
    const found = aspace.virtual_map.region_list.find((region) => region.name === name);
    if (here.step('4')) yield;
    unlock(here, aspace.virtual_map.sem);
    if (here.step('5')) yield;
    yield* putAspace(here, aspace);
    if (here.step('6')) yield;
    return found?.id ?? 'ERR_NOT_FOUND';
  },
);

export const vm_get_kernel_aspace = kernelFunction(
  {
    name: 'vm_get_kernel_aspace',
    section: '4.38',
    doc: 'The kernel’s address space, with one reference more.',
    parameters: [],
    result: aspaceResult,
    errors: [],
    steps: { 1: '+R(aspace_hash_sem), one reference more, -R' },
  },
  function* (here: Here): Steps<VmAddressSpace> {
    if (here.step('1')) yield;
    yield* readLock(here, here.kernel.aspace_hash_sem);
    const aspace = kernelAspace(here);
    aspace.ref_count += 1;
    unlock(here, here.kernel.aspace_hash_sem);
    return aspace;
  },
);

export const vm_get_kernel_aspace_id = kernelFunction(
  {
    name: 'vm_get_kernel_aspace_id',
    section: '4.39',
    doc: 'The id of the kernel’s address space.',
    parameters: [],
    result: { kind: 'integer' },
    errors: [],
    steps: { 1: 'kernel_aspace.id' },
  },
  function* (here: Here): Steps<number> {
    if (here.step('1')) yield;
    return kernelAspace(here).id;
  },
);

export function currentUserAspaceId(here: Here): number {
  return currentThread(here)?.process.aspace?.id ?? -1;
}

export const getCurrentUserAspace = kernelFunction(
  {
    name: 'vm_get_current_user_aspace',
    section: '4.40',
    doc: 'The current process’s address space, with one reference more; NULL for kernel threads.',
    parameters: [],
    result: aspaceResult,
    errors: [],
    steps: { 1: 'vm_get_aspace_by_id of the current id' },
  },
  function* (here: Here): Steps<VmAddressSpace | null> {
    if (here.step('1')) yield;
    return yield* getAspaceById(here, { aid: currentUserAspaceId(here) });
  },
);

export const vm_get_current_user_aspace_id = kernelFunction(
  {
    name: 'vm_get_current_user_aspace_id',
    section: '4.41',
    doc: 'The id of the current process’s address space; -1 for kernel threads.',
    parameters: [],
    result: { kind: 'integer' },
    errors: [],
    steps: { 1: 'of the current thread’s process' },
  },
  function* (here: Here): Steps<number> {
    if (here.step('1')) yield;
    return currentUserAspaceId(here);
  },
);

export const vm_put_aspace = kernelFunction(
  { ...putAspace.info, parameters: [{ name: 'aspace', type: { kind: 'object', type: 'vm_address_space' } }] },
  function* (here: Here, { aspace }: { aspace: VmAddressSpace }): Steps<void> {
    yield* putAspace(here, aspace);
  },
);

interface CreateArgs {
  readonly name: string;
  readonly base: number;
  readonly size: number;
  readonly kernel?: boolean;
}

export const createAspace = kernelFunction(
  {
    name: 'vm_create_aspace',
    section: '4.43',
    doc: 'Creates an address space; its id.',
    parameters: [
      { name: 'name', type: { kind: 'string' } },
      { name: 'base', type: { kind: 'address' } },
      { name: 'size', type: { kind: 'size' } },
      { name: 'kernel', type: { kind: 'boolean' }, default: false },
    ],
    result: { kind: 'integer' },
    errors: ['ERR_NO_MEMORY'],
    steps: {
      1: 'structure and name; fail: ERR_NO_MEMORY',
      2: 'the next id; its fields',
      3: 'translation map',
      4: 'virtual map',
      5: '+W(aspace_hash_sem), insert, -W',
      6: 'the id',
    },
  },
  function* (here: Here, args: CreateArgs): Steps<number | 'ERR_NO_MEMORY'> {
    if (here.step('1')) yield;
    const address = kmalloc(here, 160);
    if (address === 0 || kmalloc(here, args.name.length + 1) === 0) return 'ERR_NO_MEMORY';
    if (here.step('2')) yield;
    const id = here.kernel.next_aspace_id++;
    if (here.step('3')) yield;
    const map = createMap(here, args.kernel === true);
    if (typeof map === 'string') return map;
    if (here.step('4')) yield;
    const aspace = newAspace(here, address, id, map, args);
    if (here.step('5')) yield;
    yield* writeLock(here, here.kernel.aspace_hash_sem);
    here.kernel.aspace_table.set(id, aspace);
    unlock(here, here.kernel.aspace_hash_sem);
    if (here.step('6')) yield;
    return id;
  },
);

export function newAspace(
  here: Here,
  address: number,
  id: number,
  translation_map: VmTranslationMap,
  { name, base, size, kernel = false }: CreateArgs,
): VmAddressSpace {
  const sem = newRwSem(`aspacelock of ${name}`, newSemId(here.kernel), lockRanks.map);
  return {
    type: 'vm_address_space', address, name, id, translation_map, ref_count: 1, fault_count: 0, state: VM_ASPACE_STATE_NORMAL, scan_va: base,
    working_set_size: kernel ? DEFAULT_KERNEL_WORKING_SET : DEFAULT_WORKING_SET, max_working_set: DEFAULT_MAX_WORKING_SET,
    min_working_set: DEFAULT_MIN_WORKING_SET, last_working_set_adjust: now(here), held: 0, freed: null,
    virtual_map: { type: 'vm_virtual_map', region_list: [], region_hint: null, change_count: 0, sem, base, size },
  }; // prettier-ignore
}

export const deleteAspace = kernelFunction(
  {
    name: 'vm_delete_aspace',
    section: '4.44',
    doc: 'Gives an address space up: its regions are put, and it goes when nobody refers to it any more.',
    parameters: [aidParameter],
    result: { kind: 'integer' },
    errors: ['ERR_VM_INVALID_ASPACE'],
    steps: {
      0: 'the kernel’s: panic',
      1: 'the address space',
      2: '+W(map.sem)',
      3: 'it is in deletion already: put it',
      4: 'state DELETION',
      5: 'put the next region',
      6: '-W',
      7: 'put it twice: the lookup’s reference and the creation’s',
      8: 'NO_ERROR',
    },
  },
  function* (here: Here, { aid }: { aid: number }): Steps<number | 'ERR_VM_INVALID_ASPACE'> {
    if (here.step('0')) yield;
    if (aid === kernelAspace(here).id) panic(here, 'vm_delete_aspace: the kernel’s address space');
    if (here.step('1')) yield;
    const aspace = yield* getAspaceById(here, { aid });
    if (aspace === null) return 'ERR_VM_INVALID_ASPACE';
    const { virtual_map } = aspace;
    if (here.step('2')) yield;
    yield* writeLock(here, virtual_map.sem);
    if (here.step('3')) yield;
    if (aspace.state === VM_ASPACE_STATE_DELETION) {
      unlock(here, virtual_map.sem);
      yield* putAspace(here, aspace);
      return 0;
    }
    if (here.step('4')) yield;
    aspace.state = VM_ASPACE_STATE_DELETION;
    for (const region of [...virtual_map.region_list]) {
      if (here.step('5')) yield;
      giveUp(here, region);
      yield* putRegionLocked(here, { region, aspace_locked: true });
    }
    if (here.step('6')) yield;
    unlock(here, virtual_map.sem);
    if (here.step('7')) yield;
    yield* putAspace(here, aspace);
    yield* putAspace(here, aspace);
    if (here.step('8')) yield;
    return 0;
  },
);

interface Iterator {
  readonly type: 'hash_iterator';
  /** Id of the last element given; -1 before the first. */
  last: number;
}

export const vm_aspace_walk_start = kernelFunction(
  {
    name: 'vm_aspace_walk_start',
    section: '4.45',
    doc: 'Opens an iterator on all address spaces.',
    parameters: [],
    result: { kind: 'integer' },
    outputs: [{ name: 'iterator', type: { kind: 'object', type: 'hash_iterator' } }],
    errors: [],
    steps: { 1: 'open it' },
  },
  function* (here: Here): Steps<{ result: number; iterator: Iterator }> {
    if (here.step('1')) yield;
    return { result: 0, iterator: { type: 'hash_iterator', last: -1 } };
  },
);

/** In the order of the buckets, which below 1024 is the order of the ids. */
function nextAspace(here: Here, last: number): VmAddressSpace | null {
  let found: VmAddressSpace | null = null;
  for (const aspace of here.kernel.aspace_table.values())
    if ((last < 0 || byBucket(aspace, { id: last }) > 0) && (found === null || byBucket(aspace, found) < 0))
      found = aspace;
  return found;
}

export const vm_aspace_walk_next = kernelFunction(
  {
    name: 'vm_aspace_walk_next',
    section: '4.46',
    doc: 'The next address space, with one reference more, or NULL.',
    parameters: [{ name: 'iterator', type: { kind: 'object', type: 'hash_iterator' } }],
    result: aspaceResult,
    errors: [],
    steps: { 1: '+R(aspace_hash_sem), the next, one reference more, -R' },
  },
  function* (here: Here, { iterator }: { iterator: Iterator }): Steps<VmAddressSpace | null> {
    if (here.step('1')) yield;
    yield* readLock(here, here.kernel.aspace_hash_sem);
    const aspace = nextAspace(here, iterator.last);
    if (aspace !== null) {
      aspace.ref_count += 1;
      iterator.last = aspace.id;
    }
    unlock(here, here.kernel.aspace_hash_sem);
    return aspace;
  },
);

export const aspaceFunctions = [
  getAspaceById, getRegionById, vm_find_region_by_name, vm_get_kernel_aspace,
  vm_get_kernel_aspace_id, getCurrentUserAspace, vm_get_current_user_aspace_id, vm_put_aspace, createAspace, deleteAspace,
  vm_aspace_walk_start, vm_aspace_walk_next,
]; // prettier-ignore

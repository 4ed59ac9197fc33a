/** 4.15: vm-objects, lists of physical pages of three kinds. */
import { addCycles } from '../../hardware/core.ts';
import { readFile, type DiskFile } from '../../hardware/block-device.ts';
import { copyFrame, isFrame, loadFrame } from '../../hardware/physical-memory.ts';
import { emit, EventKind } from '../../hardware/trace-event.ts';
import type { Ppn } from '../../hardware/word.ts';
import { kernelFunction } from '../../execution/activation.ts';
import { PAGE_SIZE, VM_PROT_RWX } from './constants.ts';
import { Own } from './events.ts';
import { payPages, takeFrame } from './frames.ts';
import { giveAll, newHeader, take, type Locks } from './locks.ts';
import { pmap_remove } from './pmap.ts';
import { freePage } from './references.ts';
import { mustFail } from '../injections.ts';
import { FrameUse, pageUp, type Here, type Steps, type ObjectKind, type VmObject, type VmPage } from './state.ts';
import { parentOf } from './retire.ts';

interface NewObject {
  readonly name: string;
  readonly size: number;
  readonly prot: number;
  readonly kind: ObjectKind;
  readonly file?: DiskFile | null;
  readonly base?: Ppn;
}

/** With one reference, the caller's; null: the pool is empty. */
export function newObject(here: Here, { name, size, prot, kind, file = null, base = -1 }: NewObject): VmObject | null {
  if (mustFail(here.kernel, 'object-alloc', here.cluster)) return null;
  const object: VmObject = {
    type: 'vm_object', vo_base: newHeader('vm-object', here.kernel.nextObject++), vo_name: name, vo_size: size, vo_prot: prot,
    vo_kind: kind, vo_pages: new Map(), vo_mappings: [], file, base, freed: null,
  }; // prettier-ignore
  here.kernel.objects.set(object.vo_base.ob_id, object);
  const fields = { object: object.vo_base.ob_id, kind, size };
  emit(here.machine, Own['object.create'], here.cluster, fields);
  return object;
}

/** Largest object: 2^47 bytes, the user half. */
const MOST_BYTES = 2 ** 47;

interface CreateArgs {
  readonly name: string;
  readonly size: number;
  readonly prot: number;
}

export const createObject = kernelFunction(
  {
    name: 'vm_object_create',
    section: '4.15',
    doc: 'Creates an anonymous object without pages.',
    parameters: [],
    errors: ['INVALID_ARGUMENT', 'NO_MEMORY'],
    steps: { 1: 'size rounded up, too large or a protection beyond RWX: INVALID_ARGUMENT', 2: 'allocate it' },
  },
  function* (here: Here, args: CreateArgs): Steps<VmObject | 'INVALID_ARGUMENT' | 'NO_MEMORY'> {
    return yield* makeObject(here, args);
  },
);

export function* makeObject(
  here: Here,
  { name, size, prot }: CreateArgs,
): Steps<VmObject | 'INVALID_ARGUMENT' | 'NO_MEMORY'> {
  if (here.step('1')) yield;
  if (!(size >= 0) || pageUp(size) > MOST_BYTES || (prot & ~VM_PROT_RWX) !== 0) return 'INVALID_ARGUMENT';
  if (here.step('2')) yield;
  return newObject(here, { name, size: pageUp(size), prot, kind: 'ANON' }) ?? 'NO_MEMORY';
}

/** The object of a file, one for all who map it, with one reference more. `prot` is its protection if it is made now (C2). */
export function openFileObject(here: Here, file: DiskFile, prot: number): VmObject | 'NO_MEMORY' {
  const known = here.kernel.files.get(file.name);
  if (known !== undefined) {
    known.vo_base.ob_refcount += 1;
    return known;
  }
  const object = newObject(here, { name: file.name, size: pageUp(file.size), prot, kind: 'FILE', file });
  if (object === null) return 'NO_MEMORY';
  here.kernel.files.set(file.name, object);
  return object;
}

/** 4.9 step 8: the page of an offset, made now if it is absent. The object is locked. */
export function obtainPage(here: Here, object: VmObject, offset: number): VmPage | 'NO_MEMORY' | 'MEMORY_FAULT' {
  const index = Math.floor(offset / PAGE_SIZE);
  const resident = object.vo_pages.get(index);
  if (resident !== undefined) return resident;
  // The bus answers no copy and no walk for frames that no bank has.
  if (object.vo_kind === 'PHYS')
    return isFrame(here.machine, object.base + index)
      ? insertPage(here, object, index, object.base + index)
      : 'MEMORY_FAULT';
  if (object.vo_kind === 'FILE' && mustFail(here.kernel, 'file-read', here.cluster)) return 'MEMORY_FAULT';
  const frame = takeFrame(here, FrameUse.page);
  if (frame === null) return 'NO_MEMORY';
  if (object.file === null) emit(here.machine, EventKind.pageZero, here.cluster, { ppn: frame });
  else loadPage(here, object.file, index, frame);
  return insertPage(here, object, index, frame);
}

function insertPage(here: Here, object: VmObject, index: number, frame: Ppn): VmPage {
  const page: VmPage = { type: 'vm_page', frame, bank: here.cluster, dirty: false };
  object.vo_pages.set(index, page);
  const fields = { object: object.vo_base.ob_id, index, frame, bank: here.cluster };
  emit(here.machine, Own['object.page_alloc'], here.cluster, fields);
  return page;
}

/** V14: the disk is waited for with all locks held. */
function loadPage(here: Here, file: DiskFile, index: number, frame: Ppn): void {
  loadFrame(here.machine, frame, readFile(file, index * PAGE_SIZE, PAGE_SIZE));
  addCycles(here.machine, here.core, here.machine.config.cost.T_IOC);
  emit(here.machine, EventKind.pageIn, here.cluster, { file: file.name, index, ppn: frame });
}

export function truncateSteps(): Record<string, string> {
  return {
    1: 'round up',
    2: 'lock the object',
    3: 'growing: the new size, done',
    4: 'a mapping that shows pages cut off: they leave its tables',
    5: 'free a page',
    6: 'the new size',
    7: 'unlock',
  };
}

export function* truncate(
  here: Here,
  { object, new_size }: { object: VmObject; new_size: number },
): Steps<'INVALID_ARGUMENT' | void> {
  if (here.step('1')) yield;
  const size = pageUp(new_size);
  if (!(new_size >= 0) || size > MOST_BYTES) return 'INVALID_ARGUMENT';
  const locks: Locks = [];
  if (here.step('2')) yield;
  yield* take(here, locks, object.vo_base.ob_lock);
  if (size < object.vo_size) yield* cutOff(here, object, size);
  if (here.step(size < object.vo_size ? '6' : '3')) yield;
  object.vo_size = size;
  emit(here.machine, Own['object.truncate'], here.cluster, { object: object.vo_base.ob_id, size });
  if (here.step('7')) yield;
  giveAll(here, locks);
}

function* cutOff(here: Here, object: VmObject, size: number): Steps<void> {
  for (const { m_entry, m_object_offset } of [...object.vo_mappings]) {
    const from = Math.max(m_object_offset, size);
    const to = Math.min(m_object_offset + m_entry.e_size, object.vo_size);
    if (from >= to) continue;
    if (here.step('4')) yield;
    const pmap = parentOf(m_entry)?.vr_pmap;
    if (pmap === undefined) continue;
    const va = m_entry.e_address + (from - m_object_offset);
    yield* pmap_remove(here, { pmap, va, pages: (to - from) / PAGE_SIZE, object, object_offset: from });
  }
  for (const index of [...object.vo_pages.keys()].filter((page) => page * PAGE_SIZE >= size).sort((a, b) => a - b)) {
    if (here.step('5')) yield;
    freePage(here, object, index);
  }
}

interface CloneArgs {
  readonly object: VmObject;
  readonly off: number;
  readonly len: number;
}

export const cloneObject = kernelFunction(
  {
    name: 'vm_object_clone',
    section: '4.15',
    doc: 'A new anonymous object with copies of the resident pages of a range; a file’s are loaded first (C1).',
    parameters: [],
    errors: ['INVALID_ARGUMENT', 'NO_MEMORY', 'MEMORY_FAULT'],
    steps: cloneSteps(),
  },
  function* (here: Here, args: CloneArgs): Steps<VmObject | CloneError> {
    return yield* clone(here, args);
  },
);

type CloneError = 'INVALID_ARGUMENT' | 'NO_MEMORY' | 'MEMORY_FAULT';

export function cloneSteps(): Record<string, string> {
  return {
    1: 'the range must lie in the object, by whole pages',
    2: 'allocate the new object',
    3: 'lock the object',
    4: 'a resident page: copy it. Absent ones stay absent',
    5: 'unlock. No frame: free the copies, NO_MEMORY',
  };
}

export function* clone(here: Here, { object, off, len }: CloneArgs): Steps<VmObject | CloneError> {
  if (here.step('1')) yield;
  const size = pageUp(len);
  if (!(off >= 0) || off % PAGE_SIZE !== 0 || !(len >= 0) || off + size > object.vo_size) return 'INVALID_ARGUMENT';
  if (here.step('2')) yield;
  const copy = newObject(here, { name: object.vo_name, size, prot: VM_PROT_RWX, kind: 'ANON' });
  if (copy === null) return 'NO_MEMORY';
  const locks: Locks = [];
  if (here.step('3')) yield;
  yield* take(here, locks, object.vo_base.ob_lock);
  // Somebody may have cut the object off while this call waited.
  const isInside = off + size <= object.vo_size;
  const error = isInside ? yield* copyPages(here, object, copy, off, size) : 'INVALID_ARGUMENT';
  if (here.step('5')) yield;
  giveAll(here, locks);
  if (error === null) return copy;
  for (const index of [...copy.vo_pages.keys()]) freePage(here, copy, index);
  here.kernel.objects.delete(copy.vo_base.ob_id);
  copy.vo_base.ob_refcount = 0;
  copy.freed = 'vm_object_clone step 5';
  return error;
}

function* copyPages(
  here: Here,
  object: VmObject,
  copy: VmObject,
  off: number,
  size: number,
): Steps<'NO_MEMORY' | 'MEMORY_FAULT' | null> {
  for (const index of pagesToCopy(object, off / PAGE_SIZE, size / PAGE_SIZE)) {
    if (here.step('4')) yield;
    const page = obtainPage(here, object, index * PAGE_SIZE);
    if (typeof page === 'string') return page;
    const frame = takeFrame(here, FrameUse.page);
    if (frame === null) return 'NO_MEMORY';
    copyFrame(here.machine, frame, page.frame);
    payPages(here, page.frame, frame);
    insertPage(here, copy, index - off / PAGE_SIZE, frame);
  }
  return null;
}

/** C1: all pages of a file, of others those that are there. */
function pagesToCopy({ vo_kind, vo_pages }: VmObject, first: number, count: number): number[] {
  if (vo_kind === 'FILE') return Array.from({ length: count }, (_, page) => first + page);
  return [...vo_pages.keys()].filter((index) => index >= first && index < first + count).sort((a, b) => a - b);
}

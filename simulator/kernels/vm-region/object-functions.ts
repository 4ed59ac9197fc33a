/** 4.15 as scenarios call it: objects by their handles. */
import { loadFrame, readBytes } from '../../hardware/physical-memory.ts';
import { PAGE_SIZE, VM_OBJECT_ALLOCATE, type Status } from './constants.ts';
import { textOf } from './copy.ts';
import { byHandles, giveHandle, handle, outHandle } from './handles.ts';
import { giveAll, take, type Locks } from './locks.ts';
import { cutTo, nameParameters, prot } from './region-functions.ts';
import { clone, cloneSteps, makeObject, newObject, obtainPage, truncate, truncateSteps } from './vm-object.ts';
import { pageUp, type Here, type Steps, type VmObject, type VmPage } from './state.ts';

interface CreateArgs {
  readonly name: string | null;
  readonly name_len?: number;
  readonly size: number;
  readonly prot: number;
}

const size = { name: 'size', type: { kind: 'size' } } as const;

export const vm_object_create = byHandles(
  {
    name: 'vm_object_create',
    section: '4.15',
    doc: 'Creates an anonymous object without pages; its size is rounded up and may be 0.',
    parameters: [...nameParameters, size, prot],
    outputs: outHandle,
    errors: ['INVALID_ARGUMENT', 'NO_MEMORY'],
    steps: { 1: 'size rounded up, too large or a protection beyond RWX: INVALID_ARGUMENT', 2: 'allocate it' },
  },
  function* (here: Here, args: CreateArgs): Steps<{ out: number } | Status> {
    return yield* giveHandle(here, yield* makeObject(here, { name: cutTo(args), size: args.size, prot: args.prot }));
  },
);

export const vm_object_create_physical = byHandles(
  {
    name: 'vm_object_create_physical',
    section: '2.5',
    doc: 'Creates an object of fixed frames, as a driver has for its device.',
    parameters: [...nameParameters, size, prot, { name: 'frame', type: { kind: 'ppn' } }],
    outputs: outHandle,
    errors: ['INVALID_ARGUMENT', 'NO_MEMORY'],
    steps: { 1: 'size rounded up', 2: 'allocate it; its pages are the frames from the first on' },
  },
  function* (here: Here, args: CreateArgs & { frame: number }): Steps<{ out: number } | Status> {
    if (here.step('1')) yield;
    if (!(args.size > 0) || (args.prot & ~0x7) !== 0) return 'INVALID_ARGUMENT';
    if (here.step('2')) yield;
    const { frame } = args;
    const made = newObject(here, {
      name: cutTo(args),
      size: pageUp(args.size),
      prot: args.prot,
      kind: 'PHYS',
      base: frame,
    });
    return yield* giveHandle(here, made ?? 'NO_MEMORY');
  },
);

export const vm_object_get_page = byHandles(
  {
    name: 'vm_object_get_page',
    section: '4.15',
    doc: 'The page of an offset, or none; with VM_OBJECT_ALLOCATE it is made if it is absent.',
    parameters: [
      handle('obj'),
      { name: 'off', type: { kind: 'integer' } },
      { name: 'flags', type: { kind: 'integer' }, default: 0 },
    ],
    result: { kind: 'object', type: 'vm_page', nullable: true },
    errors: ['MEMORY_FAULT', 'NO_MEMORY'],
    steps: { 1: 'beyond the object’s end: MEMORY_FAULT', 2: 'the page; absent: none, or made' },
  },
  function* (
    here: Here,
    { obj: object, off, flags }: { obj: VmObject; off: number; flags: number },
  ): Steps<VmPage | null | 'MEMORY_FAULT' | 'NO_MEMORY'> {
    const locks: Locks = [];
    yield* take(here, locks, object.vo_base.ob_lock);
    const page = yield* getPage(here, object, off, flags);
    giveAll(here, locks);
    return page;
  },
);

function* getPage(
  here: Here,
  object: VmObject,
  off: number,
  flags: number,
): Steps<VmPage | null | 'MEMORY_FAULT' | 'NO_MEMORY'> {
  if (here.step('1')) yield;
  if (off < 0 || off >= object.vo_size) return 'MEMORY_FAULT';
  if (here.step('2')) yield;
  const resident = object.vo_pages.get(Math.floor(off / PAGE_SIZE));
  if (resident !== undefined || (flags & VM_OBJECT_ALLOCATE) === 0) return resident ?? null;
  return obtainPage(here, object, off);
}

interface TransferArgs {
  readonly obj: VmObject;
  readonly off: number;
  readonly buf: string;
  readonly len: number;
}

export const vm_object_read = byHandles(
  {
    name: 'vm_object_read',
    section: '4.15',
    doc: 'Reads bytes of an object; absent pages read as zeros.',
    parameters: [handle('obj'), { name: 'off', type: { kind: 'integer' } }, { name: 'len', type: { kind: 'size' } }],
    outputs: [{ name: 'buf', type: { kind: 'buffer' } }],
    errors: ['INVALID_ARGUMENT', 'NO_MEMORY', 'MEMORY_FAULT'],
    steps: { 1: 'beyond the object’s end: INVALID_ARGUMENT', 2: 'a page’s part' },
  },
  function* (here: Here, { obj: object, off, len }: TransferArgs): Steps<{ buf: string } | Status> {
    if (here.step('1')) yield;
    const locks: Locks = [];
    yield* take(here, locks, object.vo_base.ob_lock);
    const isInside = off >= 0 && off + len <= object.vo_size;
    const read = isInside ? yield* readBytesOf(here, object, off, len) : 'INVALID_ARGUMENT';
    giveAll(here, locks);
    return read;
  },
);

function* readBytesOf(here: Here, object: VmObject, off: number, len: number): Steps<{ buf: string } | Status> {
  let buf = '';
  while (buf.length < len) {
    if (here.step('2')) yield;
    const at = off + buf.length;
    const part = Math.min(len - buf.length, PAGE_SIZE - (at % PAGE_SIZE));
    const isAbsent = object.vo_kind === 'ANON' && !object.vo_pages.has(Math.floor(at / PAGE_SIZE));
    const page = isAbsent ? null : obtainPage(here, object, at);
    if (typeof page === 'string') return page;
    const { machine } = here;
    buf +=
      page === null ? '\0'.repeat(part) : textOf(readBytes(machine, page.frame * PAGE_SIZE + (at % PAGE_SIZE), part));
  }
  return { buf };
}

export const vm_object_write = byHandles(
  {
    name: 'vm_object_write',
    section: '4.15',
    doc: 'Writes bytes of an object; absent pages are made.',
    parameters: [
      handle('obj'),
      { name: 'off', type: { kind: 'integer' } },
      { name: 'buf', type: { kind: 'buffer' } },
      { name: 'len', type: { kind: 'size' }, optional: true },
    ],
    errors: ['INVALID_ARGUMENT', 'NO_MEMORY', 'MEMORY_FAULT'],
    steps: { 1: 'beyond the object’s end: INVALID_ARGUMENT', 2: 'a page’s part; the page is dirty' },
  },
  function* (here: Here, { obj: object, off, buf, len }: TransferArgs): Steps<Status | void> {
    const length = len ?? buf.length;
    if (here.step('1')) yield;
    const locks: Locks = [];
    yield* take(here, locks, object.vo_base.ob_lock);
    const isInside = off >= 0 && off + length <= object.vo_size;
    const error = isInside ? yield* writeBytesOf(here, object, off, { buf, length }) : 'INVALID_ARGUMENT';
    giveAll(here, locks);
    return error;
  },
);

/** Zeros behind the string's end. */
function* writeBytesOf(
  here: Here,
  object: VmObject,
  off: number,
  { buf, length }: { buf: string; length: number },
): Steps<Status | void> {
  for (let done = 0; done < length;) {
    if (here.step('2')) yield;
    const at = off + done;
    const part = Math.min(length - done, PAGE_SIZE - (at % PAGE_SIZE));
    const page = obtainPage(here, object, at);
    if (typeof page === 'string') return page;
    const first = done;
    const bytes = Uint8Array.from({ length: part }, (_, index) => buf.charCodeAt(first + index) || 0);
    loadFrame(here.machine, page.frame, bytes, at % PAGE_SIZE);
    page.dirty = true;
    done += part;
  }
}

export const vm_object_truncate = byHandles(
  {
    name: 'vm_object_truncate',
    section: '4.15',
    doc: 'Changes an object’s size; what is cut off leaves every page table.',
    parameters: [handle('obj'), { name: 'new_size', type: { kind: 'size' } }],
    errors: ['INVALID_ARGUMENT'],
    steps: truncateSteps(),
  },
  function* (here: Here, { obj, new_size }: { obj: VmObject; new_size: number }): Steps<Status | void> {
    return yield* truncate(here, { object: obj, new_size });
  },
);

export const vm_object_clone = byHandles(
  {
    name: 'vm_object_clone',
    section: '4.15',
    doc: 'A new anonymous object with copies of the resident pages of a range; a file’s are loaded first.',
    parameters: [handle('obj'), { name: 'off', type: { kind: 'integer' } }, { name: 'len', type: { kind: 'size' } }],
    outputs: outHandle,
    errors: ['INVALID_ARGUMENT', 'NO_MEMORY', 'MEMORY_FAULT'],
    steps: cloneSteps(),
  },
  function* (
    here: Here,
    { obj, off, len }: { obj: VmObject; off: number; len: number },
  ): Steps<{ out: number } | Status> {
    return yield* giveHandle(here, yield* clone(here, { object: obj, off, len }));
  },
);

/** 7, V11, V12: what a process's address space is made of. */
import { findFile } from '../../hardware/block-device.ts';
import { loadFrame } from '../../hardware/physical-memory.ts';
import type { ElfSegment } from '../kernel.ts';
import {
  HEAP_SIZE, HEAP_START, MMAP_SIZE, MMAP_START, PAGE_SIZE, protectionBits, ROOT_SIZE, STACK_SIZE, STACK_START, USER_START,
  VM_PROT_ALL, VM_PROT_EXEC, VM_PROT_READ, VM_PROT_RWX, VM_PROT_USER, VM_PROT_WRITE, type Status,
} from './constants.ts'; // prettier-ignore
import { createRegion } from './create.ts';
import { killByHand } from './handles.ts';
import { mapObject } from './map-object.ts';
import { dropReference } from './references.ts';
import { cloneObject, createObject, obtainPage, openFileObject } from './vm-object.ts';
import { pageDown, pageUp, type Here, type Steps, type Program, type VmObject, type VmRegion } from './state.ts';
import type { Protection } from '../view.ts';

const RWU = VM_PROT_READ | VM_PROT_WRITE | VM_PROT_USER;

export function protOf({ read, write, execute }: Protection): number {
  const bits =
    (read ? protectionBits.read : 0) | (write ? protectionBits.write : 0) | (execute ? protectionBits.execute : 0);
  return bits === 0 ? 0 : bits | protectionBits.user;
}

export interface Space {
  readonly root: VmRegion;
  readonly heap: VmRegion;
  readonly mmap: VmRegion;
}

/** A new root with text and data in it, then the children heap, mmap and stack. On an error nothing of it is left. */
export function* buildSpace(here: Here, path: string, program: Program): Steps<Space | Status> {
  const root = yield* createRegion(here, {
    parent: null, name: 'root', offset: USER_START, region_len: ROOT_SIZE, prot: VM_PROT_ALL,
  }); // prettier-ignore
  if (typeof root === 'string') return root;
  const error = yield* mapSegments(here, root, path, program);
  const space = error ?? (yield* addChildren(here, root));
  if (typeof space !== 'string') return space;
  yield* dismantle(here, root);
  return space;
}

function* addChildren(here: Here, root: VmRegion): Steps<Space | Status> {
  const heap = yield* addChild(here, root, 'heap', HEAP_START, HEAP_SIZE, RWU);
  if (typeof heap === 'string') return heap;
  const mmap = yield* addChild(here, root, 'mmap', MMAP_START, MMAP_SIZE, VM_PROT_ALL);
  if (typeof mmap === 'string') return mmap;
  const stack = yield* addChild(here, root, 'stack', STACK_START, STACK_SIZE, RWU);
  if (typeof stack === 'string') return stack;
  const size = STACK_SIZE - PAGE_SIZE;
  const request = {
    region: stack,
    region_offset: PAGE_SIZE,
    length: size,
    prot: RWU,
    kind: 'PRIVATE',
    label: 'stack',
  } as const;
  const error = yield* mapAnonymous(here, { ...request, name: 'stack' });
  return typeof error === 'string' ? error : { root, heap, mmap };
}

/** The tree's reference keeps the child; the caller's is dropped at once. */
function* addChild(
  here: Here,
  root: VmRegion,
  name: string,
  address: number,
  region_len: number,
  prot: number,
): Steps<VmRegion | Status> {
  const offset = address - root.vr_entry.e_address;
  const child = yield* createRegion(here, { parent: root, name, offset, region_len, prot });
  if (typeof child !== 'string') yield* dropReference(here, child, 'temporary');
  return child;
}

interface AnonymousArgs {
  readonly region: VmRegion;
  readonly region_offset: number;
  readonly length: number;
  readonly prot: number;
  readonly kind: 'SHARED' | 'PRIVATE';
  readonly label: string;
  readonly name: string;
}

/** A new object, mapped; the mapping alone keeps it. The address. */
export function* mapAnonymous(here: Here, args: AnonymousArgs): Steps<number | Status> {
  const object = yield* createObject(here, { name: args.name, size: args.length, prot: VM_PROT_RWX });
  if (typeof object === 'string') return object;
  return yield* mapAndRelease(here, { ...args, object, object_offset: 0 });
}

interface ReleaseArgs extends Omit<AnonymousArgs, 'name'> {
  readonly object: VmObject;
  readonly object_offset: number;
}

export function* mapAndRelease(here: Here, args: ReleaseArgs): Steps<number | Status> {
  const mapping = yield* mapObject(here, args);
  yield* dropReference(here, args.object, 'temporary');
  return typeof mapping === 'string' ? mapping : mapping.m_entry.e_address;
}

/** Text shared with the file (C12), data a private clone; both in the root itself. */
function* mapSegments(here: Here, root: VmRegion, path: string, { segments }: Program): Steps<Status | null> {
  const file = findFile(here.machine, path);
  if (file === null) return 'NO_ENTRY';
  for (const segment of segments) {
    if (segment.memorySize === 0) continue;
    const object = openFileObject(here, file, VM_PROT_READ | VM_PROT_EXEC);
    if (typeof object === 'string') return object;
    const error = yield* mapSegment(here, root, segment, object);
    if (error !== null) return error;
  }
  return null;
}

function* mapSegment(here: Here, root: VmRegion, segment: ElfSegment, file: VmObject): Steps<Status | null> {
  const { address, memorySize, fileOffset, fileSize, protection } = segment;
  const start = pageDown(address);
  const length = pageUp(address + memorySize) - start;
  const request = { region: root, region_offset: start - root.vr_entry.e_address, length, prot: protOf(protection) };
  if (!protection.write && fileSize >= memorySize) {
    const shared = {
      ...request,
      object: file,
      object_offset: pageDown(fileOffset),
      kind: 'SHARED',
      label: 'text',
    } as const;
    const mapped = yield* mapAndRelease(here, shared);
    return typeof mapped === 'string' ? mapped : null;
  }
  const object = yield* privateSegment(here, segment, file, length);
  yield* dropReference(here, file, 'temporary');
  if (typeof object === 'string') return object;
  const mapped = yield* mapAndRelease(here, { ...request, object, object_offset: 0, kind: 'PRIVATE', label: 'data' });
  return typeof mapped === 'string' ? mapped : null;
}

/** A clone of the file's part, made as long as memory is; what the last file page has beyond the part is zeroed. */
function* privateSegment(
  here: Here,
  { address, memorySize, fileOffset, fileSize }: ElfSegment,
  file: VmObject,
  length: number,
): Steps<VmObject | Status> {
  const inPage = address % PAGE_SIZE;
  const part = fileSize === 0 ? 0 : pageUp(inPage + fileSize);
  const object = yield* cloneObject(here, { object: file, off: pageDown(fileOffset), len: part });
  if (typeof object === 'string') return object;
  object.vo_size = length;
  const tail = (inPage + fileSize) % PAGE_SIZE;
  if (memorySize > fileSize && tail !== 0) {
    const page = obtainPage(here, object, inPage + fileSize);
    if (typeof page === 'string') {
      yield* dropReference(here, object, 'temporary');
      return page;
    }
    loadFrame(here.machine, page.frame, new Uint8Array(PAGE_SIZE - tail), tail);
  }
  return object;
}

/** exit, exec: kill the root and drop it; the finaliser frees everything that nobody else refers to. */
export function* dismantle(here: Here, root: VmRegion): Steps<void> {
  yield* killByHand(here, { region: root });
  yield* dropReference(here, root, 'task');
}

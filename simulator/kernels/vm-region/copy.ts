/** 4.12 to 4.14: reading user memory, moving bytes between regions, and between vectors of ranges. */
import { addCycles } from '../../hardware/core.ts';
import { latency } from '../../hardware/interconnect.ts';
import { clusterOfPpn, loadFrame, readBytes } from '../../hardware/physical-memory.ts';
import { emit } from '../../hardware/trace-event.ts';
import { PAGE_SIZE, VM_PROT_READ, VM_PROT_USER, VM_PROT_WRITE, VM_REGION_DEAD } from './constants.ts';
import { kernelFunction } from '../../execution/activation.ts';
import { isInRange } from './create.ts';
import { Own } from './events.ts';
import { giveAll, lockRegion, take, type Locks } from './locks.ts';
import { lockPairToWalk } from './region-locks.ts';
import { findMapping, validateLocked, type Found } from './validate.ts';
import { obtainPage } from './vm-object.ts';
import type { Here, Steps, VmPage, VmRegion } from './state.ts';

type CopyError = 'MEMORY_FAULT' | 'NO_MEMORY';

/** A byte of a region, as a copy finds it: its object's offset and how far its mapping goes on. */
interface Spot {
  readonly found: Found;
  readonly inObject: number;
  /** Bytes to the end of the page, of the mapping and of the object. */
  readonly rest: number;
}

/** 3a to 3c, 4b: the mapping, its rights, the object's end. The end is asked again with the object locked. */
function* findSpot(
  here: Here,
  locks: Locks,
  region: VmRegion,
  ptr: number,
  right: number,
  labels: readonly string[] = [],
): Steps<Spot | 'MEMORY_FAULT'> {
  const offset = ptr - region.vr_entry.e_address;
  if (!isInRange(region, offset, 1)) return 'MEMORY_FAULT';
  const found = yield* findMapping(here, locks, region, offset);
  if (found === null) return 'MEMORY_FAULT';
  const { m_prot, m_entry, m_object, m_object_offset } = found.mapping;
  const [rightsStep, endStep] = labels;
  if (rightsStep !== undefined && here.step(rightsStep)) yield;
  if ((m_prot & right) !== right) return 'MEMORY_FAULT';
  if (endStep !== undefined && here.step(endStep)) yield;
  const inObject = m_object_offset + found.inside;
  if (inObject >= m_object.vo_size) return 'MEMORY_FAULT';
  const rest = Math.min(PAGE_SIZE - (inObject % PAGE_SIZE), m_entry.e_size - found.inside);
  return { found, inObject, rest };
}

/** 3d: bytes of the source; an absent page of an anonymous object reads as zeros and stays absent. */
function* readSpot(here: Here, locks: Locks, { found, inObject }: Spot, length: number): Steps<Uint8Array | CopyError> {
  const { m_object } = found.mapping;
  yield* take(here, locks, m_object.vo_base.ob_lock);
  if (inObject >= m_object.vo_size) return 'MEMORY_FAULT';
  if (m_object.vo_kind === 'ANON' && !m_object.vo_pages.has(Math.floor(inObject / PAGE_SIZE)))
    return new Uint8Array(length);
  const page = obtainPage(here, m_object, inObject);
  if (typeof page === 'string') return page;
  payBytes(here, page, length);
  return readBytes(here.machine, page.frame * PAGE_SIZE + (inObject % PAGE_SIZE), length).slice();
}

function payBytes(here: Here, { frame }: VmPage, length: number): void {
  const { config } = here.machine;
  const lines = Math.ceil((length * config.cost.PAGE_LINES) / PAGE_SIZE);
  addCycles(
    here.machine,
    here.core,
    lines * latency(config, here.cluster, Math.max(0, clusterOfPpn(here.machine, frame))),
  );
}

interface ReadArgs {
  readonly src_region: VmRegion;
  readonly src_ptr: number;
  readonly count: number;
  readonly dest?: unknown;
}

export interface ReadResult {
  readonly error?: string;
  readonly dest: string;
  readonly nr_read: number;
}

export const readSteps = {
  1: 'no buffer for a count: INVALID_ARGUMENT',
  2: 'lock; DEAD: BAD_STATE',
  '3a': 'the mapping of the next byte; none: MEMORY_FAULT',
  '3b': 'it must have READ and USER',
  '3c': 'beyond the object’s end: MEMORY_FAULT',
  '3d': 'copy to the end of page or mapping; absent anonymous pages read as zeros, a file’s page comes in',
  4: '*nr_read, also on error',
} as const;

export function* readKernel(here: Here, args: ReadArgs): Steps<ReadResult> {
  const { src_region, src_ptr, count, dest } = args;
  if (here.step('1')) yield;
  if (dest === null && count > 0) return { error: 'INVALID_ARGUMENT', dest: '', nr_read: 0 };
  const locks: Locks = [];
  if (here.step('2')) yield;
  yield* lockRegion(here, locks, src_region);
  if (src_region.vr_status === VM_REGION_DEAD) {
    giveAll(here, locks);
    return { error: 'BAD_STATE', dest: '', nr_read: 0 };
  }
  let text = '';
  let error: CopyError | null = null;
  while (text.length < count && error === null) {
    if (here.step('3a')) yield;
    const src = src_ptr + text.length;
    const spot = yield* findSpot(here, locks, src_region, src, VM_PROT_READ | VM_PROT_USER, ['3b', '3c']);
    if (typeof spot === 'string') {
      error = spot;
      continue;
    }
    if (here.step('3d')) yield;
    const part = Math.min(count - text.length, spot.rest);
    // One object at a time: another call may lock two of them in the order of their ids.
    const object: Locks = [];
    const bytes = yield* readSpot(here, object, spot, part);
    giveAll(here, object);
    if (typeof bytes === 'string') error = bytes;
    else {
      text += textOf(bytes);
      emit(here.machine, Own['copy.chunk'], here.cluster, { dst: null, src, len: part });
    }
  }
  if (here.step('4')) yield;
  giveAll(here, locks);
  const result = { dest: text, nr_read: text.length };
  return error === null ? result : { ...result, error };
}

export function textOf(bytes: Uint8Array): string {
  let text = '';
  for (const byte of bytes) text += String.fromCharCode(byte);
  return text;
}

export interface MoveArgs {
  readonly dest_region: VmRegion;
  readonly dest_ptr: number;
  readonly src_region: VmRegion;
  readonly src_ptr: number;
  readonly count: number;
}

export interface MoveResult {
  readonly error?: string;
  readonly nr_moved: number;
}

export const moveSteps = {
  1: 'nothing is moved yet',
  2: 'lock both; either DEAD: BAD_STATE; nothing asked: OK',
  3: 'destructive overlap: both ranges must be valid as a whole, then from the end',
  4: 'forwards: the next chunk, to the end of a source or a destination page',
  '4a': 'the source: as vm_region_read_kernel 3a to 3d',
  '4b': 'the destination must be a mapping with WRITE and USER, inside its object',
  '4c': 'its page is absent: make it',
  '4d': 'copy, mark the page dirty',
  5: '*nr_moved; unlock',
} as const;

export function* memmove(here: Here, args: MoveArgs): Steps<MoveResult> {
  const { dest_region, src_region } = args;
  const locks: Locks = [];
  if (here.step('1')) yield;
  if (here.step('2')) yield;
  yield* lockPairToWalk(here, locks, dest_region, src_region);
  const isDead = dest_region.vr_status === VM_REGION_DEAD || src_region.vr_status === VM_REGION_DEAD;
  const moved = isDead ? { error: 'BAD_STATE', nr_moved: 0 } : yield* moveLocked(here, locks, args);
  if (here.step('5')) yield;
  giveAll(here, locks);
  return moved;
}

/** Both regions are locked and live. Locks of objects are given back after every chunk. */
export function* moveLocked(here: Here, locks: Locks, args: MoveArgs): Steps<MoveResult> {
  const { dest_region, dest_ptr, src_region, src_ptr, count } = args;
  if (count === 0) return { nr_moved: 0 };
  const isDestructive = dest_region.vr_pmap === src_region.vr_pmap && src_ptr < dest_ptr && dest_ptr < src_ptr + count;
  if (isDestructive) {
    if (here.step('3')) yield;
    const isValid =
      (yield* covers(here, locks, src_region, src_ptr, count, VM_PROT_READ)) &&
      (yield* covers(here, locks, dest_region, dest_ptr, count, VM_PROT_WRITE));
    if (!isValid) return { error: 'MEMORY_FAULT', nr_moved: 0 };
  }
  let moved = 0;
  while (moved < count) {
    if (here.step('4')) yield;
    const chunk = chunkOf(args, moved, isDestructive);
    const error = yield* moveChunk(here, locks, args, chunk);
    if (error !== null) return { error, nr_moved: moved };
    moved += chunk.length;
  }
  return { nr_moved: moved };
}

/** A run of memmove_v: the regions are locked already (4.14 step 5). */
const moveRun = kernelFunction(
  {
    name: 'vm_region_memmove',
    section: '4.13',
    doc: 'Moves the bytes of one run between two regions that are locked.',
    parameters: [],
    errors: ['MEMORY_FAULT', 'NO_MEMORY'],
    steps: moveSteps,
  },
  function* (here: Here, { locks, ...args }: MoveArgs & { readonly locks: Locks }): Steps<MoveResult> {
    return yield* moveLocked(here, locks, args);
  },
);

function covers(here: Here, locks: Locks, region: VmRegion, ptr: number, len: number, right: number): Steps<boolean> {
  const offset = ptr - region.vr_entry.e_address;
  return validateLocked(here, { locks, region, offset, len, prot: right | VM_PROT_USER });
}

interface Chunk {
  readonly src: number;
  readonly dst: number;
  readonly length: number;
}

/** V6: backwards the chunk ends where the rest ends, and begins at a page's start. */
function chunkOf({ src_ptr, dest_ptr, count }: MoveArgs, moved: number, isBackwards: boolean): Chunk {
  const rest = count - moved;
  if (!isBackwards) {
    const src = src_ptr + moved;
    const dst = dest_ptr + moved;
    return { src, dst, length: Math.min(rest, PAGE_SIZE - (src % PAGE_SIZE), PAGE_SIZE - (dst % PAGE_SIZE)) };
  }
  const srcEnd = src_ptr + rest;
  const dstEnd = dest_ptr + rest;
  const length = Math.min(rest, srcEnd % PAGE_SIZE || PAGE_SIZE, dstEnd % PAGE_SIZE || PAGE_SIZE);
  return { src: srcEnd - length, dst: dstEnd - length, length };
}

/** One chunk, through a temporary buffer. Locks of objects are given back after it, regions stay locked. */
function* moveChunk(here: Here, locks: Locks, args: MoveArgs, chunk: Chunk): Steps<CopyError | null> {
  const objects: Locks = [];
  const error = yield* moveThrough(here, locks, objects, args, chunk);
  giveAll(here, objects);
  return error;
}

/** The source is asked before the destination. */
function* moveThrough(
  here: Here,
  locks: Locks,
  objects: Locks,
  args: MoveArgs,
  { src, dst, length }: Chunk,
): Steps<CopyError | null> {
  if (here.step('4a')) yield;
  const source = yield* findSpot(here, locks, args.src_region, src, VM_PROT_READ | VM_PROT_USER);
  if (typeof source === 'string') return source;
  if (here.step('4b')) yield;
  const target = yield* findSpot(here, locks, args.dest_region, dst, VM_PROT_WRITE | VM_PROT_USER);
  // V4: of two objects the lower ob_id is locked first.
  yield* lockObjects(here, objects, source, typeof target === 'string' ? null : target);
  const bytes = yield* readSpot(here, objects, source, length);
  if (typeof bytes === 'string') return bytes;
  if (typeof target === 'string') return target;
  const { m_object } = target.found.mapping;
  if (target.inObject >= m_object.vo_size) return 'MEMORY_FAULT';
  if (here.step('4c')) yield;
  const page = obtainPage(here, m_object, target.inObject);
  if (typeof page === 'string') return page;
  if (here.step('4d')) yield;
  loadFrame(here.machine, page.frame, bytes, target.inObject % PAGE_SIZE);
  payBytes(here, page, length);
  page.dirty = true;
  emit(here.machine, Own['copy.chunk'], here.cluster, { dst, src, len: length });
  return null;
}

function* lockObjects(here: Here, locks: Locks, source: Spot, target: Spot | null): Steps<void> {
  const objects = [source, ...(target === null ? [] : [target])].map(({ found }) => found.mapping.m_object.vo_base);
  for (const { ob_lock } of objects.sort((a, b) => a.ob_id - b.ob_id)) yield* take(here, locks, ob_lock);
}

export interface Iovec {
  readonly io_base: number;
  readonly io_len: number;
}

export interface MoveVectorArgs {
  readonly dest_region: VmRegion;
  readonly dest_offset: number;
  readonly dest: readonly Iovec[];
  readonly nr_dest?: number;
  readonly src_region: VmRegion;
  readonly src_offset: number;
  readonly src: readonly Iovec[];
  readonly nr_src?: number;
  readonly bytes_to_move: number;
}

export const moveVectorSteps = {
  1: 'an offset beyond its vector, or a total that overflows: INVALID_ARGUMENT',
  2: 'how many bytes: the least of what is asked, what dest has room for and what src has',
  3: 'lock both; either DEAD: BAD_STATE; none: OK',
  4: 'both cursors, past empty elements',
  5: 'the next run within one element of each: vm_region_memmove; an error ends it, earlier bytes stay moved',
  6: 'OK',
} as const;

export function* memmoveVector(here: Here, args: MoveVectorArgs): Steps<string | void> {
  const dest = args.dest.slice(0, args.nr_dest ?? args.dest.length);
  const src = args.src.slice(0, args.nr_src ?? args.src.length);
  if (here.step('1')) yield;
  const total = (vector: readonly Iovec[]): number => vector.reduce((sum, { io_len }) => sum + io_len, 0);
  const isTooFar = args.dest_offset > total(dest) || args.src_offset > total(src);
  const isNegative = args.dest_offset < 0 || args.src_offset < 0;
  if (isTooFar || isNegative || total(dest) >= 2 ** 64 || total(src) >= 2 ** 64) return 'INVALID_ARGUMENT';
  if (here.step('2')) yield;
  const count = Math.min(args.bytes_to_move, total(dest) - args.dest_offset, total(src) - args.src_offset);
  const locks: Locks = [];
  if (here.step('3')) yield;
  yield* lockPairToWalk(here, locks, args.dest_region, args.src_region);
  const isDead = args.dest_region.vr_status === VM_REGION_DEAD || args.src_region.vr_status === VM_REGION_DEAD;
  const error = isDead ? 'BAD_STATE' : yield* moveRuns(here, locks, args, dest, src, count);
  if (!error && here.step('6')) yield;
  giveAll(here, locks);
  return error;
}

function* moveRuns(
  here: Here,
  locks: Locks,
  { dest_region, src_region, dest_offset, src_offset }: MoveVectorArgs,
  dest: readonly Iovec[],
  src: readonly Iovec[],
  count: number,
): Steps<string | void> {
  if (here.step('4')) yield;
  for (let done = 0; done < count;) {
    if (here.step('5')) yield;
    const to = cursor(dest, dest_offset + done);
    const from = cursor(src, src_offset + done);
    const run = Math.min(count - done, to.rest, from.rest);
    const moved = yield* moveRun(here, {
      locks, dest_region, dest_ptr: to.address, src_region, src_ptr: from.address, count: run,
    }); // prettier-ignore
    if (moved.error !== undefined) return moved.error;
    done += run;
  }
}

/** The address of a byte of the concatenated vector, and how much of its element is left. */
function cursor(vector: readonly Iovec[], offset: number): { address: number; rest: number } {
  let skipped = 0;
  for (const { io_base, io_len } of vector) {
    if (offset < skipped + io_len) return { address: io_base + (offset - skipped), rest: skipped + io_len - offset };
    skipped += io_len;
  }
  throw new Error('internal: the offset is beyond the vector');
}

import type { LinearMemory } from './linear-memory.ts';
import { DIRECTORY_CHUNK, givePoolPage, takePoolPage } from './linear-memory.ts';
import type { Machine } from './machine.ts';
import { isDevicePage } from './device-window.ts';
import type { PhysicalAddress, Ppn } from './word.ts';
import { hex, PAGE_SIZE, pageOffset, ppnOf } from './word.ts';

/**
 * Banks of physical memory as bytes. A frame that holds one pattern only is a number in the frame directory;
 * the first write of anything else materialises it. Frames start as free.
 */

/** States of a frame in the directory; a larger number is the page of the pool that holds it. */
const FREE = 0;
const FRESH = 1;
const ZERO = 2;
const FIRST_MATERIALISED = 3;

/** What a free frame reads, byte by byte: use after free shows. */
export const FREE_POISON = 0xfb;
/** What a frame reads between allocation and its first initialisation. */
export const FRESH_POISON = 0xfa;

const patternByte = [FREE_POISON, FRESH_POISON, 0];
const patternWord = new Int32Array([0xfbfb_fbfb, 0xfafa_fafa, 0]);

export function framesPerCluster(machine: Machine): number {
  return machine.memory.map.framesPerCluster;
}

/** Index of a frame among all frames of the machine, cluster by cluster; -1 where there is no memory. */
export function frameIndex(memory: LinearMemory, ppn: Ppn): number {
  const { map } = memory;
  if (ppn < map.flatFrames) return ppn >= 0 ? ppn : -1;
  const cxy = Math.floor(ppn / map.pagesPerCxy);
  const page = ppn - cxy * map.pagesPerCxy;
  const x = cxy >>> 4;
  const y = cxy & 15;
  if (page >= map.framesPerCluster || x >= map.width || y >= map.height) return -1;
  return (x * map.height + y) * map.framesPerCluster + page;
}

export function isFrame(machine: Machine, ppn: Ppn): boolean {
  return Number.isInteger(ppn) && frameIndex(machine.memory, ppn) >= 0;
}

export function ppnAt(machine: Machine, cluster: number, page: number): Ppn {
  const { height, framesPerCluster, pagesPerCxy } = machine.memory.map;
  if (isFlat(machine)) return cluster * framesPerCluster + page;
  return (Math.floor(cluster / height) * 16 + (cluster % height)) * pagesPerCxy + page;
}

function isFlat({ memory: { map } }: Machine): boolean {
  return map.flatFrames > map.framesPerCluster;
}

/** -1 outside the mesh. What lies above contiguous banks, peripherals, belongs to cluster 0. */
export function clusterOfPpn(machine: Machine, ppn: Ppn): number {
  const { map } = machine.memory;
  if (isFlat(machine)) return ppn < map.flatFrames ? Math.floor(ppn / map.framesPerCluster) : 0;
  const cxy = Math.floor(ppn / map.pagesPerCxy);
  const x = Math.floor(cxy / 16);
  const y = cxy % 16;
  return ppn >= 0 && x < map.width && y < map.height ? x * map.height + y : -1;
}

/** Does a frame lie in another cluster than a core? */
export function isRemoteFrame(machine: Machine, core: number, ppn: Ppn): boolean {
  const { map } = machine.memory;
  if (map.clusters === 1) return false;
  const cluster = clusterOfPpn(machine, ppn);
  return cluster >= 0 && cluster !== Math.floor(core / map.coresPerCluster);
}

/** The page number inside its cluster's bank. */
export function pageOfPpn(machine: Machine, ppn: Ppn): number {
  const { framesPerCluster, flatFrames, pagesPerCxy } = machine.memory.map;
  return isFlat(machine) && ppn < flatFrames ? ppn % framesPerCluster : ppn % pagesPerCxy;
}

/** Pattern state, or page of the pool, of a frame by index. */
export function frameState(memory: LinearMemory, frame: number): number {
  const chunk = memory.i32[memory.map.directoryWord + (frame >>> 10)] as number;
  return chunk === 0 ? FREE : (memory.i32[(chunk << 10) + (frame & (DIRECTORY_CHUNK - 1))] as number);
}

function setFrameState(memory: LinearMemory, frame: number, state: number): void {
  const slot = memory.map.directoryWord + (frame >>> 10);
  let chunk = memory.i32[slot] as number;
  if (chunk === 0) {
    chunk = takePoolPage(memory);
    memory.i32.fill(FREE, chunk << 10, (chunk + 1) << 10);
    memory.i32[slot] = chunk;
  }
  memory.i32[(chunk << 10) + (frame & (DIRECTORY_CHUNK - 1))] = state;
}

/** The page of the pool that holds the frame, made now if the frame was a pattern. May replace the views. */
export function materialise(memory: LinearMemory, frame: number): number {
  const state = frameState(memory, frame);
  if (state >= FIRST_MATERIALISED) return state;
  const page = takePoolPage(memory);
  memory.i32.fill(patternWord[state] as number, page << 10, (page + 1) << 10);
  setFrameState(memory, frame, page);
  return page;
}

function setPattern(machine: Machine, ppn: Ppn, pattern: number): void {
  const { memory } = machine;
  const frame = frameOf(machine, ppn);
  const state = frameState(memory, frame);
  if (state === pattern) return;
  if (state >= FIRST_MATERIALISED) givePoolPage(memory, state);
  setFrameState(memory, frame, pattern);
}

/** Thrown where a frame must exist: a bug of the caller, or of whoever called a kernel's function with a wrong frame. */
export class MissingMemory extends Error {
  override readonly name = 'MissingMemory';
}

function frameOf(machine: Machine, ppn: Ppn): number {
  const frame = frameIndex(machine.memory, ppn);
  if (!(frame >= 0)) throw new MissingMemory(`there is no memory at physical page ${hex(ppn)}`);
  return frame;
}

/** A word of the frame at a state, signed: for walkers, which have the state at hand. `word` counts 32-bit words. */
export function wordOfState(memory: LinearMemory, state: number, word: number): number {
  return (state >= FIRST_MATERIALISED ? memory.i32[(state << 10) + word] : patternWord[state]) as number;
}

export function readFrame32(machine: Machine, ppn: Ppn, offset: number): number {
  return wordOfState(machine.memory, frameState(machine.memory, frameOf(machine, ppn)), offset >>> 2) >>> 0;
}

export function writeFrame32(machine: Machine, ppn: Ppn, offset: number, value: number): void {
  const page = materialise(machine.memory, frameOf(machine, ppn));
  machine.memory.u32[(page << 10) + (offset >>> 2)] = value;
}

export function readFrame8(machine: Machine, ppn: Ppn, offset: number): number {
  const state = frameState(machine.memory, frameOf(machine, ppn));
  return state >= FIRST_MATERIALISED
    ? (machine.memory.u8[state * PAGE_SIZE + offset] as number)
    : (patternByte[state] as number);
}

export function writeFrame8(machine: Machine, ppn: Ppn, offset: number, value: number): void {
  const page = materialise(machine.memory, frameOf(machine, ppn));
  machine.memory.u8[page * PAGE_SIZE + offset] = value;
}

/** A copy. Device pages read as all ones: no device of this machine has registers a program may read. */
export function readBytes(machine: Machine, pa: PhysicalAddress, length: number): Uint8Array {
  const bytes = new Uint8Array(length);
  for (let done = 0; done < length;) {
    const offset = pageOffset(pa + done);
    const part = Math.min(length - done, PAGE_SIZE - offset);
    copyOut(machine, ppnOf(pa + done), offset, bytes.subarray(done, done + part));
    done += part;
  }
  return bytes;
}

function copyOut(machine: Machine, ppn: Ppn, offset: number, target: Uint8Array): void {
  if (isDevicePage(machine, ppn)) {
    target.fill(0xff);
    return;
  }
  const state = frameState(machine.memory, frameOf(machine, ppn));
  if (state < FIRST_MATERIALISED) target.fill(patternByte[state] as number);
  else target.set(machine.memory.u8.subarray(state * PAGE_SIZE + offset, state * PAGE_SIZE + offset + target.length));
}

/** Writes to device pages are dropped. */
export function writeBytes(machine: Machine, pa: PhysicalAddress, bytes: Uint8Array): void {
  for (let done = 0; done < bytes.length;) {
    const offset = pageOffset(pa + done);
    const part = Math.min(bytes.length - done, PAGE_SIZE - offset);
    const ppn = ppnOf(pa + done);
    if (!isDevicePage(machine, ppn)) loadFrame(machine, ppn, bytes.subarray(done, done + part), offset);
    done += part;
  }
}

/** The frame reads as zeros; costs no memory until written. */
export function zeroFrame(machine: Machine, ppn: Ppn): void {
  setPattern(machine, ppn, ZERO);
}

/** On free and on allocation, so that use of stale or uninitialised memory shows. */
export function poisonFrame(machine: Machine, ppn: Ppn, kind: 'free' | 'fresh'): void {
  setPattern(machine, ppn, kind === 'free' ? FREE : FRESH);
}

export function copyFrame(machine: Machine, target: Ppn, source: Ppn): void {
  if (target === source) return;
  const { memory } = machine;
  const state = frameState(memory, frameOf(machine, source));
  if (state < FIRST_MATERIALISED) {
    setPattern(machine, target, state);
    return;
  }
  const page = materialise(memory, frameOf(machine, target));
  memory.i32.copyWithin(page << 10, state << 10, (state + 1) << 10);
}

/** Puts bytes into the frame from `offset` on; they must fit. */
export function loadFrame(machine: Machine, ppn: Ppn, bytes: Uint8Array, offset = 0): void {
  if (offset + bytes.length > PAGE_SIZE)
    throw new Error(`internal: ${bytes.length} bytes at ${offset} do not fit a frame`);
  const page = materialise(machine.memory, frameOf(machine, ppn));
  machine.memory.u8.set(bytes, page * PAGE_SIZE + offset);
}

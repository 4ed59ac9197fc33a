import { Access } from './access.ts';
import { WalkStatus } from './access-status.ts';
import { latency } from './interconnect.ts';
import {
  ALL_RIGHTS,
  framePointedTo,
  globalOf,
  isPointerEntry,
  isReservedEntry,
  rightsOf,
  tableIndex,
  withKernelFetch,
} from './layouts/entry-fields.ts';
import { pagingFormat } from './layouts/formats.ts';
import type { LevelFormat, PageFormat, PointerFormat } from './layouts/paging-format.ts';
import type { Machine } from './machine.ts';
import { frameIndex, frameState, materialise, wordOfState } from './physical-memory.ts';
import { TlbKey } from './tlb-key.ts';
import type { Ppn } from './word.ts';

export { inspectEntry, inspectWalk } from './entry-view.ts';
export type { EntryView } from './entry-view.ts';
export { entryAddress, rawEntry, readEntry, writeEntry } from './table-entry.ts';

/**
 * The result of the last walk, overwritten by the next. One record for all, so that a walk allocates nothing;
 * no part of the machine's state.
 */
export interface Walk {
  status: number;
  /** Depth of the last entry read, 1 for the root table. */
  level: number;
  /** Index of the page's size. */
  size: number;
  /** First frame of the (big) page. */
  frame: Ppn;
  /** Bits of TlbKey. */
  rights: number;
  cycles: number;
}

export const walk: Walk = { status: 0, level: 0, size: 0, frame: 0, rights: 0, cycles: 0 };

/** The entries of the current walk, by depth: the frame's index, the word in it, and that word as it was read. */
const entryFrames = new Int32Array(4);
const entryWords = new Int32Array(4);
const entryFirsts = new Int32Array(4);

/** What an access asks of the rights. `isWriteFree`: supervisor writes need no write right (CR0.WP clear). */
export interface Demand {
  access: Access;
  user: boolean;
  isWriteFree: boolean;
}

/**
 * Follows the table from `root` for one page, checks the rights, and sets the accessed and dirty bits of a walk
 * that succeeds. Fills `walk`; returns its status. May replace the memory's views.
 */
export function walkTable(
  machine: Machine,
  core: number,
  root: Ppn,
  pageLow: number,
  pageHigh: number,
  demand: Demand,
): number {
  const { memory, config } = machine;
  const { levels, areRightsCombined } = pagingFormat(config.paging);
  const { framesPerCluster, coresPerCluster } = memory.map;
  const initiator = Math.floor(core / coresPerCluster);
  let table = root;
  let rights = ALL_RIGHTS;
  let global = 0;
  walk.cycles = 0;
  for (let depth = 0; depth < levels.length; depth++) {
    const level = levels[depth] as LevelFormat;
    const word = tableIndex(level, pageLow, pageHigh) * level.words;
    const frame = frameIndex(memory, table + (word >>> 10));
    walk.level = depth + 1;
    if (frame < 0) return (walk.status = WalkStatus.illegal);
    const cluster = frame < framesPerCluster ? 0 : Math.floor(frame / framesPerCluster);
    walk.cycles += cluster === initiator ? config.cost.T_L2 : latency(config, initiator, cluster);
    const state = frameState(memory, frame);
    const first = wordOfState(memory, state, word & 1023);
    const second = level.words === 2 ? wordOfState(memory, state, (word & 1023) + 1) : 0;
    if ((first & level.presentMask) === 0) return (walk.status = WalkStatus.absent);
    const isPointer = isPointerEntry(level, first);
    const format = (isPointer ? level.pointer : level.page) as PointerFormat;
    if (isReservedEntry(format, first, second)) return (walk.status = WalkStatus.reserved);
    entryFrames[depth] = frame;
    entryWords[depth] = word & 1023;
    entryFirsts[depth] = first;
    table = framePointedTo(format.frame, first, second);
    if (!isPointer) return finishWalk(machine, table, rights, global, first, second, demand, cluster === initiator);
    if (areRightsCombined) rights &= rightsOf(format, first, second);
    global |= globalOf(format, first);
  }
  throw new Error(`internal: the last level of ${config.paging} holds a pointer`);
}

/** At the entry that maps the page: `walk.level`, and the places of all entries passed, say where that is. */
function finishWalk(
  machine: Machine,
  frame: Ppn,
  rightsSoFar: number,
  globalSoFar: number,
  first: number,
  second: number,
  demand: Demand,
  isLocal: boolean,
): number {
  const format = pagingFormat(machine.config.paging);
  const { levels } = format;
  const depth = walk.level - 1;
  const page = (levels[depth] as LevelFormat).page as PageFormat;
  const rights = withKernelFetch(format, rightsSoFar & rightsOf(page, first, second));
  walk.status = checkRights(rights, demand.access, demand.user, demand.isWriteFree);
  if (walk.status !== WalkStatus.ok) return walk.status;
  const isWrite = demand.access === Access.write;
  const accessed = isLocal ? page.accessedMask : page.accessedRemoteMask;
  setEntryBits(machine, depth, isWrite ? accessed | page.dirtyMask : accessed);
  for (let above = 0; above < depth; above++) {
    setEntryBits(machine, above, ((levels[above] as LevelFormat).pointer as PointerFormat).accessedMask);
  }
  walk.size = page.size;
  walk.frame = frame;
  const isDirty = isWrite || (first & page.dirtyMask) !== 0;
  walk.rights = rights | globalSoFar | globalOf(page, first) | (isDirty ? TlbKey.dirty : 0);
  return WalkStatus.ok;
}

/** Sets bits in an entry that the walk passed, in one go, if they are not set. */
function setEntryBits(machine: Machine, depth: number, bits: number): void {
  if (((entryFirsts[depth] as number) & bits) === bits) return;
  const { memory } = machine;
  const slot = (materialise(memory, entryFrames[depth] as number) << 10) + (entryWords[depth] as number);
  memory.i32[slot] = (memory.i32[slot] as number) | bits;
}

/** Privilege, then execution, then writing (ALMOS-MKH 10.5), then reading. */
export function checkRights(rights: number, access: Access, user: boolean, isWriteFree: boolean): number {
  if (user && (rights & TlbKey.user) === 0) return WalkStatus.privilege;
  if (access === Access.fetch && (rights & (user ? TlbKey.executable : TlbKey.kernelExecutable)) === 0)
    return WalkStatus.execute;
  if (access === Access.write && (rights & TlbKey.writable) === 0 && (user || !isWriteFree)) return WalkStatus.write;
  if (access === Access.read && (rights & TlbKey.readable) === 0) return WalkStatus.read;
  return WalkStatus.ok;
}

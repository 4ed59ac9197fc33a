import type { AccessBatch } from './access-batch.ts';
import { batchAccess, batchAddress, batchSize, isBatchUser, SUPERVISOR } from './access-batch.ts';
import { addCycles, CoreWord, MmuMode, readCoreWord, wordOf } from './core-registers.ts';
import { countersOf } from './counters.ts';
import { AccessStatus } from './access-status.ts';
import { addressBitsOf } from './layouts/formats.ts';
import { TLB_ENTRY_WORDS } from './linear-memory.ts';
import { Access } from './machine.ts';
import type { Machine } from './machine.ts';
import { clusterOfCore } from './machine-config.ts';
import { isRemoteFrame } from './physical-memory.ts';
import { tlbWord } from './tlb.ts';
import { TlbKey } from './tlb-key.ts';
import { EventKind } from './trace-event.ts';
import { attempt, complete, reached, refuse, REFUSED, translatePage } from './translation.ts';
import { addressAfter } from './virtual-address.ts';
import type { PhysicalAddress, VirtualAddress } from './word.ts';
import { pageOffset, PAGE_SIZE } from './word.ts';

export { REFUSED } from './translation.ts';

/**
 * One access that stays in its page. Counts an `access` only when it succeeds, so that one that faults and is
 * tried again counts once. Returns the physical address, or REFUSED (-1) with `machine.fault` filled.
 */
export function translate(
  machine: Machine,
  core: number,
  va: VirtualAddress,
  access: Access,
  user: boolean,
): PhysicalAddress {
  const pa = attempt(machine, core, va, access, user);
  if (pa !== REFUSED) complete(machine, core, va, access, user, pa);
  return pa;
}

/** Key bits that a kind of access needs beside the page's identity; supervisor writes with CR0.WP = 0 are checked in checkRights. */
const neededRights = new Int32Array(8);
for (let kind = 0; kind < 8; kind++) {
  const access = kind & 3;
  neededRights[kind] =
    (access === Access.write ? TlbKey.writable | TlbKey.dirty : 0) |
    (access === Access.read ? TlbKey.readable : 0) |
    (access === Access.fetch ? ((kind & SUPERVISOR) === 0 ? TlbKey.executable : TlbKey.kernelExecutable) : 0) |
    ((kind & SUPERVISOR) === 0 ? TlbKey.user : 0);
}

/**
 * Accesses [from, to) of a batch, on one core. Returns the index of the one that was refused, with
 * `machine.fault` filled, or `to`. Same effects as one `translate` after another: what hits the TLB with all
 * rights is done here, in a plain loop over the linear memory; the rest goes through the walker.
 */
export function accessBatch(machine: Machine, core: number, batch: AccessBatch, from: number, to: number): number {
  const mode = readCoreWord(machine, core, CoreWord.mode);
  const translated = MmuMode.fetchTlb | MmuMode.dataTlb;
  if (machine.trace.on || (mode & translated) !== translated) return accessSingly(machine, core, batch, from, to);
  const { memory } = machine;
  const { records } = batch;
  const { tlbWays, tlbSets } = memory.map;
  const isMesh = memory.map.clusters > 1;
  const setMask = tlbSets - 1;
  const setWords = tlbWays * TLB_ENTRY_WORDS;
  const dataTlb = tlbWord(memory, core, false);
  const fetchTlb = tlbWord(memory, core, true);
  const clockWord = wordOf(machine, core, CoreWord.tlbClock);
  let i32 = memory.i32;
  let clock = i32[clockWord] as number;
  let hits = 0;
  let others = 0;
  let remotes = 0;
  /** Hits before the current run of accesses to one remote page; -1 while the page is a local one. */
  let remoteFrom = -1;
  let lastPage = -1;
  let lastKind = 0;
  /** Key of the data entry that hit last; 0 if the last access was no such hit. */
  let lastKey = 0;
  let index = from;
  for (; index < to; index++) {
    const low = records[2 * index] as number;
    const word = records[2 * index + 1] as number;
    const page = low >>> 12;
    const crosses = (low & 4095) + (word >>> 24) > PAGE_SIZE;
    // The page and kind of the access before: its entry is the most recently used one, and stays it.
    if (page === lastPage && (word & 0x00ff_ffff) === lastKind && !crosses) {
      hits++;
      continue;
    }
    const kind = (word >>> 16) & 7;
    const needed = neededRights[kind] as number;
    if (page === lastPage && ((word ^ lastKind) & 0xffff) === 0 && (kind & 3) !== Access.fetch && !crosses) {
      // The same page in another way. Its data entry, if that was the one, is still the most recently used.
      const wanted = TlbKey.valid | needed;
      if ((lastKey & wanted) === wanted) {
        hits++;
        lastKind = word & 0x00ff_ffff;
        continue;
      }
    }
    if (remoteFrom >= 0) {
      remotes += hits - remoteFrom;
      remoteFrom = -1;
    }
    const tag = page | (word << 20);
    const key = TlbKey.valid | needed | (((word & 0xffff) >>> 12) << TlbKey.tagHighShift);
    const mask = TlbKey.identity | needed;
    let entry = ((kind & 3) === Access.fetch ? fetchTlb : dataTlb) + (tag & setMask) * setWords;
    const end = entry + setWords;
    while (entry < end && (i32[entry] !== tag || ((i32[entry + 1] as number) & mask) !== key)) entry += TLB_ENTRY_WORDS;
    if (entry < end && !crosses) {
      const found = i32[entry + 1] as number;
      if ((found & TlbKey.remote) !== 0) remoteFrom = hits;
      hits++;
      lastKey = (kind & 3) === Access.fetch ? 0 : found;
      if (i32[entry + 3] !== clock) i32[entry + 3] = clock = (clock + 1) | 0;
    } else {
      i32[clockWord] = clock;
      const isAllowed = crosses ? accessOne(machine, core, batch, index) : accessPage(machine, core, batch, index);
      i32 = memory.i32;
      clock = i32[clockWord] as number;
      if (!isAllowed) break;
      if (!crosses) {
        others++;
        if (isMesh && isRemoteFrame(machine, core, reached.ppn)) {
          remotes++;
          remoteFrom = hits;
        }
      }
      lastKey = 0;
    }
    lastPage = crosses ? -1 : page;
    lastKind = word & 0x00ff_ffff;
  }
  i32[clockWord] = clock;
  if (remoteFrom >= 0) remotes += hits - remoteFrom;
  countAccesses(machine, core, hits, hits + others, remotes);
  return index;
}

/** Accesses that succeeded, and the TLB hits and the remote ones among them that nobody has counted yet. */
function countAccesses(machine: Machine, core: number, hits: number, accesses: number, remotes: number): void {
  const { cause, counters, trace, config } = machine;
  const row = countersOf(machine, cause.owner);
  const base = clusterOfCore(config, core) * counters.stride;
  row[base + EventKind.access] = (row[base + EventKind.access] as number) + accesses;
  row[base + EventKind.tlbHit] = (row[base + EventKind.tlbHit] as number) + hits;
  row[base + EventKind.remoteAccess] = (row[base + EventKind.remoteAccess] as number) + remotes;
  trace.sequence += hits + accesses + remotes;
  addCycles(machine, core, accesses * config.cost.T_L1);
}

/** An access inside its page, all but its count. False if it is refused. */
function accessPage(machine: Machine, core: number, batch: AccessBatch, index: number): boolean {
  const low = batch.records[2 * index] as number;
  const high = (batch.records[2 * index + 1] as number) & 0xffff;
  const access = batchAccess(batch, index);
  const user = isBatchUser(batch, index);
  if (high >>> (addressBitsOf(machine) - 32) !== 0) return accessOne(machine, core, batch, index);
  const status = translatePage(machine, core, (low >>> 12) | (high << 20), high >>> 12, access, user);
  if (status === AccessStatus.ok) return true;
  refuse(machine, core, batchAddress(batch, index), access, user, status, reached.level);
  return false;
}

function accessSingly(machine: Machine, core: number, batch: AccessBatch, from: number, to: number): number {
  let index = from;
  while (index < to && accessOne(machine, core, batch, index)) index++;
  return index;
}

/** False if it is refused. An access across a page counts as two, and only if both parts are allowed. */
function accessOne(machine: Machine, core: number, batch: AccessBatch, index: number): boolean {
  const va = batchAddress(batch, index);
  const access = batchAccess(batch, index);
  const user = isBatchUser(batch, index);
  const first = attempt(machine, core, va, access, user);
  if (first === REFUSED) return false;
  const inPage = PAGE_SIZE - pageOffset(va);
  if (batchSize(batch, index) > inPage) {
    const next = addressAfter(va, inPage, addressBitsOf(machine));
    const second = attempt(machine, core, next, access, user);
    if (second === REFUSED) return false;
    complete(machine, core, va, access, user, first);
    complete(machine, core, next, access, user, second);
  } else {
    complete(machine, core, va, access, user, first);
  }
  return true;
}

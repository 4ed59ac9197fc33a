/** 4.10: the page-fault handler, a decision tree over the region, the entry and the error code. */
import { addCycles } from '../../hardware/core.ts';
import { Access, type MmuFault } from '../../hardware/machine.ts';
import { emit, EventKind } from '../../hardware/trace-event.ts';
import { hex } from '../../hardware/word.ts';
import { Own } from './events.ts';
import { panic } from './kpanic.ts';
import type { Result } from '../../execution/result.ts';
import type { FaultMeaning } from '../fault-meaning.ts';
import type { FaultOutcome } from '../kernel.ts';
import { copyPage, fillAnonymous, fillFromFile, writableAgain } from './break-sharing.ts';
import { ANON, GUARD, KERNEL_EXEC, PTE_A, PTE_D, PTE_P, PTE_U, PTE_W, READ, VMS_SELF, WRITE } from './constants.ts';
import { lunaixFunction } from './klock.ts';
import { findRegion, isReadShared } from './region.ts';
import { currentThread, logLine, pageDown, type Here, type Lunaixly, type MmRegion, type Thread } from './state.ts';
import { flushHere, l1Index, loadL1, loadL2, mountedRoot, touchPage } from './tables.ts';
import { ensureTable } from './vmm.ts';

/** Beside RSHARED: a page that may be written, but not read, is never copied (R16). */
const COPIED = READ | WRITE;

type Answer = 'fault' | 'cow' | 'stale' | FaultMeaning;

const outOfFrames: FaultMeaning = { kind: 'no-memory', tables: true };

interface FaultArgs extends Trapped {
  readonly thread: Thread;
}

/** What the handler reads of the error code and of CR2. */
type Trapped = Pick<MmuFault, 'va' | 'user' | 'code' | 'access'>;

export const intr_routine_page_fault = lunaixFunction(
  {
    name: 'intr_routine_page_fault',
    section: '4.10',
    doc: 'Decides by region, page-table entry and error code what a page fault is, and makes the page or sends SIGSEGV.',
    parameters: [
      { name: 'thread', type: { kind: 'thread' } },
      { name: 'va', type: { kind: 'address' }, doc: 'CR2' },
      { name: 'code', type: { kind: 'integer' }, doc: '1 present, 2 write, 4 user' },
      { name: 'access', type: { kind: 'enumeration', name: 'access', members: { ...Access } } },
      { name: 'user', type: { kind: 'boolean' } },
    ],
    errors: [],
    steps: {
      1: 'nested more than 10 deep: panic',
      2: 'address 0: SEGV',
      3: 'a kernel address: SEGV for a user, panic for the kernel',
      4: 'the region that holds the address',
      5: 'no L2 table: SEGV without a region, else take one (D17)',
      6: 'the guard entry: “memory region over-running”, SEGV',
      7: 'no region: SEGV',
      '8a': 'present, but a supervisor page: SEGV for a user',
      '8b': 'present and allowed by now: the TLB was stale; flush',
      '8c': 'a write to a page that readers share and may read and write: copy it, even for the last holder; writable',
      '8d': 'any other write to a read-only page: SEGV',
      9: 'not present, anonymous: a frame, zeroed through the user’s address, so A and D are set (R1). Rights are not asked',
      10: 'not present, of a file: a frame with the file’s page, zeros past its end; A is set, D cleared again (R1)',
      11: 'neither: panic',
      12: 'out of frames: as SEGV',
      13: 'resolved: flush the page, return to the instruction',
    },
  },
  function* (here: Here, { thread, va, code, user, access }: FaultArgs): Lunaixly<FaultOutcome> {
    const { machine } = here;
    if (thread.process.state !== 'running') return dead;
    addCycles(machine, here.core, machine.config.cost.T_EXC);
    emit(machine, Own.fault, here.cluster, { core: here.core, va, err: code });
    const answer = yield* decide(here, thread, { va, user, isWrite: access === Access.write });
    const isOutOfFrames = answer === outOfFrames;
    if (isOutOfFrames && here.step('12')) yield;
    const isRefused = typeof answer === 'object';
    emit(machine, Own['fault.done'], here.cluster, {
      outcome: isOutOfFrames ? 'oom' : isRefused ? 'segv' : 'resolved',
    });
    if (isRefused) return refuse(here, thread, { va, user, code, access }, answer);
    if (here.step('13')) yield;
    flushHere(here, va);
    addCycles(machine, here.core, machine.config.cost.T_ERET);
    if (answer === 'stale') emit(machine, EventKind.falseFault, here.cluster, { va });
    return { kind: 'resolved', as: answer === 'cow' ? 'cow-fault' : answer === 'stale' ? 'spurious' : 'page-fault' };
  },
);

interface Trap {
  readonly va: number;
  readonly user: boolean;
  readonly isWrite: boolean;
}

function* decide(here: Here, thread: Thread, { va, user, isWrite }: Trap): Lunaixly<Answer> {
  const { mm } = thread.process;
  if (mm === null) return { kind: 'space-ended' };
  if (here.step('1')) yield;
  if (depthOf(here) > 10) panic(here, 'pf depth');
  if (here.step('2')) yield;
  if (va === 0) return { kind: 'no-region' };
  if (here.step('3')) yield;
  if (va >= KERNEL_EXEC) return user ? { kind: 'kernel-address' } : panic(here, `page fault on kernel: ${hex(va, 8)}`);
  if (here.step('4')) yield;
  const hit = findRegion(mm.regions.items, va);
  const page = pageDown(va);
  const root = mountedRoot(here, VMS_SELF);
  if ((loadL1(here, VMS_SELF, root, l1Index(va)) & PTE_P) === 0) {
    if (here.step('5')) yield;
    if (hit === null) return { kind: 'no-region' };
    if (!ensureTable(here, VMS_SELF, root, va, PTE_U)) return outOfFrames;
  }
  const entry = loadL2(here, VMS_SELF, root, va);
  if (here.step('6')) yield;
  if (entry >>> 0 === GUARD) {
    logLine(here, 'memory region over-running');
    return { kind: 'guard' };
  }
  if (here.step('7')) yield;
  if (hit === null) return { kind: 'no-region' };
  if ((entry & PTE_P) !== 0) return yield* protection(here, hit, page, entry, { va, user, isWrite });
  return yield* demand(here, hit, page);
}

/** A fault inside a fault handler counts; user accesses of kernel code are the only ones there are. */
function depthOf(here: Here): number {
  let depth = 0;
  for (let frame = here.activity.top; frame.caller !== null; frame = frame.caller)
    if (frame.info.name === 'intr_routine_page_fault') depth++;
  return depth;
}

function* protection(
  here: Here,
  hit: MmRegion,
  page: number,
  entry: number,
  { user, isWrite }: Trap,
): Lunaixly<Answer> {
  if (here.step('8a')) yield;
  if (user && (entry & PTE_U) === 0) return { kind: 'kernel-address' };
  if (here.step('8b')) yield;
  if (!isWrite || (entry & PTE_W) !== 0) return 'stale';
  if (isReadShared(hit) && (hit.attr & COPIED) === COPIED) {
    if (here.step('8c')) yield;
    const copy = yield* copyPage(here, VMS_SELF, page, writableAgain);
    if (copy === null) return outOfFrames;
    emit(here.machine, EventKind.pageCopy, here.cluster, copy);
    return 'cow';
  }
  if (here.step('8d')) yield;
  return { kind: 'rights' };
}

function* demand(here: Here, hit: MmRegion, page: number): Lunaixly<Answer> {
  if ((hit.attr & ANON) !== 0) {
    if (here.step('9')) yield;
    if (fillAnonymous(here, VMS_SELF, hit, page) === 0) return outOfFrames;
    // Cleared through the user's address, which the hardware marks, whatever the access was.
    touchPage(here.machine, mountedRoot(here, VMS_SELF), page, PTE_A | PTE_D);
    return 'fault';
  }
  if (hit.mfile !== null) {
    if (here.step('10')) yield;
    const filled = fillFromFile(here, VMS_SELF, hit, page);
    if (filled === 'EIO') return { kind: 'unreadable-file' };
    if (filled === 0) return outOfFrames;
    // Filled through the user's address, then D is cleared: the page is as the file has it.
    touchPage(here.machine, mountedRoot(here, VMS_SELF), page, PTE_A);
    return 'fault';
  }
  if (here.step('11')) yield;
  return panic(here, 'WIP page fault route');
}

type Refused = Extract<FaultOutcome, { kind: 'refused' }>;

const dead: Refused = {
  kind: 'refused',
  error: 'SEGV',
  reason: 'ESRCH',
  signal: 'SIGKILL',
  meaning: { kind: 'process-ended' },
};

/** SIGSEGV for a user. The kernel's own access to a user address makes its system call fail with EINVAL (D19). */
function refuse(here: Here, thread: Thread, { va, user, code, access }: Trapped, meaning: FaultMeaning): Refused {
  const isOutOfFrames = meaning === outOfFrames;
  if (isOutOfFrames) logLine(here, 'out of memory');
  const { pid } = thread.process;
  const what = access === Access.write ? 'writes' : access === Access.fetch ? 'fetches' : 'reads';
  const end = isOutOfFrames ? 'out of memory' : 'segmentation fault';
  logLine(here, `${thread.name} (pid ${String(pid)}) ${what} ${hex(va, 8)}, err ${String(code)}: ${end}`);
  const error = isOutOfFrames ? 'OOM' : 'SEGV';
  const reason = !user ? 'EINVAL' : isOutOfFrames ? 'ENOMEM' : 'SIGSEGV';
  return { kind: 'refused', error, reason, signal: 'SIGSEGV', meaning };
}

/** The handler as a scenario calls it. It is no trap: nothing is counted, nobody is killed. */
export const page_fault_by_name = lunaixFunction(
  {
    ...intr_routine_page_fault.info,
    parameters: [
      { name: 'err', type: { kind: 'integer' }, doc: '1 present, 2 write, 4 user' },
      { name: 'va', type: { kind: 'address' } },
    ],
    errors: ['SIGSEGV', 'ENOMEM', 'EINVAL'],
  },
  function* (here: Here, { err, va }: { err: number; va: number }): Lunaixly<Result<void>> {
    const thread = currentThread(here);
    if (thread === null) return panic(here, 'page fault without a process');
    const user = (err & 4) !== 0;
    const answer = yield* decide(here, thread, { va, user, isWrite: (err & 2) !== 0 });
    if (answer === outOfFrames) {
      if (here.step('12')) yield;
      logLine(here, 'out of memory');
      return 'ENOMEM';
    }
    if (typeof answer === 'object') return user ? 'SIGSEGV' : 'EINVAL';
    if (here.step('13')) yield;
    flushHere(here, va);
  },
);

/** The kernel's own accesses to addresses of the running space. They obey W there (D2), and a fault on the way is resolved (D19). */
import { Access } from '../../hardware/machine.ts';
import type { FieldsOfEvent } from '../../hardware/event-shapes.ts';
import { loadFrame, readBytes } from '../../hardware/physical-memory.ts';
import { emit, EventKind } from '../../hardware/trace-event.ts';
import { hex } from '../../hardware/word.ts';
import { enterTrap, setCause } from '../../execution/cause.ts';
import type { FaultOutcome } from '../kernel.ts';
import { PAGE_SIZE, PTE_A, PTE_D, PTE_P, PTE_W, VMS_SELF } from './constants.ts';
import { intr_routine_page_fault } from './fault.ts';
import { panic } from './kpanic.ts';
import { currentThread, type Here, type Lunaixly } from './state.ts';
import { frameOfEntry, mountedRoot, readL2, touchPage } from './tables.ts';

/** Why the call on whose behalf the kernel touched a user's address fails. */
export type BadMemory = 'EINVAL' | 'ENOMEM';

/** A fault path that never comes to an end is a bug. */
const MOST_FAULTS = 10;

/** The bytes of [va, va + length). */
export function* readMemory(here: Here, va: number, length: number): Lunaixly<Uint8Array | BadMemory> {
  const bytes = new Uint8Array(length);
  for (const { at, done, part } of pagesOf(va, length)) {
    const frame = yield* reachPage(here, at, Access.read);
    if (typeof frame === 'string') return frame;
    bytes.set(readBytes(here.machine, frame * PAGE_SIZE + (at % PAGE_SIZE), part), done);
  }
  return bytes;
}

/** What was written before a fault that is not resolved stays. */
export function* writeMemory(here: Here, va: number, bytes: Uint8Array): Lunaixly<BadMemory | void> {
  for (const { at, done, part } of pagesOf(va, bytes.length)) {
    const frame = yield* reachPage(here, at, Access.write);
    if (typeof frame === 'string') return frame;
    loadFrame(here.machine, frame, bytes.subarray(done, done + part), at % PAGE_SIZE);
  }
}

/** The parts of a range, each inside one page; addresses have 32 bits. */
function* pagesOf(va: number, length: number): Generator<{ at: number; done: number; part: number }> {
  for (let done = 0; done < length;) {
    const at = (va + done) % 2 ** 32;
    const part = Math.min(length - done, PAGE_SIZE - (at % PAGE_SIZE));
    yield { at, done, part };
    done += part;
  }
}

/** The frame behind an address, once the access is allowed. */
function* reachPage(here: Here, va: number, access: Access): Lunaixly<number | BadMemory> {
  const { machine } = here;
  const isWrite = access === Access.write;
  for (let faults = 0; faults < MOST_FAULTS; faults++) {
    const root = mountedRoot(here, VMS_SELF);
    const entry = readL2(machine, root, va);
    if ((entry & PTE_P) !== 0 && (!isWrite || (entry & PTE_W) !== 0)) {
      touchPage(machine, root, va, isWrite ? PTE_A | PTE_D : PTE_A);
      return frameOfEntry(entry);
    }
    const error = yield* trap(here, va, access, (entry & PTE_P) !== 0);
    if (error) return error;
  }
  throw new Error(`internal: the kernel's access to ${hex(va, 8)} is never resolved`);
}

/** The fault handler, entered from kernel mode. The trap counts by its outcome, as a user's does. */
function* trap(here: Here, va: number, access: Access, isPresent: boolean): Lunaixly<BadMemory | void> {
  const thread = currentThread(here);
  if (thread === null) return panic(here, `page fault on kernel: ${hex(va, 8)}`);
  const code = (isPresent ? 1 : 0) | (access === Access.write ? 2 : 0);
  const kind = isPresent ? 'rights' : 'absent';
  const cause = enterTrap(here, { va, access, user: false, kind, code, level: 2 });
  const outcome = yield* intr_routine_page_fault(here, { thread, va, access, user: false, code });
  emitOutcome(here, { va, access }, outcome);
  setCause(here.activity, cause);
  if (outcome.kind === 'resolved') return;
  return outcome.error === 'OOM' ? 'ENOMEM' : 'EINVAL';
}

function emitOutcome({ machine, cluster }: Here, fields: FieldsOfEvent<'page-fault'>, outcome: FaultOutcome): void {
  if (outcome.kind === 'resolved')
    emit(machine, outcome.as === 'cow-fault' ? EventKind.cowFault : EventKind.pageFault, cluster, fields);
  else emit(machine, EventKind.segv, cluster, { ...fields, error: outcome.error, reason: outcome.reason });
}

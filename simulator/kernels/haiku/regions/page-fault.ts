/** 4.51: where faults enter. */
import { addCycles } from '../../../hardware/core.ts';
import { Access, type MmuFault } from '../../../hardware/machine.ts';
import { printLine } from '../../../hardware/terminal.ts';
import { emit, EventKind } from '../../../hardware/trace-event.ts';
import { hex } from '../../../hardware/word.ts';
import { kernelFunction } from '../../../execution/activation.ts';
import { panic } from '../../../execution/panic.ts';
import type { FaultMeaning } from '../../fault-meaning.ts';
import type { FaultOutcome } from '../../kernel.ts';
import { KERNEL_BASE, KERNEL_TOP, USER_BASE, USER_TOP, type VmError } from '../base/constants.ts';
import { softFault, type FaultArgs } from './soft-fault.ts';
import { currentThread, type Here, type Process, type Steps, type Thread } from '../base/state.ts';

type Refused = Extract<FaultOutcome, { kind: 'refused' }>;

interface PageFaultArgs {
  readonly address: number;
  readonly fault_address: number;
  readonly is_write: boolean;
  readonly is_user: boolean;
  readonly finding?: FaultArgs['finding'];
}

interface PageFaultResult {
  readonly result: number;
  readonly newip: number;
  readonly error?: VmError;
  /** 4.51 step 6: what the process is killed for, by whoever asked. */
  readonly refused?: Refused;
}

export const pageFault = kernelFunction(
  {
    name: 'vm_page_fault',
    section: '4.51',
    doc: 'The fault handler: resolves it, or goes on at the thread’s fault handler, or panics (kernel mode), or kills (user mode).',
    parameters: [
      { name: 'address', type: { kind: 'address' } },
      { name: 'fault_address', type: { kind: 'address' }, default: 0 },
      { name: 'is_write', type: { kind: 'boolean' } },
      { name: 'is_user', type: { kind: 'boolean' } },
    ],
    result: { kind: 'integer' },
    outputs: [{ name: 'newip', type: { kind: 'address' } }],
    errors: ['ERR_VM_PF_FATAL', 'ERR_VM_PF_BAD_ADDRESS', 'ERR_VM_PF_BAD_PERM', 'ERR_IO_ERROR', 'ERR_GENERAL'],
    steps: {
      1: '*newip = 0',
      2: 'vm_soft_fault',
      3: 'resolved: return',
      4: 'say what happened',
      5: 'kernel mode: go on at the fault handler; none: panic',
      6: 'user mode: kill the process',
    },
  },
  function* (here: Here, args: PageFaultArgs): Steps<PageFaultResult> {
    const { address, is_user } = args;
    if (here.step('1')) yield;
    if (here.step('2')) yield;
    const error = yield* softFault(here, args);
    if (!error) {
      if (here.step('3')) yield;
      return { result: 0, newip: 0 };
    }
    if (here.step('4')) yield;
    logFault(here, args, error);
    const thread = currentThread(here);
    if (is_user) {
      if (here.step('6')) yield;
      if (thread === null) panic(here, `a user mode fault of a kernel thread at ${hex(address, 8)}: ${error}`);
      const refused = refuse(thread, address, error);
      return { result: 0, newip: 0, error, refused };
    }
    if (here.step('5')) yield;
    const newip = handlerOf(here);
    if (newip === 0) panic(here, `unhandled page fault in kernel space at ${hex(address, 8)}: ${error}`);
    return { result: 0, newip };
  },
);

function logFault(here: Here, { address, fault_address, is_write, is_user }: PageFaultArgs, error: VmError): void {
  const who = currentThread(here)?.name ?? 'kernel thread';
  printLine(
    here.machine,
    `vm_page_fault: ${error} at ${hex(address, 8)}, ip ${hex(fault_address, 8)}, ${is_write ? 'write' : 'read'}, ${is_user ? 'user' : 'kernel'}, ${who}`,
  );
}

/** The current thread's; one that is no process's has its own. 0: none. */
export function handlerOf(here: Here): number {
  return currentThread(here)?.fault_handler ?? here.kernel.fault_handlers.get(here.activity.agent) ?? 0;
}

export function setHandler(here: Here, handler: number): void {
  const thread = currentThread(here);
  if (thread !== null) thread.fault_handler = handler;
  else if (handler === 0) here.kernel.fault_handlers.delete(here.activity.agent);
  else here.kernel.fault_handlers.set(here.activity.agent, handler);
}

/** A trap of a thread, from the hardware's report. Nobody is killed here. */
export function* handleTrap(here: Here, thread: Thread, fault: MmuFault): Steps<FaultOutcome> {
  const { machine } = here;
  const { va, user, code, access } = fault;
  const { process } = thread;
  const finding = { isDone: false };
  if (!process.alive || process.aspace === null) return refuse(thread, va, 'ERR_VM_PF_FATAL');
  addCycles(machine, here.core, machine.config.cost.T_EXC);
  const isWrite = access === Access.write;
  const asked = { address: va, fault_address: 0, is_write: isWrite, is_user: user, finding };
  const { refused, newip } = yield* pageFault(here, asked);
  if (refused !== undefined) return refused;
  if (newip !== 0) return refuse(thread, va, 'ERR_VM_BAD_USER_MEMORY');
  addCycles(machine, here.core, machine.config.cost.T_ERET);
  if (finding.isDone) {
    emit(machine, EventKind.falseFault, here.cluster, { va });
    return { kind: 'resolved', as: 'spurious' };
  }
  return { kind: 'resolved', as: isWrite && (code & 1) !== 0 ? 'cow-fault' : 'page-fault' };
}

function refuse({ process }: Thread, va: number, reason: VmError): Refused {
  const error = reason === 'ERR_IO_ERROR' ? 'BUS' : 'SEGV';
  return { kind: 'refused', error, reason, signal: reason, meaning: meaningOf(process, va, reason) };
}

function meaningOf({ alive, aspace }: Process, va: number, reason: VmError): FaultMeaning {
  if (!alive || aspace === null) return { kind: 'process-ended' };
  if (va >= KERNEL_BASE && va <= KERNEL_TOP) return { kind: 'kernel-address' };
  switch (reason) {
    case 'ERR_VM_PF_BAD_PERM':
      return { kind: 'rights' };
    case 'ERR_VM_PF_FATAL':
      return va < USER_BASE || va > USER_TOP ? { kind: 'no-address' } : { kind: 'no-source' };
    case 'ERR_IO_ERROR':
    case 'ERR_GENERAL':
      return { kind: 'unreadable-file' };
    default:
      return { kind: 'no-region' };
  }
}

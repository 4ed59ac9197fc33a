/** 7.1: where a trap enters the kernel. Follow one page fault from here down. */
import { kernelFunction } from '../../../execution/activation.ts';
import { panic } from '../../../execution/panic.ts';
import { addCycles } from '../../../hardware/core.ts';
import { Access, type Machine, type MmuFault } from '../../../hardware/machine.ts';
import { printLine } from '../../../hardware/terminal.ts';
import { emit, EventKind } from '../../../hardware/trace-event.ts';
import { addressOfVpn, hex, vpnOf } from '../../../hardware/word.ts';
import { addressBitsOf } from '../../../hardware/layouts/formats.ts';
import { fullAddressText } from '../../../hardware/virtual-address.ts';
import type { FaultMeaning } from '../../fault-meaning.ts';
import type { FaultOutcome } from '../../kernel.ts';
import { Attr, CONFIG_VMM_KENTRY_BASE, MmuException, SIGBUS, SIGKILL, SIGSEGV } from '../base/constants.ts';
import { enterCall, leaveCall } from '../rpc/gate.ts';
import { attrOf } from '../memory/gpt-functions.ts';
import { halOf } from '../base/hal-of.ts';
import { vmm_copy_on_write, vmm_handle_page_fault } from './page-fault.ts';
import { descriptorIn, type ProcessDescriptor } from '../objects/process.ts';
import type { Here, Steps } from '../objects/state.ts';
import type { Thread } from '../objects/thread.ts';
import { findByAddress } from '../objects/vseg.ts';

type Reason = 'EINVAL' | 'ENOMEM' | 'EIO' | 'EACCES' | 'EFAULT';

const ILLEGAL_ACCESS =
  MmuException.PT1_ILLEGAL_ACCESS | MmuException.PT2_ILLEGAL_ACCESS | MmuException.CACHE_ILLEGAL_ACCESS;
const UNMAPPED = MmuException.PT1_UNMAPPED | MmuException.PT2_UNMAPPED;

/** The handler without the kill, which follows only where nobody expected the refusal (`kill`, in exit.ts). */
export const exception_handler = kernelFunction(
  {
    name: 'exception_handler',
    section: '7.1',
    doc: 'Decides by the MMU’s report and the local page table what a trap is: page fault, copy-on-write, or an error.',
    parameters: [],
    errors: [],
    steps: {
      1: 'save the exception code and the bad address',
      2: 'bus error, or a kernel address in kernel mode: kernel panic',
      3: 'unmapped: vmm_handle_page_fault',
      4: 'write violation: read the local entry. COW: vmm_copy_on_write. WRITABLE by now: retry. Neither: EACCES',
      5: 'any other violation: EACCES or EFAULT',
      6: 'success: execute the instruction again. Refusal: say it on TXY0',
    },
  },
  function* (here: Here, { thread, fault }: { thread: Thread; fault: MmuFault }): Steps<FaultOutcome> {
    const { machine } = here;
    // Copied at once: the machine's fault record is overwritten by the next refused access anywhere.
    const report = { ...fault };
    const { va, code, access, user } = report;
    // Another thread may be ending the process: then this one is dead when that is done.
    if (!(yield* enterCall(here, thread.process))) return deadThread;
    const process = descriptorIn(thread.process, here.cluster) as ProcessDescriptor;
    if (here.stage('1')) yield;
    addCycles(machine, here.core, machine.config.cost.T_EXC);
    here.kernel.badAddress[here.core] = va;
    if (here.stage('2')) yield;
    const exception = halOf(machine).exceptionOf(report, attrOf(here, process.vmm.gpt, vpnOf(va)));
    if ((exception & ILLEGAL_ACCESS) !== 0)
      panic(here, `bus error at ${addressText(machine, va)}, code ${hex(code, 4)}`);
    if (!user && va < addressOfVpn(CONFIG_VMM_KENTRY_BASE))
      panic(here, `kernel access to ${addressText(machine, va)}, code ${hex(code, 4)}`);
    const decision = yield* decide(here, process, va, exception);
    here.kernel.badAddress[here.core] = -1;
    leaveCall(thread.process);
    if (here.stage('6')) yield;
    if (typeof decision === 'object') {
      addCycles(machine, here.core, machine.config.cost.T_ERET);
      return decision;
    }
    return refuse(here, thread, va, access, decision);
  },
);

type Resolution = Extract<FaultOutcome, { kind: 'resolved' }>;
const pageFault: Resolution = { kind: 'resolved', as: 'page-fault' };
const cowFault: Resolution = { kind: 'resolved', as: 'cow-fault' };
const spurious: Resolution = { kind: 'resolved', as: 'spurious' };

function* decide(here: Here, process: ProcessDescriptor, va: number, exception: number): Steps<Resolution | Reason> {
  const vpn = vpnOf(va);
  if ((exception & UNMAPPED) !== 0) {
    if (here.stage('3')) yield;
    return (yield* vmm_handle_page_fault(here, { process, vpn })) ?? pageFault;
  }
  if (exception === MmuException.WRITE_VIOLATION) {
    if (here.stage('4')) yield;
    const attr = attrOf(here, process.vmm.gpt, vpn);
    if ((attr & Attr.MAPPED) === 0 || (attr & Attr.WRITABLE) !== 0) {
      process.vmm.false_pgfault_nr += 1;
      emit(here.machine, EventKind.falseFault, here.cluster, { va });
      return spurious;
    }
    if ((attr & Attr.COW) !== 0) return (yield* vmm_copy_on_write(here, { process, vpn })) ?? cowFault;
    return countUserError(process, 'EACCES');
  }
  if (here.stage('5')) yield;
  return countUserError(process, exception === MmuException.UNDEFINED_XTN ? 'EFAULT' : 'EACCES');
}

/** A4: what the VMM never saw is counted here. */
function countUserError({ vmm }: ProcessDescriptor, reason: Reason): Reason {
  vmm.u_err_nr += 1;
  return reason;
}

/** For TXY0. */
const texts: Readonly<Record<Reason, string>> = {
  EINVAL: 'no vseg holds the address',
  ENOMEM: 'no memory is left for the page',
  EIO: 'the file has no such page',
  EACCES: 'the vseg forbids it',
  EFAULT: 'the access is undefined',
};

function meaningOf(here: Here, process: ProcessDescriptor, va: number, reason: Reason): FaultMeaning {
  switch (reason) {
    case 'EINVAL':
      return { kind: 'no-region' };
    case 'ENOMEM':
      return { kind: 'no-memory', tables: false };
    case 'EACCES':
      return { kind: 'rights' };
    case 'EFAULT':
      return { kind: 'undefined-access' };
    case 'EIO': {
      const vmm = descriptorIn(process, here.cluster)?.vmm;
      const vseg = vmm === undefined ? null : findByAddress(vmm, va);
      if (vseg === null || vseg.mapper === null) return { kind: 'unreadable-file' };
      const { name, size } = vseg.mapper;
      const inFile = addressOfVpn(vpnOf(va) - vseg.vpn_base) + vseg.file_offset;
      return inFile >= size ? { kind: 'beyond-end', of: `file “${name}”`, size } : { kind: 'unreadable-file' };
    }
  }
}

const deadThread: FaultOutcome = {
  kind: 'refused',
  error: 'SEGV',
  reason: 'ESRCH',
  signal: `SIGKILL ${String(SIGKILL)}`,
  meaning: { kind: 'process-ended' },
};

function addressText(machine: Machine, va: number): string {
  return fullAddressText(va, addressBitsOf(machine));
}

function refuse(here: Here, thread: Thread, va: number, access: Access, reason: Reason): FaultOutcome {
  const verb = access === Access.write ? 'writes' : access === Access.fetch ? 'fetches' : 'reads';
  const meaning = meaningOf(here, thread.process, va, reason);
  printLine(here.machine, `${thread.name} ${verb} ${addressText(here.machine, va)}: ${reason}, ${texts[reason]}`);
  if (reason === 'ENOMEM')
    return { kind: 'refused', error: 'OOM', reason, signal: `SIGKILL ${String(SIGKILL)}`, meaning };
  if (reason === 'EIO') return { kind: 'refused', error: 'BUS', reason, signal: `SIGBUS ${String(SIGBUS)}`, meaning };
  return { kind: 'refused', error: 'SEGV', reason, signal: `SIGSEGV ${String(SIGSEGV)}`, meaning };
}

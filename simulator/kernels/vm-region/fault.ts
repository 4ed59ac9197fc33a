/** 4.9, trap entry: from the MMU's report to vm_region_demand_map, and what becomes of its status. */
import { addCycles } from '../../hardware/core.ts';
import { Access, type MmuFault } from '../../hardware/machine.ts';
import { printLine } from '../../hardware/terminal.ts';
import { emit } from '../../hardware/trace-event.ts';
import { kernelFunction } from '../../execution/activation.ts';
import { panic } from '../../execution/panic.ts';
import type { FaultMeaning } from '../fault-meaning.ts';
import type { FaultOutcome } from '../kernel.ts';
import { KERNEL_START, PMAP_FAULT_ALL, type Status } from './constants.ts';
import { demandMap } from './demand-map.ts';
import { addressText } from './dump.ts';
import { Own } from './events.ts';
import { mappingsOf } from './inspect.ts';
import { pageDown, type Here, type Process, type Steps, type Thread, type VmRegion } from './state.ts';

type Refused = Extract<FaultOutcome, { kind: 'refused' }>;

export const page_fault = kernelFunction(
  {
    name: 'page_fault',
    section: '4.9',
    doc: 'The #PF handler: flags from the error code, the task’s root region, vm_region_demand_map.',
    parameters: [],
    errors: [],
    steps: {
      1: 'flags from the error code',
      2: 'the task’s root region: vm_region_demand_map',
      3: 'OK: execute the instruction again',
      4: 'from user mode: a memory-fault exception, default action kill. From kernel mode: panic',
    },
  },
  function* (here: Here, { thread, fault }: { thread: Thread; fault: MmuFault }): Steps<FaultOutcome> {
    const { machine } = here;
    const { va, code, user, kind } = fault;
    addCycles(machine, here.core, machine.config.cost.T_EXC);
    if (here.step('1')) yield;
    const flags = code & PMAP_FAULT_ALL;
    emit(machine, Own.fault, here.cluster, { core: here.core, addr: va, flags });
    const region = thread.process.region;
    let status: Status | void = 'NO_ENTRY';
    if (region === null) status = 'BAD_STATE';
    else if (kind !== 'address' && kind !== 'bus' && va < KERNEL_START) {
      if (here.step('2')) yield;
      status = yield* demandMap(here, { region, addr: va, flags });
    }
    emit(machine, Own['fault.done'], here.cluster, { status: status ?? 'OK' });
    if (!status) {
      if (here.step('3')) yield;
      addCycles(machine, here.core, machine.config.cost.T_ERET);
      return { kind: 'resolved', as: 'page-fault' };
    }
    if (here.step('4')) yield;
    if (!user && thread.process.alive) panic(here, `memory fault in kernel mode at ${addressText(va)}: ${status}`);
    return refuse(here, thread, fault, status);
  },
);

/** For the terminal. */
const texts: Readonly<Partial<Record<Status, string>>> = {
  NO_ENTRY: 'nothing is mapped there',
  ACCESS_DENIED: 'the mapping forbids it',
  MEMORY_FAULT: 'the object has no such page',
  NO_MEMORY: 'no memory is left for the page or its tables',
  BAD_STATE: 'the region is dead',
};

function refuse(here: Here, thread: Thread, { va, access, kind }: MmuFault, reason: Status): Refused {
  const verb = access === Access.write ? 'writes' : access === Access.fetch ? 'fetches' : 'reads';
  printLine(here.machine, `${thread.name} ${verb} ${addressText(va)}: ${reason}, ${texts[reason] ?? 'refused'}`);
  const error = reason === 'NO_MEMORY' ? 'OOM' : reason === 'MEMORY_FAULT' ? 'BUS' : 'SEGV';
  const signal = error === 'OOM' ? 'out of memory' : error === 'BUS' ? 'SIGBUS' : 'SIGSEGV';
  return { kind: 'refused', error, reason, signal, meaning: meaningOf(thread.process, va, kind, reason) };
}

function meaningOf({ region }: Process, va: number, kind: MmuFault['kind'], reason: Status): FaultMeaning {
  switch (reason) {
    case 'ACCESS_DENIED':
      return { kind: 'rights' };
    case 'MEMORY_FAULT':
      return endMeaning(region, va);
    case 'NO_MEMORY':
      return { kind: 'no-memory', tables: true };
    case 'BAD_STATE':
      return { kind: 'space-ended' };
    case 'INVALID_ARGUMENT':
      return { kind: 'undefined-access' };
    default:
      if (kind === 'address') return { kind: 'no-address' };
      return va >= KERNEL_START ? { kind: 'kernel-address' } : { kind: 'no-region' };
  }
}

/** The object ends before the page, or its file could not be read. */
function endMeaning(root: VmRegion | null, va: number): FaultMeaning {
  const isHolder = (start: number, size: number): boolean => va >= start && va < start + size;
  const found = mappingsOf(root).find(({ mapping: { m_entry } }) => isHolder(m_entry.e_address, m_entry.e_size));
  if (found === undefined) return { kind: 'unreadable-file' };
  const { m_entry, m_object, m_object_offset } = found.mapping;
  const { vo_name, vo_size, vo_kind, file } = m_object;
  if (m_object_offset + pageDown(va - m_entry.e_address) < vo_size) return { kind: 'unreadable-file' };
  return {
    kind: 'beyond-end',
    of: `${vo_kind === 'FILE' ? 'file' : 'object'} “${vo_name}”`,
    size: file?.size ?? vo_size,
  };
}

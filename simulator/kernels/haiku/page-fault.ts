/** 4.51, 4.57 to 4.60: where faults enter, and copies that may fault. */
import { addCycles } from '../../hardware/core.ts';
import { Access, type MmuFault } from '../../hardware/machine.ts';
import { REFUSED, translate } from '../../hardware/mmu.ts';
import { readBytes, writeBytes } from '../../hardware/physical-memory.ts';
import { printLine } from '../../hardware/terminal.ts';
import { emit, EventKind } from '../../hardware/trace-event.ts';
import { hex } from '../../hardware/word.ts';
import { kernelFunction } from '../../execution/frame.ts';
import type { Parameter } from '../../execution/function-info.ts';
import { panic } from '../../execution/panic.ts';
import type { FaultOutcome } from '../kernel.ts';
import type { VmError } from './constants.ts';
import { softFault } from './soft-fault.ts';
import { readPte } from './translation-map.ts';
import { currentThread, type Here, type Kernelly, type Thread } from './state.ts';

interface PageFaultArgs {
  readonly address: number;
  readonly fault_address: number;
  readonly is_write: boolean;
  readonly is_user: boolean;
}

interface PageFaultResult {
  readonly result: number;
  readonly newip: number;
  readonly error?: VmError;
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
    errors: [],
    steps: {
      1: '*newip = 0',
      2: 'vm_soft_fault',
      3: 'resolved: return',
      4: 'say what happened',
      5: 'kernel mode: go on at the fault handler; none: panic',
      6: 'user mode: kill the process',
    },
  },
  function* (here: Here, args: PageFaultArgs): Kernelly<PageFaultResult> {
    const { address, is_write, is_user } = args;
    if (here.step('1')) yield;
    if (here.step('2')) yield;
    const error = yield* softFault(here, { address, is_write, is_user });
    if (!error) {
      if (here.step('3')) yield;
      return { result: 0, newip: 0 };
    }
    if (here.step('4')) yield;
    const thread = currentThread(here);
    const who = thread?.name ?? 'kernel thread';
    printLine(
      here.machine,
      `vm_page_fault: ${error} at ${hex(address, 8)}, ${is_write ? 'write' : 'read'}, ${is_user ? 'user' : 'kernel'}, ${who}`,
    );
    if (is_user) {
      if (here.step('6')) yield;
      return { result: 0, newip: 0, error };
    }
    if (here.step('5')) yield;
    if (thread === null || thread.fault_handler === 0)
      panic(here, `vm_page_fault: unhandled page fault in kernel space at ${hex(address, 8)}: ${error}`);
    return { result: 0, newip: thread.fault_handler, error };
  },
);

type Refused = Extract<FaultOutcome, { kind: 'refused' }>;

/** A trap of a thread, from the hardware's report. Nobody is killed here. */
export function* handleTrap(here: Here, thread: Thread, fault: MmuFault): Kernelly<FaultOutcome> {
  const { machine } = here;
  const { va, user, code, access } = fault;
  const { process } = thread;
  if (!process.alive || process.aspace === null) return refuse(thread, va, access, 'ERR_VM_PF_FATAL');
  addCycles(machine, here.core, machine.config.cost.T_EXC);
  const isWrite = access === Access.write;
  const before = readPte(machine, process.aspace.translation_map, va);
  const { error } = yield* pageFault(here, { address: va, fault_address: 0, is_write: isWrite, is_user: user });
  if (error !== undefined) return refuse(thread, va, access, error);
  addCycles(machine, here.core, machine.config.cost.T_ERET);
  const wasPresent = (code & 1) !== 0;
  const isStale =
    wasPresent &&
    process.aspace !== null &&
    readPte(machine, process.aspace.translation_map, va) >>> 12 === before >>> 12 &&
    (before & 2) !== 0;
  if (isStale) emit(machine, EventKind.falseFault, here.cluster, { va });
  return { kind: 'resolved', as: isWrite && wasPresent ? 'cow-fault' : 'page-fault' };
}

function refuse({ name }: Thread, va: number, access: Access, reason: VmError): Refused {
  const verb = access === Access.write ? 'writes' : access === Access.fetch ? 'fetches' : 'reads';
  const error = reason === 'ERR_IO_ERROR' ? 'BUS' : 'SEGV';
  const message = `${name} ${verb} ${hex(va, 8)}: ${reason}, ${meaning[reason] ?? 'refused'}`;
  return { kind: 'refused', error, reason, signal: reason, message };
}

const meaning: Readonly<Partial<Record<VmError, string>>> = {
  ERR_VM_PF_FATAL: 'the address is in neither half, or its store refuses every fault',
  ERR_VM_PF_BAD_ADDRESS: 'no region holds the address',
  ERR_VM_PF_BAD_PERM: 'the region’s lock forbids it',
  ERR_IO_ERROR: 'the file could not be read',
};

/** One byte of the kernel's: its physical address, or that the fault handler was reached. */
function* reachByte(here: Here, va: number, access: Access): Kernelly<number | 'ERR_VM_BAD_USER_MEMORY'> {
  const { machine, core } = here;
  for (let tries = 0; tries < 50; tries++) {
    const pa = translate(machine, core, va, access, false);
    if (pa !== REFUSED) return pa;
    const isWrite = access === Access.write;
    const { newip } = yield* pageFault(here, { address: va, fault_address: 0, is_write: isWrite, is_user: false });
    if (newip !== 0) return 'ERR_VM_BAD_USER_MEMORY';
  }
  throw new Error(`internal: the kernel's access to ${hex(va)} is never resolved`);
}

const HANDLER = 0x8000_0001;

type Copy = 'ERR_VM_BAD_USER_MEMORY' | void;

/** Steps 1 and 3 around a byte loop. A thread-less copy cannot be caught. */
function* guarded<R>(here: Here, body: () => Kernelly<R>): Kernelly<R> {
  const thread = currentThread(here);
  if (thread !== null) thread.fault_handler = HANDLER;
  const result = yield* body();
  if (thread !== null) thread.fault_handler = 0;
  return result;
}

/** What a copy reads from or writes to: a user's or the kernel's address, or a buffer of the kernel's. */
export type Memory = number | { bytes: number[] };

function* load(here: Here, from: Memory, index: number): Kernelly<number | 'ERR_VM_BAD_USER_MEMORY'> {
  if (typeof from === 'object') return from.bytes[index] ?? 0;
  const pa = yield* reachByte(here, from + index, Access.read);
  return typeof pa === 'string' ? pa : (readBytes(here.machine, pa, 1)[0] as number);
}

function* store(here: Here, to: Memory, index: number, value: number): Kernelly<Copy> {
  if (typeof to === 'object') {
    to.bytes[index] = value;
    return;
  }
  const pa = yield* reachByte(here, to + index, Access.write);
  if (typeof pa === 'string') return pa;
  writeBytes(here.machine, pa, Uint8Array.of(value));
}

/** Bytes copied before a fault stay. `stop`: after which byte value the loop ends. */
export function* copyUser(
  here: Here,
  to: Memory,
  from: Memory,
  size: number,
  stop: number | null = null,
): Kernelly<Copy> {
  return yield* guarded(here, function* () {
    for (let index = 0; index < size; index++) {
      if (here.step('2')) yield;
      const byte = yield* load(here, from, index);
      if (typeof byte === 'string') return byte;
      const error = yield* store(here, to, index, byte);
      if (error) return error;
      if (byte === stop) break;
    }
    return undefined;
  });
}

const copySteps = {
  1: 'fault_handler = the error label',
  2: 'the next byte; an access may fault and be resolved',
  3: 'fault_handler = 0',
} as const;
const errors = ['ERR_VM_BAD_USER_MEMORY'];
const to: Parameter = { name: 'to', type: { kind: 'address' } };
const from: Parameter = { name: 'from', type: { kind: 'any' }, doc: 'an address, or a string of the kernel’s' };
const size: Parameter = { name: 'size', type: { kind: 'size' } };
const MOST_BYTES = 2 ** 20;

/** As a scenario passes it: an address, or a kernel's string. */
function memoryOf(value: unknown): Memory {
  if (typeof value === 'string') return { bytes: [...value].map((letter) => letter.charCodeAt(0) & 0xff) };
  return Number(value);
}

export const user_memcpy = kernelFunction(
  {
    name: 'user_memcpy',
    section: '4.57',
    doc: 'Copies bytes to or from user memory.',
    parameters: [to, from, size],
    result: { kind: 'integer' },
    errors,
    steps: copySteps,
  },
  function* (
    here: Here,
    args: { to: number; from: unknown; size: number },
  ): Kernelly<number | 'ERR_VM_BAD_USER_MEMORY'> {
    if (here.step('1')) yield;
    return (yield* copyUser(here, args.to, memoryOf(args.from), args.size)) ?? 0;
  },
);

export const user_strcpy = kernelFunction(
  {
    name: 'user_strcpy',
    section: '4.58',
    doc: 'Copies bytes up to and with the 0.',
    parameters: [to, from],
    result: { kind: 'integer' },
    errors,
    steps: copySteps,
  },
  function* (here: Here, args: { to: number; from: unknown }): Kernelly<number | 'ERR_VM_BAD_USER_MEMORY'> {
    if (here.step('1')) yield;
    return (yield* copyUser(here, args.to, memoryOf(args.from), MOST_BYTES, 0)) ?? 0;
  },
);

export const user_strncpy = kernelFunction(
  {
    name: 'user_strncpy',
    section: '4.59',
    doc: 'Copies bytes up to the 0, or so many; it does not terminate by itself.',
    parameters: [to, from, size],
    result: { kind: 'integer' },
    errors,
    steps: copySteps,
  },
  function* (
    here: Here,
    args: { to: number; from: unknown; size: number },
  ): Kernelly<number | 'ERR_VM_BAD_USER_MEMORY'> {
    if (here.step('1')) yield;
    return (yield* copyUser(here, args.to, memoryOf(args.from), args.size, 0)) ?? 0;
  },
);

export const user_memset = kernelFunction(
  {
    name: 'user_memset',
    section: '4.60',
    doc: 'Fills user memory.',
    parameters: [
      { name: 's', type: { kind: 'address' } },
      { name: 'c', type: { kind: 'integer' } },
      { name: 'count', type: { kind: 'size' } },
    ],
    result: { kind: 'integer' },
    errors,
    steps: copySteps,
  },
  function* (
    here: Here,
    { s, c, count }: { s: number; c: number; count: number },
  ): Kernelly<number | 'ERR_VM_BAD_USER_MEMORY'> {
    if (here.step('1')) yield;
    const bytes = { bytes: new Array<number>(Math.min(count, MOST_BYTES)).fill(c & 0xff) };
    return (yield* copyUser(here, s, bytes, count)) ?? 0;
  },
);

export const userMemoryFunctions = [user_memcpy, user_strcpy, user_strncpy, user_memset];

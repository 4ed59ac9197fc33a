/** 4.57 to 4.60: copies between the kernel and user programs, which may fault. */
import { Access } from '../../../hardware/machine.ts';
import { REFUSED, translate } from '../../../hardware/mmu.ts';
import { readBytes, writeBytes } from '../../../hardware/physical-memory.ts';
import { emit, EventKind } from '../../../hardware/trace-event.ts';
import { hex } from '../../../hardware/word.ts';
import { kernelFunction } from '../../../execution/activation.ts';
import { enterTrap, setCause } from '../../../execution/cause.ts';
import type { Parameter } from '../../../execution/function-info.ts';
import { pageFault, setHandler } from './page-fault.ts';
import type { Here, Steps } from '../base/state.ts';

/** What a copy reads from or writes to: a user's or the kernel's address, a kernel's string, or a buffer of the kernel's. */
export type Memory = number | bigint | string | { bytes: number[] };

type Bad = 'ERR_VM_BAD_USER_MEMORY';
type Place = number | { readonly bytes: number[] };

const HANDLER = 0x8000_0001;
const MOST_TRIES = 50;
const MOST_BYTES = 2 ** 20;

/** One byte of the kernel's: its physical address, or that the fault handler was reached. Its trap counts by its outcome. */
function* reachByte(here: Here, va: number, access: Access): Steps<number | Bad> {
  const { machine, core } = here;
  for (let tries = 0; tries < MOST_TRIES; tries++) {
    const pa = translate(machine, core, va, access, false);
    if (pa !== REFUSED) return pa;
    const is_write = access === Access.write;
    const wasPresent = (machine.fault.code & 1) !== 0;
    const cause = enterTrap(here, machine.fault);
    const finding = { isDone: false };
    const { newip } = yield* pageFault(here, { address: va, fault_address: 0, is_write, is_user: false, finding });
    const isCow = is_write && wasPresent && !finding.isDone;
    if (newip !== 0)
      emit(machine, EventKind.segv, here.cluster, { va, access, error: 'SEGV', reason: 'ERR_VM_BAD_USER_MEMORY' });
    else emit(machine, isCow ? EventKind.cowFault : EventKind.pageFault, here.cluster, { va, access });
    setCause(here.activity, cause);
    if (newip !== 0) return 'ERR_VM_BAD_USER_MEMORY';
  }
  throw new Error(`internal: the kernel's access to ${hex(va)} is never resolved`);
}

function* load(here: Here, from: Place, index: number): Steps<number | Bad> {
  if (typeof from === 'object') return from.bytes[index] ?? 0;
  const pa = yield* reachByte(here, wrap(from + index), Access.read);
  return typeof pa === 'string' ? pa : (readBytes(here.machine, pa, 1)[0] as number);
}

function* store(here: Here, to: Place, index: number, value: number): Steps<Bad | void> {
  if (typeof to === 'object') {
    to.bytes[index] = value;
    return;
  }
  const pa = yield* reachByte(here, wrap(to + index), Access.write);
  if (typeof pa === 'string') return pa;
  writeBytes(here.machine, pa, Uint8Array.of(value));
}

/** Addresses have 32 bits. */
function wrap(address: number): number {
  return ((address % 2 ** 32) + 2 ** 32) % 2 ** 32;
}

interface Copy {
  readonly to: Place;
  readonly from: Place;
  readonly size: number;
  /** After this byte it ends. */
  readonly stop: number | null;
}

/** Bytes copied before a fault stay. */
function* copyBytes(here: Here, { to, from, size, stop }: Copy): Steps<number | Bad> {
  if (here.step('1')) yield;
  setHandler(here, HANDLER);
  let error: Bad | void = undefined;
  for (let index = 0; index < size && !error; index++) {
    if (here.step('2')) yield;
    const byte = yield* load(here, from, index);
    error = typeof byte === 'string' ? byte : yield* store(here, to, index, byte);
    if (byte === stop) break;
  }
  if (here.step('3')) yield;
  setHandler(here, 0);
  return error ?? 0;
}

function placeOf(memory: Memory): Place {
  if (typeof memory === 'string') return { bytes: [...memory].map((letter) => letter.charCodeAt(0) & 0xff) };
  if (typeof memory === 'object') return memory ?? 0;
  return Number(memory);
}

const steps = {
  1: 'fault_handler = the error label',
  2: 'the next byte; an access may fault and be resolved',
  3: 'fault_handler = 0; 0, or on an access that was not resolved ERR_VM_BAD_USER_MEMORY',
} as const;
const to: Parameter = { name: 'to', type: { kind: 'address' } };
const from: Parameter = { name: 'from', type: { kind: 'any' }, doc: 'an address, or a string of the kernel’s' };
const size: Parameter = { name: 'size', type: { kind: 'size' } };
const errors = ['ERR_VM_BAD_USER_MEMORY'];

export const user_memcpy = kernelFunction(
  {
    name: 'user_memcpy',
    section: '4.57',
    doc: 'Copies bytes to or from user memory.',
    parameters: [to, from, size],
    result: { kind: 'integer' },
    errors,
    steps,
  },
  function* (here: Here, args: { to: Memory; from: Memory; size: number }): Steps<number | Bad> {
    const places = { to: placeOf(args.to), from: placeOf(args.from) };
    return yield* copyBytes(here, { ...places, size: args.size, stop: null });
  },
);

const user_strcpy = kernelFunction(
  {
    name: 'user_strcpy',
    section: '4.58',
    doc: 'Copies bytes up to and with the 0.',
    parameters: [to, from],
    result: { kind: 'integer' },
    errors,
    steps,
  },
  function* (here: Here, args: { to: Memory; from: Memory }): Steps<number | Bad> {
    return yield* copyBytes(here, { to: placeOf(args.to), from: placeOf(args.from), size: MOST_BYTES, stop: 0 });
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
    steps,
  },
  function* (here: Here, args: { to: Memory; from: Memory; size: number }): Steps<number | Bad> {
    return yield* copyBytes(here, { to: placeOf(args.to), from: placeOf(args.from), size: args.size, stop: 0 });
  },
);

const user_memset = kernelFunction(
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
    steps,
  },
  function* (here: Here, { s, c, count }: { s: number; c: number; count: number }): Steps<number | Bad> {
    const bytes = { bytes: new Array<number>(Math.max(0, Math.min(count, MOST_BYTES))).fill(c & 0xff) };
    return yield* copyBytes(here, { to: s, from: bytes, size: count, stop: null });
  },
);

export const userMemoryFunctions = [user_memcpy, user_strcpy, user_strncpy, user_memset];

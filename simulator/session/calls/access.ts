/** Accesses of a thread: through the MMU, into the kernel's fault path where that refuses, and again. */
import { addressBitsOf } from '../../hardware/layouts/formats.ts';
import { Access, type MmuFault } from '../../hardware/machine.ts';
import { REFUSED, translate } from '../../hardware/mmu.ts';
import { staleEntry } from '../../hardware/stale-entry.ts';
import { readBytes, writeBytes } from '../../hardware/physical-memory.ts';
import { emit, EventKind } from '../../hardware/trace-event.ts';
import { endOfHalf, endOfSpace, isCanonical, machineAddress } from '../../hardware/virtual-address.ts';
import { PAGE_SIZE, type VirtualAddress } from '../../hardware/word.ts';
import type { Activation, KernelGenerator } from '../../execution/activation.ts';
import type { NextAccess } from '../../execution/activity.ts';
import { enterTrap, setCause } from '../../execution/cause.ts';
import type { FaultOutcome, ThreadObject } from '../../kernels/kernel.ts';
import { noteStore } from '../state/overwrites.ts';
import { microStep, raise } from '../state/run.ts';
import type { Run } from '../state/run.ts';
import { hasEnded, ThreadEnded } from '../state/thread-end.ts';
import { accessName, faultSentence, type Refusal } from './fault-text.ts';
import { pathRows, regionRecord, walkRows } from './fault-record.ts';
import { reportStale } from './stale-access.ts';
import { ScenarioFailure } from '../scenario/scenario-failure.ts';
import type { SourceRange } from '../scenario/scenario.ts';

/** Who makes the access, and how. */
export interface Accessor {
  readonly run: Run;
  readonly here: Activation;
  readonly thread: ThreadObject;
  /** False for a supervisor access. */
  readonly user: boolean;
  /** Of the call: where an address is that no access can have. */
  readonly range: SourceRange;
}

/** Addresses of more than 32 bits are 64 bits wide: what of them is not canonical, the hardware refuses itself. */
function requireAddress({ run, range }: Accessor, address: bigint): void {
  const end = endOfSpace(addressBitsOf(run.machine));
  if (address >= 0n && address < end) return;
  const text = address < 0n ? String(address) : `0x${address.toString(16)}`;
  const message = `${text} is not an address of this machine; they reach from 0 to 0x${(end - 1n).toString(16)}`;
  throw new ScenarioFailure('WALK225', message, range);
}

/** A fault path that never comes to an end is a bug of a kernel. */
const MOST_FAULTS = 1000;
/** So often a handler of the scenario may answer the same fault of an access. */
const MOST_RETRIES = 100;

/** For whoever looks while an activity stands before it. */
export function nextAccess(
  address: bigint,
  access: Access,
  length: number,
  value: bigint | null,
  attempt: number,
): NextAccess {
  const text = `${accessName(access)} at 0x${address.toString(16)}`;
  return { address, access, length, value, attempt, text };
}

/** One access inside one page: its physical address, or why not. */
export function* reach(
  accessor: Accessor,
  address: bigint,
  access: Access,
  length = 1,
  value: bigint | null = null,
): KernelGenerator<number | Refusal> {
  const { run, here, thread, user, range } = accessor;
  requireAddress(accessor, address);
  const va = machineAddress(address, addressBitsOf(run.machine));
  let same = 0;
  let last: Pick<MmuFault, 'kind' | 'level'> = { kind: 'none', level: 0 };
  for (let faults = 0; faults < MOST_FAULTS; faults++) {
    if (microStep(run, here)) {
      here.activity.nextAccess = nextAccess(address, access, length, value, faults);
      yield;
    }
    const barrier = run.kernel.accessBarrier(thread) ?? null;
    if (barrier !== null) {
      here.activity.wait = barrier;
      yield;
    }
    if (!thread.alive && hasEnded(run, thread)) throw new ThreadEnded(thread, range);
    run.kernel.activate(thread, here.core);
    const stale = run.kernel.isDefinedByScenario === true ? staleEntry(run.machine, here.core, va, access) : null;
    const pa = translate(run.machine, here.core, va, access, user);
    if (pa !== REFUSED) {
      if (stale !== null) reportStale(run, { access, address, core: here.core, range }, stale);
      return pa;
    }
    const { kind, level } = run.machine.fault;
    same = kind === last.kind && level === last.level ? same + 1 : 1;
    last = { kind, level };
    if (same > MOST_RETRIES) throw retriedInVain(accessor, address, access);
    const refusal = yield* handleRefusedAccess(accessor, address, va, access);
    if (refusal !== null) return refusal;
  }
  if (run.kernel.isDefinedByScenario === true) throw retriedInVain(accessor, address, access);
  throw new Error(
    `internal: ${run.kernel.name} resolved the fault at 0x${address.toString(16)} ${MOST_FAULTS} times, and it still faults`,
  );
}

/** A handler that changes nothing is called again and again. */
function retriedInVain({ run, range }: Accessor, address: bigint, access: Access): ScenarioFailure {
  const place = `0x${address.toString(16)}`;
  const message = `the ${accessName(access)} at ${place} faults again and again for the same reason: the handler has to make an entry that allows it, or refuse it with return "SEGV"`;
  return new ScenarioFailure('WALK246', message, run.program.defs.faultHandler?.range ?? range);
}

/** The kernel's fault path, for what `machine.fault` says. Null: the access can be tried again. */
function* handleRefusedAccess(
  accessor: Accessor,
  address: bigint,
  va: VirtualAddress,
  access: Access,
): KernelGenerator<Refusal | null> {
  const { run, here, thread } = accessor;
  const { activity } = here;
  const entries = run.wanted.size === 0 ? {} : walkRows({ run, thread, cluster: here.cluster, va });
  activity.path = [];
  const cause = enterTrap(here, run.machine.fault);
  const outcome = yield* run.kernel.handleFault(here, thread, { ...run.machine.fault });
  noteOutcome(accessor, address, access, outcome, entries);
  activity.path = null;
  setCause(here.activity, cause);
  if (outcome.kind === 'resolved') return null;
  if (microStep(run, here)) yield;
  return { refused: outcome, address, va, access };
}

/** Counts a trap by its outcome, exactly once (walk language 7). */
export function noteOutcome(
  accessor: Omit<Accessor, 'user' | 'range'>,
  address: bigint,
  access: Access,
  outcome: FaultOutcome,
  entries: Readonly<Record<string, string>> = {},
): void {
  const { run, here } = accessor;
  const { machine } = run;
  const fields = { va: machineAddress(address, addressBitsOf(machine)), access };
  const text = `0x${address.toString(16)}`;
  const { name } = accessor.thread;
  const place = { run, thread: accessor.thread, cluster: here.cluster, va: fields.va };
  const around = (): Readonly<Record<string, string>> => ({
    ...entries,
    ...regionRecord(place),
    ...pathRows(here.activity),
  });
  if (outcome.kind === 'resolved') {
    const isCow = outcome.as === 'cow-fault';
    emit(machine, isCow ? EventKind.cowFault : EventKind.pageFault, here.cluster, fields);
    raise(run, isCow ? 'cow-fault' : 'page-fault', () => ({
      text: `${isCow ? 'Copy-on-write fault' : 'Page fault'}, ${name}: ${accessName(access)} at ${text}`,
      details: { address: text, access: accessName(access), outcome: outcome.as, ...around() },
    }));
    return;
  }
  const { error, reason, signal } = outcome;
  emit(machine, EventKind.segv, here.cluster, { ...fields, error, reason });
  if (error === 'OOM') emit(machine, EventKind.oom, here.cluster, { call: null, error });
  const victim = { run, thread: accessor.thread, cluster: here.cluster };
  const refusal = { refused: outcome, address, va: fields.va, access };
  raise(run, error === 'OOM' ? 'oom' : 'segv', () => ({
    text: `${error} (${reason}), ${name}: ${faultSentence(victim, refusal)}`,
    details: { address: text, access: accessName(access), error, reason, signal, ...around() },
  }));
}

export function isRefusal(result: unknown): result is Refusal {
  return typeof result === 'object' && result !== null && 'refused' in result;
}

/** A load of 1, 2, 4 or 8 bytes, little-endian; two accesses if it crosses a page. */
export function* load(accessor: Accessor, address: bigint, size: number): KernelGenerator<bigint | Refusal> {
  const bytes = new Uint8Array(size);
  for (let done = 0; done < size;) {
    const part = Math.min(size - done, PAGE_SIZE - offsetInPage(address + BigInt(done)));
    const pa = yield* reach(accessor, address + BigInt(done), Access.read, part);
    if (typeof pa !== 'number') return pa;
    bytes.set(readBytes(accessor.run.machine, pa, part), done);
    done += part;
  }
  let value = 0n;
  for (let index = size - 1; index >= 0; index--) value = (value << 8n) | BigInt(bytes[index] as number);
  return value;
}

/** A store of 1, 2, 4 or 8 bytes, little-endian; two accesses if it crosses a page. */
export function* store(
  accessor: Accessor,
  address: bigint,
  value: bigint,
  size: number,
): KernelGenerator<Refusal | null> {
  const bytes = new Uint8Array(size);
  let rest = BigInt.asUintN(size * 8, value);
  for (let index = 0; index < size; index++, rest >>= 8n) bytes[index] = Number(rest & 0xffn);
  for (let done = 0; done < size;) {
    const part = Math.min(size - done, PAGE_SIZE - offsetInPage(address + BigInt(done)));
    const piece = BigInt.asUintN(part * 8, BigInt.asUintN(size * 8, value) >> BigInt(done * 8));
    const pa = yield* reach(accessor, address + BigInt(done), Access.write, part, piece);
    if (typeof pa !== 'number') return pa;
    writeBytes(accessor.run.machine, pa, bytes.subarray(done, done + part));
    noteStore(accessor.run, pa, accessor.range);
    done += part;
  }
  return null;
}

/** Byte by byte, each an access of its own. */
export function* storeBytes(accessor: Accessor, address: bigint, bytes: Uint8Array): KernelGenerator<Refusal | null> {
  for (let index = 0; index < bytes.length; index++) {
    const pa = yield* reach(accessor, address + BigInt(index), Access.write, 1, BigInt(bytes[index] as number));
    if (typeof pa !== 'number') return pa;
    writeBytes(accessor.run.machine, pa, bytes.subarray(index, index + 1));
    noteStore(accessor.run, pa, accessor.range);
  }
  return null;
}

export function* loadBytes(accessor: Accessor, address: bigint, length: number): KernelGenerator<Uint8Array | Refusal> {
  const bytes = new Uint8Array(length);
  for (let index = 0; index < length; index++) {
    const pa = yield* reach(accessor, address + BigInt(index), Access.read);
    if (typeof pa !== 'number') return pa;
    bytes[index] = readBytes(accessor.run.machine, pa, 1)[0] as number;
  }
  return bytes;
}

/** Which accesses a sweep makes: at `from`, `from + stride`, … below `to`, in bytes behind its address. */
export interface Strides {
  readonly from: number;
  readonly to: number;
  readonly stride: number;
}

/**
 * Accesses in strides; a byte that is written is the byte that was found. The loop leaves the hot path only where the
 * MMU refuses or somebody steps.
 */
export function* sweep(
  accessor: Accessor,
  address: bigint,
  { from, to, stride }: Strides,
  access: Access,
): KernelGenerator<Refusal | null> {
  const { run, here, thread, user } = accessor;
  const { engine, machine } = run;
  const bits = addressBitsOf(machine);
  requireAddress(accessor, address);
  const start = machineAddress(address, bits);
  const limit = isCanonical(start, bits) ? Math.min(to, endOfHalf(start, bits) - start) : 0;
  run.kernel.activate(thread, here.core);
  let at = from;
  const isFast = run.kernel.isDefinedByScenario !== true;
  for (; at < limit; at += stride) {
    if (isFast && engine.steps + 1 < engine.yieldAt) {
      machine.cause.step = ++engine.steps;
      if (translate(machine, here.core, start + at, access, user) !== REFUSED) continue;
      const refusal = yield* handleRefusedAccess(accessor, address + BigInt(at), start + at, access);
      if (refusal !== null) return refusal;
    }
    const pa = yield* reach(accessor, address + BigInt(at), access);
    if (typeof pa !== 'number') return pa;
  }
  // The first one behind the half of the address space, if the strides go on there.
  const behind = at < to ? yield* reach(accessor, address + BigInt(at), access) : null;
  return typeof behind === 'number' ? null : behind;
}

function offsetInPage(address: bigint): number {
  return Number(address % BigInt(PAGE_SIZE));
}

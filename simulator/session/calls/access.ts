/** Accesses of a thread: through the MMU, into the kernel's fault path where that refuses, and again. */
import { pagingFormat } from '../../hardware/layouts/formats.ts';
import { Access, type Machine } from '../../hardware/machine.ts';
import { REFUSED, translate } from '../../hardware/mmu.ts';
import { readBytes, writeBytes } from '../../hardware/physical-memory.ts';
import { emit, EventKind } from '../../hardware/trace-event.ts';
import { hex, PAGE_SIZE, pageOffset } from '../../hardware/word.ts';
import type { Activation, KernelGenerator } from '../../execution/activation.ts';
import { enterTrap, setCause } from '../../execution/cause.ts';
import type { FaultOutcome, ThreadObject } from '../../kernels/kernel.ts';
import { microStep, raise } from '../state/run.ts';
import type { Run } from '../state/run.ts';
import { hasEnded, ThreadEnded } from '../state/thread-end.ts';
import { ScenarioFailure } from '../scenario/scenario-failure.ts';
import type { SourceRange } from '../scenario/scenario.ts';

export type RefusedOutcome = Extract<FaultOutcome, { readonly kind: 'refused' }>;

/** An access that the kernel refused. */
export interface Refusal {
  readonly refused: RefusedOutcome;
  readonly va: number;
  readonly access: Access;
}

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

/** First address that the machine cannot form; on x86-64 one that is not canonical is refused by the hardware itself. */
function addressEnd({ config }: Machine): number {
  const { addressBits } = pagingFormat(config.paging);
  return addressBits === 32 ? 2 ** 32 : Number.POSITIVE_INFINITY;
}

function refuseAddress({ run, range }: Accessor, va: number): never {
  const last = hex(Math.min(addressEnd(run.machine), 2 ** 64) - 1);
  throw new ScenarioFailure(
    'WALK225',
    `${va < 0 ? String(va) : hex(va)} is no address of this machine; they reach from 0 to ${last}`,
    range,
  );
}

/** A fault path that never comes to an end is a bug of a kernel. */
const MOST_FAULTS = 1000;

/** One access inside one page: its physical address, or why not. */
export function* reach(accessor: Accessor, va: number, access: Access): KernelGenerator<number | Refusal> {
  const { run, here, thread, user, range } = accessor;
  if (va < 0 || va >= addressEnd(run.machine)) refuseAddress(accessor, va);
  for (let faults = 0; faults < MOST_FAULTS; faults++) {
    if (microStep(run, here)) yield;
    const barrier = run.kernel.accessBarrier(thread) ?? null;
    if (barrier !== null) {
      here.activity.wait = barrier;
      yield;
    }
    if (!thread.alive && hasEnded(run, thread)) throw new ThreadEnded(thread, range);
    run.kernel.activate(thread, here.core);
    const pa = translate(run.machine, here.core, va, access, user);
    if (pa !== REFUSED) return pa;
    const refusal = yield* handleRefusedAccess(accessor, va, access);
    if (refusal !== null) return refusal;
  }
  throw new Error(
    `internal: ${run.kernel.name} resolved the fault at ${hex(va)} ${MOST_FAULTS} times, and it still faults`,
  );
}

/** The kernel's fault path, for what `machine.fault` says. Null: the access can be tried again. */
function* handleRefusedAccess(accessor: Accessor, va: number, access: Access): KernelGenerator<Refusal | null> {
  const { run, here, thread } = accessor;
  const cause = enterTrap(here, run.machine.fault);
  const outcome = yield* run.kernel.handleFault(here, thread, { ...run.machine.fault });
  noteOutcome(accessor, va, access, outcome);
  setCause(here.activity, cause);
  if (outcome.kind === 'resolved') return null;
  if (microStep(run, here)) yield;
  return { refused: outcome, va, access };
}

/** Counts a trap by its outcome, exactly once (walk language 7). */
export function noteOutcome(
  accessor: Omit<Accessor, 'user' | 'range'>,
  va: number,
  access: Access,
  outcome: FaultOutcome,
): void {
  const { run, here } = accessor;
  const { machine } = run;
  const fields = { va, access };
  const where = `${accessor.thread.name}: ${accessName(access)} at ${hex(va)}`;
  if (outcome.kind === 'resolved') {
    const isCow = outcome.as === 'cow-fault';
    emit(machine, isCow ? EventKind.cowFault : EventKind.pageFault, here.cluster, fields);
    raise(run, {
      filter: isCow ? 'cow-fault' : 'page-fault',
      text: `${isCow ? 'Copy-on-write fault' : 'Page fault'}, ${where}`,
      details: { address: hex(va), access: accessName(access), outcome: outcome.as },
    });
    return;
  }
  const { error, reason } = outcome;
  emit(machine, EventKind.segv, here.cluster, { ...fields, error, reason });
  if (error === 'OOM') emit(machine, EventKind.oom, here.cluster, { call: null, error });
  raise(run, {
    filter: outcome.error === 'OOM' ? 'oom' : 'segv',
    // Kernels' own messages begin with who accesses what.
    text: /\b0x[\da-f]/i.test(outcome.message)
      ? `${outcome.error}: ${outcome.message}`
      : `${outcome.error}, ${where}: ${outcome.message}`,
    details: {
      address: hex(va),
      access: accessName(access),
      error: outcome.error,
      reason: outcome.reason,
      signal: outcome.signal,
    },
  });
}

export function accessName(access: Access): string {
  return ['read', 'write', 'fetch'][access] ?? 'access';
}

export function isRefusal(result: unknown): result is Refusal {
  return typeof result === 'object' && result !== null && 'refused' in result;
}

/** A load of 1, 2, 4 or 8 bytes, little-endian; two accesses if it crosses a page. */
export function* load(accessor: Accessor, va: number, size: number): KernelGenerator<bigint | Refusal> {
  const bytes = new Uint8Array(size);
  for (let done = 0; done < size;) {
    const part = Math.min(size - done, PAGE_SIZE - pageOffset(va + done));
    const pa = yield* reach(accessor, va + done, Access.read);
    if (typeof pa !== 'number') return pa;
    bytes.set(readBytes(accessor.run.machine, pa, part), done);
    done += part;
  }
  let value = 0n;
  for (let index = size - 1; index >= 0; index--) value = (value << 8n) | BigInt(bytes[index] as number);
  return value;
}

/** A store of 1, 2, 4 or 8 bytes, little-endian; two accesses if it crosses a page. */
export function* store(accessor: Accessor, va: number, value: bigint, size: number): KernelGenerator<Refusal | null> {
  const bytes = new Uint8Array(size);
  let rest = BigInt.asUintN(size * 8, value);
  for (let index = 0; index < size; index++, rest >>= 8n) bytes[index] = Number(rest & 0xffn);
  for (let done = 0; done < size;) {
    const part = Math.min(size - done, PAGE_SIZE - pageOffset(va + done));
    const pa = yield* reach(accessor, va + done, Access.write);
    if (typeof pa !== 'number') return pa;
    writeBytes(accessor.run.machine, pa, bytes.subarray(done, done + part));
    done += part;
  }
  return null;
}

/** Byte by byte, each an access of its own. */
export function* storeBytes(accessor: Accessor, va: number, bytes: Uint8Array): KernelGenerator<Refusal | null> {
  for (let index = 0; index < bytes.length; index++) {
    const pa = yield* reach(accessor, va + index, Access.write);
    if (typeof pa !== 'number') return pa;
    writeBytes(accessor.run.machine, pa, bytes.subarray(index, index + 1));
  }
  return null;
}

export function* loadBytes(accessor: Accessor, va: number, length: number): KernelGenerator<Uint8Array | Refusal> {
  const bytes = new Uint8Array(length);
  for (let index = 0; index < length; index++) {
    const pa = yield* reach(accessor, va + index, Access.read);
    if (typeof pa !== 'number') return pa;
    bytes[index] = readBytes(accessor.run.machine, pa, 1)[0] as number;
  }
  return bytes;
}

/**
 * One access at `va`, `va + stride`, … below `end`; a byte that is written is the byte that was found. The loop
 * leaves the hot path only where the MMU refuses or somebody steps.
 */
export function* sweep(
  accessor: Accessor,
  va: number,
  end: number,
  stride: number,
  access: Access,
): KernelGenerator<Refusal | null> {
  const { run, here, thread, user } = accessor;
  const { engine, machine } = run;
  if (va < 0) refuseAddress(accessor, va);
  const limit = Math.min(end, addressEnd(machine));
  run.kernel.activate(thread, here.core);
  for (let at = va; at < limit; at += stride) {
    if (engine.steps + 1 < engine.yieldAt) {
      machine.cause.step = ++engine.steps;
      if (translate(machine, here.core, at, access, user) !== REFUSED) continue;
      const refusal = yield* handleRefusedAccess(accessor, at, access);
      if (refusal !== null) return refusal;
    }
    const pa = yield* reach(accessor, at, access);
    if (typeof pa !== 'number') return pa;
  }
  if (limit < end) refuseAddress(accessor, limit);
  return null;
}

/** What data breakpoints watch: accesses that are about to be made, and values that a micro-step changes. */
import { addressBitsOf } from '../../hardware/layouts/formats.ts';
import type { Machine } from '../../hardware/machine.ts';
import { mappedAddress } from '../../hardware/mapped-address.ts';
import { readBytes } from '../../hardware/physical-memory.ts';
import { machineAddress } from '../../hardware/virtual-address.ts';
import { PAGE_SIZE, pageOffset } from '../../hardware/word.ts';
import type { Activity, NextAccess } from '../../execution/activity.ts';
import type { ProcessObject, ThreadObject } from '../../kernels/kernel.ts';
import { evaluate } from '../calls/evaluate.ts';
import { observingEvaluation } from '../calls/begin-evaluation.ts';
import type { Scopes } from '../calls/evaluation.ts';
import type { Expression } from '../scenario/scenario.ts';
import { ScenarioFailure } from '../scenario/scenario-failure.ts';
import type { Run } from '../state/run.ts';
import { displayValue, hex64, type Value } from '../state/values.ts';

/** `execute` is a fetch, `fault` an access that traps, `evict` that a page loses its frame while its region stays. */
export type WatchedAccess = 'read' | 'write' | 'execute' | 'fault' | 'evict';

export type Watch =
  /** Half-open, in the address space of the process with that counter owner. */
  | {
      readonly kind: 'virtual';
      readonly owner: number;
      readonly start: number;
      readonly end: number;
      readonly accesses: readonly WatchedAccess[];
    }
  /** Physical memory, through whichever address it is reached. */
  | {
      readonly kind: 'physical';
      readonly start: number;
      readonly end: number;
      readonly accesses: readonly WatchedAccess[];
    }
  /** What an expression without effects gives, as a thread sees it. */
  | { readonly kind: 'value'; readonly expression: Expression; readonly thread: string | null };

/** What a watch sees where nobody is on the way: compared from one place to the next. Null where there is nothing to see. */
export function sampleOf(run: Run, watch: Watch, scopes: Scopes): string | null {
  switch (watch.kind) {
    case 'value':
      return valueSample(run, watch, scopes);
    case 'physical':
      return watch.accesses.includes('write') ? bytesSample(run, watch.start, watch.end, (at) => at) : null;
    case 'virtual':
      return virtualSample(run, watch);
  }
}

function valueSample(
  run: Run,
  { expression, thread }: Extract<Watch, { kind: 'value' }>,
  scopes: Scopes,
): string | null {
  try {
    const as = run.kernel.threads().find(({ name }) => name === thread) ?? null;
    return valueText(evaluate(observingEvaluation(run, as, scopes), expression));
  } catch (error) {
    if (error instanceof ScenarioFailure) return null;
    throw error;
  }
}

function valueText(value: Value): string {
  return typeof value === 'bigint' && value >= 256n ? hex64(value) : displayValue(value);
}

function virtualSample(run: Run, { owner, start, end, accesses }: Extract<Watch, { kind: 'virtual' }>): string | null {
  const process = processOf(run, owner);
  if (process === null) return null;
  const at = (address: number): number | null => mappedAddress(run.machine, rootsOf(run, process), address);
  if (accesses.includes('evict')) return residence(run, process, start, at);
  return accesses.includes('write') ? bytesSample(run, start, end, at) : null;
}

/** Of the page's frame; null where no region holds the page, so that unmapping it is no eviction. */
function residence(
  { kernel }: Run,
  process: ProcessObject,
  start: number,
  at: (address: number) => number | null,
): string | null {
  const isHeld = kernel.regions(process, process.cluster).some((region) => start >= region.start && start < region.end);
  return isHeld ? (at(start) === null ? 'not resident' : 'resident') : null;
}

/** Null where not all of it is mapped: a page that comes in is no write. */
function bytesSample(
  { machine }: Run,
  start: number,
  end: number,
  at: (address: number) => number | null,
): string | null {
  let text = '';
  for (let from = start; from < end;) {
    const physical = at(from);
    if (physical === null) return null;
    const to = Math.min(end, from + PAGE_SIZE - pageOffset(from));
    text +=
      end - start <= LONGEST_SHOWN
        ? bytesText(readBytes(machine, physical, to - from))
        : hashText(machine, physical, to - from);
    from = to;
  }
  return text;
}

/** Bytes that are shown one by one. */
const LONGEST_SHOWN = 16;

function bytesText(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => `${byte.toString(16).padStart(2, '0')} `).join('');
}

/** What stands for bytes that are too many to be shown; nobody sees it. */
function hashText(machine: Machine, physical: number, length: number): string {
  let hash = 0x811c_9dc5;
  for (const byte of readBytes(machine, physical, length)) hash = Math.imul(hash ^ byte, 0x0100_0193);
  return `${HASHED}${String(hash)}`;
}

export const HASHED = '#';

/** Does an activity make an access that is watched? `retried`: those that its first attempt was for already. */
export function isWatchedAccess(run: Run, watch: Watch, activity: Activity): boolean {
  const { nextAccess } = activity;
  if (nextAccess === null || watch.kind === 'value') return false;
  const name = (['read', 'write', 'execute'] as const)[nextAccess.access];
  return watch.accesses.includes(name) && touches(run, watch, activity, nextAccess);
}

/** An access has trapped: the activity is in the kernel for it. */
export function isWatchedFault(run: Run, watch: Watch, activity: Activity): boolean {
  const { nextAccess } = activity;
  if (nextAccess === null || watch.kind === 'value') return false;
  return watch.accesses.includes('fault') && touches(run, watch, activity, nextAccess);
}

function touches(
  run: Run,
  watch: Exclude<Watch, { kind: 'value' }>,
  { thread }: Activity,
  { address, length }: NextAccess,
): boolean {
  const process = (thread as ThreadObject | null)?.process ?? null;
  if (process === null) return false;
  const va = machineAddress(address, addressBitsOf(run.machine));
  const isInside = (at: number): boolean => at < watch.end && at + length > watch.start;
  if (watch.kind === 'virtual') return process.owner === watch.owner && isInside(va);
  const physical = mappedAddress(run.machine, rootsOf(run, process), va);
  return physical !== null && isInside(physical);
}

/** `7 becomes 99`, for a write whose value is known. */
export function changeOfAccess(run: Run, { thread, nextAccess }: Activity): string | null {
  const process = (thread as ThreadObject | null)?.process ?? null;
  if (process === null || nextAccess === null || nextAccess.value === null) return null;
  const { address, length, value } = nextAccess;
  const va = machineAddress(address, addressBitsOf(run.machine));
  const physical = mappedAddress(run.machine, rootsOf(run, process), va);
  const before = physical === null ? 'nothing' : valueText(littleEndian(readBytes(run.machine, physical, length)));
  return `${before} becomes ${valueText(value)}`;
}

function littleEndian(bytes: Uint8Array): bigint {
  let value = 0n;
  for (let index = bytes.length - 1; index >= 0; index--) value = (value << 8n) | BigInt(bytes[index] as number);
  return value;
}

function processOf({ kernel }: Run, owner: number): ProcessObject | null {
  return kernel.processes().find((process) => process.owner === owner) ?? null;
}

function rootsOf({ kernel }: Run, process: ProcessObject): number[] {
  return kernel.tables(process).map(({ root }) => root);
}

/** The sentence about an access that a kernel refused: the one place where it is made, from the kernel's data. */
import { addressBitsOf } from '../../hardware/layouts/formats.ts';
import type { Access } from '../../hardware/machine.ts';
import { addressText, endText, isCanonical } from '../../hardware/virtual-address.ts';
import { PAGE_SIZE, type VirtualAddress } from '../../hardware/word.ts';
import type { FaultMeaning } from '../../kernels/fault-meaning.ts';
import type { FaultOutcome, ThreadObject } from '../../kernels/kernel.ts';
import type { RegionView } from '../../kernels/view.ts';
import type { Run } from '../state/run.ts';
import { protectionWord } from '../state/values.ts';

export type RefusedOutcome = Extract<FaultOutcome, { readonly kind: 'refused' }>;

/** An access that the kernel refused. */
export interface Refusal {
  readonly refused: RefusedOutcome;
  /** As it is written, and as the machine counts (virtual-address.ts). */
  readonly address: bigint;
  readonly va: VirtualAddress;
  readonly access: Access;
}

/** Whose access it was, and the cluster whose descriptor of the process counts. */
export interface Victim {
  readonly run: Run;
  readonly thread: ThreadObject | null;
  readonly cluster: number;
}

export function accessName(access: Access): string {
  return ['read', 'write', 'fetch'][access] ?? 'access';
}

/** `write at 0x2000000: vseg anonymous [0x2000000, 0x2010000) allows r` */
export function faultSentence(victim: Victim, refusal: Refusal): string {
  return `${accessName(refusal.access)} at 0x${refusal.address.toString(16)}: ${faultReason(victim, refusal)}`;
}

/** What follows the colon. Asked before the kernel kills, while the regions still are what they were. */
export function faultReason(victim: Victim, { refused, va, access }: Refusal): string {
  const { run, thread, cluster } = victim;
  const bits = addressBitsOf(run.machine);
  if (!isCanonical(va, bits)) return `bits 63 to ${String(bits)} of an address must copy bit ${String(bits - 1)}`;
  const regions = thread === null ? [] : run.kernel.regions(thread.process, cluster);
  const scene = { regions, noun: run.kernel.regionNoun, bits, va, access, process: thread?.process.name ?? 'it' };
  return meaningText(refused.meaning, scene);
}

/** The address, and what lies around it. */
interface Scene {
  readonly regions: readonly RegionView[];
  readonly noun: string;
  readonly bits: number;
  readonly va: VirtualAddress;
  readonly access: Access;
  readonly process: string;
}

type Range = Pick<RegionView, 'start' | 'end'>;

function meaningText(meaning: FaultMeaning, scene: Scene): string {
  const { noun, process } = scene;
  const holder = scene.regions.find((region) => isIn(region, scene.va));
  const whole = holder === undefined ? null : nameOf(holder, scene);
  switch (meaning.kind) {
    case 'no-region':
    case 'guard':
    case 'rights': {
      const guarded = scene.regions.find(({ guard }) => guard !== undefined && isIn(guard, scene.va));
      if (guarded?.guard !== undefined) return guardText(guarded, guarded.guard, scene);
      if (meaning.kind === 'rights') return rightsText(holder, scene);
      if (meaning.kind === 'guard') return 'the page is a guard page, which nobody may touch';
      return `no ${noun} holds the address; ${neighbour(scene)}`;
    }
    case 'beyond-end':
      return `the page lies beyond the end of ${meaning.of}, which has ${String(meaning.size)} bytes`;
    case 'unreadable-file':
      return `the page of ${whole ?? `the ${noun}`} could not be read`;
    case 'no-source':
      return `${whole ?? `the ${noun}`} has no pages to give`;
    case 'no-memory': {
      const what = meaning.tables ? 'the page or its page tables' : 'the page';
      return `no memory is left for ${what}${whole === null ? '' : ` of ${whole}`}`;
    }
    case 'kernel-address':
      return 'the address belongs to the kernel';
    case 'no-address':
      return 'the address is outside the address space';
    case 'undefined-access':
      return 'the processor has no such access';
    case 'process-ended':
      return `process ${process} has ended`;
    case 'space-ended':
      return `the address space of ${process} is gone`;
  }
}

function isIn({ start, end }: Range, va: VirtualAddress): boolean {
  return va >= start && va < end;
}

function rangeText({ start, end }: Range, bits: number): string {
  return `[${addressText(start, bits)}, ${endText(end, bits)})`;
}

function nameOf(region: RegionView, { noun, bits }: Scene): string {
  return `${noun} ${region.name} ${rangeText(region, bits)}`;
}

/** A region may allow what the entry of one of its pages forbids. */
function rightsText(holder: RegionView | undefined, scene: Scene): string {
  if (holder === undefined) return `its page-table entry does not allow the ${accessName(scene.access)}`;
  const { protection } = holder;
  const isAllowed = [protection.read, protection.write, protection.execute][scene.access] === true;
  const word = protectionWord(protection);
  const allows = `${nameOf(holder, scene)} allows ${word === 'none' ? 'nothing' : word}`;
  return isAllowed ? `${allows}, but the page’s entry does not` : allows;
}

/** A guard page may be a part of its region or lie below it. */
function guardText(region: RegionView, guard: Range, scene: Scene): string {
  const pages = guard.end - guard.start === PAGE_SIZE ? 'the guard page' : 'the guard pages';
  return `the address is in ${pages} ${rangeText(guard, scene.bits)} of ${nameOf(region, scene)}, which nobody may touch`;
}

/** Farther away, a region explains nothing. */
const FARTHEST_NEIGHBOUR = 2 ** 30;

function neighbour(scene: Scene): string {
  const { regions, va } = scene;
  let best = '';
  let smallest = FARTHEST_NEIGHBOUR + 1;
  for (const region of regions) {
    const isBelow = va < region.start;
    const distance = isBelow ? region.start - va : va - region.end + 1;
    if (distance >= smallest) continue;
    smallest = distance;
    const side = isBelow ? 'below' : 'beyond the last byte of';
    best = `it is ${distanceText(distance)} ${side} ${nameOf(region, scene)}`;
  }
  return best === '' ? 'nothing is mapped near it' : best;
}

/** In bytes where they can be counted. */
function distanceText(bytes: number): string {
  if (bytes < 4096) return bytes === 1 ? '1 byte' : `${String(bytes)} bytes`;
  const units = ['bytes', 'KiB', 'MiB', 'GiB'];
  const power = Math.min(units.length - 1, Math.floor(Math.log2(bytes) / 10));
  return `${String(Math.floor(bytes / 1024 ** power))} ${units[power] as string}`;
}

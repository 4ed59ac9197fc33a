import { PAGE_SIZE, pageOffset } from '../../../simulator/hardware/word.ts';
import { addressBitsOf } from '../../../simulator/hardware/layouts/formats.ts';
import type { Machine } from '../../../simulator/hardware/machine.ts';
import { mappedAddress } from '../../../simulator/hardware/mapped-address.ts';
import { readBytes } from '../../../simulator/hardware/physical-memory.ts';
import {
  addressAfter,
  addressText,
  endOfHalf,
  isCanonical,
  machineAddress,
} from '../../../simulator/hardware/virtual-address.ts';
import type { Ppn } from '../../../simulator/hardware/word.ts';
import type { Arguments } from '../protocol/arguments.ts';
import type { Debuggee } from '../debuggee.ts';
import { badAddress } from '../protocol/errors.ts';
import type { Handler } from '../handlers.ts';
import { subjectOf, tablesOf } from './subject.ts';

/** Bytes that one request can have at most; editors ask for 128 KiB. */
const MAX_COUNT = 1 << 22;
/** Views that are refreshed at every stop. */
const MAX_SEEN = 256;
/** A reference is the owner of the address space above, the machine's number of the address in the low 48 bits. */
const SPACE_SHIFT = 48n;
const SPACE = 1n << SPACE_SHIFT;

/** A plain hexadecimal number, as clients compute with it. Stays valid for the whole session. */
export function memoryReference(owner: number, address: number): string {
  return `0x${((BigInt(owner) << SPACE_SHIFT) | BigInt(address)).toString(16)}`;
}

export const memoryHandlers: Readonly<Record<string, Handler>> = { readMemory };

function readMemory(debuggee: Debuggee, args: Arguments): object {
  const { simulation } = debuggee.requireStopped(args.command);
  const text = args.string('memoryReference');
  const subject = subjectOf(simulation);
  const { owner, address } = parseReference(text, addressBitsOf(subject.machine));
  const start = address + (args.optionalInteger('offset') ?? 0);
  const count = args.integer('count', 0, MAX_COUNT);
  if (!isCanonical(start, addressBitsOf(subject.machine)))
    throw badAddress(`${text} with offset ${String(start - address)}`);
  const { machine, kernel } = subject;
  const process = owner === 0 ? subject.process : (kernel.processes().find((one) => one.owner === owner) ?? null);
  const roots = process === null ? [] : tablesOf(subject, process).map(({ root }) => root);
  const bytes = readMapped(machine, roots, start, count);
  if (debuggee.seenMemory.size < MAX_SEEN) debuggee.seenMemory.set(text, { offset: start - address, count });
  return {
    address: addressText(start, addressBitsOf(machine)),
    ...(bytes.length < count
      ? { unreadableBytes: unreadable(machine, roots, start + bytes.length, count - bytes.length) }
      : {}),
    data: base64(bytes),
  };
}

/** A sign-extended address, as people write it, is one of the current process. */
export function parseReference(text: string, addressBits: number): { owner: number; address: number } {
  if (!/^(0x[0-9a-f]{1,16}|[0-9]{1,20})$/i.test(text)) throw badAddress(text);
  const value = BigInt(text);
  const written = machineAddress(value, addressBits);
  if (isCanonical(written, addressBits)) return { owner: 0, address: written };
  return { owner: Number(value >> SPACE_SHIFT), address: Number(value % SPACE) };
}

/** Bytes from the start up to the first page that is not mapped, in the half of the address space that holds it. */
function readMapped(machine: Machine, roots: readonly Ppn[], start: number, most: number): Uint8Array {
  const count = Math.min(most, endOfHalf(start, addressBitsOf(machine)) - start);
  const bytes = new Uint8Array(count);
  let done = 0;
  while (done < count) {
    const physical = mappedAddress(machine, roots, start + done);
    if (physical === null) return bytes.subarray(0, done);
    const length = Math.min(count - done, PAGE_SIZE - pageOffset(start + done));
    bytes.set(readBytes(machine, physical, length), done);
    done += length;
  }
  return bytes;
}

/** How many bytes from here on cannot be read, up to the next page that can. */
function unreadable(machine: Machine, roots: readonly Ppn[], from: number, count: number): number {
  let skipped = Math.min(count, PAGE_SIZE - pageOffset(from));
  const bits = addressBitsOf(machine);
  while (skipped < count && mappedAddress(machine, roots, addressAfter(from, skipped, bits)) === null)
    skipped += PAGE_SIZE;
  return Math.min(skipped, count);
}

function base64(bytes: Uint8Array): string {
  let text = '';
  // In pieces: the arguments of one call are limited.
  for (let start = 0; start < bytes.length; start += 8192)
    text += String.fromCharCode(...bytes.subarray(start, start + 8192));
  return btoa(text);
}

import { addressOfPpn, PAGE_SIZE, pageOffset } from '../../../simulator/hardware/word.ts';
import type { Machine } from '../../../simulator/hardware/machine.ts';
import { inspectEntry } from '../../../simulator/hardware/page-table-walker.ts';
import { readBytes } from '../../../simulator/hardware/physical-memory.ts';
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
/** A reference is the owner of the address space above, the virtual address in the low 48 bits. */
const SPACE_SHIFT = 48n;
const ADDRESS_BITS = (1n << SPACE_SHIFT) - 1n;

/** A plain hexadecimal number, as clients compute with it. Stays valid for the whole session. */
export function memoryReference(owner: number, address: number): string {
  return `0x${((BigInt(owner) << SPACE_SHIFT) | BigInt(address)).toString(16)}`;
}

export const memoryHandlers: Readonly<Record<string, Handler>> = { readMemory };

function readMemory(debuggee: Debuggee, args: Arguments): object {
  const { simulation } = debuggee.requireStopped(args.command);
  const text = args.string('memoryReference');
  const { owner, address } = parseReference(text);
  const start = address + (args.optionalInteger('offset') ?? 0);
  const count = args.integer('count', 0, MAX_COUNT);
  if (start < 0 || start > Number(ADDRESS_BITS)) throw badAddress(`${text} with offset ${String(start - address)}`);
  const subject = subjectOf(simulation);
  const { machine, kernel } = subject;
  const process = owner === 0 ? subject.process : (kernel.processes().find((one) => one.owner === owner) ?? null);
  const roots = process === null ? [] : tablesOf(subject, process).map(({ root }) => root);
  const bytes = readMapped(machine, roots, start, count);
  if (debuggee.seenMemory.size < MAX_SEEN) debuggee.seenMemory.set(text, { offset: start - address, count });
  return {
    address: `0x${start.toString(16)}`,
    ...(bytes.length < count
      ? { unreadableBytes: unreadable(machine, roots, start + bytes.length, count - bytes.length) }
      : {}),
    data: base64(bytes),
  };
}

function parseReference(text: string): { owner: number; address: number } {
  if (!/^(0x[0-9a-f]{1,16}|[0-9]{1,19})$/i.test(text)) throw badAddress(text);
  const value = BigInt(text);
  return { owner: Number(value >> SPACE_SHIFT), address: Number(value & ADDRESS_BITS) };
}

/** Bytes from the start up to the first page that is not mapped. */
function readMapped(machine: Machine, roots: readonly Ppn[], start: number, count: number): Uint8Array {
  const bytes = new Uint8Array(count);
  let done = 0;
  while (done < count) {
    const physical = physicalOf(machine, roots, start + done);
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
  while (skipped < count && physicalOf(machine, roots, from + skipped) === null) skipped += PAGE_SIZE;
  return Math.min(skipped, count);
}

function physicalOf(machine: Machine, roots: readonly Ppn[], address: number): number | null {
  for (const root of roots) {
    const entry = inspectEntry(machine, root, address);
    if (entry?.present === true) return addressOfPpn(entry.ppn, pageOffset(address));
  }
  return null;
}

function base64(bytes: Uint8Array): string {
  let text = '';
  // In pieces: the arguments of one call are limited.
  for (let start = 0; start < bytes.length; start += 8192)
    text += String.fromCharCode(...bytes.subarray(start, start + 8192));
  return btoa(text);
}

import type { Machine } from './machine.ts';
import { addressBitsOf } from './layouts/formats.ts';
import { inspectEntry } from './page-table-walker.ts';
import { isCanonical } from './virtual-address.ts';
import { addressOfPpn, pageOffset, type PhysicalAddress, type Ppn, type VirtualAddress } from './word.ts';

/** Where an address lies by the first of several page tables that maps it; null where none does. Without any effect. */
export function mappedAddress(
  machine: Machine,
  roots: readonly Ppn[],
  address: VirtualAddress,
): PhysicalAddress | null {
  if (!isCanonical(address, addressBitsOf(machine))) return null;
  for (const root of roots) {
    const entry = inspectEntry(machine, root, address);
    if (entry?.present === true) return addressOfPpn(entry.ppn, pageOffset(address));
  }
  return null;
}

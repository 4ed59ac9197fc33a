/**
 * Widths, units and conversions. With the layouts, the only place for raw shifts of addresses.
 * A virtual address is a number below 2^48; virtual-address.ts says how people read it.
 */

export type VirtualAddress = number & { readonly __unit?: 'va' };
export type PhysicalAddress = number & { readonly __unit?: 'pa' };
/** Virtual page number. */
export type Vpn = number & { readonly __unit?: 'vpn' };
/** Physical page number: the cluster's cxy in the most significant bits, then the local page. */
export type Ppn = number & { readonly __unit?: 'ppn' };

export const PAGE_SHIFT = 12;
export const PAGE_SIZE = 4096;
export const TWO_32 = 0x1_0000_0000;

export function vpnOf(va: VirtualAddress): Vpn {
  return Math.floor(va / PAGE_SIZE);
}

/** Offset in the page; works for virtual and physical addresses. */
export function pageOffset(address: number): number {
  return address % PAGE_SIZE;
}

export function addressOfVpn(vpn: Vpn): VirtualAddress {
  return vpn * PAGE_SIZE;
}

export function ppnOf(pa: PhysicalAddress): Ppn {
  return Math.floor(pa / PAGE_SIZE);
}

export function addressOfPpn(ppn: Ppn, offset = 0): PhysicalAddress {
  return ppn * PAGE_SIZE + offset;
}

export function pageDown(address: number): number {
  return address - (address % PAGE_SIZE);
}

export function pageUp(address: number): number {
  return pageDown(address + PAGE_SIZE - 1);
}

/** Bits 32 and above. */
export function high32(value: number): number {
  return Math.floor(value / TWO_32);
}

/** `0x` and at least `digits` hexadecimal digits. */
export function hex(value: number, digits = 1): string {
  return `0x${value.toString(16).padStart(digits, '0')}`;
}

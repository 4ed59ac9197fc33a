/**
 * Widths, units and conversions. With the layouts, the only place for raw shifts of addresses.
 * A virtual address is a number below 2^48; the upper half of x86-64 is sign-extended for display only.
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

/** As the machine's manual writes it: 8 digits, or 16 with bit 47 copied up for 48-bit addresses. */
export function hexVirtual(va: VirtualAddress, addressBits: number): string {
  if (addressBits <= 32) return hex(va, 8);
  return va >= 2 ** 47 ? `0xffff${va.toString(16).padStart(12, '0')}` : hex(va, 16);
}

/** The 48-bit form of a 64-bit address, or null when bits 63..48 do not copy bit 47. */
export function canonicalAddress(address: bigint): VirtualAddress | null {
  const wrapped = BigInt.asUintN(64, address);
  const isCanonical = BigInt.asUintN(64, BigInt.asIntN(48, wrapped)) === wrapped;
  return isCanonical ? Number(BigInt.asUintN(48, wrapped)) : null;
}

/** The 64-bit form of a 48-bit address. */
export function signExtended(va: VirtualAddress): bigint {
  return BigInt.asUintN(64, BigInt.asIntN(48, BigInt(va)));
}

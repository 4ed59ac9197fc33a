import type { VirtualAddress } from './word.ts';
import { hex } from './word.ts';

/**
 * Virtual addresses between people, who write up to 64 bits, and the machine, which computes with numbers below
 * 2^addressBits. With 32 bits the two are the same. With more, addresses are 64 bits wide and the bits above those
 * that are translated copy the highest one: the upper half of the machine's numbers stands for the top of the 64-bit
 * space. What lies between the halves is no address that the MMU takes (not canonical); its number is 2^addressBits
 * or more, so that nothing mistakes it for an address of the upper half. It is exact below 2^53 and rounded above.
 */

const SPACE = 2 ** 64;

export function machineAddress(address: bigint, addressBits: number): VirtualAddress {
  if (addressBits <= 32 || address < 0n) return Number(address);
  const half = 2n ** BigInt(addressBits - 1);
  if (address < half) return Number(address);
  const isUpper = address >= 2n ** 64n - half && address < 2n ** 64n;
  return Number(isUpper ? address - 2n ** 64n + 2n * half : address + half);
}

/** The first address, as people write them, that is too large for the machine. */
export function endOfSpace(addressBits: number): bigint {
  return 2n ** (addressBits <= 32 ? BigInt(addressBits) : 64n);
}

/** The address of a number of the machine. */
export function exactAddress(va: VirtualAddress, addressBits: number): bigint {
  const address = BigInt(va);
  if (addressBits <= 32) return address;
  const half = 2n ** BigInt(addressBits - 1);
  if (address < half) return address;
  return address < 2n * half ? address - 2n * half + 2n ** 64n : address - half;
}

/** Does the MMU take it? */
export function isCanonical(va: VirtualAddress, addressBits: number): boolean {
  return Number.isInteger(va) && va >= 0 && va < 2 ** addressBits;
}

/** `bytes` after a canonical address: behind the lower half come addresses that are not canonical. */
export function addressAfter(va: VirtualAddress, bytes: number, addressBits: number): VirtualAddress {
  const sum = va + bytes;
  if (addressBits <= 32) return sum;
  const half = 2 ** (addressBits - 1);
  if (va < half) return sum < half ? sum : sum + half;
  return sum < 2 * half ? sum : SPACE + sum - half;
}

/** Where the half of the address space that holds a canonical address ends, as the machine counts. */
export function endOfHalf(va: VirtualAddress, addressBits: number): number {
  const half = 2 ** (addressBits - 1);
  return addressBits > 32 && va < half ? half : 2 ** addressBits;
}

/** As people write it, without more digits than needed. */
export function addressText(va: VirtualAddress, addressBits: number): string {
  return va < 0 ? String(va) : `0x${exactAddress(va, addressBits).toString(16)}`;
}

/** As the machine's manual writes it: 8 digits, or 16. */
export function fullAddressText(va: VirtualAddress, addressBits: number): string {
  return addressBits <= 32 ? hex(va, 8) : `0x${exactAddress(va, addressBits).toString(16).padStart(16, '0')}`;
}

/** The exclusive end of a range, which may be the end of a half or of the whole space. */
export function endText(end: VirtualAddress, addressBits: number): string {
  return end <= 0 ? addressText(end, addressBits) : `0x${(exactAddress(end - 1, addressBits) + 1n).toString(16)}`;
}

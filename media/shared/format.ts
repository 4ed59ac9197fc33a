/** Numbers as a reader of memory maps expects them. */
import type { ClusterName } from '../protocol/messages.ts';

const PAGE_SIZE = 4096;

/** `0x2000`, at least `digits` wide. */
export function hex(value: number, digits = 1): string {
  return `0x${value.toString(16).padStart(digits, '0')}`;
}

/**
 * `0200 0000`, or with more than 32 translated bits `ffff 8000 0000 0000` in the upper half: addresses there are
 * sign-extended to 64 bits.
 */
export function addressText(address: number, addressBits: number): string {
  if (addressBits <= 32) return grouped(address.toString(16).padStart(8, '0'));
  const isUpper = address >= 2 ** (addressBits - 1);
  const wide = isUpper ? 2n ** 64n - 2n ** BigInt(addressBits) + BigInt(address) : BigInt(address);
  return grouped(wide.toString(16).padStart(12, '0'));
}

/** The end of a range, exclusive: the end of a half and the very end of the address space are shown as such. */
export function endText(end: number, addressBits: number): string {
  if (addressBits > 32 && end === 2 ** (addressBits - 1)) return grouped(end.toString(16).padStart(12, '0'));
  if (end < 2 ** addressBits) return addressText(end, addressBits);
  return addressBits <= 32 ? '1 0000 0000' : '1 0000 0000 0000 0000';
}

function grouped(digits: string): string {
  return digits.replace(/(.{4})(?=.)/g, '$1 ');
}

export function pageText(vpn: number, addressBits: number): string {
  return `0x${vpn.toString(16).padStart(Math.ceil((addressBits - 12) / 4), '0')}`;
}

/** `44 KiB`, `1.3 MiB`: three digits at most. */
export function sizeText(bytes: number): string {
  const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB'];
  let value = bytes;
  let unit = 0;
  while (value >= 1024 && unit < units.length - 1) {
    value /= 1024;
    unit++;
  }
  const digits = Number.isInteger(value) || value >= 100 ? 0 : value >= 10 ? 1 : 2;
  return `${value.toFixed(digits)} ${units[unit] as string}`;
}

export function clusterText(cluster: ClusterName | null): string {
  return cluster === null ? '' : `${String(cluster.x)},${String(cluster.y)}`;
}

/** A server without its cluster, where that stands beside it: `rpc #1` for `rpc 2,1 #1`. */
export function shortAgent(agent: string): string {
  return agent.replace(/^rpc \d+,\d+ /, 'rpc ');
}

export function countText(count: number, singular: string, plural = `${singular}s`): string {
  return `${count.toLocaleString('en-US')} ${count === 1 ? singular : plural}`;
}

export function vpnOf(address: number): number {
  return Math.floor(address / PAGE_SIZE);
}

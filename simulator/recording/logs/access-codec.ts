/**
 * A block of accesses as bytes. Each access is one byte, `size << 4 | form << 2 | kind`, and what its form adds:
 *
 *     form 0   nothing: a fetch goes on where the last one ended, a datum is at the address of the last one
 *     form 1   one byte: the distance from there, with a sign
 *     form 2   four bytes: the same
 *     form 3   six bytes: the address
 *     size 0   two more bytes with the size, behind the address; otherwise 1 to 15 bytes
 *
 * Each block stands for itself: before its first access the last ones are 0.
 */
import type { AccessBlock } from './access-columns.ts';
import { DamagedRecording } from './recording-error.ts';

const SIZE_BITS = 14;
const MAX_SIZE = (1 << SIZE_BITS) - 1;
const FETCH = 0;
const HIGH = 2 ** 32;
const MOST_ADDRESS = 2 ** 48;

export function packBlock({ low, high, meta }: AccessBlock, length: number): Uint8Array {
  const bytes = new Uint8Array(9 * length);
  let at = 0;
  let fetch = 0;
  let datum = 0;
  for (let index = 0; index < length; index++) {
    const address = (high[index] as number) * HIGH + (low[index] as number);
    const kind = (meta[index] as number) >>> SIZE_BITS;
    const size = (meta[index] as number) & MAX_SIZE;
    const distance = address - (kind === FETCH ? fetch : datum);
    const sizeCode = size < 16 ? size << 4 : 0;
    if (distance === 0) bytes[at++] = sizeCode | kind;
    else if (distance >= -128 && distance < 128) {
      bytes[at++] = sizeCode | 4 | kind;
      bytes[at++] = distance;
    } else if (distance >= -0x8000_0000 && distance < 0x8000_0000) {
      bytes[at++] = sizeCode | 8 | kind;
      at = putInteger(bytes, at, distance);
    } else {
      bytes[at++] = sizeCode | 12 | kind;
      at = putInteger(bytes, at, low[index] as number);
      bytes[at++] = high[index] as number;
      bytes[at++] = (high[index] as number) >>> 8;
    }
    if (sizeCode === 0) {
      bytes[at++] = size;
      bytes[at++] = size >>> 8;
    }
    if (kind === FETCH) fetch = address + size;
    else datum = address;
  }
  return bytes.slice(0, at);
}

function putInteger(bytes: Uint8Array, at: number, value: number): number {
  bytes[at] = value;
  bytes[at + 1] = value >>> 8;
  bytes[at + 2] = value >>> 16;
  bytes[at + 3] = value >>> 24;
  return at + 4;
}

/** Throws DamagedRecording where the bytes are not exactly `length` accesses. */
export function unpackBlock(bytes: Uint8Array, length: number): AccessBlock {
  const low = new Uint32Array(length);
  const high = new Uint16Array(length);
  const meta = new Uint16Array(length);
  let at = 0;
  let fetch = 0;
  let datum = 0;
  for (let index = 0; index < length; index++) {
    const head = bytes[at++] as number;
    const kind = head & 3;
    let address = kind === FETCH ? fetch : datum;
    switch (head & 12) {
      case 4:
        address += ((bytes[at++] as number) << 24) >> 24;
        break;
      case 8:
        address += getInteger(bytes, at);
        at += 4;
        break;
      case 12:
        address = (getInteger(bytes, at) >>> 0) + ((bytes[at + 4] as number) | ((bytes[at + 5] as number) << 8)) * HIGH;
        at += 6;
        break;
      default:
    }
    let size = head >>> 4;
    if (size === 0) {
      size = (bytes[at] as number) | ((bytes[at + 1] as number) << 8);
      at += 2;
    }
    if (!(address >= 0 && address < MOST_ADDRESS) || size === 0 || size > MAX_SIZE) break;
    low[index] = address;
    high[index] = Math.floor(address / HIGH);
    meta[index] = (kind << SIZE_BITS) | size;
    if (kind === FETCH) fetch = address + size;
    else datum = address;
    if (index === length - 1 && at === bytes.length) return { low, high, meta };
  }
  if (length === 0 && bytes.length === 0) return { low, high, meta };
  throw new DamagedRecording('a block of accesses is damaged');
}

function getInteger(bytes: Uint8Array, at: number): number {
  return (
    (bytes[at] as number) |
    ((bytes[at + 1] as number) << 8) |
    ((bytes[at + 2] as number) << 16) |
    ((bytes[at + 3] as number) << 24)
  );
}

/** Rising whole numbers as bytes: the distance of each from the one before, seven bits a byte, the lowest first. */
import { DamagedRecording } from './recording-error.ts';

const MORE = 0x80;
/** Bytes that a number below 2^53 takes at most, and one below 2^32. */
export const MOST_BYTES = 8;
export const MOST_BYTES_OF_32 = 5;

export function packRising(numbers: ArrayLike<number>): Uint8Array {
  const bytes = new Uint8Array(numbers.length * MOST_BYTES);
  let at = 0;
  let last = 0;
  for (let index = 0; index < numbers.length; index++) {
    const number = numbers[index] as number;
    let distance = number - last;
    last = number;
    while (distance >= MORE) {
      bytes[at++] = MORE | (distance % MORE);
      distance = Math.floor(distance / MORE);
    }
    bytes[at++] = distance;
  }
  return bytes.slice(0, at);
}

/** Whole numbers below 2^32 in any order, packed in the same way. */
export function packNumbers(numbers: Uint32Array): Uint8Array {
  const bytes = new Uint8Array(numbers.length * MOST_BYTES_OF_32);
  let at = 0;
  for (const number of numbers) {
    let rest = number;
    for (; rest >= MORE; rest = Math.floor(rest / MORE)) bytes[at++] = MORE | (rest % MORE);
    bytes[at++] = rest;
  }
  return bytes.slice(0, at);
}

/** Throws DamagedRecording where the bytes are not exactly `length` numbers of at most `most`. */
export function unpackNumbers(bytes: Uint8Array, length: number, most: number): Uint32Array {
  const numbers = new Uint32Array(length);
  let at = 0;
  for (let index = 0; index < length; index++) {
    let value = 0;
    let scale = 1;
    for (let count = 0; ; count++) {
      const byte = bytes[at++];
      if (byte === undefined || count === MOST_BYTES_OF_32) throw new DamagedRecording('a list of numbers is damaged');
      value += (byte & (MORE - 1)) * scale;
      if ((byte & MORE) === 0) break;
      scale *= MORE;
    }
    if (value > most) throw new DamagedRecording('a list of numbers is out of range');
    numbers[index] = value;
  }
  if (at !== bytes.length) throw new DamagedRecording('a list of numbers is too long');
  return numbers;
}

/** Throws DamagedRecording where the bytes are not exactly `length` rising numbers of at most `most`. */
export function unpackRising(bytes: Uint8Array, length: number, most: number): Float64Array {
  const numbers = new Float64Array(length);
  let at = 0;
  let last = 0;
  for (let index = 0; index < length; index++) {
    let scale = 1;
    for (let count = 0; ; count++) {
      const byte = bytes[at++];
      if (byte === undefined || count === MOST_BYTES) throw new DamagedRecording('a list of numbers is damaged');
      last += (byte & (MORE - 1)) * scale;
      if ((byte & MORE) === 0) break;
      scale *= MORE;
    }
    if (last > most) throw new DamagedRecording('a list of numbers is out of range');
    numbers[index] = last;
  }
  if (at !== bytes.length) throw new DamagedRecording('a list of numbers is too long');
  return numbers;
}

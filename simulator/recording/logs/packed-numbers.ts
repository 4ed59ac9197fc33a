/** Rising whole numbers as bytes: the distance of each from the one before, seven bits a byte, the lowest first. */
import { DamagedRecording } from './recording-error.ts';

const MORE = 0x80;
/** Bytes that a number below 2^53 takes at most. */
export const MOST_BYTES = 8;

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

/** Throws DamagedRecording where the bytes are not exactly `length` numbers of at most `most`. */
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

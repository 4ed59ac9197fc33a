/** Little-endian numbers and texts of bytes whose origin is unknown: whoever reads beyond the end learns it. */
export class DamagedDebugInfo extends Error {}

/** Longer than any name or path that a compiler writes for people. */
const MOST_TEXT = 16_384;
const HIGH = 2 ** 32;

export class ByteReader {
  at: number;
  readonly end: number;
  private readonly bytes: Uint8Array;
  private readonly view: DataView;

  constructor(bytes: Uint8Array, at = 0, end = bytes.length) {
    if (!(at >= 0 && at <= end && end <= bytes.length))
      throw new DamagedDebugInfo('a part lies outside of its section');
    this.bytes = bytes;
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.at = at;
    this.end = end;
  }

  get isAtEnd(): boolean {
    return this.at >= this.end;
  }

  /** Exact up to 2^53; what is larger is none of the numbers that are used. */
  unsigned(size: number): number {
    const at = this.take(size);
    switch (size) {
      case 1:
        return this.view.getUint8(at);
      case 2:
        return this.view.getUint16(at, true);
      case 3:
        return this.view.getUint16(at, true) + this.view.getUint8(at + 2) * 2 ** 16;
      case 4:
        return this.view.getUint32(at, true);
      case 8:
        return this.view.getUint32(at, true) + this.view.getUint32(at + 4, true) * HIGH;
      default:
        throw new DamagedDebugInfo(`a number of ${String(size)} bytes`);
    }
  }

  signedByte(): number {
    return this.view.getInt8(this.take(1));
  }

  uleb(): number {
    let value = 0;
    let scale = 1;
    for (let count = 0; count < 10; count++) {
      const byte = this.unsigned(1);
      value += (byte & 0x7f) * scale;
      if (byte < 0x80) return value;
      scale *= 128;
    }
    throw new DamagedDebugInfo('a number has no end');
  }

  sleb(): number {
    let value = 0;
    let scale = 1;
    for (let count = 0; count < 10; count++) {
      const byte = this.unsigned(1);
      value += (byte & 0x7f) * scale;
      scale *= 128;
      if (byte < 0x80) return (byte & 0x40) === 0 ? value : value - scale;
    }
    throw new DamagedDebugInfo('a number has no end');
  }

  /** Up to a zero byte. */
  text(): string {
    const from = this.at;
    const end = this.bytes.indexOf(0, from);
    if (end < 0 || end >= this.end || end - from > MOST_TEXT) throw new DamagedDebugInfo('a text has no end');
    this.at = end + 1;
    let text = '';
    for (let at = from; at < end; at++) text += `%${(this.bytes[at] as number).toString(16).padStart(2, '0')}`;
    try {
      return decodeURIComponent(text);
    } catch {
      return String.fromCharCode(...this.bytes.subarray(from, Math.min(end, from + 256)));
    }
  }

  skip(count: number): void {
    this.take(count);
  }

  /** The next `length` bytes by themselves. */
  part(length: number): ByteReader {
    const at = this.take(length);
    return new ByteReader(this.bytes, at, at + length);
  }

  private take(count: number): number {
    const { at } = this;
    if (!(count >= 0 && at + count <= this.end)) throw new DamagedDebugInfo('it ends too early');
    this.at = at + count;
    return at;
  }
}

/** The text at an offset of a section of texts. */
export function textAt(section: Uint8Array, offset: number): string {
  return new ByteReader(section, offset).text();
}

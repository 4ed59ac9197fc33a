/** Small ELF files for tests. */

export interface Header {
  readonly type?: number;
  readonly flags?: number;
  readonly offset?: number;
  readonly address?: number;
  readonly fileSize?: number;
  readonly memorySize?: number;
}

/** A file of 0x3000 bytes with one program header, laid out as the ELF specification has it. */
export function elf(bits: 32 | 64, header: Header = {}): Uint8Array {
  const { type = 1, flags = 5, offset = 0x1000, address = 0x40_1000, fileSize = 0x800, memorySize = 0x1800 } = header;
  const bytes = new Uint8Array(0x3000);
  const view = new DataView(bytes.buffer);
  bytes.set([0x7f, 0x45, 0x4c, 0x46, bits === 64 ? 2 : 1, 1, 1]);
  view.setUint16(16, 2, true);
  if (bits === 64) {
    view.setBigUint64(24, 0x40_1010n, true);
    view.setBigUint64(32, 64n, true);
    view.setUint16(54, 56, true);
    view.setUint16(56, 1, true);
    view.setUint32(64, type, true);
    view.setUint32(68, flags, true);
    for (const [at, value] of [
      [72, offset],
      [80, address],
      [96, fileSize],
      [104, memorySize],
    ] as const) {
      view.setBigUint64(at, BigInt(value), true);
    }
  } else {
    view.setUint32(24, 0x40_1010, true);
    view.setUint32(28, 52, true);
    view.setUint16(42, 32, true);
    view.setUint16(44, 1, true);
    for (const [at, value] of [
      [52, type],
      [56, offset],
      [60, address],
      [68, fileSize],
      [72, memorySize],
      [76, flags],
    ] as const) {
      view.setUint32(at, value, true);
    }
  }
  return bytes;
}

import { strict as assert } from 'node:assert';
import fc from 'fast-check';
import { parseElf } from '../../../simulator/session/elf.ts';

interface Header {
  readonly type?: number;
  readonly flags?: number;
  readonly offset?: number;
  readonly address?: number;
  readonly fileSize?: number;
  readonly memorySize?: number;
}

/** A file of 0x3000 bytes with one program header, laid out as the ELF specification has it. */
function elf(bits: 32 | 64, header: Header = {}): Uint8Array {
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

describe('session: ELF files', () => {
  for (const bits of [32, 64] as const) {
    it(`reads entry and PT_LOAD segments of ${String(bits)} bits`, () => {
      const image = parseElf(elf(bits));
      assert.ok(typeof image === 'object');
      assert.equal(image.entry, 0x40_1010);
      assert.deepEqual(image.segments, [
        {
          address: 0x40_1000,
          memorySize: 0x1800,
          fileOffset: 0x1000,
          fileSize: 0x800,
          protection: { read: true, write: false, execute: true },
        },
      ]);
    });
  }

  it('says what is wrong', () => {
    const bigEndian = elf(64);
    bigEndian[5] = 2;
    const relocatable = elf(64);
    relocatable[16] = 1;
    const cases: readonly (readonly [Uint8Array, RegExp])[] = [
      [new Uint8Array(0), /no ELF file/],
      [new TextEncoder().encode('#!/bin/sh\n'.repeat(20)), /no ELF file/],
      [bigEndian, /big-endian/],
      [relocatable, /no program/],
      [elf(64, { type: 6 }), /no PT_LOAD/],
      [elf(64, { offset: 0x2f00, address: 0x40_0f00 }), /cut short/],
      [elf(64, { memorySize: 0x10 }), /more bytes in the file than in memory/],
      [elf(32, { address: 0x40_1004 }), /place in the page/],
      [elf(64).subarray(0, 80), /beyond its end/],
    ];
    for (const [bytes, message] of cases) {
      const answer = parseElf(bytes);
      assert.ok(typeof answer === 'string');
      assert.match(answer, message);
    }
  });

  it('answers on any bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), fc.constantFrom(32 as const, 64 as const), (noise, bits) => {
        const bytes = elf(bits).slice();
        bytes.set(noise.subarray(0, 60), 16);
        const image = parseElf(bytes);
        assert.ok(typeof image === 'string' || image.segments.length > 0);
      }),
      { seed: 1 },
    );
  });
});

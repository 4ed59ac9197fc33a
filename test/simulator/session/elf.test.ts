import { strict as assert } from 'node:assert';
import fc from 'fast-check';
import { elf } from './elf-file.ts';
import { parseElf } from '../../../simulator/session/scenario/elf.ts';

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
      [new Uint8Array(0), /not an ELF file/],
      [new TextEncoder().encode('#!/bin/sh\n'.repeat(20)), /not an ELF file/],
      [bigEndian, /big-endian/],
      [relocatable, /not a program/],
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

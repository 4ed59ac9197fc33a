import { strict as assert } from 'node:assert';
import fc from 'fast-check';
import { textOfBytes } from '../../../simulator/session/scenario/text.ts';

describe('session: bytes as text', () => {
  it('keeps text and writes everything else as \\xNN', () => {
    const cases: readonly (readonly [readonly number[], string])[] = [
      [[0x68, 0x69, 0x0a, 0x09], 'hi\n\t'],
      [[0x00, 0x1f, 0x7f], '\\x00\\x1f\\x7f'],
      [[0xc3, 0xa9], 'é'],
      [[0xc3], '\\xc3'],
      [[0xc0, 0x80], '\\xc0\\x80'],
      [[0xed, 0xa0, 0x80], '\\xed\\xa0\\x80'],
      [[0xf4, 0x90, 0x80, 0x80], '\\xf4\\x90\\x80\\x80'],
    ];
    for (const [bytes, text] of cases) assert.equal(textOfBytes(Uint8Array.from(bytes)), text);
  });

  it('reads well-formed UTF-8 as the platform does', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (text) => {
        const isPlain = !/[^\n\t\x20-\x7e\u{80}-\u{10ffff}]/u.test(text);
        fc.pre(isPlain);
        assert.equal(textOfBytes(new TextEncoder().encode(text)), text);
      }),
      { seed: 1 },
    );
  });
});

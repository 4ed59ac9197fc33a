import { strict as assert } from 'node:assert';
import fc from 'fast-check';
import {
  decodeTsarAttributes, decodeX8664Attributes, encodeTsarAttributes, encodeX8664Attributes,
} from '../../../simulator/hardware/generic-attribute.ts'; // prettier-ignore

describe('generic attributes (ALMOS-MKH 10.3)', () => {
  it('case 63: copy-on-write form of a data page', () => {
    assert.deepEqual(encodeTsarAttributes(0x0467, 0x100_0100), [0x8900_0001, 0x0100_0100]);
    assert.deepEqual(decodeTsarAttributes([0x8900_0001, 0x0100_0100], true), { attr: 0x0467, ppn: 0x100_0100 });
  });
  it('the examples of 10.3', () => {
    assert.equal(encodeTsarAttributes(0x006f, 0)[0], 0x8d00_0000);
    assert.equal(encodeTsarAttributes(0x0077, 0)[0], 0x8b00_0000);
    assert.equal(encodeTsarAttributes(0x0277, 0)[0], 0x8b80_0000);
    assert.deepEqual(encodeTsarAttributes(0x006f, 0x100_0106), [0x8d00_0000, 0x0100_0106]);
  });
  it('case 64: a big page', () => {
    assert.deepEqual(encodeTsarAttributes(0x002d, 0x200), [0x8c00_0001, 0]);
    assert.deepEqual(decodeTsarAttributes([0x8c00_0001, 0], false), { attr: 0x002d, ppn: 0x200 });
  });
  it('accessed is either of L and R; a write sets L', () => {
    assert.equal(decodeTsarAttributes([0x9000_0000, 0], true).attr & 0x100, 0x100);
    assert.equal(decodeTsarAttributes([0xa000_0000, 0], true).attr & 0x100, 0x100);
    assert.equal(encodeTsarAttributes(0x0103, 0)[0], 0xa000_0000);
  });
  it('nothing is left of an entry that is not valid', () => {
    assert.equal(decodeTsarAttributes([0x0d00_0001, 5], true).attr, 0);
    assert.equal(decodeX8664Attributes([0x6, 0], true).attr, 0);
  });
  it('x86-64: no-execute and cache-disable are inverted, software bits are AVL 9 to 11', () => {
    assert.deepEqual(encodeX8664Attributes(0x006f, 0x12345), [0x1234_5007, 0x8000_0000]);
    assert.deepEqual(encodeX8664Attributes(0x0057, 0x12345), [0x1234_5015, 0]);
    assert.equal(encodeX8664Attributes(0x0467, 0)[0], 0x205);
    assert.equal(encodeX8664Attributes(0x0023 | 0x800 | 0x1000, 0)[0], 0xc01);
    assert.equal(encodeX8664Attributes(0x002d, 0x200)[0], 0x20_0083);
  });
  it('both machines give back every combination', () => {
    const attributes = fc.nat(0x1fff).map((bits) => bits | 0x7);
    fc.assert(fc.property(attributes, fc.nat(0x0fff_ffff), (attr, ppn) => {
      assert.deepEqual(decodeTsarAttributes(encodeTsarAttributes(attr, ppn), true), { attr, ppn });
      assert.deepEqual(decodeX8664Attributes(encodeX8664Attributes(attr, ppn), true), { attr, ppn });
    })); // prettier-ignore
  });
});

import { strict as assert } from 'node:assert';
import fc from 'fast-check';
import {
  decodeEntry,
  defineEntry,
  describeEntry,
  encodeEntry,
  flag,
  reserved,
} from '../../../simulator/hardware/layouts/layout.ts';
import { sv39Pte, sv39Pte1G, sv39Pte2M, sv39Table } from '../../../simulator/hardware/layouts/sv39.ts';
import { tsarPtd1, tsarPte1, tsarPte2 } from '../../../simulator/hardware/layouts/tsar.ts';
import { x86BigPde, x86Pde, x86Pte } from '../../../simulator/hardware/layouts/x86-32.ts';
import {
  x8664Pde2M,
  x8664Pdpte1G,
  x8664Pml4e,
  x8664Pte,
  x8664Table,
} from '../../../simulator/hardware/layouts/x86-64.ts';

const layouts = [
  tsarPte1, tsarPtd1, tsarPte2, x86Pde, x86BigPde, x86Pte,
  x8664Table, x8664Pml4e, x8664Pte, x8664Pde2M, x8664Pdpte1G,
  sv39Table, sv39Pte, sv39Pte2M, sv39Pte1G,
]; // prettier-ignore

function entry64(layout: typeof x8664Pte, values: Record<string, number>): bigint {
  const [low, high] = encodeEntry(layout, values);
  return (BigInt(high) << 32n) | BigInt(low);
}

describe('layout: definition', () => {
  it('refuses two fields on one bit', () => {
    assert.throws(
      () => defineEntry('e', 1, [flag('a', 0, ''), { name: 'b', bit: 0, width: 32, meaning: '' }]),
      /bit 0 is a and b/,
    );
  });
  it('refuses a bit without a field', () => {
    assert.throws(() => defineEntry('e', 1, [reserved(0, 31)]), /bit 31 has no field/);
  });
  it('refuses a field outside the entry, and two of one name', () => {
    assert.throws(() => defineEntry('e', 1, [reserved(0, 33)]), /reaches bit 32/);
    assert.throws(() => defineEntry('e', 1, [flag('a', 0, ''), flag('a', 1, '')]), /two fields a/);
  });
  it('refuses a value that does not fit and a field that is none', () => {
    assert.throws(() => encodeEntry(x86Pte, { frame: 2 ** 20 }), /does not fit PTE.frame/);
    assert.throws(() => encodeEntry(x86Pte, { cow: 1 }), /no field cow/);
  });
});

describe('layout: every format decodes what it encodes', () => {
  for (const layout of layouts) {
    it(layout.name, () => {
      const words = fc.tuple(fc.nat(0xffff_ffff), layout.words === 2 ? fc.nat(0xffff_ffff) : fc.constant(0));
      fc.assert(fc.property(words, (entry) => {
        assert.deepEqual(encodeEntry(layout, decodeEntry(layout, entry)), entry);
      })); // prettier-ignore
    });
  }
});

describe('layout: TSAR (ALMOS-MKH 10.2)', () => {
  it('has the attribute bits of a PTE2 where the table says', () => {
    const places = {
      V: 31,
      T: 30,
      L: 29,
      R: 28,
      C: 27,
      W: 26,
      X: 25,
      U: 24,
      G: 23,
      D: 22,
      COW: 0,
      MIGRATE: 1,
      SWAP: 2,
      LOCKED: 3,
      CLEAR: 4,
    };
    for (const [name, place] of Object.entries(places)) {
      assert.deepEqual(encodeEntry(tsarPte2, { [name]: 1 }), [2 ** place, 0], name);
    }
    assert.deepEqual(encodeEntry(tsarPte2, { PPN2: 0x0fff_ffff }), [0, 0x0fff_ffff]);
  });
  it('has the same attributes and 19 bits of frame in a PTE1', () => {
    assert.deepEqual(encodeEntry(tsarPte1, { V: 1, C: 1, W: 1, PPN1: 1 }), [0x8c00_0001, 0]);
    assert.deepEqual(encodeEntry(tsarPte1, { PPN1: 0x7_ffff }), [0x0007_ffff, 0]);
  });
  it('cases 63 and 64: a copy-on-write page, a big page', () => {
    const words = [0x8900_0001, 0x0100_0100] as const;
    assert.deepEqual(encodeEntry(tsarPte2, { V: 1, C: 1, U: 1, COW: 1, PPN2: 0x100_0100 }), words);
    const fields = Object.entries(decodeEntry(tsarPte2, words)).filter(([, value]) => value !== 0);
    assert.deepEqual(Object.fromEntries(fields), { V: 1, C: 1, U: 1, COW: 1, PPN2: 0x100_0100 });
    assert.deepEqual(encodeEntry(tsarPte1, { V: 1, C: 1, W: 1, PPN1: 0x200 >> 9 }), [0x8c00_0001, 0]);
  });
  it('encodes a PTD1', () => {
    assert.deepEqual(encodeEntry(tsarPtd1, { V: 1, T: 1, PTBA: 0x104 }), [0xc000_0104, 0]);
  });
  it('names the bits, most significant first', () => {
    const bits = describeEntry(tsarPte2, [0x8900_0001, 0x0100_0100]);
    assert.deepEqual(bits.map((bit) => bit.name), ['V', 'T', 'L', 'R', 'C', 'W', 'X', 'U', 'G', 'D', 'CLEAR', 'LOCKED', 'SWAP', 'MIGRATE', 'COW']); // prettier-ignore
    assert.deepEqual(
      bits.filter((bit) => bit.set).map((bit) => bit.name),
      ['V', 'C', 'U', 'COW'],
    );
  });
});

describe('layout: x86-32', () => {
  it('has the bits of the manual', () => {
    const places = { P: 0, RW: 1, US: 2, PWT: 3, PCD: 4, A: 5, D: 6, PAT: 7, G: 8 };
    for (const [name, place] of Object.entries(places))
      assert.equal(encodeEntry(x86Pte, { [name]: 1 })[0], 2 ** place, name);
    assert.equal(encodeEntry(x86Pte, { P: 1, RW: 1, US: 1, frame: 0x12345 })[0], 0x1234_5007);
  });
  it('maps 4 MiB with bit 7 of a directory entry', () => {
    assert.equal(encodeEntry(x86BigPde, { P: 1, RW: 1, US: 1, PS: 1, frame: 2 })[0], 0x0080_0087);
    assert.equal(encodeEntry(x86BigPde, { PAT: 1 })[0], 0x1000);
    assert.equal(encodeEntry(x86Pde, { P: 1, RW: 1, US: 1, frame: 0x101 })[0], 0x0010_1007);
  });
});

describe('layout: x86-64', () => {
  it('encodes the leaves of the vm-region specification, section 3', () => {
    const frame = 0x12345;
    assert.equal(entry64(x8664Pte, { P: 1, RW: 1, US: 1, NX: 1, frame }), 0x8000_0000_1234_5007n);
    assert.equal(entry64(x8664Pte, { P: 1, US: 1, NX: 1, frame }), 0x8000_0000_1234_5005n);
    assert.equal(entry64(x8664Pte, { P: 1, US: 1, frame }), 0x0000_0000_1234_5005n);
    assert.equal(entry64(x8664Pte, { P: 1, RW: 1, G: 1, NX: 1, frame }), 0x8000_0000_1234_5103n);
    assert.equal(entry64(x8664Table, { P: 1, RW: 1, US: 1, frame: 0x77 }), 0x77007n);
  });
  it('has big pages and frames of 36 bits', () => {
    assert.equal(entry64(x8664Pde2M, { P: 1, RW: 1, US: 1, PS: 1, frame: 3 }), 0x60_0087n);
    assert.equal(entry64(x8664Pdpte1G, { P: 1, RW: 1, US: 1, PS: 1, frame: 1 }), 0x4000_0087n);
    assert.equal(entry64(x8664Pte, { frame: 2 ** 36 - 1 }), 0x0000_ffff_ffff_f000n);
    assert.equal(entry64(x8664Pml4e, { AVL: 0x7ff }), 0x7ff0_0000_0000_0000n);
  });
});

describe('layout: Sv39', () => {
  it('has the bits of the manual', () => {
    const places = { V: 0, R: 1, W: 2, X: 3, U: 4, G: 5, A: 6, D: 7, RSW: 8, PBMT: 61, N: 63 };
    for (const [name, place] of Object.entries(places))
      assert.equal(entry64(sv39Pte, { [name]: 1 }), 2n ** BigInt(place), name);
    assert.equal(entry64(sv39Pte, { V: 1, R: 1, W: 1, U: 1, A: 1, D: 1, PPN: 0x12345 }), 0x48d_14d7n);
    assert.equal(entry64(sv39Pte, { PPN: 2 ** 44 - 1 }), 0x003f_ffff_ffff_fc00n);
  });
  it('has pointers without rights, and big pages', () => {
    assert.equal(entry64(sv39Table, { V: 1, PPN: 0x102 }), 0x4_0801n);
    assert.equal(entry64(sv39Pte2M, { V: 1, R: 1, PPN: 3 }), 0x18_0003n);
    assert.equal(entry64(sv39Pte1G, { V: 1, X: 1, PPN: 1 }), 0x1000_0009n);
  });
});

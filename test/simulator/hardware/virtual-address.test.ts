import { strict as assert } from 'node:assert';
import fc from 'fast-check';
import { createBatch, pushAccess } from '../../../simulator/hardware/access-batch.ts';
import { setPageTableRoot } from '../../../simulator/hardware/core.ts';
import type { Machine } from '../../../simulator/hardware/machine.ts';
import { accessBatch, REFUSED, translate } from '../../../simulator/hardware/mmu.ts';
import { zeroFrame } from '../../../simulator/hardware/physical-memory.ts';
import { countOf } from '../../../simulator/hardware/counters.ts';
import {
  addressAfter, addressText, endOfHalf, endText, exactAddress, fullAddressText, isCanonical, machineAddress,
} from '../../../simulator/hardware/virtual-address.ts'; // prettier-ignore
import { machineOf, read, setEntry64 } from './tables.ts';

/** Address, bits of the format, the machine's number. */
const numbers: readonly (readonly [bigint, number, number])[] = [
  [0xffff_fff0n, 32, 0xffff_fff0],
  [0x7fff_ffff_ffffn, 48, 2 ** 47 - 1],
  [0xffff_8000_0000_0000n, 48, 2 ** 47],
  [0xffff_ffff_ffff_fff0n, 48, 2 ** 48 - 16],
  [0x8000_0000_0000n, 48, 2 ** 48],
  [0x3f_ffff_ffffn, 39, 2 ** 38 - 1],
  [0xffff_ffc0_0000_0000n, 39, 2 ** 38],
  [0x40_0000_0000n, 39, 2 ** 39],
];

describe('virtual addresses', () => {
  for (const [address, bits, number] of numbers) {
    it(`0x${address.toString(16)} with ${String(bits)} bits is the number 0x${number.toString(16)}, and back`, () => {
      assert.equal(machineAddress(address, bits), number);
      assert.equal(exactAddress(number, bits), address);
      assert.equal(addressText(number, bits), `0x${address.toString(16)}`);
    });
  }

  it('every canonical address has a number of its own, below 2^bits, and keeps its page offset', () => {
    fc.assert(
      fc.property(fc.constantFrom(39, 48), fc.bigInt(0n, 2n ** 64n - 1n), fc.boolean(), (bits, any, isNear) => {
        const address = isNear ? BigInt.asUintN(64, BigInt.asIntN(bits, any)) : any;
        const number = machineAddress(address, bits);
        const canonical = BigInt.asUintN(64, BigInt.asIntN(bits, address)) === address;
        assert.equal(isCanonical(number, bits), canonical);
        if (!canonical) return;
        assert.equal(exactAddress(number, bits), address);
        assert.equal(BigInt(number % 4096), address % 4096n);
      }),
      { numRuns: 500, seed: 31 },
    );
  });

  it('what follows an address is what follows it in 64 bits', () => {
    const edge = fc.constantFrom(0n, 2n ** 38n, 2n ** 47n, 2n ** 64n - 2n ** 38n, 2n ** 64n - 2n ** 47n, 2n ** 64n);
    fc.assert(
      fc.property(fc.constantFrom(39, 48), edge, fc.integer({ min: -300, max: 300 }), fc.nat(400), (bits, base, shift, bytes) => {
        const address = base + BigInt(shift);
        const va = machineAddress(address, bits);
        if (address < 0n || address >= 2n ** 64n || !isCanonical(va, bits)) return;
        const next = addressAfter(va, bytes, bits);
        assert.equal(next, machineAddress(address + BigInt(bytes), bits));
        const stays = va + bytes < endOfHalf(va, bits);
        assert.equal(isCanonical(next, bits), stays);
      }),
      { numRuns: 500, seed: 32 },
    ); // prettier-ignore
  });

  it('texts have 8 digits or 16 where all are wanted, and ends may be those of a half', () => {
    assert.deepEqual([fullAddressText(0x1000, 32), fullAddressText(0x7f12_3456_7abc, 48), fullAddressText(2 ** 48 - 2 ** 31, 48)], ['0x00001000', '0x00007f1234567abc', '0xffffffff80000000']);
    assert.deepEqual([endText(2 ** 47, 48), endText(2 ** 48, 48), endText(2 ** 32, 32), endText(0x2000, 39)], ['0x800000000000', '0x10000000000000000', '0x100000000', '0x2000']);
    assert.equal(addressText(-1, 48), '-1');
  }); // prettier-ignore
});

/** The last page of the user half and the first of the kernel half are mapped, one frame each. */
function twoHalves(): Machine {
  const machine = machineOf('x86-64');
  for (const frame of [1, 2, 3, 4, 5, 6, 7]) zeroFrame(machine, frame);
  const user = 7n;
  for (const [index, tables] of [[255, [2, 3, 4]], [256, [5, 6, 7]]] as const) {
    const [pdpt, pd, pt] = tables;
    const inner = index === 255 ? 511 : 0;
    setEntry64(machine, 1, index, (BigInt(pdpt) << 12n) | user);
    setEntry64(machine, pdpt, inner, (BigInt(pd) << 12n) | user);
    setEntry64(machine, pd, inner, (BigInt(pt) << 12n) | user);
    setEntry64(machine, pt, inner, (BigInt(index) << 12n) | user);
  } // prettier-ignore
  setPageTableRoot(machine, 0, 1);
  return machine;
}

describe('addresses of neither half (Intel SDM 3A 4.1: #GP)', () => {
  it('are refused without a walk, and never reach the bytes of the upper half', () => {
    const machine = twoHalves();
    assert.equal(translate(machine, 0, 2 ** 47, read, true), 256 * 4096);
    const walks = countOf(machine, 'page-walk');
    assert.equal(translate(machine, 0, machineAddress(0x8000_0000_0000n, 48), read, true), REFUSED);
    assert.deepEqual([machine.fault.kind, machine.fault.code, machine.fault.level], ['address', 0, 0]);
    assert.deepEqual([countOf(machine, 'page-walk'), countOf(machine, 'tlb-miss')], [walks, 1]);
  });

  it('an access that crosses the end of the user half is refused at the first byte behind it', () => {
    const machine = twoHalves();
    const batch = createBatch(1);
    pushAccess(batch, 2 ** 47 - 4, read, true, 8);
    assert.equal(accessBatch(machine, 0, batch, 0, 1), 0);
    assert.equal(machine.fault.kind, 'address');
    assert.equal(exactAddress(machine.fault.va, 48), 0x8000_0000_0000n);
    assert.equal(countOf(machine, 'access'), 0);
  });

  it('an access that crosses the end of the whole space is refused', () => {
    const machine = twoHalves();
    setEntry64(machine, 1, 511, 0x5007n);
    for (const table of [5, 6, 7]) setEntry64(machine, table, 511, BigInt((table + 1) * 4096 + 7));
    const batch = createBatch(1);
    pushAccess(batch, 2 ** 48 - 4, read, true, 8);
    assert.equal(accessBatch(machine, 0, batch, 0, 1), 0);
    assert.deepEqual([machine.fault.kind, exactAddress(machine.fault.va, 48)], ['address', 2n ** 64n]);
  });
});

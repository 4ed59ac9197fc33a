import { strict as assert } from 'node:assert';
import fc from 'fast-check';
import { deflate } from '../../../simulator/files/deflate.ts';
import { packBlock, unpackBlock } from '../../../simulator/recording/logs/access-codec.ts';
import {
  accessAt,
  AccessCollector,
  BLOCK_LENGTH,
  createAccessBlock,
  mostPacked,
  SIZE_BITS,
} from '../../../simulator/recording/logs/access-columns.ts';
import { DamagedRecording } from '../../../simulator/recording/logs/recording-error.ts';

const access = fc.record({
  kind: fc.integer({ min: 0, max: 3 }),
  size: fc.oneof(fc.integer({ min: 1, max: 16 }), fc.integer({ min: 1, max: 16_383 })),
  address: fc.oneof(
    fc.integer({ min: 0, max: 2 ** 48 - 1 }),
    fc.integer({ min: 0x40_0000, max: 0x40_0100 }),
    fc.integer({ min: 2 ** 48 - 300, max: 2 ** 48 - 1 }),
  ),
});

function blockOf(
  accesses: readonly { kind: number; size: number; address: number }[],
): ReturnType<typeof createAccessBlock> {
  const block = createAccessBlock(accesses.length);
  for (const [index, { kind, size, address }] of accesses.entries()) {
    block.low[index] = address;
    block.high[index] = Math.floor(address / 2 ** 32);
    block.meta[index] = (kind << SIZE_BITS) | size;
  }
  return block;
}

describe('packed accesses', () => {
  it('come back as they were', () => {
    fc.assert(
      fc.property(fc.array(access, { maxLength: 200 }), (accesses) => {
        const block = blockOf(accesses);
        const packed = packBlock(block, accesses.length);
        assert.ok(packed.length <= mostPacked(accesses.length));
        assert.deepEqual(unpackBlock(packed, accesses.length), block);
      }),
      { seed: 12, numRuns: 500 },
    );
  });

  it('take two bytes each in a loop', () => {
    const loop = Array.from({ length: 1000 }, (_, index) => ({
      kind: 0,
      size: 4,
      address: 0x40_1000 + (index % 8) * 4,
    }));
    assert.ok(packBlock(blockOf(loop), 1000).length < 1300);
  });

  it('are refused where a byte is missing, too many or out of range', () => {
    const packed = packBlock(blockOf([{ kind: 1, size: 8, address: 0x1_0000_0000 }]), 1);
    for (const bytes of [packed.subarray(1), packed.subarray(0, -1), Uint8Array.of(...packed, 0)])
      assert.throws(() => unpackBlock(bytes, 1), DamagedRecording);
    // One byte before address 0, and a size of 0.
    assert.throws(() => unpackBlock(Uint8Array.of(0x14 | 1, 0xff), 1), DamagedRecording);
    assert.throws(() => unpackBlock(Uint8Array.of(1, 0, 0), 1), DamagedRecording);
  });

  it('never hang or throw anything but their own error on random bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 60 }), fc.integer({ min: 0, max: 40 }), (bytes, length) => {
        try {
          unpackBlock(bytes, length);
        } catch (error) {
          assert.ok(error instanceof DamagedRecording, String(error));
        }
      }),
      { seed: 5, numRuns: 500 },
    );
  });

  it('stay small however many of the same there are, and are read in any order', () => {
    const collector = new AccessCollector(deflate);
    const block = createAccessBlock();
    const blocks = 200;
    for (let index = 0; index < blocks; index++) {
      block.low.fill(index);
      block.meta.fill(4);
      collector.add(block, BLOCK_LENGTH);
    }
    const columns = collector.finish(blocks * BLOCK_LENGTH);
    let bytes = 0;
    for (let index = 0; index < blocks; index++) bytes += collector.packed(index).length;
    assert.ok(bytes < blocks * 2000, String(bytes));
    for (const index of [199, 0, 77, 199, 3]) assert.equal(accessAt(columns, index * BLOCK_LENGTH).address, index);
  });
});

import { strict as assert } from 'node:assert';
import { sampleOf } from './sample.ts';

describe('a sample of mutants', () => {
  const items = Array.from({ length: 100 }, (_, index) => index);

  it('has as many as are asked for, in their order, each once', () => {
    for (const sample of [0, 1, 10, 99]) {
      const taken = sampleOf(items, { sample, seed: 7 });
      assert.equal(taken.length, sample);
      assert.deepEqual(
        [...new Set(taken)].sort((a, b) => a - b),
        taken,
      );
    }
  });

  it('is all of them where there are not more, or none are asked for', () => {
    assert.deepEqual(sampleOf(items, { sample: 200, seed: 7 }), items);
    assert.deepEqual(sampleOf(items, { seed: 7 }), items);
  });

  it('is the same for the same seed, and in time has every item', () => {
    assert.deepEqual(sampleOf(items, { sample: 10, seed: 3 }), sampleOf(items, { sample: 10, seed: 3 }));
    const seen = new Set<number>();
    for (let seed = 0; seed < 200; seed++) for (const item of sampleOf(items, { sample: 10, seed })) seen.add(item);
    assert.equal(seen.size, items.length);
  });
});

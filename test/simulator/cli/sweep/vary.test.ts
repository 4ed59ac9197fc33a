import { strict as assert } from 'node:assert';
import { grid, gridSize, varied, variedNames } from '../../../../simulator/cli/sweep/vary.ts';
import { byteCount, sizeWord } from '../../../../simulator/cli/sizes.ts';

function valuesOf(text: string): readonly string[] {
  return varied(text)[0]?.values ?? [];
}

describe('what a sweep varies', () => {
  const ranges: readonly (readonly [string, readonly string[]])[] = [
    ['memory=4MiB..64MiB', ['4MiB', '8MiB', '16MiB', '32MiB', '64MiB']],
    ['memory=512KiB..2MiB+512KiB', ['512KiB', '1MiB', '1536KiB', '2MiB']],
    ['tlb.sets=1..8', ['1', '2', '4', '8']],
    ['tlb.ways=1..4', ['1', '2', '3', '4']],
    ['seed=1..9*3', ['1', '3', '9']],
    ['cost.HOP=0..8+4', ['0', '4', '8']],
    ['mesh=1x1,2x2,16x16', ['1x1', '2x2', '16x16']],
    ['kernel=haiku,lunaix', ['haiku', 'lunaix']],
    ['cores=1,3..4', ['1', '3', '4']],
  ];
  for (const [text, values] of ranges) it(text, () => assert.deepEqual(valuesOf(text), values));

  const wrong: readonly (readonly [string, RegExp])[] = [
    ['tlb.set=1', /Did you mean tlb\.sets\?/],
    ['cores', /Write cores=VALUE/],
    ['cores=', /cores is a whole number, not \./],
    ['cores=2..1', /2\.\.1 is empty: 2 is more than 1/],
    ['cores=1,1', /cores is 1 twice/],
    ['cores=1..4+0', /would never end/],
    ['tlb.sets=0..8*1', /would never end/],
    ['memory=big', /memory is a size such as 4MiB, not big/],
    ['memory=1..99999999999+1', /more than 100,000 values: use a larger step, or raise the bound with --sweep-runs/],
    ['mesh=2', /mesh is WIDTHxHEIGHT/],
    ['mesh=1x1..2x2', /mesh has no ranges/],
    ['kernel=linux', /There is no kernel linux\. Use one of almos-mkh/],
  ];
  for (const [text, message] of wrong) it(`${text} is refused`, () => assert.throws(() => varied(text), message));

  it('has at most so many values as a sweep may have runs', () => {
    const bounds = { sweepRuns: 3, setting: 'bounds' } as const;
    assert.equal(varied('cores=1..3', [], bounds)[0]?.values.length, 3);
    assert.throws(() => varied('cores=1..4', [], bounds), /1\.\.4 has more than 3 values/);
  });

  it('is varied once', () => {
    assert.throws(() => varied('cores=2', varied('cores=1')), /cores is varied twice/);
  });

  it('makes every combination, the last setting the fastest', () => {
    const settings = varied('cores=1,2', varied('kernel=haiku,lunaix'));
    assert.deepEqual(grid(settings), [
      { kernel: 'haiku', cores: '1' },
      { kernel: 'haiku', cores: '2' },
      { kernel: 'lunaix', cores: '1' },
      { kernel: 'lunaix', cores: '2' },
    ]);
    assert.equal(gridSize(settings), 4);
  });

  it('names every cost of the machine', () => {
    assert.ok(variedNames.includes('cost.T_IPI'));
  });
});

describe('sizes on the command line', () => {
  it('are read as they are written', () => {
    for (const text of ['0B', '5B', '4KiB', '1536KiB', '3MiB', '2GiB']) {
      const bytes = byteCount(text);
      assert.equal(bytes === null ? null : sizeWord(bytes), text);
    }
    assert.deepEqual(
      [byteCount('64M'), byteCount('1k'), byteCount('x'), byteCount('99999999999GiB')],
      [2 ** 26, 1024, null, null],
    );
  });
});

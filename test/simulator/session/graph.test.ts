import { strict as assert } from 'node:assert';
import fc from 'fast-check';
import { copyGraph, firstDifference, hashGraph } from '../../../simulator/session/state/graph.ts';

const plain = fc.letrec((tie) => ({
  value: fc.oneof(
    { depthSize: 'small' },
    fc.integer(),
    fc.string(),
    fc.boolean(),
    fc.constant(null),
    fc.bigInt(),
    fc.uint8Array(),
    fc.array(tie('value'), { maxLength: 4 }),
    fc.dictionary(fc.string(), tie('value'), { maxKeys: 4 }),
    fc.array(fc.tuple(fc.string(), tie('value')), { maxLength: 4 }).map((entries) => new Map(entries)),
    fc.array(fc.integer(), { maxLength: 4 }).map((items) => new Set(items)),
  ),
})).value;

describe('session: graphs of plain data', () => {
  it('a copy is equal, has the same hash, and shares nothing', () => {
    fc.assert(
      fc.property(plain, (value) => {
        const copy = copyGraph(value);
        assert.equal(firstDifference(value, copy), null);
        assert.equal(hashGraph(value), hashGraph(copy));
        if (typeof value === 'object' && value !== null) assert.notEqual(copy, value);
      }),
      { seed: 1 },
    );
  });

  it('keeps cycles and shared references', () => {
    const shared = { n: 1 };
    const root: Record<string, unknown> = { left: shared, right: shared };
    root['self'] = root;
    const copy = copyGraph(root);
    assert.equal(copy['self'], copy);
    assert.equal(copy['left'], copy['right']);
    assert.notEqual(copy['left'], shared);
    assert.equal(firstDifference(root, copy), null);
  });

  it('an object shared on one side only is a difference', () => {
    const shared = { n: 1 };
    const left = { a: shared, b: shared };
    const right = { a: { n: 1 }, b: { n: 1 } };
    assert.match(firstDifference(left, right) ?? '', /same object/);
    assert.match(firstDifference(right, left) ?? '', /same object/);
  });

  it('names the path of the first difference', () => {
    const cases: readonly (readonly [unknown, unknown, string])[] = [
      [{ a: [1, { b: 2 }] }, { a: [1, { b: 3 }] }, '.a[1].b: 2, 3'],
      [{ a: 1 }, { a: 1, b: 2 }, '.b: on one side only'],
      [{ m: new Map([['k', 1]]) }, { m: new Map([['k', 2]]) }, '.m[1]: 1, 2'],
      [{ t: Uint8Array.of(1, 2) }, { t: Uint8Array.of(1, 9) }, '.t[1]: 2, 9'],
      [[1, 2], [1], '.length: 2, 1'],
      [{ a: -0 }, { a: 0 }, '.a: 0, 0'],
      [{ a: 1n }, { a: 1 }, '.a: 1, 1'],
    ];
    for (const [left, right, expected] of cases) assert.equal(firstDifference(left, right), expected);
  });

  it('a changed value changes the hash; the order of fields does not', () => {
    assert.notEqual(hashGraph({ a: 1 }), hashGraph({ a: 2 }));
    assert.notEqual(hashGraph({ t: Int32Array.of(1, 2) }), hashGraph({ t: Int32Array.of(2, 1) }));
    assert.equal(hashGraph({ a: 1, b: 2 }), hashGraph({ b: 2, a: 1 }));
  });

  it('what is marked as shared is not copied', () => {
    const config = { seed: 1 };
    const copy = copyGraph({ config, own: {} }, new Map([[config, config]]));
    assert.equal(copy.config, config);
  });

  it('refuses what is no plain data', () => {
    assert.throws(() => copyGraph({ f: () => 1 }), /function in the state/);
    assert.throws(() => copyGraph({ d: new Date(0) }), /instance of Date/);
  });
});

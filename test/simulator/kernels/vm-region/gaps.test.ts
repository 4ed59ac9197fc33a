import { strict as assert } from 'node:assert';
import fc from 'fast-check';
import {
  entriesOf,
  insertEntry,
  newNode,
  removeEntry,
  resizeEntry,
} from '../../../../simulator/kernels/vm-region/btree.ts';
import { findGap } from '../../../../simulator/kernels/vm-region/create.ts';
import type { VmRegion, VmRegionEntry } from '../../../../simulator/kernels/vm-region/state.ts';

const SIZE = 1000;

/** 4.6 as the specification says it: a walk through all entries. */
function byWalk(root: VmRegionEntry | null, length: number): number {
  let candidate = 0;
  for (const { e_offset, e_size } of entriesOf(root)) {
    if (e_offset - candidate >= length) return candidate;
    candidate = e_offset + e_size;
  }
  return SIZE - candidate >= length ? candidate : -1;
}

function regionWith(root: VmRegionEntry | null): VmRegion {
  return { vr_entry: { e_size: SIZE }, vr_entries: root } as unknown as VmRegion;
}

type Change =
  { readonly kind: 'take'; readonly length: number } | { readonly kind: 'drop' | 'shrink'; readonly pick: number };

const change: fc.Arbitrary<Change> = fc.oneof(
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('take' as const), length: fc.integer({ min: 1, max: 90 }) }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constantFrom('drop' as const, 'shrink' as const), pick: fc.nat(100) }) },
);

describe('vm-region 4.6: the lowest gap', () => {
  it('is the one that a walk through all entries finds, whatever was inserted, removed and cut before', () => {
    fc.assert(
      fc.property(fc.array(change, { maxLength: 60 }), (changes) => {
        let root: VmRegionEntry | null = null;
        for (const one of changes) {
          const entries: VmRegionEntry[] = entriesOf(root);
          if (one.kind === 'take') {
            const e_offset = byWalk(root, one.length);
            assert.equal(findGap(regionWith(root), one.length), e_offset);
            const entry = { e_node: newNode(), e_offset, e_size: one.length } as unknown as VmRegionEntry;
            if (e_offset >= 0) root = insertEntry(root, entry);
            continue;
          }
          const entry = entries[one.pick % Math.max(1, entries.length)];
          if (entry === undefined) continue;
          if (one.kind === 'drop') root = removeEntry(root, entry);
          else resizeEntry(root, entry, Math.ceil(entry.e_size / 2));
        }
        for (const length of [1, 5, 20, 80, 400]) assert.equal(findGap(regionWith(root), length), byWalk(root, length));
      }),
      { numRuns: 500 },
    );
  });
});

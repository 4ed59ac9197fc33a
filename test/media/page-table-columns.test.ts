import { strict as assert } from 'node:assert';
import { bitsWidth, columnsFor, type Sizes } from '../../media/page-table/columns.ts';
import { pageTable } from './fixtures.ts';

const tsar = ['V', 'L', 'R', 'C', 'W', 'X', 'U', 'G', 'D', 'COW'];
const x86 = ['P', 'W', 'U', 'PWT', 'PCD', 'A', 'D', 'PAT', 'G', 'NX', 'COW'];

describe('columns of the page table', () => {
  const columns = (room: number, change: Partial<Sizes> = {}, addressBits = 32, clusters = 4) =>
    columnsFor({ ...pageTable.context, addressBits, clusters }, { room, bits: tsar, hasBigPages: false, ...change });

  it('are the page, its frame and the bits that are set where there is room for no more', () => {
    const { names, hasAllBits } = columns(270);
    assert.deepEqual(names, ['page', 'frame', 'bits']);
    assert.equal(hasAllBits, false);
  });

  it('become more with the width, the most important ones first', () => {
    assert.deepEqual(columns(520), { ...columns(520), names: ['page', 'frame', 'bits', 'also'], hasAllBits: true });
    assert.deepEqual(columns(900).names, ['page', 'frame', 'bits', 'also', 'words', 'index', 'region']);
    let before = 0;
    for (let room = 200; room < 1200; room += 7) {
      const { names } = columns(room);
      assert.ok(names.length >= before, `${String(room)} pixels`);
      before = names.length;
    }
  });

  it('never need more than there is, with the longest page numbers, names of bits, and big pages', () => {
    for (const [addressBits, bits, clusters] of [
      [32, tsar, 16],
      [48, x86, 1],
      [39, x86, 1],
    ] as const)
      for (let room = 270; room < 1200; room += 13)
        for (const hasBigPages of [false, true]) {
          const { template, names } = columns(room, { bits, hasBigPages }, addressBits, clusters);
          const sum = [...template.matchAll(/(\d+)px/g)].reduce((total, [, width]) => total + Number(width), 0);
          const needed = sum + (names.length - 1) * 7 + 24;
          assert.ok(needed <= room + names.length, `${String(needed)} of ${String(room)}: ${template}`);
        }
    assert.ok(bitsWidth(x86) > bitsWidth(['P']));
  });
});

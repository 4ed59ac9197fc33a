import { strict as assert } from 'node:assert';
import {
  bitNames,
  describe as describePanel,
  initialState,
  missingWindow,
  movedRow,
  restoredState,
  withFilter,
  withLinkedSelection,
  withSelection,
  withTranslation,
  withWindow,
} from '../../media/page-table/state.ts';
import type { PageTableModel } from '../../media/protocol/messages.ts';
import { pageTable, translation } from './fixtures.ts';

const part = (start: number, count: number, change: Partial<PageTableModel> = {}): PageTableModel => ({
  ...pageTable,
  ...change,
  start,
  rows: pageTable.rows.slice(start, start + count),
});

describe('page-table state', () => {
  it('joins windows of one stop, and starts anew at the next', () => {
    const first = withWindow(initialState, part(0, 5));
    const both = withWindow(first, part(5, 5));
    assert.deepEqual([...both.rows.keys()], [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
    const next = withWindow(both, part(0, 3, { context: { ...pageTable.context, stop: 8 } }));
    assert.equal(next.rows.size, 3);
    assert.equal(withWindow(both, part(0, 3, { filter: 'cow' })).rows.size, 3);
  });

  it('asks only for what is missing of a screen', () => {
    const state = withWindow(initialState, part(3, 4));
    assert.equal(missingWindow(state, 3, 4), null);
    assert.deepEqual(missingWindow(state, 0, 5), { start: 0, count: 3 });
    assert.deepEqual(missingWindow(state, 5, 5), { start: 7, count: 3 });
    assert.deepEqual(missingWindow(state, 0, 10), { start: 0, count: 10 });
    assert.deepEqual(missingWindow(state, pageTable.total - 1, 99), { start: pageTable.total - 1, count: 1 });
    assert.equal(missingWindow(initialState, 0, 10), null);
  });

  it('keeps the cursor on a row that exists, or puts it on the one that was found', () => {
    assert.equal(withWindow({ ...initialState, cursor: 900 }, part(0, 5)).cursor, pageTable.total - 1);
    assert.equal(withWindow(initialState, part(0, 5, { found: 3 })).cursor, 3);
    assert.equal(withFilter({ ...initialState, cursor: 9 }, 'cow').cursor, 0);
  });

  it('moves by keys within the table', () => {
    assert.equal(movedRow(0, 10, 4, 'ArrowUp'), 0);
    assert.equal(movedRow(5, 10, 4, 'PageDown'), 9);
    assert.equal(movedRow(5, 10, 4, 'PageUp'), 1);
    assert.equal(movedRow(5, 10, 4, 'End'), 9);
    assert.equal(movedRow(5, 10, 4, 'Home'), 0);
    assert.equal(movedRow(5, 10, 4, 'x'), null);
  });

  it('takes the translation of the address that is selected now', () => {
    const state = withSelection(initialState, 0x2002, 0x2002abc);
    assert.equal(withTranslation(state, translation).translation, translation);
    assert.equal(withTranslation(state, { ...translation, address: 1 }).translation, null);
    assert.equal(withLinkedSelection(state, { process: 'shell', cluster: 2, vpn: 4 }).address, 0x4000);
  });

  it('heads every bit that some row has', () => {
    assert.deepEqual(bitNames(pageTable.rows), ['V', 'L', 'R', 'C', 'W', 'X', 'U', 'G', 'D', 'COW']);
  });

  it('describes its rows', () => {
    const lines = describePanel(withWindow(initialState, part(0, 99))).lines;
    assert.equal(lines.length, pageTable.rows.length);
    assert.ok(
      lines.includes(
        'page 0x02002, AD400000 01000109 V L C W U D frame 0x1000109, cluster 1,0, anon 1, was 89000001 01000106',
      ),
    );
  });

  it('restores filter and address', () => {
    const state = restoredState({
      version: 1,
      view: { process: null, cluster: null },
      filter: 'dirty',
      selected: 2,
      address: 0x2004,
    });
    assert.deepEqual([state.filter, state.selected, state.address], ['dirty', 2, 0x2004]);
    assert.equal(restoredState({ version: 1, filter: 'worst' }).filter, 'present');
    assert.equal(restoredState('nonsense'), initialState);
  });
});

import { strict as assert } from 'node:assert';
import {
  cellDetails,
  cellSummary,
  describe as describePanel,
  eventfulRows,
  initialState,
  messageOf,
  movedRow,
  restoredState,
  rowOfLine,
  savedOf,
  sourceText,
  totalRows,
  visibleRows,
  withStatus,
} from '../../media/compare/state.ts';
import type { CellModel } from '../../media/protocol/comparison.ts';
import { comparison, done, request, sources } from './compare-fixtures.ts';

const shown = withStatus(initialState, done);

describe('state of the panel of compared kernels', () => {
  it('keeps the last comparison while the next one of the file runs, not of another file', () => {
    const running = withStatus(shown, { state: 'running', request, progress: null });
    assert.equal(running.shown, done);
    assert.equal(messageOf(running), null);
    const other = withStatus(shown, {
      state: 'running',
      request: { ...request, file: 'file:///a%20b.walk' },
      progress: null,
    });
    assert.equal(other.shown, null);
    assert.equal(messageOf(other), 'Comparing kernels on a b.walk…');
    assert.equal(withStatus(shown, { state: 'none' }), shown);
    assert.equal(messageOf(withStatus(initialState, { state: 'cancelled', request })), 'The comparison was cancelled.');
    assert.equal(messageOf(withStatus(shown, { state: 'failed', request, message: 'gone' })), 'gone');
  });

  it('finds the row of the cursor’s line, or of the statement above it', () => {
    assert.deepEqual(
      [3, 4, 6, 7, 8, 99].map((line) => rowOfLine(comparison.rows, line)),
      [1, 2, 3, 3, 4, 4],
    );
    assert.equal(rowOfLine(comparison.rows, 0), null);
    assert.equal(rowOfLine(comparison.rows, null), null);
  });

  it('leaves out lines on which nothing happened', () => {
    const [first] = comparison.rows;
    const quiet = { ...first?.cells[0], counts: {}, cycles: 0, isHalt: false } as CellModel;
    assert.equal(eventfulRows([{ line: 2, parts: [], cells: [quiet, null] }]).length, 0);
    assert.equal(eventfulRows([{ line: 2, parts: [], cells: [quiet, { ...quiet, isHalt: true }] }]).length, 1);
    assert.equal(eventfulRows([{ line: 2, parts: [], cells: [{ ...quiet, cycles: 1 }] }]).length, 1);
  });

  it('leaves the lines that differ', () => {
    assert.equal(visibleRows(shown).length, 5);
    assert.deepEqual(
      visibleRows({ ...shown, filter: 'differing' }).map(({ line }) => line),
      [5, 8],
    );
  });

  it('says in words what a line did', () => {
    const cell = (row: number, column: number) => comparison.rows[row]?.cells[column] as CellModel;
    assert.equal(cellSummary(cell(2, 0)), '256 page faults, 256 pages zeroed, 256 entries set');
    assert.equal(cellSummary(cell(4, 0)), '1 copy-on-write fault, 1 page copied, 1 entry set');
    assert.equal(cellSummary(cell(3, 1)), 'nothing, stopped here');
    assert.match(cellDetails(cell(2, 0)), /page-alloc 257 \(so far 257\)[^]*600 frames in use afterwards, 4 of them/);
  });

  it('leaves out totals that are nothing everywhere, and marks those that differ', () => {
    const rows = totalRows(comparison);
    assert.deepEqual(
      rows.find(({ title }) => title === 'pages copied'),
      {
        title: 'pages copied',
        values: ['1', '0', '1', '256'],
        differs: true,
      },
    );
    assert.equal(rows.find(({ title }) => title === 'page faults')?.differs, false);
    assert.equal(
      rows.some(({ title }) => title === 'out of memory'),
      false,
    );
  });

  it('moves by keys within the rows', () => {
    assert.deepEqual(
      ['ArrowUp', 'ArrowDown', 'PageDown', 'End', 'Home'].map((key) => movedRow(1, 5, key)),
      [0, 2, 4, 4, 0],
    );
    assert.equal(movedRow(1, 5, 'Tab'), null);
  });

  it('describes what it shows', () => {
    const { lines, message, selected, session } = describePanel({ ...shown, line: 6 });
    assert.deepEqual([message, selected, session], [null, 5, 'stopped']);
    assert.equal(lines[0], 'almos-mkh ended | vm-region stopped | haiku ended | lunaix ended');
    assert.ok(lines.includes('lunaix parts at line 5: almos-mkh: pte-set; lunaix: page-copy, pte-set'));
    assert.match(lines.at(-1) ?? '', /^line 8 write\(buf, 42\): 1 copy-on-write fault.* \| not reached \|/);
    assert.equal(sourceText(sources, 4), 'touch(buf, 1MiB, w)');
    assert.equal(sourceText([], 4), '');
  });

  it('is restored with what it showed', () => {
    const saved = JSON.parse(JSON.stringify(savedOf({ ...shown, filter: 'differing' }))) as unknown;
    const restored = restoredState(saved);
    assert.deepEqual([restored.shown, restored.filter, restored.status], [done, 'differing', done]);
    assert.equal(restoredState({ version: 1, shown: { comparison: { version: 9 } } }).shown, null);
    assert.equal(restoredState(null), initialState);
    const long = { ...comparison, file: 'x'.repeat(3_000_000) };
    assert.equal(savedOf(withStatus(initialState, { state: 'done', request, comparison: long, sources })).shown, null);
  });
});

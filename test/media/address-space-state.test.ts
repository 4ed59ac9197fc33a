import { strict as assert } from 'node:assert';
import { boxAt, boxBeside, boxOf, layoutCells, runLabel } from '../../media/address-space/layout.ts';
import {
  cellText,
  describe as describePanel,
  initialState,
  movedCursor,
  restoredState,
  withLinkedSelection,
  withModel,
  withPage,
  withSelection,
  withSession,
  withView,
} from '../../media/address-space/state.ts';
import type { CellModel, RegionModel } from '../../media/protocol/messages.ts';
import { addressSpace, pageOf } from './fixtures.ts';

const shown = withModel(
  withSession(initialState, { state: 'stopped', name: 'x', reason: 'step', stop: 7 }),
  addressSpace,
);
const region = (name: string): RegionModel => addressSpace.regions.find((one) => one.name === name) as RegionModel;

describe('address-space state', () => {
  it('announces why it stopped and how much changed', () => {
    assert.equal(shown.announcement, 'step: 2 entries changed');
  });

  it('drops the picture of a session when the next one starts, and keeps it when one ends', () => {
    const next = withSession(shown, { state: 'starting', name: 'y', reason: '', stop: 7 });
    assert.equal(next.model, null);
    assert.equal(withSession(shown, { state: 'ended', name: 'x', reason: '', stop: 7 }).model, addressSpace);
  });

  it('takes the page that is selected, not one that was', () => {
    const selected = withSelection(shown, 0x2002);
    assert.equal(withPage(selected, pageOf(0x2001)).page, null);
    const loaded = withPage(selected, pageOf(0x2002));
    assert.equal(loaded.page?.vpn, 0x2002);
    assert.equal(withSelection(loaded, 0x2003).page, null);
    assert.equal(withSelection(loaded, 0x2002).page?.vpn, 0x2002);
  });

  it('follows a selection in the other panel to its process and cluster', () => {
    const same = withLinkedSelection(shown, { process: 'shell', cluster: 2, vpn: 5 });
    assert.equal(same.view, shown.view);
    const other = withLinkedSelection(shown, { process: 'child', cluster: 3, vpn: 5 });
    assert.deepEqual([other.view, other.selected], [{ process: 'child', cluster: 3 }, 5]);
  });

  it('moves through pages, regions and to the ends', () => {
    const from = (cursor: number | null, ...moves: Parameters<typeof movedCursor>[2][]) =>
      moves.reduce<number | null>((at, move) => movedCursor(addressSpace, at, move), cursor);
    assert.equal(from(null, 'next'), 4);
    assert.equal(from(null, 'last'), 0xc00ff);
    assert.equal(from(7, 'next'), 8);
    assert.equal(from(8, 'previous'), 7);
    assert.equal(from(6, 'nextRegion', 'nextRegion'), 0xc);
    assert.equal(from(0xd, 'previousRegion'), 0xc);
    assert.equal(from(0xc, 'previousRegion'), 8);
    assert.equal(from(0xd, 'regionEnd'), 0x13);
    assert.equal(from(0xd, 'regionStart'), 0xc);
    assert.equal(from(0xc00ff, 'next'), 0xc00ff);
    // A run of untouched pages is one stop.
    assert.equal(from(0xc0001, 'next'), 0xc00fe);
  });

  it('describes cells in words', () => {
    const anon = region('anon 1');
    assert.equal(
      cellText(anon.cells[2] as CellModel, anon, 32),
      'page 0x02002, anon 1, resident, writable, dirty, changed by the last step',
    );
    const stack = region('stack 0');
    assert.equal(
      cellText(stack.cells[0] as CellModel, stack, 32),
      'page 0xc0001 to 0xc00fd, stack 0, 253 pages untouched',
    );
  });

  it('describes itself for tests in VS Code', () => {
    const told = describePanel(shown);
    assert.deepEqual([told.process, told.cluster, told.stop, told.message], ['shell', '1,0', 7, null]);
    assert.match(told.lines.join('\n'), /anon 1 rw- 0200 0000 – 0201 8000 11\/24 · cow 6 · changed 2/);
    assert.equal(describePanel(initialState).message, 'No simulation is being debugged.');
  });

  it('restores what was saved, and nothing from what it does not know', () => {
    const saved = { version: 1, view: { process: 'child', cluster: 3 }, selected: 9, scrollTop: 120 };
    const { state, scrollTop } = restoredState(saved);
    assert.deepEqual([state.view, state.selected, scrollTop], [saved.view, 9, 120]);
    for (const strange of [null, undefined, 7, {}, { version: 2 }])
      assert.equal(restoredState(strange).state, initialState);
    assert.equal(withView(state, { process: null, cluster: null }).page, null);
  });
});

describe('layout of cells', () => {
  const cells: CellModel[] = Array.from({ length: 10 }, (_, index) => ({
    vpn: index,
    pages: 1,
    resident: 1,
    flags: 1,
  }));

  it('breaks lines at the width, and finds cells again by place and by page', () => {
    const layout = layoutCells(cells, 3 * 16 + 6);
    assert.deepEqual([...new Set(layout.boxes.map((box) => box.y))], [3, 19, 35, 51]);
    for (const box of layout.boxes) {
      assert.equal(boxAt(layout, box.x + 1, box.y + 1), box);
      assert.equal(boxOf(layout, box.cell.vpn), box);
      assert.ok(box.x + box.width <= 3 * 16 + 6);
    }
    assert.equal(boxAt(layout, 500, 3), null);
  });

  it('steps between lines to the nearest cell', () => {
    const layout = layoutCells(cells, 3 * 16 + 6);
    const at = (vpn: number) => boxOf(layout, vpn) as NonNullable<ReturnType<typeof boxOf>>;
    assert.equal(boxBeside(layout, at(4), 'down')?.cell.vpn, 7);
    assert.equal(boxBeside(layout, at(4), 'up')?.cell.vpn, 1);
    assert.equal(boxBeside(layout, at(8), 'down')?.cell.vpn, 9);
    assert.equal(boxBeside(layout, at(1), 'up'), null);
  });

  it('names the length of untouched runs, also where a single one is wider than the panel', () => {
    const run: CellModel = { vpn: 0, pages: 12_345, resident: 0, flags: 0 };
    assert.equal(runLabel(run), '12,345 untouched');
    assert.equal(layoutCells([run, ...cells], 40).boxes[0]?.y, 3);
  });
});

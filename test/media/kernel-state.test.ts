import { strict as assert } from 'node:assert';
import {
  changesIn,
  describe as describePanel,
  foldKey,
  initialState,
  messageOf,
  moveInTree,
  restoredState,
  rowsOfTree,
  savedOf,
  segmentText,
  withFolded,
  withModel,
} from '../../media/kernel/state.ts';
import { kernelViews, strip, table, tree } from './kernel-fixtures.ts';

const stopped = { ...initialState, session: { state: 'stopped', name: 'x', reason: 'step', stop: 1 } } as const;
const ids = (folded: readonly string[]): string[] =>
  rowsOfTree(tree, new Set(folded.map((id) => foldKey(tree.id, id)))).map(({ node }) => node.id);

describe('kernel panel state', () => {
  it('shows a tree without what is folded away', () => {
    assert.deepEqual(ids([]), ['r0', 'r1', 'm1', 'm2', 'r2', 'r9']);
    assert.deepEqual(ids(['r1']), ['r0', 'r1', 'r2', 'r9']);
    assert.deepEqual(ids(['r0']), ['r0', 'r9']);
    const [, heap] = rowsOfTree(tree, new Set());
    assert.deepEqual([heap?.level, heap?.parent, heap?.position, heap?.siblings], [2, 'r0', 1, 2]);
  });

  it('moves in a tree by the keys that trees have', () => {
    const rows = rowsOfTree(tree, new Set([foldKey(tree.id, 'r1')]));
    assert.deepEqual(moveInTree(rows, 'r0', 'ArrowDown'), { cursor: 'r1' });
    assert.deepEqual(moveInTree(rows, 'r0', 'ArrowUp'), { cursor: 'r0' });
    assert.deepEqual(moveInTree(rows, 'r0', 'End'), { cursor: 'r9' });
    assert.deepEqual(moveInTree(rows, 'r9', 'Home'), { cursor: 'r0' });
    assert.deepEqual(moveInTree(rows, 'r1', 'ArrowRight'), { fold: 'r1', isFolded: false });
    assert.deepEqual(moveInTree(rows, 'r0', 'ArrowRight'), { cursor: 'r1' });
    assert.deepEqual(moveInTree(rows, 'r0', 'ArrowLeft'), { fold: 'r0', isFolded: true });
    assert.deepEqual(moveInTree(rows, 'r1', 'ArrowLeft'), { cursor: 'r0' });
    assert.deepEqual(moveInTree(rows, 'r1', 'Enter'), { fold: 'r1', isFolded: false });
    assert.deepEqual(moveInTree(rows, 'gone', 'ArrowDown'), { cursor: 'r1' });
    assert.equal(moveInTree(rows, 'r0', 'x'), null);
    assert.equal(moveInTree([], 'r0', 'ArrowDown'), null);
  });

  it('writes ranges in the unit of the strip', () => {
    assert.equal(segmentText(strip, 0xfffff000, 2 ** 32, 32), 'ffff f000 – 1 0000 0000');
    assert.equal(segmentText({ ...strip, unit: 'slot' }, 3, 4, 32), 'slot 3');
    assert.equal(segmentText({ ...strip, unit: 'frame' }, 3, 6, 32), 'frame 3–5');
  });

  it('describes what is in sight, with its marks', () => {
    const { lines, message } = describePanel(withModel(stopped, kernelViews));
    assert.equal(message, null);
    assert.ok(lines.includes('    map 0040 0000 object 7, offset 0 [new]'), lines.join('\n'));
    assert.ok(lines.includes('active | 17 | 0x00102 [changed]'));
    assert.ok(lines.includes('fff0 0000 – fff8 0000 remote window of child [new]'));
    assert.match(withModel(stopped, kernelViews).announcement, /^step: 5 changes in/);
    assert.deepEqual([changesIn(tree), changesIn(table)], [3, 1]);
  });

  it('has a reason for showing nothing', () => {
    assert.match(messageOf(initialState) ?? '', /No simulation/);
    assert.match(messageOf(withModel(stopped, { ...kernelViews, hasViews: false, views: [] })) ?? '', /lunaix has no/);
    assert.match(messageOf(withModel(stopped, { ...kernelViews, views: [] })) ?? '', /Nothing yet/);
    assert.equal(messageOf({ ...stopped, error: 'no port' }), 'no port');
  });

  it('remembers what was folded over a reload', () => {
    const state = withFolded(withFolded(initialState, 'region-tree/r1'), 'mounts');
    assert.deepEqual([...restoredState(savedOf(state)).folded], ['region-tree/r1', 'mounts']);
    assert.equal(restoredState({ version: 2 }), initialState);
    assert.equal(restoredState({ version: 1, folded: 'all' }).folded.size, 0);
    assert.equal(withFolded(state, 'mounts').folded.has('mounts'), false);
  });
});

import { strict as assert } from 'node:assert';
import type { FramesModel, AddressSpaceModel } from '../../../simulator/inspect/models.ts';
import type { FrameDetailModel, FrameMapModel, FrameMapRow } from '../../../simulator/inspect/physical-models.ts';
import { Inspector } from '../../../simulator/inspect/requests.ts';
import { almosMkh } from '../../../simulator/kernels/almos-mkh/kernel.ts';
import { wholeKernels } from '../../../simulator/kernels/registry.ts';
import { InspectedRun } from './run.ts';

const PAGE = 4096;
const all = { perRow: 16, start: 0, count: 4096 };

function covered(model: FrameMapModel): number {
  let next = 0;
  for (const row of model.rows) {
    assert.equal(row.page, next, 'rows follow each other');
    let page = row.page;
    for (const run of row.runs) {
      assert.equal(run.page, page, 'runs follow each other');
      assert.ok(run.first <= run.page && run.first + run.length >= run.page + run.pages);
      page += run.pages;
    }
    assert.equal(page, row.page + row.pages);
    next = page;
  }
  return next;
}

for (const kernel of wholeKernels)
  describe(`physical memory of ${kernel.name}`, () => {
    const run = new InspectedRun(kernel);
    const inspector = new Inspector(run);
    const ask = (args: object = {}) => inspector.answer('frameMap', { ...all, ...args }) as FrameMapModel;

    before(() => {
      ask();
      const app = run.process('app', 2 * PAGE, 4 * PAGE);
      run.write(run.main(app), run.mmap(run.main(app), 8 * PAGE));
    });

    it('shows every frame once, in rows of any length, and folds what is alike', () => {
      for (const perRow of [8, 16, 32]) {
        const model = ask({ perRow });
        assert.equal(covered(model), model.frames);
        assert.ok(model.rows.length < model.frames / perRow, 'free and reserved memory is folded');
        for (const row of model.rows)
          assert.ok(row.folded || row.page % perRow === 0 || row.pages < perRow, JSON.stringify(row));
      }
    });

    it('counts as free what the kernel counts, and gives a window of the rows', () => {
      const model = ask();
      const free = model.totals.filter(({ content }) => content === 'free').reduce((sum, one) => sum + one.frames, 0);
      assert.equal(free, model.free);
      assert.equal(
        model.totals.reduce((sum, { frames }) => sum + frames, 0),
        model.frames,
      );
      const part = ask({ start: 2, count: 3 });
      assert.deepEqual(part.rows, model.rows.slice(2, 5));
      assert.equal(part.total, model.rows.length);
    });

    it('names the owner of data and of page tables, and marks what the last step changed', () => {
      const model = ask();
      const owned = (content: string) =>
        model.kinds.some((kind) => kind.content === content && kind.owners.includes('app'));
      assert.ok(owned('data') && owned('table'), JSON.stringify(model.kinds));
      assert.ok(model.changed > 0);
      const row = model.rows[model.firstChanged ?? -1] as FrameMapRow;
      assert.ok(row.runs.some(({ changed }) => changed));
    });

    it('tells of a frame who maps it and what happened to it', () => {
      const space = inspector.answer('addressSpace', {}) as AddressSpaceModel;
      const cell = space.regions.flatMap(({ cells }) => cells).findLast(({ resident }) => resident > 0);
      const page = inspector.answer('page', { vpn: cell?.vpn }) as { frame: { page: number; ppn: number } };
      const detail = inspector.answer('frame', { cluster: 0, page: page.frame.page }) as FrameDetailModel;
      assert.equal(detail.ppn, page.frame.ppn);
      assert.ok(detail.mappedBy.some(({ process, vpn }) => process === 'app' && vpn === cell?.vpn));
      assert.equal(detail.bytes.length, 16);
      const texts = detail.history.map(({ text }) => text);
      assert.ok(
        texts.some((text) => text.startsWith('mapped at page')),
        texts.join(', '),
      );
      const found = ask({ find: detail.page });
      const row = found.rows[found.found ?? -1] as FrameMapRow;
      assert.ok(detail.page >= row.page && detail.page < row.page + row.pages);
    });
  });

describe('fragmentation figures', () => {
  it('counts the buddy blocks of ALMOS-MKH and what larger requests cannot use', () => {
    const run = new InspectedRun(almosMkh);
    const inspector = new Inspector(run);
    const { orders, hasBlocks, free } = inspector.answer('frames', { cluster: 3, start: 0, count: 0 }) as FramesModel;
    assert.ok(hasBlocks);
    assert.equal(
      orders.reduce((sum, { order, blocks }) => sum + blocks * 2 ** order, 0),
      free,
    );
    assert.equal(orders[0]?.unusable, 0);
    for (const { order, unusable } of orders) {
      const smaller = orders
        .filter((one) => one.order < order)
        .reduce((sum, one) => sum + one.blocks * 2 ** one.order, 0);
      assert.ok(Math.abs(unusable - smaller / free) < 1e-9, `order ${String(order)}`);
    }
    run.process('app', PAGE, PAGE, 3);
    const after = inspector.answer('frames', { cluster: 3, start: 0, count: 0 }) as FramesModel;
    assert.notDeepEqual(after.orders, orders);
  });
});

import { strict as assert } from 'node:assert';
import type { Browser, Page } from 'playwright-core';
import type { Request, SessionStatus } from '../../media/protocol/messages.ts';
import { addressSpace, answerFixture, pageTable } from './fixtures.ts';
import { until } from '../lifetime/waiting.ts';
import { bundlePanels, openBrowser, openPanel, violations, type PanelName, type PanelPage } from './panel-page.ts';
import { themes, type PageTheme } from './themes.ts';

const stopped: SessionStatus = { state: 'stopped', name: 'cow-fork.walk', reason: 'step', stop: 7 };

/** Panels that follow a debug session. */
type FollowingPanel = 'address-space' | 'page-table' | 'kernel';

/** What a panel draws at a stop, and after a page was selected. */
const contents = { 'address-space': '.region', 'page-table': '.row.entry', kernel: '.node' } as const;
const selectedContents = { 'address-space': '.card .why', 'page-table': '.split', kernel: '.node' } as const;

describe('panels in a browser', () => {
  let browser: Browser;
  let bundle: Awaited<ReturnType<typeof bundlePanels>>;

  before(async () => {
    [browser, bundle] = await Promise.all([openBrowser(), bundlePanels()]);
  });
  after(async () => {
    await browser.close();
    await bundle.remove();
  });

  async function open(panel: PanelName, options: Partial<Parameters<typeof openPanel>[1]> = {}): Promise<PanelPage> {
    const theme = themes.dark;
    return openPanel(browser, { folder: bundle.folder, panel, theme, handle: answerFixture, ...options });
  }

  async function openStopped(
    panel: FollowingPanel,
    options: Partial<Parameters<typeof openPanel>[1]> = {},
  ): Promise<PanelPage> {
    const opened = await open(panel, options);
    await opened.tell({ type: 'session', session: stopped });
    await opened.page.waitForSelector(contents[panel]);
    return opened;
  }

  for (const panel of ['address-space', 'page-table', 'kernel'] as const) {
    for (const theme of Object.values<PageTheme>(themes)) {
      it(`${panel} has no accessibility violation in ${theme.name}`, async () => {
        const opened = await openStopped(panel, { theme });
        await opened.tell({ type: 'select', selection: { process: 'shell', cluster: 2, vpn: 0x2002 } });
        await opened.page.waitForSelector(selectedContents[panel]);
        assert.deepEqual(await violations(opened), []);
        assert.deepEqual(opened.problems, []);
        await opened.page.context().close();
      });

      it(`${panel} without a session has none either in ${theme.name}`, async () => {
        const opened = await open(panel, { theme });
        await opened.page.waitForSelector('.empty vscode-button');
        assert.deepEqual(await violations(opened), []);
        await opened.page.context().close();
      });
    }

    it(`${panel} works under forced colours and in a narrow column`, async () => {
      const opened = await openStopped(panel, { forcedColors: true, width: 380, height: 420 });
      assert.deepEqual(opened.problems, []);
      const overflow = await opened.page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
      assert.equal(overflow, 0);
      await opened.page.context().close();
    });

    it(`${panel} shows its keys on a sheet, and what changes are measured against`, async () => {
      const opened = await openStopped(panel);
      assert.match(await opened.page.innerText('.context-bar'), /since the last stop/);
      await opened.page.keyboard.press('?');
      await opened.page.waitForSelector('.key-sheet');
      assert.match(await opened.page.innerText('.key-sheet'), /Home, End/);
      assert.deepEqual(await violations(opened), []);
      await opened.page.keyboard.press('Escape');
      await opened.page.waitForSelector('.key-sheet', { state: 'detached' });
      await opened.page.context().close();
    });

    it(`${panel} says why it is empty, and its button starts a session`, async () => {
      const opened = await open(panel);
      assert.match(await opened.page.innerText('.empty'), /No simulation is being debugged/);
      await opened.page.click('.empty vscode-button');
      await until(() => opened.received.some(({ type }) => type === 'start'), 'the panel asks for a session');
      await opened.page.context().close();
    });

    it(`${panel} tells a failure instead of showing nothing`, async () => {
      const handle = (request: Request) => Promise.reject(new Error(`cannot read ${request.command}`));
      const opened = await open(panel, { handle });
      await opened.tell({ type: 'session', session: stopped });
      await opened.page.waitForFunction(() => document.body.innerText.includes('cannot read'));
      await opened.page.context().close();
    });
  }

  it('asks for one picture for a burst of stops, and shows the last', async () => {
    let asked = 0;
    const told = Promise.withResolvers<void>();
    const handle = async (request: Request): Promise<unknown> => {
      if (request.command !== 'addressSpace') return answerFixture(request);
      asked++;
      const own = asked;
      // The first answer comes when all stops are told.
      await told.promise;
      return { ...addressSpace, context: { ...addressSpace.context, stop: 100 + own } };
    };
    const opened = await open('address-space', { handle });
    for (let stop = 1; stop <= 20; stop++) await opened.tell({ type: 'session', session: { ...stopped, stop } });
    told.resolve();
    await opened.page.waitForSelector('.region');
    await until(async () => {
      opened.received.length = 0;
      await opened.tell({ type: 'describe', id: 1 });
      await until(() => opened.received.length > 0, 'the panel describes itself');
      return opened.received.some((message) => message.type === 'description' && message.description.stop === 102);
    }, 'the panel shows the last stop');
    assert.equal(asked, 2);
    await opened.page.context().close();
  });

  it('walks the map with the keyboard, selects, and closes again', async () => {
    const opened = await openStopped('address-space');
    const { page } = opened;
    await page.focus('.grid');
    const active = () => page.getAttribute('.grid', 'aria-activedescendant');
    assert.equal(await active(), 'page-4');
    await page.keyboard.press('ArrowRight');
    assert.equal(await active(), 'page-5');
    await page.keyboard.press('PageDown');
    assert.equal(await active(), 'page-8');
    await page.keyboard.press('Control+End');
    assert.equal(await active(), 'page-c00ff');
    await page.keyboard.press('Home');
    assert.equal(await active(), 'page-c0001');
    assert.match((await page.getAttribute('#page-c0001', 'aria-label')) ?? '', /253 pages untouched/);
    await page.keyboard.press('Control+Home');
    await page.keyboard.press('Enter');
    await page.waitForSelector('.card dl');
    const selections = opened.received.filter((message) => message.type === 'select');
    assert.deepEqual(selections, [{ type: 'select', selection: { process: 'shell', cluster: 2, vpn: 4 } }]);
    await page.keyboard.press('Escape');
    assert.equal(await page.locator('.card').count(), 0);
    await page.context().close();
  });

  it('goes to the value of an expression, and shows what is wrong with one', async () => {
    const opened = await openStopped('address-space');
    const { page } = opened;
    await page.locator('.go-to input').fill('buf');
    await page.keyboard.press('Enter');
    await page.waitForSelector('.card');
    assert.match(await page.innerText('.card h2'), /0x02000/);
    await page.locator('.go-to input').fill('nobody');
    await page.keyboard.press('Enter');
    await page.waitForSelector('.go-to-error');
    assert.match(await page.innerText('.go-to-error'), /'nobody' is not known/);
    await page.context().close();
  });

  for (const [panel, changed] of [
    ['address-space', '.region.changed'],
    ['page-table', '.row.entry.changed'],
  ] as const)
    it(`${panel} brings what a step has changed into sight`, async () => {
      let stop = 7;
      const handle = async (request: Request): Promise<unknown> => {
        const reply = (await answerFixture(request)) as { context?: object };
        return { ...reply, context: { ...reply.context, stop } };
      };
      const opened = await openStopped(panel, { handle, height: 240 });
      const { page } = opened;
      assert.equal(await isInSight(page, changed), false);
      stop = 8;
      await opened.tell({ type: 'session', session: { ...stopped, stop } });
      await until(() => isInSight(page, changed), 'the change is in sight');
      await page.context().close();
    });

  it('keeps its choice and selection over a reload', async () => {
    const opened = await openStopped('address-space', {
      saved: { version: 1, view: { process: 'child', cluster: null }, selected: 0x2002, scrollTop: 0 },
    });
    await opened.page.waitForSelector('.card');
    const first = opened.requests.find((request) => request.command === 'addressSpace');
    assert.equal((first?.args as { process?: string }).process, 'child');
    await opened.page.context().close();
  });

  it('shows thousands of rows by drawing a screenful', async () => {
    const total = 100_000;
    const entry = pageTable.rows.find((row) => row.kind === 'entry');
    const handle = (request: Request): Promise<unknown> => {
      if (request.command !== 'pageTable') return answerFixture(request);
      const { start, count } = request.args as { start: number; count: number };
      assert.ok(count <= 512, `asked for ${String(count)} rows at once`);
      const rows = Array.from({ length: Math.min(count, total - start) }, (_, index) => ({
        ...entry,
        vpn: start + index,
      }));
      return Promise.resolve({ ...pageTable, total, start, rows });
    };
    const opened = await openStopped('page-table', { handle });
    const { page } = opened;
    await page.focus('.table');
    await page.keyboard.press('End');
    await page.waitForFunction(() => document.body.innerText.includes('0x1869f'));
    assert.ok((await page.locator('.rows .row').count()) < 90);
    await page.evaluate(() => document.querySelector('.table')?.scrollTo({ top: 1_000_000 }));
    await page.waitForFunction(() => document.body.innerText.includes('0x0b18e'));
    assert.deepEqual(opened.problems, []);
    await page.context().close();
  });

  it('begins the kernel’s lists with the cluster that is chosen, and keeps it over a reload', async () => {
    const clusters = Array.from({ length: 256 }, (_, index) => ({ index, x: Math.floor(index / 16), y: index % 16 }));
    const asked: unknown[] = [];
    const handle = async (request: Request): Promise<unknown> => {
      if (request.command !== 'kernelViews') return answerFixture(request);
      const { around = 5 } = request.args as { around?: number };
      asked.push((request.args as { around?: number }).around);
      return { ...((await answerFixture(request)) as object), clusters, around };
    };
    const opened = await openStopped('kernel', { handle });
    assert.equal(await opened.page.locator('.around select option').count(), 257);
    assert.match(await opened.page.innerText('.around'), /0,5 · follows/);
    await opened.page.selectOption('.around select', '200');
    await until(() => asked.includes(200), 'the panel asks for the cluster');
    await opened.page.waitForFunction(
      () => document.querySelector<HTMLSelectElement>('.around select')?.value === '200',
    );
    assert.deepEqual(await violations(opened), []);
    const saved = await opened.page.evaluate(() =>
      (window as unknown as { savedPanelState: () => unknown }).savedPanelState(),
    );
    await opened.page.context().close();
    const again = await openStopped('kernel', { handle, saved });
    assert.equal(asked.at(-1), 200);
    await again.page.context().close();
  });

  it('walks a kernel’s tree with the keyboard, folds it, and says what has changed', async () => {
    const opened = await openStopped('kernel');
    const { page } = opened;
    await page.focus('.tree');
    const active = () => page.getAttribute('.tree', 'aria-activedescendant');
    assert.equal(await active(), 'node-region-tree-r0');
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('ArrowDown');
    assert.equal(await active(), 'node-region-tree-m1');
    assert.match(await page.innerText('#node-region-tree-m1'), /new/);
    await page.keyboard.press('ArrowLeft');
    await page.keyboard.press('ArrowLeft');
    await page.waitForSelector('#node-region-tree-r1[aria-expanded="false"]');
    assert.equal(await page.locator('#node-region-tree-m1').count(), 0);
    assert.match(await page.innerText('.gone'), /map 0042 0000/);
    await page.click('#title-page-queues');
    assert.equal(await page.locator('table').count(), 0);
    const saved = await page.evaluate(() =>
      (window as unknown as { savedPanelState: () => unknown }).savedPanelState(),
    );
    assert.deepEqual((saved as { folded: string[] }).folded, ['region-tree/r1', 'page-queues']);
    await page.hover('.strip li >> nth=1');
    assert.equal(await page.locator('rect.pointed').count(), 1);
    assert.deepEqual(opened.problems, []);
    await page.context().close();
  });

  for (const width of [270, 520, 900])
    it(`shows the physical address whole at ${String(width)} pixels`, async () => {
      const opened = await openStopped('page-table', { width });
      await opened.tell({ type: 'select', selection: { process: 'shell', cluster: 2, vpn: 0x2002 } });
      await opened.page.waitForSelector('.split .result');
      const box = await opened.page.locator('.split .result code').boundingBox();
      assert.ok(box !== null && box.x >= 0 && box.x + box.width <= width, JSON.stringify(box));
      const overflow = await opened.page.evaluate(() => {
        const table = document.querySelector('.table');
        return table === null ? 0 : table.scrollWidth - table.clientWidth;
      });
      assert.equal(overflow, 0, 'the table needs no scroll bar sideways');
      await opened.page.context().close();
    });

  it('selects a row by click and filters by chip', async () => {
    const opened = await openStopped('page-table');
    await opened.page.click('.row.entry >> nth=4');
    await until(() => opened.received.some((message) => message.type === 'select'), 'the row is selected');
    await opened.page.click('.chip.cow');
    await until(
      () => opened.requests.some((request) => (request.args as { filter?: string }).filter === 'cow'),
      'the panel asks for the filtered rows',
    );
    await opened.page.context().close();
  });
});

/** Wholly on the screen, as a row that has not been drawn is not. */
async function isInSight(page: Page, selector: string): Promise<boolean> {
  const [first] = await page.locator(selector).all();
  const box = (await first?.boundingBox()) ?? null;
  return box !== null && box.y >= 0 && box.y + box.height <= (page.viewportSize()?.height ?? 0);
}

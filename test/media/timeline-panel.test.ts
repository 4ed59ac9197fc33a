import { strict as assert } from 'node:assert';
import type { Browser } from 'playwright-core';
import type { SessionStatus } from '../../media/protocol/messages.ts';
import type { Kernel } from '../../simulator/kernels/bound-kernel.ts';
import { wholeKernels } from '../../simulator/kernels/registry.ts';
import { almosMkh } from '../../simulator/kernels/almos-mkh/kernel.ts';
import { until } from '../lifetime/waiting.ts';
import { ScenarioSession } from './machine-session.ts';
import { bundlePanels, openBrowser, openPanel, violations, type PanelPage } from './panel-page.ts';
import { themes, type PageTheme } from './themes.ts';

const stopped: SessionStatus = { state: 'stopped', name: 'small.walk', reason: 'step', stop: 1 };
const source = `process app { code 1 page  data 1 page }
as app {
    let a = mmap(4 pages, rw)
    for i in 0..4 { write(a + i * 4096, 1) }
}
`;

describe('the timeline in a browser', () => {
  let browser: Browser;
  let bundle: Awaited<ReturnType<typeof bundlePanels>>;

  before(async () => {
    [browser, bundle] = await Promise.all([openBrowser(), bundlePanels()]);
  });
  after(async () => {
    await browser.close();
    await bundle.remove();
  });

  async function open(
    options: Partial<Parameters<typeof openPanel>[1]> = {},
    kernel: Kernel = almosMkh,
  ): Promise<PanelPage> {
    const { handle } = new ScenarioSession(kernel, source);
    const opened = await openPanel(browser, {
      folder: bundle.folder,
      panel: 'timeline',
      theme: themes.dark,
      handle,
      ...options,
    });
    await opened.tell({ type: 'session', session: stopped });
    await opened.page.waitForSelector('.picture canvas');
    await opened.page.waitForSelector('.overview canvas');
    return opened;
  }

  const step = async ({ page }: PanelPage): Promise<number> =>
    Number(await page.getAttribute('.picture', 'aria-valuenow'));

  for (const theme of Object.values<PageTheme>(themes))
    it(`has no accessibility violation in ${theme.name}, as a picture and as a table`, async () => {
      const opened = await open({ theme });
      assert.deepEqual(await violations(opened), []);
      await opened.page.focus('.picture');
      await opened.page.keyboard.press('t');
      await opened.page.waitForSelector('.as-table td');
      assert.deepEqual(await violations(opened), []);
      assert.deepEqual(opened.problems, []);
      await opened.page.context().close();
    });

  for (const width of [270, 520, 900])
    it(`fits a column of ${String(width)} pixels`, async () => {
      const opened = await open({ width, height: 480 });
      const overflow = await opened.page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
      assert.equal(overflow, 0);
      await opened.page.context().close();
    });

  for (const kernel of wholeKernels)
    it(`draws the run of ${kernel.name}`, async () => {
      const opened = await open({}, kernel);
      assert.match(await opened.page.innerText('.sums'), /faults\s*\d+/);
      assert.deepEqual(opened.problems, []);
      await opened.page.context().close();
    });

  it('says why it is empty', async () => {
    const opened = await openPanel(browser, {
      folder: bundle.folder,
      panel: 'timeline',
      theme: themes.dark,
      handle: () => Promise.reject(new Error('nobody asks')),
    });
    assert.match(await opened.page.innerText('.empty'), /Nothing has run yet/);
    await opened.page.click('.empty vscode-button');
    await until(() => opened.received.some(({ type }) => type === 'start'), 'a session is asked for');
    await opened.page.context().close();
  });

  it('moves its cursor by keys, and goes there', async () => {
    const opened = await open();
    const { page } = opened;
    await page.focus('.picture');
    assert.equal(await step(opened), 0);
    await page.keyboard.press('End');
    const last = await step(opened);
    assert.equal(last, Number(await page.getAttribute('.picture', 'aria-valuemax')));
    await page.keyboard.press('ArrowLeft');
    assert.ok((await step(opened)) < last);
    await page.keyboard.press('Home');
    await page.keyboard.press('PageDown');
    await page.keyboard.press('Enter');
    await until(() => opened.received.some(({ type }) => type === 'seek'), 'the simulation is sent there');
    await page.selectOption('.controls select', 'fault');
    await page.keyboard.press('Escape');
    await page.click('[aria-label="Next event (.)"]');
    await until(() => opened.received.filter(({ type }) => type === 'seek').length === 2, 'the next fault is shown');
    await page.context().close();
  });

  it('selects by dragging, sums the selection up, fits it, and seeks by a click', async () => {
    const opened = await open();
    const { page } = opened;
    const box = await page.locator('.picture').boundingBox();
    assert.ok(box !== null);
    await page.mouse.move(box.x + 100, box.y + 30);
    await page.mouse.down();
    await page.mouse.move(box.x + 260, box.y + 30);
    await page.mouse.up();
    await page.waitForFunction(() => document.querySelector('.sums')?.textContent.includes('Selected') === true);
    await until(
      () => opened.requests.some(({ args }) => (args as { sumFrom?: number }).sumFrom !== undefined),
      'the sums of the selection are asked for',
    );
    await page.focus('.picture');
    await page.keyboard.press('f');
    await until(
      () => opened.requests.some(({ command, args }) => command === 'timeline' && (args as { from: number }).from > 0),
      'the selection is shown alone',
    );
    await page.mouse.click(box.x + 50, box.y + 30);
    await until(() => opened.received.some(({ type }) => type === 'seek'), 'a click seeks');
    await page.context().close();
  });
});
